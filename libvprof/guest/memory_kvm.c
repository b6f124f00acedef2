// SPDX-License-Identifier: LGPL-2.1-or-later
/* The memory of a virtual machine of KVM, read through the module. */
#include <vprof/guest.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <uapi/vprof.h>
#include <unistd.h>

#include "guest/access.h"

/* ---- reading ------------------------------------------------------------- */

/* How many pieces were read; fewer where they are many. */
static size_t read_pieces(const struct vprof_memory_read *request, int fd)
{
	int nr = ioctl(fd, VPROF_IOC_MEMORY_READ, request);

	return nr > 0 ? nr : 0;
}

static int read_memory(void *data, uint64_t address, void *buffer, size_t size)
{
	const int *fd = data;

	while (size) {
		struct vprof_memory_read request = {
			.size = sizeof(request),
			.nr_pieces = 1,
			.piece_bytes = size < VPROF_MAX_MEMORY_BYTES
					       ? size
					       : VPROF_MAX_MEMORY_BYTES,
			.address = address,
			.buffer = (uintptr_t)buffer,
		};

		if (!read_pieces(&request, *fd))
			return -EFAULT;
		address += request.piece_bytes;
		buffer = (char *)buffer + request.piece_bytes;
		size -= request.piece_bytes;
	}
	return 0;
}

static void read_heads(void *data, uint64_t start, size_t nr, void *heads)
{
	const int *fd = data;
	char *to = heads;

	while (nr) {
		struct vprof_memory_read request = {
			.size = sizeof(request),
			.nr_pieces = nr < VPROF_MAX_MEMORY_PIECES
					     ? nr
					     : VPROF_MAX_MEMORY_PIECES,
			.piece_bytes = VPROF_GUEST_HEAD_SIZE,
			.address = start,
			.stride = VPROF_GUEST_PAGE,
			.buffer = (uintptr_t)to,
		};
		size_t bytes = request.nr_pieces * VPROF_GUEST_HEAD_SIZE;

		if (!read_pieces(&request, *fd))
			memset(to, 0, bytes);
		to += bytes;
		start += (uint64_t)request.nr_pieces * VPROF_GUEST_PAGE;
		nr -= request.nr_pieces;
	}
}

static void close_memory(void *data)
{
	int *fd = data;

	close(*fd);
	free(fd);
}

/* ---- opening ----------------------------------------------------------------- */

static int explain(pid_t vmm, int code, struct vprof_error *err)
{
	switch (code) {
	case -ENOTTY:
	case -EINVAL:
		return vprof_error_set(
			err, -ENOSYS,
			"the module is too old to read the memory of guests: make && sudo make install, then sudo modprobe -r vprof && sudo modprobe vprof");
	case -EPERM:
	case -EACCES:
		return vprof_error_set(
			err, -EACCES,
			"may not read the memory of process %d's guest: it takes CAP_SYS_ADMIN (run as root)",
			vmm);
	case -ESRCH:
	case -ENOENT:
		return vprof_error_set(
			err, -ENOENT,
			"process %d is gone, or runs no virtual machine of KVM",
			vmm);
	case -ENOTUNIQ:
		return vprof_error_set(
			err, -ENOTUNIQ,
			"process %d runs several virtual machines: which one's memory to read cannot be told",
			vmm);
	case -EOPNOTSUPP:
		return vprof_error_set(err, -ENOSYS,
				       "there is no KVM in this kernel");
	default:
		return vprof_error_set(
			err, code,
			"cannot read the memory of process %d's guest: %s", vmm,
			strerror(-code));
	}
}

static int open_memory(pid_t vmm, int *ret_fd, struct vprof_error *err)
{
	struct vprof_memory request = {
		.size = sizeof(request),
		.id = vmm,
	};
	int device = open(VPROF_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	int code;

	if (device < 0)
		return vprof_error_set(
			err, -errno,
			"cannot open %s to read a guest's memory: %s",
			VPROF_DEVICE_PATH, strerror(errno));
	*ret_fd = ioctl(device, VPROF_IOC_OPEN_MEMORY, &request);
	code = *ret_fd < 0 ? -errno : 0;
	close(device);
	return code ? explain(vmm, code, err) : 0;
}

/* More of them than there is room for: the lowest. */
static int find_ranges(struct vprof_guest_memory *memory, int fd)
{
	struct vprof_memory_range ranges[VPROF_GUEST_MAX_RANGES];
	struct vprof_memory_ranges request = {
		.size = sizeof(request),
		.nr = VPROF_GUEST_MAX_RANGES,
		.ranges = (uintptr_t)ranges,
	};
	size_t i;

	if (ioctl(fd, VPROF_IOC_MEMORY_RANGES, &request))
		return -errno;
	if (!request.nr)
		return -ENOENT;
	for (i = 0; i < request.nr && i < VPROF_GUEST_MAX_RANGES; i++) {
		memory->ranges[i].start = ranges[i].address;
		memory->ranges[i].size = ranges[i].bytes;
	}
	memory->nr_ranges = i;
	return 0;
}

static int make_memory(int fd, struct vprof_guest_memory **ret_memory)
{
	struct vprof_guest_memory *memory = calloc(1, sizeof(*memory));
	int *data = malloc(sizeof(*data));
	int ret = memory && data ? find_ranges(memory, fd) : -ENOMEM;

	if (ret) {
		free(memory);
		free(data);
		return ret;
	}
	*data = fd;
	memory->data = data;
	memory->read = read_memory;
	memory->read_heads = read_heads;
	memory->close = close_memory;
	*ret_memory = memory;
	return 0;
}

int vprof_guest_memory_open_kvm(pid_t vmm,
				struct vprof_guest_memory **ret_memory,
				struct vprof_error *err)
{
	int fd = -1;
	int ret = open_memory(vmm, &fd, err);

	if (ret)
		return ret;
	ret = make_memory(fd, ret_memory);
	if (ret) {
		close(fd);
		return explain(vmm, ret, err);
	}
	snprintf((*ret_memory)->about, sizeof((*ret_memory)->about),
		 "the memory of process %d's guest", vmm);
	return 0;
}

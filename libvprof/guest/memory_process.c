// SPDX-License-Identifier: LGPL-2.1-or-later
/* A guest's memory as its VMM has it mapped, read from outside the VMM. */
#include <vprof/guest.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/lines.h"
#include "base/small_file.h"
#include "guest/access.h"
#include "guest/memory.h"

enum {
	MAX_MAPS_BYTES = 16 << 20,
	MIN_GUEST_BYTES = 8 << 20,
	BATCH = 1024, /* IOV_MAX */
};

/* ---- reading ------------------------------------------------------------------------ */

/* By the descriptor of /proc/PID/mem: the process's, whoever has its pid later. */
static int read_process(void *data, uint64_t address, void *buffer, size_t size)
{
	struct vprof_guest_flat *flat = data;
	uint64_t offset;
	ssize_t got;

	if (vprof_guest_flat_find(flat, address, size, &offset))
		return -EFAULT;
	got = pread(flat->fd, buffer, size, flat->start + offset);
	if (got < 0)
		return -errno;
	return (size_t)got == size ? 0 : -EFAULT;
}

/* Where a filter of system calls forbids process_vm_readv(), as systemd's does. */
static void read_heads_one_by_one(struct vprof_guest_flat *flat, uint64_t start,
				  size_t nr, char *heads)
{
	size_t i;

	for (i = 0; i < nr; i++, heads += VPROF_GUEST_HEAD_SIZE) {
		if (read_process(flat, start + i * VPROF_GUEST_PAGE, heads,
				 VPROF_GUEST_HEAD_SIZE))
			memset(heads, 0, VPROF_GUEST_HEAD_SIZE);
	}
}

/* Of a process that ended, or executes something else, nothing can be read. */
static bool is_over(const struct vprof_guest_flat *flat)
{
	char byte;

	return pread(flat->fd, &byte, sizeof(byte), (off_t)flat->start) == 0;
}

/* In one call; what follows one that it cannot read is tried in the next. */
static size_t read_some_heads(struct vprof_guest_flat *flat, uint64_t start,
			      size_t nr, char *heads)
{
	struct iovec to = { heads, nr * VPROF_GUEST_HEAD_SIZE };
	struct iovec from[BATCH];
	uint64_t offset;
	ssize_t got;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (vprof_guest_flat_find(flat, start + i * VPROF_GUEST_PAGE,
					  VPROF_GUEST_HEAD_SIZE, &offset))
			break;
		from[i].iov_base = (void *)(uintptr_t)(flat->start + offset);
		from[i].iov_len = VPROF_GUEST_HEAD_SIZE;
	}
	got = process_vm_readv(flat->pid, &to, 1, from, i, 0);
	if (got < 0 && (errno == EPERM || errno == ENOSYS)) {
		read_heads_one_by_one(flat, start, nr, heads);
		return nr;
	}
	/* Its pid is another's by now, and that is whose memory it was. */
	if (is_over(flat)) {
		memset(heads, 0, nr * VPROF_GUEST_HEAD_SIZE);
		return nr;
	}
	nr = got > 0 ? got / VPROF_GUEST_HEAD_SIZE : 0;
	if (nr && nr == i)
		return nr;
	memset(heads + nr * VPROF_GUEST_HEAD_SIZE, 0, VPROF_GUEST_HEAD_SIZE);
	return nr + 1;
}

static void read_heads(void *data, uint64_t start, size_t nr, void *heads)
{
	char *to = heads;

	while (nr) {
		size_t some = read_some_heads(data, start,
					      nr < BATCH ? nr : BATCH, to);

		start += some * VPROF_GUEST_PAGE;
		to += some * VPROF_GUEST_HEAD_SIZE;
		nr -= some;
	}
}

/* ---- which mapping it is ---------------------------------------------------------------- */

struct largest {
	uint64_t start;
	uint64_t end;
};

static int take_map(void *data, char *line)
{
	struct largest *largest = data;
	uint64_t start;
	uint64_t end;
	char rights[5];

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &start, &end, rights) !=
		    3 ||
	    strncmp(rights, "rw-", 3) || end <= start)
		return 0;
	if (end - start > largest->end - largest->start) {
		largest->start = start;
		largest->end = end;
	}
	return 0;
}

static int find_largest(int process_fd, struct vprof_guest_flat *flat)
{
	struct largest largest = { 0 };
	int ret;
	int fd;

	fd = openat(process_fd, "maps", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = vprof_lines_read(fd, MAX_MAPS_BYTES, take_map, &largest);
	close(fd);
	if (ret)
		return ret;
	if (largest.end - largest.start < MIN_GUEST_BYTES)
		return -ENOENT;
	flat->start = largest.start;
	flat->size = largest.end - largest.start;
	return 0;
}

/* Its folder in /proc is one process's: not that of the next with its pid. */
static int open_mem(struct vprof_guest_flat *flat)
{
	char path[32];
	int process_fd;
	int ret;

	snprintf(path, sizeof(path), "/proc/%d", flat->pid);
	process_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (process_fd < 0)
		return -errno;
	flat->fd = openat(process_fd, "mem", O_RDONLY | O_CLOEXEC);
	ret = flat->fd < 0 ? -errno : find_largest(process_fd, flat);
	close(process_fd);
	return ret;
}

static void get_comm(pid_t pid, char *comm, size_t size)
{
	char path[32];
	ssize_t got;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	got = vprof_read_file(path, comm, size - 1);
	comm[got > 0 ? got : 0] = '\0';
	comm[strcspn(comm, "\n")] = '\0';
}

static int explain(pid_t vmm, int code, struct vprof_error *err)
{
	switch (code) {
	case -EACCES:
	case -EPERM:
		return vprof_error_set(
			err, -EACCES,
			"may not read the memory of process %d: it takes CAP_SYS_PTRACE (run as root)",
			vmm);
	case -ENOENT:
	case -ESRCH:
		return vprof_error_set(
			err, -ENOENT,
			"process %d is gone, or has no memory that looks like a guest's",
			vmm);
	default:
		return vprof_error_set(
			err, code, "cannot read the memory of process %d: %s",
			vmm, strerror(-code));
	}
}

int vprof_guest_memory_open_process(pid_t vmm,
				    struct vprof_guest_memory **ret_memory,
				    struct vprof_error *err)
{
	struct vprof_guest_flat flat = { .fd = -1, .pid = vmm };
	char about[VPROF_GUEST_TEXT_MAX];
	char comm[32];
	int ret;

	get_comm(vmm, comm, sizeof(comm));
	snprintf(about, sizeof(about), "the guest's memory in %s (%d)", comm,
		 vmm);
	ret = open_mem(&flat);
	if (!ret)
		ret = vprof_guest_flat_open(&flat, about, ret_memory);
	if (ret) {
		if (flat.fd >= 0)
			close(flat.fd);
		return explain(vmm, ret, err);
	}
	(*ret_memory)->read = read_process;
	(*ret_memory)->read_heads = read_heads;
	return 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* A guest's memory that is a file: of QEMU's memory-backend-file, or a dump. */
#include <vprof/guest.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest/memory.h"

static int read_file(void *data, uint64_t address, void *buffer, size_t size)
{
	struct vprof_guest_flat *flat = data;
	uint64_t offset;
	ssize_t got;

	if (vprof_guest_flat_find(flat, address, size, &offset))
		return -EFAULT;
	while (size) {
		got = pread(flat->fd, buffer, size, flat->start + offset);
		if (got <= 0)
			return got && errno != EINTR ? -errno : -EFAULT;
		buffer = (char *)buffer + got;
		offset += got;
		size -= got;
	}
	return 0;
}

static int get_size(int fd, uint64_t *ret_size)
{
	struct stat status;

	if (fstat(fd, &status))
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	*ret_size = status.st_size;
	return 0;
}

int vprof_guest_memory_open_file(const char *path,
				 struct vprof_guest_memory **ret_memory,
				 struct vprof_error *err)
{
	struct vprof_guest_flat flat = { 0 };
	char about[VPROF_GUEST_TEXT_MAX];
	int ret;

	flat.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (flat.fd < 0)
		return vprof_error_set(
			err, -errno, "cannot open \"%s\", a guest's memory: %s",
			path, strerror(errno));
	snprintf(about, sizeof(about), "\"%.120s\"", path);
	ret = get_size(flat.fd, &flat.size);
	if (!ret)
		ret = vprof_guest_flat_open(&flat, about, ret_memory);
	if (!ret) {
		(*ret_memory)->read = read_file;
		return 0;
	}
	close(flat.fd);
	return vprof_error_set(err, ret, "\"%s\" is no guest's memory: %s",
			       path, strerror(-ret));
}

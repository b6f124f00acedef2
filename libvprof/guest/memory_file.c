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

#include "guest/access.h"
#include "guest/memory.h"

/* As many pages are read before the file is asked where its next data is. */
enum { PAGES_A_LOOK = 64 };

static int read_file(void *data, uint64_t address, void *buffer, size_t size)
{
	struct vprof_guest_flat *flat = data;
	uint64_t offset;
	ssize_t got;

	if (vprof_guest_flat_find(flat, address, size, &offset))
		return -EFAULT;
	while (size) {
		got = pread(flat->fd, buffer, size, offset);
		if (got <= 0)
			return got && errno != EINTR ? -errno : -EFAULT;
		buffer = (char *)buffer + got;
		offset += got;
		size -= got;
	}
	return 0;
}

/* The first byte at or after @offset that is no hole of the file. */
static uint64_t find_data(const struct vprof_guest_flat *flat, uint64_t offset)
{
	off_t data = lseek(flat->fd, offset, SEEK_DATA);

	if (data >= 0)
		return data;
	return errno == ENXIO ? flat->size : offset;
}

/* Most of a guest's memory was never written to, often. */
static void read_heads(void *data, uint64_t start, size_t nr, void *heads)
{
	const struct vprof_guest_flat *flat = data;
	char *head = heads;
	uint64_t offset;
	uint64_t known_to = 0;
	size_t i;

	memset(heads, 0, nr * VPROF_GUEST_HEAD_SIZE);
	for (i = 0; i < nr; i++, head += VPROF_GUEST_HEAD_SIZE) {
		if (vprof_guest_flat_find(flat, start + i * VPROF_GUEST_PAGE,
					  VPROF_GUEST_HEAD_SIZE, &offset))
			continue;
		if (i % PAGES_A_LOOK == 0)
			known_to = find_data(flat, offset);
		if (offset + VPROF_GUEST_HEAD_SIZE <= known_to)
			continue;
		if (pread(flat->fd, head, VPROF_GUEST_HEAD_SIZE, offset) !=
		    VPROF_GUEST_HEAD_SIZE)
			memset(head, 0, VPROF_GUEST_HEAD_SIZE);
	}
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
		(*ret_memory)->read_heads = read_heads;
		return 0;
	}
	close(flat.fd);
	return vprof_error_set(err, ret, "\"%s\" is no guest's memory: %s",
			       path, strerror(-ret));
}

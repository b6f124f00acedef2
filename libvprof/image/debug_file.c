// SPDX-License-Identifier: LGPL-2.1-or-later
/* Where distributions put the symbols that they stripped from a file. */
#include "image/debug_file.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "image/build_id.h"
#include "image/image_file.h"

#define DEBUG_ROOT "/usr/lib/debug"

enum { MAX_LINKED_BYTES = 512 << 20 };

static bool has_build_id(int fd, const uint8_t *bytes, size_t size)
{
	struct vprof_build_id id;

	return !vprof_build_id_read(fd, &id) && id.size == size &&
	       !memcmp(id.bytes, bytes, size);
}

static int open_by_build_id(const uint8_t *bytes, size_t size)
{
	char hex[VPROF_BUILD_ID_TEXT];
	char path[PATH_MAX];
	int fd;

	if (size < 2)
		return -ENOENT;
	vprof_build_id_format(bytes, size, hex);
	snprintf(path, sizeof(path), DEBUG_ROOT "/.build-id/%.2s/%s.debug", hex,
		 hex + 2);
	fd = vprof_file_open_in(0, path);
	if (fd < 0)
		return fd;
	if (has_build_id(fd, bytes, size))
		return fd;
	close(fd);
	return -ENOENT;
}

static bool has_checksum(int fd, uint32_t wanted)
{
	unsigned char bytes[65536];
	uLong sum = crc32(0, NULL, 0);
	off_t at = 0;
	struct stat stat;
	ssize_t got;

	/* A user's, maybe, and then of any size without taking any room. */
	if (fstat(fd, &stat) || stat.st_size > MAX_LINKED_BYTES)
		return false;
	while (at < stat.st_size &&
	       (got = pread(fd, bytes, sizeof(bytes), at)) > 0) {
		sum = crc32(sum, bytes, got);
		at += got;
	}
	return at == stat.st_size && sum == wanted;
}

static int open_linked(Elf *elf, const char *path)
{
	static const struct {
		const char *root;
		const char *folder;
	} places[] = {
		{ "", "" },
		{ "", "/.debug" },
		{ DEBUG_ROOT, "" },
	};
	const char *slash = strrchr(path, '/');
	const char *name;
	char candidate[2 * PATH_MAX];
	GElf_Word sum;
	size_t i;

	name = dwelf_elf_gnu_debuglink(elf, &sum);
	if (!name || !slash || strchr(name, '/') || strlen(name) > NAME_MAX)
		return -ENOENT;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int fd;

		snprintf(candidate, sizeof(candidate), "%s%.*s%s/%s",
			 places[i].root, (int)(slash - path), path,
			 places[i].folder, name);
		fd = vprof_file_open_in(0, candidate);
		if (fd >= 0 && has_checksum(fd, sum))
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return -ENOENT;
}

int vprof_debug_file_open(Elf *elf, const char *path)
{
	const void *bytes;
	ssize_t size = dwelf_elf_gnu_build_id(elf, &bytes);
	int fd = size > 0 ? open_by_build_id(bytes, size) : -ENOENT;

	return fd >= 0 ? fd : open_linked(elf, path);
}

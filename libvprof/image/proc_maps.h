/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines of /proc/PID/maps. */
#ifndef LIBVPROF_PROC_MAPS_H
#define LIBVPROF_PROC_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct vprof_proc_map - one line
 * @path: as the kernel writes it; valid during the call only
 */
struct vprof_proc_map {
	uint64_t start;
	uint64_t end;
	uint64_t pgoff;
	uint32_t major;
	uint32_t minor;
	uint64_t inode;
	bool is_executable;
	const char *path;
};

/**
 * vprof_proc_map_parse - read one line, without its newline
 * @line: NUL-terminated; written to (escapes in the path are undone)
 *
 * Return: 0, or -EINVAL.
 */
int vprof_proc_map_parse(char *line, struct vprof_proc_map *ret_map);

/**
 * vprof_proc_maps_read - every line of @fd, in order
 * @fn: stops when it returns non-zero, and that is returned
 *
 * Lines that make no sense are passed over.
 *
 * Return: 0, what @fn returned, or a negative errno of read(2).
 */
int vprof_proc_maps_read(int fd,
			 int (*fn)(void *data,
				   const struct vprof_proc_map *map),
			 void *data);

#endif

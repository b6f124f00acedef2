/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /tmp/perf-PID.map: what a just-in-time compiler says of its code. */
#ifndef LIBVPROF_PERF_MAP_H
#define LIBVPROF_PERF_MAP_H

#include <stdint.h>
#include <vprof/error.h>

struct vprof_image;
struct vprof_symbols;

enum { VPROF_PERF_MAP_MAX_BYTES = 256 << 20 };

struct vprof_perf_map_line {
	uint64_t start;
	uint64_t size;
	const char *name;
};

/** vprof_perf_map_parse - read "START SIZE name of anything"; -EINVAL */
int vprof_perf_map_parse(char *line, struct vprof_perf_map_line *ret_line);

/** vprof_perf_map_read - the lines of @fd; bounded, nonsense is passed over */
int vprof_perf_map_read(int fd, struct vprof_symbols *symbols);

/**
 * vprof_perf_map_open - in the root of the process, nobody else's, no link
 *
 * Return: a descriptor, or -ENOENT, -EPERM (another user's), -EFBIG.
 */
int vprof_perf_map_open(const struct vprof_image *image,
			struct vprof_error *err);

#endif

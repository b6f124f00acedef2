/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The symbols of a map that somebody gave: System.map, kallsyms, vmlinux, xen-syms. */
#ifndef LIBVPROF_MAP_SOURCE_H
#define LIBVPROF_MAP_SOURCE_H

#include <stdbool.h>
#include <vprof/error.h>
#include <vprof/image.h>

#include "image/kallsyms.h"

/**
 * struct vprof_map_source - an open map
 * @release: what a vmlinux says; "" elsewhere
 */
struct vprof_map_source {
	const char *path;
	int fd;
	bool is_elf;
	char release[65];
	uint8_t build_id[VPROF_BUILD_ID_MAX];
	size_t build_id_size;
};

/** vprof_map_source_open - -ENOEXEC: a compressed kernel; each with its sentence */
int vprof_map_source_open(const char *path, struct vprof_map_source *ret_source,
			  struct vprof_error *err);
void vprof_map_source_close(struct vprof_map_source *source);

/**
 * vprof_map_source_for_each - every symbol, from the first on
 *
 * Return: 0, what @fn returned, -ENOEXEC, -ENOMEM, or another negative errno.
 */
int vprof_map_source_for_each(struct vprof_map_source *source,
			      int (*fn)(void *data,
					const struct vprof_kallsym *symbol),
			      void *data);

#endif

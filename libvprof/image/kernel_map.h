/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where in this machine's kernel an address lies: itself, a module, BPF. */
#ifndef LIBVPROF_KERNEL_MAP_H
#define LIBVPROF_KERNEL_MAP_H

#include <stdint.h>

struct vprof_image;
struct vprof_image_table;
struct vprof_kernel_map;

/**
 * struct vprof_module - a line of /proc/modules
 * @start: 0 where addresses are hidden
 */
struct vprof_module {
	const char *name;
	uint64_t start;
	uint64_t size;
};

/** vprof_module_parse - read a line, which is written to; -EINVAL */
int vprof_module_parse(char *line, struct vprof_module *ret_module);

/** vprof_module_get_start - of the loaded module @name; 0 when there is none */
uint64_t vprof_module_get_start(const char *name);

/** vprof_kernel_map_new - looks where the kernel and its modules lie now */
int vprof_kernel_map_new(struct vprof_image_table *images,
			 struct vprof_kernel_map **ret_map);
void vprof_kernel_map_free(struct vprof_kernel_map *map);

/**
 * vprof_kernel_map_resolve - which image, where in it
 *
 * Looks again, once a second at most, for modules that came and went. Where one
 * went and none came it is the one that was there a second ago.
 *
 * Return: 0, or -ENOENT.
 */
int vprof_kernel_map_resolve(struct vprof_kernel_map *map, uint64_t ip,
			     struct vprof_image **ret_image,
			     uint64_t *ret_offset);

#endif

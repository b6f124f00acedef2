/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's kernel as we know it: its code, its modules, their names. */
#ifndef LIBVPROF_GUEST_KERNEL_H
#define LIBVPROF_GUEST_KERNEL_H

#include <vprof/guest.h>

#include "guest/result.h"

struct vprof_symbols;

/** struct guest_image - "[kernel]" or a module */
struct vprof_guest_image {
	char name[VPROF_GUEST_MODULE_MAX + 3];
	uint64_t start;
	uint64_t size;
	struct vprof_symbols *symbols; /* NULL: it has none */
};

/**
 * struct vprof_guest_kernel - while it is made, and after
 * @clock: see struct vprof_guest_text
 * @images: the first is the kernel; after vprof_guest_kernel_finish() the
 *          others are by address
 */
struct vprof_guest_kernel {
	struct vprof_guest_info info;
	struct vprof_guest_image *images;
	size_t nr_images;
	size_t nr_allocated;
	uint64_t clock;
	struct vprof_guest_options options;
};

/** vprof_guest_kernel_new - NULL: no memory */
struct vprof_guest_kernel *
vprof_guest_kernel_new(const struct vprof_guest_options *options);

/** vprof_guest_kernel_set_identity - which one it is; its text begins at _stext */
void vprof_guest_kernel_set_identity(
	struct vprof_guest_kernel *kernel,
	const struct vprof_guest_identity *identity);

/** vprof_guest_kernel_add_image - @name without brackets; -E2BIG, -ENOMEM */
int vprof_guest_kernel_add_image(struct vprof_guest_kernel *kernel,
				 const char *name, uint64_t start,
				 uint64_t size);

/** vprof_guest_kernel_add_symbol - to an image, by its index */
int vprof_guest_kernel_add_symbol(struct vprof_guest_kernel *kernel,
				  size_t index, uint64_t address, char type,
				  const char *name);

/** vprof_guest_kernel_finish - after the last symbol; -ENOENT: there was none */
int vprof_guest_kernel_finish(struct vprof_guest_kernel *kernel);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which image lies where in one address space. */
#ifndef LIBVPROF_MAPS_H
#define LIBVPROF_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vprof_image;
struct vprof_maps;

/* More executable ranges than that in one process are not followed. */
enum { VPROF_MAPS_MAX = 16384 };

/**
 * struct vprof_mapping - a range of addresses
 * @end: the first address past it
 * @pgoff: offset in the image's file of @start
 * @image: the maps hold a reference of their own
 */
struct vprof_mapping {
	uint64_t start;
	uint64_t end;
	uint64_t pgoff;
	struct vprof_image *image;
};

/** vprof_maps_new - an empty address space, or NULL (no memory) */
struct vprof_maps *vprof_maps_new(void);

/* Address spaces are shared after a fork until one of the two maps something. */
struct vprof_maps *vprof_maps_get(struct vprof_maps *maps);
void vprof_maps_put(struct vprof_maps *maps);

/**
 * vprof_maps_insert - map a range over whatever was there
 * @maps: copied first where it is shared; replaced on success
 *
 * Return: 0, -EINVAL an empty range, -E2BIG VPROF_MAPS_MAX reached, -ENOMEM.
 */
int vprof_maps_insert(struct vprof_maps **maps,
		      const struct vprof_mapping *mapping);

/** vprof_maps_contradicts - would @mapping give an address another meaning? */
bool vprof_maps_contradicts(const struct vprof_maps *maps,
			    const struct vprof_mapping *mapping);

/** vprof_maps_find - the mapping that holds @address, or NULL */
const struct vprof_mapping *vprof_maps_find(const struct vprof_maps *maps,
					    uint64_t address);

size_t vprof_maps_count(const struct vprof_maps *maps);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the reader gets at a guest's memory: by pages, asked for in bulk. */
#ifndef LIBVPROF_GUEST_ACCESS_H
#define LIBVPROF_GUEST_ACCESS_H

#include <stddef.h>
#include <stdint.h>
#include <vprof/guest.h>

enum {
	VPROF_GUEST_PAGE = 4096,
	VPROF_GUEST_BATCH_PAGES = 256,  /* of one call of @pages */
	VPROF_GUEST_BATCH_HEADS = 2048, /* of one call of @heads */
	VPROF_GUEST_BATCH_TRANSLATIONS = 512,
};

#define VPROF_GUEST_NOWHERE UINT64_MAX

/**
 * struct vprof_guest_access - the reader's side of a guest's memory
 * @pages: whole pages, one after another, to @to
 * @heads: as read_heads() of struct vprof_guest_memory
 * @translate: of @nr pages from @virtual on, as struct vprof_guest_memory has
 *             it; VPROF_GUEST_NOWHERE: of that page there is none. NULL: by page
 *             tables
 * @direct_map: as struct vprof_guest_memory has it
 *
 * @pages returns how many, from the first on, could be read: each may be
 * forged. A negative errno of any of them: stop, nobody answers any more.
 */
struct vprof_guest_access {
	int (*pages)(void *data, const uint64_t *addresses, size_t nr,
		     void *to);
	int (*heads)(void *data, uint64_t start, size_t nr, void *to);
	int (*translate)(void *data, uint64_t virtual, size_t nr,
			 uint64_t *addresses);
	void *data;
	uint64_t direct_map;
	const struct vprof_guest_range *ranges;
	size_t nr_ranges;
};

/** vprof_guest_access_init - straight to @memory, in this process */
void vprof_guest_access_init(struct vprof_guest_access *access,
			     const struct vprof_guest_memory *memory);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Machine frames of Xen's in the address space of a PV dom0. */
#ifndef VPROF_XENOPROF_MAP_H
#define VPROF_XENOPROF_MAP_H

#include "xenoprof_abi.h"

struct page;

struct vprof_xenoprof_map {
	void *address; /* NULL: none */
	unsigned int nr_pages;
	struct page *pages[XENOPROF_MAX_PAGES]; /* what belongs there */
};

int vprof_xenoprof_map(struct vprof_xenoprof_map *map, u64 mfn,
		       unsigned int nr_pages);
void vprof_xenoprof_unmap(struct vprof_xenoprof_map *map);

#endif /* VPROF_XENOPROF_MAP_H */

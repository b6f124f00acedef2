// SPDX-License-Identifier: LGPL-2.1-or-later
/* How the reader gets at a guest's memory: by pages, asked for in bulk. */
#include "guest/access.h"

#include <string.h>

/* Neighbours are read together, unless one of them cannot be. */
static int read_pages(void *data, const uint64_t *addresses, size_t nr,
		      void *to)
{
	const struct vprof_guest_memory *memory = data;
	char *page = to;
	size_t done = 0;

	if (memory->read_pages)
		return memory->read_pages(memory->data, addresses, nr, to);
	while (done < nr) {
		size_t run = 1;

		while (done + run < nr &&
		       addresses[done + run] ==
			       addresses[done] + run * VPROF_GUEST_PAGE)
			run++;
		if (memory->read(memory->data, addresses[done], page,
				 run * VPROF_GUEST_PAGE)) {
			if (run == 1 ||
			    memory->read(memory->data, addresses[done], page,
					 VPROF_GUEST_PAGE))
				break;
			run = 1;
		}
		page += run * VPROF_GUEST_PAGE;
		done += run;
	}
	return done;
}

static int read_heads(void *data, uint64_t start, size_t nr, void *to)
{
	const struct vprof_guest_memory *memory = data;
	char *head = to;
	size_t i;

	if (memory->read_heads) {
		memory->read_heads(memory->data, start, nr, to);
		return 0;
	}
	for (i = 0; i < nr; i++, head += VPROF_GUEST_HEAD_SIZE) {
		if (memory->read(memory->data, start + i * VPROF_GUEST_PAGE,
				 head, VPROF_GUEST_HEAD_SIZE))
			memset(head, 0, VPROF_GUEST_HEAD_SIZE);
	}
	return 0;
}

static int translate(void *data, uint64_t virtual, size_t nr,
		     uint64_t *addresses)
{
	const struct vprof_guest_memory *memory = data;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (memory->translate(memory->data,
				      virtual + i * VPROF_GUEST_PAGE,
				      &addresses[i]))
			addresses[i] = VPROF_GUEST_NOWHERE;
	}
	return 0;
}

void vprof_guest_access_init(struct vprof_guest_access *access,
			     const struct vprof_guest_memory *memory)
{
	memset(access, 0, sizeof(*access));
	access->pages = read_pages;
	access->heads = read_heads;
	access->translate = memory->translate ? translate : NULL;
	access->data = (void *)memory;
	access->direct_map = memory->direct_map;
	access->ranges = memory->ranges;
	access->nr_ranges = memory->nr_ranges;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* A guest's memory in one piece: a file, or a mapping of its VMM. */
#include "guest/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <vprof/guest.h>

#include "guest/access.h"

static const uint64_t four_gib = 4ULL << 30;

/* Where the hole begins when there is more memory than that: QEMU's pc and
 * microvm, Firecracker and crosvm and kvmtool, QEMU's q35. */
static const uint64_t holes[] = {
	3ULL << 30,
	(3ULL << 30) + (256ULL << 20),
	2ULL << 30,
	(2ULL << 30) + (768ULL << 20),
};

static void close_flat(void *data)
{
	struct vprof_guest_flat *flat = data;

	if (flat->fd >= 0)
		close(flat->fd);
	free(flat);
}

static void set_ranges(struct vprof_guest_memory *memory)
{
	const struct vprof_guest_flat *flat = memory->data;
	uint64_t below = flat->below_4g;

	memory->ranges[0] = (struct vprof_guest_range){ 0, below };
	memory->ranges[1] =
		(struct vprof_guest_range){ four_gib, flat->size - below };
	memory->nr_ranges = below < flat->size ? 2 : 1;
}

/* Where the hole begins in layout @nr. One above all of the memory is none. */
static int find_hole(uint64_t size, unsigned int nr, uint64_t *ret_hole)
{
	size_t i;

	if (size <= holes[0] && !nr--) {
		*ret_hole = size;
		return 0;
	}
	for (i = 0; i < sizeof(holes) / sizeof(holes[0]); i++) {
		if (size > holes[i] && !nr--) {
			*ret_hole = holes[i];
			return 0;
		}
	}
	return -ENOENT;
}

int vprof_guest_memory_set_layout(struct vprof_guest_memory *memory,
				  unsigned int nr)
{
	struct vprof_guest_flat *flat = memory->data;
	int ret;

	if (memory->close != close_flat)
		return nr ? -ENOENT : 0;
	ret = find_hole(flat->size, nr, &flat->below_4g);
	if (!ret)
		set_ranges(memory);
	return ret;
}

int vprof_guest_flat_open(const struct vprof_guest_flat *flat,
			  const char *about,
			  struct vprof_guest_memory **ret_memory)
{
	struct vprof_guest_memory *memory = calloc(1, sizeof(*memory));
	struct vprof_guest_flat *copy = malloc(sizeof(*copy));

	if (flat->size < VPROF_GUEST_PAGE || !memory || !copy) {
		free(memory);
		free(copy);
		return memory && copy ? -EINVAL : -ENOMEM;
	}
	*copy = *flat;
	copy->size &= ~(VPROF_GUEST_PAGE - 1ULL);
	memory->data = copy;
	memory->close = close_flat;
	snprintf(memory->about, sizeof(memory->about), "%s", about);
	vprof_guest_memory_set_layout(memory, 0);
	*ret_memory = memory;
	return 0;
}

int vprof_guest_flat_find(const struct vprof_guest_flat *flat, uint64_t address,
			  size_t size, uint64_t *ret_offset)
{
	uint64_t end = flat->below_4g;

	if (address >= four_gib) {
		address = address - four_gib + flat->below_4g;
		end = flat->size;
	}
	if (address > end || size > end - address)
		return -EFAULT;
	*ret_offset = address;
	return 0;
}

void vprof_guest_memory_close(struct vprof_guest_memory *memory)
{
	if (!memory)
		return;
	if (memory->close)
		memory->close(memory->data);
	free(memory);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking things up by address in an array that is sorted by it. */
#ifndef LIBVPROF_SORTED_H
#define LIBVPROF_SORTED_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct vprof_sorted - an array in ascending order of a uint64_t in its items
 * @key_offset: of the uint64_t in an item
 */
struct vprof_sorted {
	const void *items;
	size_t nr_items;
	size_t item_size;
	size_t key_offset;
};

/** VPROF_SORTED_BY - @nr items of @array, sorted by their @member */
#define VPROF_SORTED_BY(array, nr, member)       \
	(&(const struct vprof_sorted){           \
		(array), (nr), sizeof(*(array)), \
		offsetof(__typeof__(*(array)), member) })

/**
 * vprof_sorted_count_upto - how many items have a key of at most @key
 *
 * So the last that begins at or before an address is the one before that.
 */
size_t vprof_sorted_count_upto(const struct vprof_sorted *sorted, uint64_t key);

#endif

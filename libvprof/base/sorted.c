// SPDX-License-Identifier: LGPL-2.1-or-later
/* Looking things up by address in an array that is sorted by it. */
#include "base/sorted.h"

#include <string.h>

static uint64_t key_of(const struct vprof_sorted *sorted, size_t index)
{
	uint64_t key;

	memcpy(&key,
	       (const char *)sorted->items + index * sorted->item_size +
		       sorted->key_offset,
	       sizeof(key));
	return key;
}

size_t vprof_sorted_count_upto(const struct vprof_sorted *sorted, uint64_t key)
{
	size_t low = 0;
	size_t high = sorted->nr_items;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (key_of(sorted, middle) <= key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

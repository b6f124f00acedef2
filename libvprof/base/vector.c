// SPDX-License-Identifier: LGPL-2.1-or-later
/* Arrays that grow; rows of a store's table, found by their id. */
#include "base/vector.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ITEMS = 16 };

void vprof_vector_destroy(struct vprof_vector *vector)
{
	free(vector->items);
	vector->items = NULL;
	vector->nr_items = 0;
	vector->nr_allocated = 0;
}

void *vprof_vector_add(struct vprof_vector *vector)
{
	size_t nr = vector->nr_allocated;
	void *items;

	if (vector->nr_items == nr) {
		nr = nr ? nr + nr / 2 : FIRST_ITEMS;
		items = reallocarray(vector->items, nr, vector->item_size);
		if (!items)
			return NULL;
		vector->items = items;
		vector->nr_allocated = nr;
	}
	return memset(vprof_vector_get(vector, vector->nr_items++), 0,
		      vector->item_size);
}

static int64_t get_id(const struct vprof_vector *vector, size_t index)
{
	return *(const int64_t *)vprof_vector_get(vector, index);
}

void *vprof_vector_find(const struct vprof_vector *vector, int64_t id)
{
	size_t low = 0, high = vector->nr_items, middle;
	uint64_t guess;

	if (!high || id < get_id(vector, 0))
		return NULL;
	guess = (uint64_t)id - (uint64_t)get_id(vector, 0);
	if (guess < high && get_id(vector, guess) == id)
		return vprof_vector_get(vector, guess);
	while (low < high) {
		middle = low + (high - low) / 2;
		if (get_id(vector, middle) < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == vector->nr_items || get_id(vector, low) != id)
		return NULL;
	return vprof_vector_get(vector, low);
}

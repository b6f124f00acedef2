/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays that grow; rows of a store's table, found by their id. */
#ifndef VPROF_VECTOR_H
#define VPROF_VECTOR_H

#include <stddef.h>
#include <stdint.h>

/** struct vprof_vector - all 0 but item_size is an empty one */
struct vprof_vector {
	void *items;
	size_t nr_items;
	size_t nr_allocated;
	size_t item_size;
};

void vprof_vector_destroy(struct vprof_vector *vector);

/** vprof_vector_add - room for one more, zeroed; NULL: no memory */
void *vprof_vector_add(struct vprof_vector *vector);

static inline void *vprof_vector_get(const struct vprof_vector *vector,
				     size_t index)
{
	return (char *)vector->items + index * vector->item_size;
}

/**
 * vprof_vector_find - the item of an id, where each item begins with an int64_t id
 *		       and ids ascend; NULL: there is none
 *
 * At once where no id is missing before it.
 */
void *vprof_vector_find(const struct vprof_vector *vector, int64_t id);

#endif

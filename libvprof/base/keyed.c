// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rows that are found by a pair of numbers, each made once. */
#include "base/keyed.h"

#include "base/intern.h"
#include "base/vector.h"

#include <errno.h>
#include <stddef.h>

int64_t vprof_keyed_get(struct vprof_intern *keys, struct vprof_vector *rows,
			uint64_t a, uint64_t b, void **ret_new)
{
	struct vprof_intern_entry *entry;
	bool is_new;

	*ret_new = NULL;
	entry = vprof_intern_get(keys, a, b, &is_new);
	if (!entry)
		return -ENOMEM;
	if (!is_new)
		return entry->id;
	*ret_new = vprof_vector_add(rows);
	return *ret_new ? (int64_t)entry->id : -ENOMEM;
}

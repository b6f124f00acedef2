/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows that are found by a pair of numbers, each made once. */
#ifndef VPROF_KEYED_H
#define VPROF_KEYED_H

#include <stdint.h>

struct vprof_intern;
struct vprof_vector;

/**
 * vprof_keyed_get - the number of the row of a pair
 * @rows: row n is item n - 1
 * @ret_new: where the pair is new: its row, all 0, to be filled in; else NULL
 *
 * Return: > 0, or -ENOMEM.
 */
int64_t vprof_keyed_get(struct vprof_intern *keys, struct vprof_vector *rows,
			uint64_t a, uint64_t b, void **ret_new);

#endif

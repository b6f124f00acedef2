/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers for pairs of numbers: one id for each pair seen, and when it was last seen. */
#ifndef VPROF_INTERN_H
#define VPROF_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct vprof_intern_entry - a pair
 * @id: > 0; 0 marks an empty place of the table
 * @stamp: the owner's: when the pair was last used
 */
struct vprof_intern_entry {
	uint64_t a;
	uint64_t b;
	uint32_t id;
	uint32_t stamp;
};

/**
 * struct vprof_intern - the pairs; all members are the implementation's
 *
 * The hash is keyed by a random secret: processes and guests choose addresses,
 * and must not be able to choose collisions.
 */
struct vprof_intern {
	struct vprof_intern_entry *entries;
	size_t nr_slots; /* a power of two */
	size_t nr_used;
	uint32_t next_id;
	uint64_t secret[2];
};

enum { VPROF_INTERN_MAX_ID = INT32_MAX };

int vprof_intern_init(struct vprof_intern *table);
void vprof_intern_destroy(struct vprof_intern *table);

/** vprof_intern_clear - forget all; ids begin at 1 again */
void vprof_intern_clear(struct vprof_intern *table);

/**
 * vprof_intern_get - the entry of a pair, made when there is none
 *
 * The pointer is good until the next call.
 *
 * Return: NULL when memory or ids are used up.
 */
struct vprof_intern_entry *vprof_intern_get(struct vprof_intern *table,
					    uint64_t a, uint64_t b,
					    bool *ret_is_new);

/** vprof_intern_has - was the pair seen, and not removed? */
bool vprof_intern_has(const struct vprof_intern *table, uint64_t a, uint64_t b);

/** vprof_intern_put - take in a pair whose id is known already (from a file) */
int vprof_intern_put(struct vprof_intern *table, uint64_t a, uint64_t b,
		     uint32_t id, uint32_t stamp);

/**
 * vprof_intern_remove_if - forget entries
 * @is_unwanted: asked of each entry once
 *
 * Ids are not given out again.
 */
int vprof_intern_remove_if(
	struct vprof_intern *table,
	bool (*is_unwanted)(const struct vprof_intern_entry *entry, void *data),
	void *data);

#endif

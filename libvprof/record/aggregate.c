// SPDX-License-Identifier: LGPL-2.1-or-later
/* Counts equal samples: the hot table of the reader. */
#include "record/aggregate.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/*
 * Tallies lie in an array, in order of their first sample; the index is open
 * addressing over it, at most half full, with part of the hash beside each
 * number so that a wrong tally is rarely looked at.
 */
enum {
	FIRST_INDEX_SIZE = 4096,
	/* 2^31 tallies would be 80 GB; the recorder ends a slice long before */
	MAX_INDEX_SIZE = 1u << 31,
};

_Static_assert(sizeof(struct vprof_place) == 24, "compared as three words");

#define INDEX_HASH_MASK 0xffffffff00000000ull

static inline uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_place(const struct vprof_aggregate *aggregate,
				  const struct vprof_place *place)
{
	return mix(place->ip ^ aggregate->secret[0],
		   mix((uintptr_t)place->process ^ aggregate->secret[1],
		       place->rest ^ aggregate->secret[2]));
}

static bool is_equal(const struct vprof_place *a, const struct vprof_place *b)
{
	return a->ip == b->ip && a->process == b->process && a->rest == b->rest;
}

/* Room for as many tallies as the index may hold. */
static int set_size(struct vprof_aggregate *aggregate, size_t index_size)
{
	struct vprof_tally *tallies;
	uint64_t *index;

	index = calloc(index_size, sizeof(*index));
	if (!index)
		return -ENOMEM;
	tallies = reallocarray(aggregate->tallies, index_size / 2,
			       sizeof(*tallies));
	if (!tallies) {
		free(index);
		return -ENOMEM;
	}
	aggregate->tallies = tallies;
	free(aggregate->index);
	aggregate->index = index;
	aggregate->index_mask = index_size - 1;
	return 0;
}

static void put_index(struct vprof_aggregate *aggregate, uint64_t hash,
		      size_t tally)
{
	size_t slot = hash & aggregate->index_mask;

	while (aggregate->index[slot])
		slot = (slot + 1) & aggregate->index_mask;
	aggregate->index[slot] = (hash & INDEX_HASH_MASK) | (tally + 1);
}

static int grow(struct vprof_aggregate *aggregate)
{
	size_t size = (aggregate->index_mask + 1) * 2;

	if (size > MAX_INDEX_SIZE || set_size(aggregate, size))
		return -ENOMEM;
	for (size_t i = 0; i < aggregate->nr_tallies; i++)
		put_index(aggregate,
			  hash_place(aggregate, &aggregate->tallies[i].place),
			  i);
	return 0;
}

int vprof_aggregate_init(struct vprof_aggregate *aggregate)
{
	memset(aggregate, 0, sizeof(*aggregate));
	if (getrandom(aggregate->secret, sizeof(aggregate->secret), 0) !=
	    sizeof(aggregate->secret))
		return -EIO;
	return set_size(aggregate, FIRST_INDEX_SIZE);
}

void vprof_aggregate_destroy(struct vprof_aggregate *aggregate)
{
	free(aggregate->tallies);
	free(aggregate->index);
	memset(aggregate, 0, sizeof(*aggregate));
}

static struct vprof_tally *add_tally(struct vprof_aggregate *aggregate,
				     const struct vprof_place *place,
				     uint64_t hash)
{
	struct vprof_tally *tally;

	if (aggregate->nr_tallies > aggregate->index_mask / 2 &&
	    grow(aggregate))
		return NULL;
	put_index(aggregate, hash, aggregate->nr_tallies);
	tally = &aggregate->tallies[aggregate->nr_tallies++];
	*tally = (struct vprof_tally){ .place = *place };
	return tally;
}

static struct vprof_tally *get_tally(struct vprof_aggregate *aggregate,
				     const struct vprof_place *place)
{
	uint64_t hash = hash_place(aggregate, place);
	struct vprof_tally *tally;
	uint64_t entry;

	for (size_t slot = hash;; slot++) {
		entry = aggregate->index[slot & aggregate->index_mask];
		if (!entry)
			return add_tally(aggregate, place, hash);
		if ((entry ^ hash) & INDEX_HASH_MASK)
			continue;
		tally = &aggregate->tallies[(uint32_t)entry - 1];
		if (is_equal(&tally->place, place))
			return tally;
	}
}

int vprof_aggregate_add(struct vprof_aggregate *aggregate,
			const struct vprof_place *place, uint64_t count,
			uint64_t weight)
{
	struct vprof_tally *tally = get_tally(aggregate, place);

	if (!tally)
		return -ENOMEM;
	tally->count += count;
	tally->weight += weight;
	return 0;
}

void vprof_aggregate_clear(struct vprof_aggregate *aggregate)
{
	memset(aggregate->index, 0,
	       (aggregate->index_mask + 1) * sizeof(aggregate->index[0]));
	aggregate->nr_tallies = 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts equal samples: one entry for each place, however often it was hit. */
#ifndef LIBVPROF_AGGREGATE_H
#define LIBVPROF_AGGREGATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vprof_process;

/**
 * struct vprof_place - what makes two samples equal
 * @process: NULL where the domain has no processes
 * @chain: number of a struct vprof_chain, 0: none
 * @rest: the four beside it, to be hashed and compared as one word
 */
struct vprof_place {
	uint64_t ip;
	struct vprof_process *process;
	union {
		struct {
			uint32_t chain;
			uint16_t domain;
			uint8_t event;
			uint8_t context;
		};
		uint64_t rest;
	};
};

/**
 * struct vprof_tally - a place and how often it was hit
 * @weight: sum of the samples' weights
 */
struct vprof_tally {
	struct vprof_place place;
	uint64_t count;
	uint64_t weight;
};

/**
 * struct vprof_aggregate - the tallies; all members are the implementation's
 *
 * The hash is keyed by a random secret: whoever is sampled chooses addresses,
 * and must not be able to choose collisions.
 */
struct vprof_aggregate {
	struct vprof_tally *tallies;
	size_t nr_tallies;
	uint64_t *index; /* high half: of the hash; low half: 1 + tally */
	size_t index_mask;
	uint64_t secret[3];
};

int vprof_aggregate_init(struct vprof_aggregate *aggregate);
void vprof_aggregate_destroy(struct vprof_aggregate *aggregate);

/**
 * vprof_aggregate_add - count equal samples
 * @weight: of all of them
 *
 * Return: 0, or -ENOMEM: they were not counted.
 */
int vprof_aggregate_add(struct vprof_aggregate *aggregate,
			const struct vprof_place *place, uint64_t count,
			uint64_t weight);

/** vprof_aggregate_clear - forget all; memory is kept for the next slice */
void vprof_aggregate_clear(struct vprof_aggregate *aggregate);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A comparison being made, shared by the diff_*.c. */
#ifndef VPROF_DIFF_PRIVATE_H
#define VPROF_DIFF_PRIVATE_H

#include "base/vector.h"

#include <stddef.h>
#include <stdint.h>
#include <vprof/diff.h>

/**
 * struct vprof_diff_work - the answer, and what it is made of
 * @domains: struct vprof_diff_domain
 * @domain_of: for each side, the number in @domains of each of its own
 * @domain_changes: struct vprof_diff_change: for each event all domains
 * @lines: struct vprof_diff_line, one event's after the other's
 */
struct vprof_diff_work {
	struct vprof_diff answer; /* first: what callers hold is this */
	struct vprof_diff_options options;
	struct vprof_vector domains;
	struct vprof_vector events;
	struct vprof_vector domain_changes;
	struct vprof_vector lines;
	uint32_t *domain_of[VPROF_DIFF_SIDES];
};

/** struct vprof_diff_part - samples on one side, and what their share is of */
struct vprof_diff_part {
	uint64_t samples;
	uint64_t weight;
	uint64_t all_samples;
	uint64_t all_weight;
};

/** vprof_diff_compare - @parts: one for each side */
void vprof_diff_compare(const struct vprof_diff_part *parts,
			struct vprof_diff_change *ret_change);

/** vprof_diff_match_domains - fill in @domains and @domain_of */
int vprof_diff_match_domains(struct vprof_diff_work *work,
			     struct vprof_error *err);

/**
 * vprof_diff_add_lines - add an event's lines to @lines, in the order asked for
 *
 * Return: 0 or -ENOMEM; @event's nr_lines is set, its lines are not.
 */
int vprof_diff_add_lines(struct vprof_diff_work *work,
			 struct vprof_diff_event *event,
			 const struct vprof_diff_change *domain_changes);

/** vprof_diff_tells_domains - is a line of one domain? */
static inline bool vprof_diff_tells_domains(const struct vprof_diff_work *work)
{
	return work->options.keys & 1u << VPROF_KEY_DOMAIN;
}

#endif

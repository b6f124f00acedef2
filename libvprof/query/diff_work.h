/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A comparison being made, shared by the diff_*.c. */
#ifndef VPROF_DIFF_WORK_H
#define VPROF_DIFF_WORK_H

#include "base/vector.h"

#include <stdbool.h>
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

/** vprof_diff_tells_domains - is a line of one domain? */
static inline bool vprof_diff_tells_domains(const struct vprof_diff_work *work)
{
	return work->options.keys & 1u << VPROF_KEY_DOMAIN;
}

#endif

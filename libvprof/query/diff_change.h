/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How something's share changed from one profile to the other. */
#ifndef VPROF_DIFF_CHANGE_H
#define VPROF_DIFF_CHANGE_H

#include <stdint.h>

struct vprof_diff_change;

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

#endif

// SPDX-License-Identifier: LGPL-2.1-or-later
/* How something's share changed from one profile to the other. */
#include "query/diff_change.h"

#include "query/significance.h"

#include <math.h>
#include <vprof/diff.h>

static double get_ratio(const double *share)
{
	if (share[VPROF_DIFF_A] > 0)
		return share[VPROF_DIFF_B] / share[VPROF_DIFF_A];
	return share[VPROF_DIFF_B] > 0 ? (double)INFINITY : 1;
}

void vprof_diff_compare(const struct vprof_diff_part *parts,
			struct vprof_diff_change *ret_change)
{
	struct vprof_diff_change change = { 0 };
	struct vprof_share shares[VPROF_DIFF_SIDES];

	for (int s = 0; s < VPROF_DIFF_SIDES; s++) {
		if (parts[s].all_weight)
			change.share[s] = (double)parts[s].weight /
					  (double)parts[s].all_weight;
		change.samples[s] = parts[s].samples;
		change.weight[s] = parts[s].weight;
		shares[s] = (struct vprof_share){
			.samples = parts[s].samples,
			.all_samples = parts[s].all_samples,
			.share = change.share[s],
		};
	}
	change.change = change.share[VPROF_DIFF_B] - change.share[VPROF_DIFF_A];
	change.ratio = get_ratio(change.share);
	change.z = vprof_significance(&shares[VPROF_DIFF_A],
				      &shares[VPROF_DIFF_B]);
	*ret_change = change;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far a share has changed beyond what chance would do, from numbers of samples. */
#ifndef VPROF_SIGNIFICANCE_H
#define VPROF_SIGNIFICANCE_H

#include <stdint.h>

/**
 * struct vprof_share - a part of a profile
 * @samples: of the part, of @all_samples
 * @share: its share of their weight
 */
struct vprof_share {
	uint64_t samples;
	uint64_t all_samples;
	double share;
};

/**
 * vprof_significance - two-proportion z
 *
 *   z = (pb - pa) / sqrt(max(p (1 - p) (1 / na + 1 / nb),
 *                            pa (1 - pa) / na + pb (1 - pb) / nb))
 *   p = (na pa + nb pb) / (na + nb)
 *
 * Of the two standard errors in use, one share for both sides and a share for each,
 * the larger: it can be far larger where few samples stand against many.
 *
 * Samples are taken as independent draws. Where they weigh differently, n is not
 * their number but that of samples of equal weight which would know the share as
 * well: x (n - x) / (n p (1 - p)), of x samples in the part that weigh about the
 * same among themselves, and never more than there are.
 *
 * Return: 0 too where a side has no samples at all: nothing is known.
 */
double vprof_significance(const struct vprof_share *a,
			  const struct vprof_share *b);

#endif

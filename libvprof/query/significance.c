// SPDX-License-Identifier: LGPL-2.1-or-later
/* How far a share has changed beyond what chance would do, from numbers of samples. */
#include "query/significance.h"

#include <math.h>

/* So many independent samples of equal weight know the share as well. */
static double count_equal(const struct vprof_share *part)
{
	double x = (double)part->samples, n = (double)part->all_samples;
	double spread = part->share * (1 - part->share);
	double equal;

	/* None or all: weights say nothing. */
	if (!(x > 0 && x < n && spread > 0))
		return n;
	equal = x * (n - x) / (n * spread);
	return equal < n ? equal : n;
}

double vprof_significance(const struct vprof_share *a,
			  const struct vprof_share *b)
{
	double na = count_equal(a), nb = count_equal(b);
	double p, pooled, apart, error;

	if (!a->all_samples || !b->all_samples)
		return 0;
	p = (na * a->share + nb * b->share) / (na + nb);
	pooled = p * (1 - p) * (1 / na + 1 / nb);
	apart = a->share * (1 - a->share) / na + b->share * (1 - b->share) / nb;
	error = sqrt(fmax(pooled, apart));
	return error > 0 ? (b->share - a->share) / error : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* What several runs of the same come to. */
#include "study/runs.h"

#include <math.h>
#include <stdlib.h>

static int compare_rates(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static size_t sort_known(double *rates, const void *runs, size_t nr,
			 size_t size, double (*get)(const void *run))
{
	size_t nr_known = 0;
	double rate;

	for (size_t i = 0; i < nr; i++) {
		rate = get((const char *)runs + i * size);
		if (isfinite(rate))
			rates[nr_known++] = rate;
	}
	qsort(rates, nr_known, sizeof(*rates), compare_rates);
	return nr_known;
}

struct runs_sum runs_sum(const void *runs, size_t nr, size_t size,
			 double (*get)(const void *run))
{
	struct runs_sum sum = { 0, NAN, NAN, NAN };
	double *rates = calloc(nr ? nr : 1, sizeof(*rates));

	if (!rates)
		return sum;
	sum.nr = sort_known(rates, runs, nr, size, get);
	if (sum.nr) {
		sum.lowest = rates[0];
		sum.highest = rates[sum.nr - 1];
		sum.median =
			rates[(sum.nr - 1) / 2] / 2 + rates[sum.nr / 2] / 2;
	}
	free(rates);
	return sum;
}

double runs_median(const void *runs, size_t nr, size_t size,
		   double (*get)(const void *run))
{
	return runs_sum(runs, nr, size, get).median;
}

static double get_rate(const void *run)
{
	return ((const struct study_system_run *)run)->rate;
}

struct runs_sum runs_of_system(const struct study_system *system)
{
	if (!system)
		return (struct runs_sum){ 0, NAN, NAN, NAN };
	return runs_sum(system->runs, system->nr_runs, sizeof(*system->runs),
			get_rate);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* What several runs of the same come to. */
#ifndef VPROF_TOOLS_STUDY_RUNS_H
#define VPROF_TOOLS_STUDY_RUNS_H

#include "study/results.h"

/** struct runs_sum - what runs come to, NAN where there are none */
struct runs_sum {
	size_t nr;
	double lowest;
	double median;
	double highest;
};

/**
 * runs_sum - of an array of @nr runs of @size bytes each
 *
 * Runs whose figure is not known are left out.
 */
struct runs_sum runs_sum(const void *runs, size_t nr, size_t size,
			 double (*get)(const void *run));

/** runs_median - of runs_sum(); NAN: there is none */
double runs_median(const void *runs, size_t nr, size_t size,
		   double (*get)(const void *run));

/** runs_of_system - @system may be NULL: nothing measured */
struct runs_sum runs_of_system(const struct study_system *system);

#endif

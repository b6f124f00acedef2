/* SPDX-License-Identifier: GPL-2.0-only */
/* What samples have to be, whatever bytes they were read from. */
#ifndef VPROF_TESTS_SEE_SAMPLE_H
#define VPROF_TESTS_SEE_SAMPLE_H

#include <stdint.h>
#include <stdlib.h>
#include <vprof/sample.h>

/* What is in range, and how many were seen. */
struct seen {
	unsigned int nr_events;
	unsigned int max_chain;
	uint64_t nr;
};

static inline void require(int holds)
{
	if (!holds)
		abort();
}

/* A handler of captures: reads all that a sample refers to. */
static inline void see(void *data, const struct vprof_sample *sample)
{
	unsigned int nr = sample->nr_kernel + sample->nr_user;
	struct seen *seen = data;
	volatile uint64_t sum = 0;

	require(sample->event < seen->nr_events);
	require(sample->context < VPROF_NR_SAMPLE_CONTEXTS);
	require(nr <= seen->max_chain);
	for (unsigned int i = 0; i < nr; i++)
		sum += sample->chain[i];
	(void)sum;
	seen->nr += 1 + sample->nr_more;
}

#endif

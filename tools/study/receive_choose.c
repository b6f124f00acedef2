// SPDX-License-Identifier: GPL-2.0-only
/* Which settings of a sweep are the points A and B. */
#include "study/receive_choose.h"

#include "study/sweep.h"

#include <math.h>

/* Payload of an Ethernet frame's TCP segment. */
#define SEGMENT_BITS (1448 * 8.0)

/* Of the segments that came, how many were collapsed: receive_rule says it. */
#define IN_FAULT 0.1
#define BEFORE_FAULT 0.01

const char *const receive_rule[] = {
	"B is in the fault (more than 10% of the segments collapsed) and keeps "
	"least of the",
	"throughput that the other scale gives. A is before the fault (less "
	"than 1% collapsed),",
	"of B's receive size if there is one, and the fastest of those. By "
	"medians of the runs.",
	NULL,
};

static double get_collapsed_per_mbit(const void *item)
{
	const struct study_receive_run *run = item;

	return run->mbit_per_s > 0 ? (double)run->collapsed / run->mbit_per_s
				   : NAN;
}

static double get_collapsed_share(const struct study_receive *found,
				  const struct study_sweep_row *row)
{
	double segments_per_mbit = found->run_seconds * 1e6 / SEGMENT_BITS;

	return runs_median(row->runs, row->nr_runs, sizeof(*row->runs),
			   get_collapsed_per_mbit) /
	       segments_per_mbit;
}

/* What is left of the throughput by the fixed scale. */
static double get_left(const struct study_receive *found,
		       const struct study_sweep_row *row)
{
	const struct study_sweep_row *fixed =
		sweep_find(found, found->fixed_scale, row->socket_buffer,
			   row->receive_size);
	double left = fixed ? sweep_median(row) / sweep_median(fixed) : 1;

	return isfinite(left) ? left : 1;
}

static const struct study_sweep_row *choose_b(const struct study_receive *found)
{
	const struct study_sweep_row *b = NULL, *row;

	for (size_t i = 0; i < found->nr_sweep; i++) {
		row = &found->sweep[i];
		if (row->scale == found->default_scale &&
		    get_collapsed_share(found, row) > IN_FAULT &&
		    (!b || get_left(found, row) < get_left(found, b)))
			b = row;
	}
	return b;
}

/* @size: the receive size that comes before all others */
static const struct study_sweep_row *choose_a(const struct study_receive *found,
					      uint64_t size)
{
	const struct study_sweep_row *a = NULL, *row;
	bool is_like, is_a_like = false;

	for (size_t i = 0; i < found->nr_sweep; i++) {
		row = &found->sweep[i];
		is_like = row->receive_size == size;
		if (row->scale != found->default_scale ||
		    !(get_collapsed_share(found, row) < BEFORE_FAULT) ||
		    (is_a_like && !is_like) ||
		    (is_a_like == is_like && a &&
		     !(sweep_median(row) > sweep_median(a))))
			continue;
		a = row;
		is_a_like = is_like;
	}
	return a;
}

void receive_choose(const struct study_receive *found,
		    const struct study_sweep_row **ret_a,
		    const struct study_sweep_row **ret_b)
{
	*ret_b = choose_b(found);
	*ret_a = choose_a(found, *ret_b ? (*ret_b)->receive_size : 0);
}

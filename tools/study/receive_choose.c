// SPDX-License-Identifier: GPL-2.0-only
/* Which settings of a sweep are the points A and B. */
#include "study/receive.h"

/* Payload of an Ethernet frame's TCP segment. */
#define SEGMENT_BITS (1448 * 8.0)

/* Of the segments that came, how many were collapsed. */
#define IN_FAULT 0.1
#define BEFORE_FAULT 0.01

double receive_get_mean(const struct study_sweep_row *row)
{
	double sum = 0;

	for (size_t i = 0; i < row->nr_runs; i++)
		sum += row->runs[i].mbit_per_s;
	return row->nr_runs ? sum / (double)row->nr_runs : 0;
}

uint64_t receive_get_collapsed(const struct study_sweep_row *row)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < row->nr_runs; i++)
		sum += row->runs[i].collapsed;
	return sum;
}

const struct study_sweep_row *
receive_find_row(const struct study_receive *found,
		 const struct study_sweep_row *like, int64_t scale)
{
	const struct study_sweep_row *row;

	for (size_t i = 0; i < found->nr_sweep; i++) {
		row = &found->sweep[i];
		if (row->scale == scale && row->nr_runs &&
		    row->socket_buffer == like->socket_buffer &&
		    row->receive_size == like->receive_size)
			return row;
	}
	return NULL;
}

/* Runs are equally long, so their sums are as good as their rates. */
static double get_collapsed_share(const struct study_receive *found,
				  const struct study_sweep_row *row)
{
	double segments = receive_get_mean(row) * (double)row->nr_runs *
			  found->run_seconds * 1e6 / SEGMENT_BITS;

	return segments > 0 ? (double)receive_get_collapsed(row) / segments : 0;
}

/* What is left of the throughput by the fixed scale. */
static double get_left(const struct study_receive *found,
		       const struct study_sweep_row *row)
{
	const struct study_sweep_row *fixed =
		receive_find_row(found, row, found->fixed_scale);
	double mean = fixed ? receive_get_mean(fixed) : 0;

	return mean > 0 ? receive_get_mean(row) / mean : 1;
}

void receive_choose(const struct study_receive *found,
		    const struct study_sweep_row **ret_a,
		    const struct study_sweep_row **ret_b)
{
	const struct study_sweep_row *a = NULL, *b = NULL, *row;
	double collapsed;

	for (size_t i = 0; i < found->nr_sweep; i++) {
		row = &found->sweep[i];
		if (row->scale != found->default_scale || !row->nr_runs)
			continue;
		collapsed = get_collapsed_share(found, row);
		if (collapsed < BEFORE_FAULT &&
		    (!a || receive_get_mean(row) > receive_get_mean(a)))
			a = row;
		if (collapsed > IN_FAULT &&
		    (!b || get_left(found, row) < get_left(found, b)))
			b = row;
	}
	*ret_a = a;
	*ret_b = b;
}

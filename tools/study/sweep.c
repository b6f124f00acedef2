// SPDX-License-Identifier: GPL-2.0-only
/* A sweep's figures in order: which settings there are, and what came of each. */
#include "study/sweep.h"

#include <math.h>
#include <stdlib.h>

static int compare_numbers(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

static size_t drop_repeated(int64_t *list, size_t nr)
{
	size_t kept = 0;

	for (size_t i = 0; i < nr; i++)
		if (!kept || list[kept - 1] != list[i])
			list[kept++] = list[i];
	return kept;
}

static int64_t get_scale(const struct study_sweep_row *row)
{
	return row->scale;
}

static int64_t get_socket_buffer(const struct study_sweep_row *row)
{
	return (int64_t)row->socket_buffer;
}

static int64_t get_receive_size(const struct study_sweep_row *row)
{
	return (int64_t)row->receive_size;
}

static struct sweep_numbers
collect(const struct study_receive *receive,
	int64_t (*get)(const struct study_sweep_row *row))
{
	struct sweep_numbers numbers = { 0 };

	if (!receive->nr_sweep)
		return numbers;
	numbers.list = calloc(receive->nr_sweep, sizeof(*numbers.list));
	if (!numbers.list)
		return numbers;
	for (size_t i = 0; i < receive->nr_sweep; i++)
		if (receive->sweep[i].nr_runs)
			numbers.list[numbers.nr++] = get(&receive->sweep[i]);
	qsort(numbers.list, numbers.nr, sizeof(*numbers.list), compare_numbers);
	numbers.nr = drop_repeated(numbers.list, numbers.nr);
	numbers.is_cut = numbers.nr > SWEEP_MAX_NUMBERS;
	if (numbers.is_cut)
		numbers.nr = SWEEP_MAX_NUMBERS;
	return numbers;
}

struct sweep_numbers sweep_scales(const struct study_receive *receive)
{
	return collect(receive, get_scale);
}

struct sweep_numbers sweep_socket_buffers(const struct study_receive *receive)
{
	return collect(receive, get_socket_buffer);
}

struct sweep_numbers sweep_receive_sizes(const struct study_receive *receive)
{
	return collect(receive, get_receive_size);
}

const struct study_sweep_row *sweep_find(const struct study_receive *receive,
					 int64_t scale, uint64_t socket_buffer,
					 uint64_t receive_size)
{
	const struct study_sweep_row *row;

	for (size_t i = 0; i < receive->nr_sweep; i++) {
		row = &receive->sweep[i];
		if (row->nr_runs && row->scale == scale &&
		    row->socket_buffer == socket_buffer &&
		    row->receive_size == receive_size)
			return row;
	}
	return NULL;
}

static double get_rate(const void *run)
{
	return ((const struct study_receive_run *)run)->mbit_per_s;
}

struct runs_sum sweep_rates(const struct study_sweep_row *row)
{
	return runs_sum(row->runs, row->nr_runs, sizeof(*row->runs), get_rate);
}

void sweep_sum_up(struct study_sweep_row *row)
{
	struct runs_sum sum = sweep_rates(row);

	row->median = sum.median;
	row->lowest = sum.lowest;
	row->highest = sum.highest;
}

double sweep_median(const struct study_sweep_row *row)
{
	return sweep_rates(row).median;
}

static double get_collapsed(const void *run)
{
	return (double)((const struct study_receive_run *)run)->collapsed;
}

double sweep_median_collapsed(const struct study_sweep_row *row)
{
	return runs_median(row->runs, row->nr_runs, sizeof(*row->runs),
			   get_collapsed);
}

uint64_t sweep_most_collapsed(const struct study_sweep_row *row)
{
	uint64_t most = 0;

	for (size_t i = 0; i < row->nr_runs; i++)
		if (row->runs[i].collapsed > most)
			most = row->runs[i].collapsed;
	return most;
}

bool sweep_has_fix(const struct study_receive *receive, int64_t *ret_scale)
{
	const struct study_point *fixed = receive->points[STUDY_POINT_FIXED];
	int64_t scale = fixed ? fixed->scale : receive->fixed_scale;

	if (receive->is_mended || scale == receive->default_scale)
		return false;
	*ret_scale = scale;
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* A sweep's figures in order: which settings there are, and what came of each. */
#ifndef VPROF_TOOLS_STUDY_SWEEP_H
#define VPROF_TOOLS_STUDY_SWEEP_H

#include "study/results.h"
#include "study/runs.h"

/* More settings than these nobody tells apart in a plot. */
enum { SWEEP_MAX_NUMBERS = 24 };

/** struct sweep_numbers - different numbers, the lowest first; @is_cut: not all */
struct sweep_numbers {
	int64_t *list;
	size_t nr;
	bool is_cut;
};

/* Of all rows; free() the list. No memory: an empty list. */
struct sweep_numbers sweep_scales(const struct study_receive *receive);
struct sweep_numbers sweep_socket_buffers(const struct study_receive *receive);
struct sweep_numbers sweep_receive_sizes(const struct study_receive *receive);

/** sweep_find - that setting's row, with runs in it; NULL: not measured */
const struct study_sweep_row *sweep_find(const struct study_receive *receive,
					 int64_t scale, uint64_t socket_buffer,
					 uint64_t receive_size);

/** sweep_sum_up - set the row's median, lowest and highest, of its runs */
void sweep_sum_up(struct study_sweep_row *row);

/** sweep_rates - Mbit/s of the row's runs */
struct runs_sum sweep_rates(const struct study_sweep_row *row);

/** sweep_median - Mbit/s of the row's run in the middle (of even numbers, between) */
double sweep_median(const struct study_sweep_row *row);

/** sweep_median_collapsed - segments, in the row's run in the middle */
double sweep_median_collapsed(const struct study_sweep_row *row);

/** sweep_most_collapsed - of the row's runs */
uint64_t sweep_most_collapsed(const struct study_sweep_row *row);

/** sweep_has_fix - whether one of the scales is the fix: the one that mends B */
bool sweep_has_fix(const struct study_receive *receive, int64_t *ret_scale);

#endif

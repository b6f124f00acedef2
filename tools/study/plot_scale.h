/* SPDX-License-Identifier: GPL-2.0-only */
/* From a figure to its place on an axis. */
#ifndef VPROF_TOOLS_STUDY_PLOT_SCALE_H
#define VPROF_TOOLS_STUDY_PLOT_SCALE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct plot_scale - an axis
 * @low, @high: figures at its ends; above 0 where @is_log
 * @from, @to: where these are, in percent of the plot
 */
struct plot_scale {
	double low;
	double high;
	double from;
	double to;
	bool is_log;
};

/** plot_scale_upright - an axis from 0 at the bottom to at least @highest */
struct plot_scale plot_scale_upright(double highest);

/** plot_scale_along - likewise from left to right */
struct plot_scale plot_scale_along(double highest);

/** plot_place - in percent; what is beyond an end is at that end */
double plot_place(const struct plot_scale *scale, double value);

enum { PLOT_MAX_TICKS = 12 };

/** plot_ticks - round figures to mark, from the low end up. Return: how many */
size_t plot_ticks(const struct plot_scale *scale, double ticks[PLOT_MAX_TICKS]);

#endif

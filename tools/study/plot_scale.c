// SPDX-License-Identifier: GPL-2.0-only
/* From a figure to its place on an axis. */
#include "study/plot_scale.h"

#include <math.h>

enum { WANTED_TICKS = 4 };

/* 1, 2, 2.5 or 5 times a power of ten: WANTED_TICKS of it reach @highest. */
static double round_step(double highest)
{
	static const double steps[] = { 1, 2, 2.5, 5, 10 };
	double wanted = highest / WANTED_TICKS;
	double power = pow(10, floor(log10(wanted)));

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i] * power >= wanted * (1 - 1e-9))
			return steps[i] * power;
	return 10 * power;
}

static bool is_usable(double highest)
{
	return isfinite(highest) && highest > 1e-12 && highest < 1e300;
}

static double round_up(double highest)
{
	double step;

	if (!is_usable(highest))
		return 1;
	step = round_step(highest);
	return step * ceil(highest / step * (1 - 1e-9));
}

struct plot_scale plot_scale_upright(double highest)
{
	return (struct plot_scale){
		.high = round_up(highest),
		.from = 100,
	};
}

struct plot_scale plot_scale_along(double highest)
{
	return (struct plot_scale){
		.high = round_up(highest),
		.to = 100,
	};
}

double plot_place(const struct plot_scale *scale, double value)
{
	double low = scale->low, high = scale->high, part;

	if (!isfinite(value))
		return value > 0 ? scale->to : scale->from;
	if (scale->is_log) {
		low = log(low);
		high = log(high);
		value = log(fmax(value, scale->low));
	}
	part = high > low ? (value - low) / (high - low) : 0.5;
	return scale->from + fmin(fmax(part, 0), 1) * (scale->to - scale->from);
}

static size_t add_decades(const struct plot_scale *scale,
			  double ticks[PLOT_MAX_TICKS])
{
	size_t nr = 0;

	for (double tick = pow(10, ceil(log10(scale->low) - 1e-9));
	     nr < PLOT_MAX_TICKS && tick <= scale->high * (1 + 1e-9);
	     tick *= 10)
		ticks[nr++] = tick;
	return nr;
}

size_t plot_ticks(const struct plot_scale *scale, double ticks[PLOT_MAX_TICKS])
{
	double step;
	size_t nr = 0;

	if (scale->is_log)
		return add_decades(scale, ticks);
	step = round_step(scale->high);
	for (; nr < PLOT_MAX_TICKS && nr * step <= scale->high * (1 + 1e-9);
	     nr++)
		ticks[nr] = (double)nr * step;
	return nr;
}

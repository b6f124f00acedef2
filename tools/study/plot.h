/* SPDX-License-Identifier: GPL-2.0-only */
/* The plots of report.html. @figure: id of the figure that each stands in. */
#ifndef VPROF_TOOLS_STUDY_PLOT_H
#define VPROF_TOOLS_STUDY_PLOT_H

#include "study/results.h"

#include <stdbool.h>
#include <stdio.h>

/** plot_throughput - Mbit/s and collapses by receive size, a line for each scale */
void plot_throughput(FILE *out, const struct study_receive *receive,
		     const char *figure);

/**
 * struct plot_bar - shares of one whole
 * @is_published: not ours
 * @length: of the whole; 0: 1
 */
struct plot_bar {
	char label[160];
	bool is_published;
	double length;
	struct study_split split;
};

/**
 * plot_split - stacked bars of hypervisor, driver, kernel and user, each as long
 * as its share of its bar's length
 */
void plot_split(FILE *out, const struct plot_bar *bars, size_t nr,
		const char *figure);

enum { PLOT_MAX_SERIES = 3 };

/**
 * struct plot_function - a function's shares in several profiles
 * @symbol: "": it has no name
 * @context: or what else is to be said of it: "published"
 * @shares: NAN: absent
 * @is_known: whether there is a figure, or an absence, at all
 */
struct plot_function {
	const char *symbol;
	const char *context;
	const char *image;
	bool is_published;
	double shares[PLOT_MAX_SERIES];
	bool is_known[PLOT_MAX_SERIES];
};

/** struct plot_series - a profile of those compared; @classes: its colour */
struct plot_series {
	const char *name;
	const char *classes;
};

/**
 * struct plot_comparison - what is compared
 * @nr_joined: of the series, the first: a line joins them
 */
struct plot_comparison {
	struct plot_series series[PLOT_MAX_SERIES];
	size_t nr_joined;
};

/**
 * plot_functions - a row for each function, a mark for each profile, on an axis
 * of powers of ten where "absent" has a place of its own
 */
void plot_functions(FILE *out, const struct plot_function *functions, size_t nr,
		    const struct plot_comparison *comparison,
		    const char *figure);

/** plot_changes - bars: how many points of share each function gained or lost */
void plot_changes(FILE *out, const struct study_change *const *changes,
		  size_t nr, const char *figure);

/** struct plot_published - a published ratio to native Linux; @of: what it is of */
struct plot_published {
	double ratio;
	const char *label;
	const char *of;
};

/**
 * plot_systems - a row for each system, a mark for each run, and their ratio to
 * native Linux
 * @unit: "Mbit/s"
 */
void plot_systems(FILE *out, const struct study_part *part, const char *unit,
		  const struct plot_published *published, size_t nr_published,
		  const char *figure);

#endif

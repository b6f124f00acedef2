/* SPDX-License-Identifier: GPL-2.0-only */
/* The figures of a comparison: what text, CSV, JSON, --order and the man page know. */
#ifndef VPROF_TOOLS_DIFF_FIGURE_H
#define VPROF_TOOLS_DIFF_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vprof/diff.h>

enum diff_figure_kind {
	DIFF_FIGURE_SHARE,
	DIFF_FIGURE_CHANGE,
	DIFF_FIGURE_RATIO,
	DIFF_FIGURE_Z,
	DIFF_FIGURE_STATE, /* "both", "new", "gone" */
	DIFF_FIGURE_SAMPLES,
	DIFF_FIGURE_WEIGHT,
};

/**
 * struct diff_figure - a figure
 * @name: in JSON, in CSV's first line, in --order
 * @header: in text; NULL: not shown there
 * @order: enum vprof_diff_order, or -1: lines cannot be ordered by it
 * @side: of what is told of one side
 */
struct diff_figure {
	const char *name;
	const char *header;
	int order;
	enum diff_figure_kind kind;
	enum vprof_diff_side side;
};

extern const struct diff_figure diff_figures[];
extern const size_t nr_diff_figures;

enum { DIFF_FIGURE_TEXT = 48 };

/** diff_figure_signed - "+27.87", "-1.20", and "0.00" of what rounds to that */
const char *diff_figure_signed(double value, int digits,
			       char text[DIFF_FIGURE_TEXT]);

/** diff_figure_for_people - "28.02%", "absent", "+27.87", "186.80", "new" */
const char *diff_figure_for_people(const struct diff_figure *figure,
				   const struct vprof_diff_change *change,
				   char text[DIFF_FIGURE_TEXT]);

/**
 * diff_figure_for_programs - likewise, "0.280200"
 * @ret_is_text: not a number: JSON wants quotes
 *
 * Return: "" where there is no such figure: what is new has no ratio.
 */
const char *diff_figure_for_programs(const struct diff_figure *figure,
				     const struct vprof_diff_change *change,
				     char text[DIFF_FIGURE_TEXT],
				     bool *ret_is_text);

/** diff_figure_parse_order - negative errno: there is no such figure */
int diff_figure_parse_order(const char *text, enum vprof_diff_order *ret_order);

/** diff_figure_order_names - "change, ratio, ...", of those that --order takes */
const char *diff_figure_order_names(void);

#endif

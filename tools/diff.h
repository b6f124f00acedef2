/* SPDX-License-Identifier: GPL-2.0-only */
/* A comparison of two profiles, and how it is to be shown. */
#ifndef VPROF_TOOLS_DIFF_H
#define VPROF_TOOLS_DIFF_H

#include "column.h"
#include "terminal.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <vprof/diff.h>

/**
 * struct diff_report - what the outputs print
 * @paths: the stores; one and the same where a profile is split in time
 * @labels: what the two sides are called: a path, or a path and a time
 * @keys: the columns that lines are told apart by, in the order shown
 * @least_change: lines that changed by less, either way, are counted, not shown
 * @max_lines: of a section; 0: all
 */
struct diff_report {
	const struct vprof_diff *diff;
	const char *paths[VPROF_DIFF_SIDES];
	const char *labels[VPROF_DIFF_SIDES];
	struct column_list keys;
	enum vprof_diff_base base;
	double least_change;
	uint64_t max_lines;
	struct terminal terminal;
};

/** struct diff_output_ops - a way to print it; see struct output_ops */
struct diff_output_ops {
	bool is_paged;
	double least_change; /* where the user gives none */
	int (*print)(const struct diff_report *report, FILE *out);
};

extern const struct diff_output_ops diff_output_text;
extern const struct diff_output_ops diff_output_csv;
extern const struct diff_output_ops diff_output_json;

/** diff_is_shown - changed enough, and within the number of lines */
bool diff_is_shown(const struct diff_report *report,
		   const struct vprof_diff_line *line, uint64_t nr_before);

/** diff_domain_name - as B calls it, else A */
const char *diff_domain_name(const struct vprof_diff *diff, uint32_t domain);

/**
 * diff_get_key - a line's cell in a column that tells lines apart
 * @source: what it is made in
 */
struct column_value diff_get_key(const struct diff_report *report,
				 const struct vprof_diff_line *line,
				 const struct column *column,
				 struct column_source *source);

/** diff_base_name - "all", "domain": what --of takes */
const char *diff_base_name(enum vprof_diff_base base);

/** diff_parse_base - negative errno: it is none */
int diff_parse_base(const char *text, enum vprof_diff_base *ret_base);

#endif

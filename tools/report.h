/* SPDX-License-Identifier: GPL-2.0-only */
/* A report: an answered query, and how it is to be shown. */
#ifndef VPROF_TOOLS_REPORT_H
#define VPROF_TOOLS_REPORT_H

#include "column.h"
#include "terminal.h"

#include <stdbool.h>
#include <stdio.h>
#include <vprof/query.h>

/**
 * struct report - what the outputs print
 * @keys: the columns that lines are told apart by, in the order shown
 * @least_share: lines below are counted, not shown
 * @least_lines: of a section, shown even below
 * @max_lines: of a section; 0: all
 */
struct report {
	struct vprof_query *query;
	const struct vprof_profile *profile;
	struct column_list keys;
	double least_share;
	uint64_t least_lines;
	uint64_t max_lines;
	bool has_callers;
	struct terminal terminal;
};

/**
 * struct output_ops - a way to print a report
 * @print: negative errno on failure; what became of @out is for the caller to see
 */
struct output_ops {
	const char *name;
	bool is_paged;
	double least_share; /* where the user gives none */
	uint64_t least_lines;
	int (*print)(const struct report *report, FILE *out);
};

extern const struct output_ops output_text;
extern const struct output_ops output_csv;
extern const struct output_ops output_json;

/** report_is_shown - heavy enough, and within the number of lines */
bool report_is_shown(const struct report *report,
		     const struct vprof_profile_event *event,
		     const struct vprof_profile_line *line, uint64_t nr_before);

/** report_count_outside - delivered, but of processes that were not asked for */
uint64_t report_count_outside(const struct vprof_profile_event *event);

/** report_count_lost - all reasons */
uint64_t report_count_lost(const struct vprof_profile_event *event);

/** report_part_name - "hypervisor", "kernel", "driver", "user" */
const char *report_part_name(enum vprof_part part);

#endif

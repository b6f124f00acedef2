/* SPDX-License-Identifier: GPL-2.0-only */
/* The sections of report.html. */
#ifndef VPROF_TOOLS_STUDY_REPORT_HTML_PARTS_H
#define VPROF_TOOLS_STUDY_REPORT_HTML_PARTS_H

#include "study/functions.h"
#include "study/html.h"
#include "study/results.h"

#include <stdio.h>

void report_html_receive(FILE *out, const struct study_receive *receive);
void report_html_nics(FILE *out, const struct study_part *part);
void report_html_web(FILE *out, const struct study_part *part);

/**
 * report_html_functions - functions compared, as a plot and as a table
 * @headers: of the table: function, context, each series; up to NULL
 */
void report_html_functions(FILE *out, const struct html_figure *figure,
			   const struct plot_comparison *comparison,
			   const char *const *headers,
			   const struct functions_shown *shown);

/** report_html_state - what became of a part, if there is more to say than "done" */
void report_html_state(FILE *out, const char *what, enum study_state state,
		       const char *why);

#endif

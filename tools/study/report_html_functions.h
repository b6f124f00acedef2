/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions of several profiles beside each other. */
#ifndef VPROF_TOOLS_STUDY_REPORT_HTML_FUNCTIONS_H
#define VPROF_TOOLS_STUDY_REPORT_HTML_FUNCTIONS_H

#include "study/functions.h"
#include "study/html.h"

#include <stdio.h>

/**
 * report_html_functions - functions compared, as a plot and as a table
 * @headers: of the table: function, context, each series; up to NULL
 */
void report_html_functions(FILE *out, const struct html_figure *figure,
			   const struct plot_comparison *comparison,
			   const char *const *headers,
			   const struct functions_shown *shown);

#endif

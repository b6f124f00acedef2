/* SPDX-License-Identifier: GPL-2.0-only */
/* report.html: a study's results as a page that needs nothing beside it. */
#ifndef VPROF_TOOLS_STUDY_REPORT_HTML_H
#define VPROF_TOOLS_STUDY_REPORT_HTML_H

#include <stdio.h>

/**
 * study_report_html_print - the page, of a struct study_results
 *
 * Return: 0.
 */
int study_report_html_print(const void *results, FILE *out);

#endif

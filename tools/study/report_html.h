/* SPDX-License-Identifier: GPL-2.0-only */
/* report.html: a study's results as a page that needs nothing beside it. */
#ifndef VPROF_TOOLS_STUDY_REPORT_HTML_H
#define VPROF_TOOLS_STUDY_REPORT_HTML_H

#include "study/results.h"

/** Name of the file in a study's folder. */
#define STUDY_REPORT_HTML_FILE "report.html"

/**
 * study_report_html_write - the page, as a whole or not at all
 *
 * Return: 0 or a negative errno.
 */
int study_report_html_write(const struct study_results *results,
			    const char *path, struct vprof_error *err);

#endif

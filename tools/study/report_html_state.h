/* SPDX-License-Identifier: GPL-2.0-only */
/* A sentence of report.html: what became of a part, or of a system's share in it. */
#ifndef VPROF_TOOLS_STUDY_REPORT_HTML_STATE_H
#define VPROF_TOOLS_STUDY_REPORT_HTML_STATE_H

#include "study/results.h"

#include <stdio.h>

/** report_html_state - what became of @what, if there is more to say than "done" */
void report_html_state(FILE *out, const char *what, enum study_state state,
		       const char *why);

#endif

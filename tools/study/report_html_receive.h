/* SPDX-License-Identifier: GPL-2.0-only */
/* The section "receive" of report.html. */
#ifndef VPROF_TOOLS_STUDY_REPORT_HTML_RECEIVE_H
#define VPROF_TOOLS_STUDY_REPORT_HTML_RECEIVE_H

#include "study/results.h"

#include <stdio.h>

/** report_html_receive - what is inside the section */
void report_html_receive(FILE *out, const struct study_receive *receive);

#endif

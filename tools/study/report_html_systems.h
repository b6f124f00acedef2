/* SPDX-License-Identifier: GPL-2.0-only */
/* The sections "nics" and "web" of report.html. */
#ifndef VPROF_TOOLS_STUDY_REPORT_HTML_SYSTEMS_H
#define VPROF_TOOLS_STUDY_REPORT_HTML_SYSTEMS_H

#include "study/results.h"

#include <stdio.h>

/** report_html_nics - what is inside the section */
void report_html_nics(FILE *out, const struct study_part *part);
/** report_html_web - likewise */
void report_html_web(FILE *out, const struct study_part *part);

#endif

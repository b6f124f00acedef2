/* SPDX-License-Identifier: GPL-2.0-only */
/* report.txt: a study's results as text, ours beside what was published. */
#ifndef VPROF_TOOLS_STUDY_REPORT_TEXT_H
#define VPROF_TOOLS_STUDY_REPORT_TEXT_H

#include "study/results.h"

#include <stdio.h>

/** study_report_text - all that there is. Return: 0, -ENOMEM, -EIO */
int study_report_text(const struct study_results *results, FILE *out);

#endif

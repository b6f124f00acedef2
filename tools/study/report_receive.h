/* SPDX-License-Identifier: GPL-2.0-only */
/* The part "receive" as text. */
#ifndef VPROF_TOOLS_STUDY_REPORT_RECEIVE_H
#define VPROF_TOOLS_STUDY_REPORT_RECEIVE_H

#include "study/results.h"

#include <stdio.h>

/** report_receive_text - all of it. Return: 0, -ENOMEM */
int report_receive_text(const struct study_receive *receive, FILE *out);

#endif

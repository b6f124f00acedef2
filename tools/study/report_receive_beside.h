/* SPDX-License-Identifier: GPL-2.0-only */
/* The profiles of the part "receive" beside what was published, as text. */
#ifndef VPROF_TOOLS_STUDY_REPORT_RECEIVE_BESIDE_H
#define VPROF_TOOLS_STUDY_REPORT_RECEIVE_BESIDE_H

#include "study/results.h"

#include <stdio.h>

/**
 * report_receive_beside - where the receiver's time goes: parts, then functions
 *
 * Return: 0 or -ENOMEM. Without a profile it says nothing.
 */
int report_receive_beside(const struct study_receive *receive, FILE *out);

#endif

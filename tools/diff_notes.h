/* SPDX-License-Identifier: GPL-2.0-only */
/* What could not be compared, and what to do about it; what to make of the figures. */
#ifndef VPROF_TOOLS_DIFF_NOTES_H
#define VPROF_TOOLS_DIFF_NOTES_H

#include "diff.h"

void diff_notes_print(const struct diff_report *report, FILE *out);

#endif

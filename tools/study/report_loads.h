/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts "nics" and "web" as text. */
#ifndef VPROF_TOOLS_STUDY_REPORT_LOADS_H
#define VPROF_TOOLS_STUDY_REPORT_LOADS_H

#include "study/results.h"

#include <stdio.h>

/** report_loads_text - those of the two that there are. Return: 0, -ENOMEM */
int report_loads_text(const struct study_results *results, FILE *out);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The head of a report: on what machine, how, when, how much was lost. */
#ifndef VPROF_TOOLS_TEXT_HEAD_H
#define VPROF_TOOLS_TEXT_HEAD_H

#include "report.h"

/** text_head_print - where and when a profile was taken; begins with @label */
void text_head_print(const struct vprof_profile *profile, const char *label,
		     FILE *out);
void text_head_print_event(const struct report *report,
			   const struct vprof_profile_event *event, FILE *out);

/** text_head_print_counts - " every 1,000 cycles: 20 samples delivered, 0 lost\n" */
void text_head_print_counts(const struct vprof_profile_event *event, FILE *out);

/** text_head_domain - "host", "g1 (domU 1)"; for free(), NULL: no memory */
char *text_head_domain(const struct vprof_profile_domain *domain);

#endif

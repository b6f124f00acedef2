// SPDX-License-Identifier: GPL-2.0-only
/* A report: what its outputs have in common. */
#include "report.h"

bool report_is_shown(const struct report *report,
		     const struct vprof_profile_event *event,
		     const struct vprof_profile_line *line, uint64_t nr_before)
{
	if (report->max_lines && nr_before >= report->max_lines)
		return false;
	if (nr_before < report->least_lines)
		return true;
	return column_share(line->weight, event->all_weight) >=
	       report->least_share;
}

uint64_t report_count_outside(const struct vprof_profile_event *event)
{
	return event->delivered > event->all_samples
		       ? event->delivered - event->all_samples
		       : 0;
}

uint64_t report_count_lost(const struct vprof_profile_event *event)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < event->nr_losses; i++)
		lost += event->losses[i].count;
	return lost;
}

const char *report_part_name(enum vprof_part part)
{
	static const char *const names[VPROF_NR_PARTS] = {
		[VPROF_PART_HYPERVISOR] = "hypervisor",
		[VPROF_PART_KERNEL] = "kernel",
		[VPROF_PART_DRIVER] = "driver",
		[VPROF_PART_USER] = "user",
	};

	return names[part];
}

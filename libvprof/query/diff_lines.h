/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which line of one profile is which of the other, and which come first. */
#ifndef VPROF_DIFF_LINES_H
#define VPROF_DIFF_LINES_H

#include "query/diff_work.h"

/**
 * vprof_diff_add_lines - add an event's lines to @lines, in the order asked for
 *
 * Return: 0 or -ENOMEM; @event's nr_lines is set, its lines are not.
 */
int vprof_diff_add_lines(struct vprof_diff_work *work,
			 struct vprof_diff_event *event,
			 const struct vprof_diff_change *domain_changes);

#endif

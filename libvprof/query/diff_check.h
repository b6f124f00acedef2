/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether two profiles have anything in common; else what each has instead. */
#ifndef VPROF_DIFF_CHECK_H
#define VPROF_DIFF_CHECK_H

#include "query/diff_work.h"

/**
 * vprof_diff_check - is there an event, and a domain asked for, to compare?
 *
 * All that can be is compared by now.
 *
 * Return: 0, or -ENODATA.
 */
int vprof_diff_check(const struct vprof_diff_work *work,
		     struct vprof_error *err);

#endif

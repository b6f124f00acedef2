// SPDX-License-Identifier: GPL-2.0-only
/* Decides who may open a session: it sees the whole machine, kernel included. */
#include "access.h"

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/security.h>

/**
 * vprof_access_check() - May the current task sample the whole machine?
 *
 * Return: 0 or -EPERM.
 */
int vprof_access_check(void)
{
	if (!perfmon_capable())
		return -EPERM;
	return security_locked_down(LOCKDOWN_PERF);
}

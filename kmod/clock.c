// SPDX-License-Identifier: GPL-2.0-only
/* Picks the cheap clock for the time within samples. */
#include "clock.h"

#include <linux/math64.h>
#include <linux/time64.h>
#include <asm/tsc.h>
#include <uapi/vprof.h>

DEFINE_STATIC_KEY_FALSE(vprof_clock_has_tsc);

/**
 * vprof_clock_init() - Pick it, before the first session
 *
 * A TSC that turns out unstable later makes times within samples wrong by at
 * most the time between two time records, and nothing else.
 */
void vprof_clock_init(void)
{
	if (tsc_khz && !check_tsc_unstable())
		static_branch_enable(&vprof_clock_has_tsc);
}

/**
 * vprof_clock() - How its ticks become units
 *
 * Return: the factors.
 */
struct vprof_clock vprof_clock(void)
{
	u64 hz = NSEC_PER_SEC;
	struct vprof_clock clock;

	if (static_key_enabled(&vprof_clock_has_tsc))
		hz = (u64)tsc_khz * 1000;
	clock.mult = div64_u64(
		NSEC_PER_SEC << (VPROF_CLOCK_MULT_SHIFT - VPROF_DELTA_SHIFT),
		hz);
	clock.max_ticks = div64_u64(
		hz * ((u64)VPROF_CLOCK_MAX_UNITS << VPROF_DELTA_SHIFT),
		NSEC_PER_SEC);
	return clock;
}

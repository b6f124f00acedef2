/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A cheap clock for the time within samples.
 *
 * Ticks are the TSC's where the kernel trusts it, else nanoseconds. They tell no
 * more than how long ago the lane's last time record was, which is at most
 * VPROF_CLOCK_MAX_UNITS: too short for the TSC to stray from CLOCK_MONOTONIC by
 * more than the unit, and 40 instructions a sample cheaper than reading that.
 */
#ifndef VPROF_CLOCK_H
#define VPROF_CLOCK_H

#ifdef __KERNEL__
#include <linux/jump_label.h>
#include <linux/ktime.h>
#include <linux/types.h>
#include <asm/msr.h>
#else
#include "buffer_shim.h"
#endif

enum {
	VPROF_CLOCK_MAX_UNITS = 4096, /* of 2^VPROF_DELTA_SHIFT ns: 134 ms */
	VPROF_CLOCK_MULT_SHIFT = 32,
};

/* How ticks become units: units = ticks * mult >> VPROF_CLOCK_MULT_SHIFT. */
struct vprof_clock {
	u32 mult;
	u32 max_ticks; /* VPROF_CLOCK_MAX_UNITS of them */
};

#ifdef __KERNEL__

DECLARE_STATIC_KEY_FALSE(vprof_clock_has_tsc);

void vprof_clock_init(void);
struct vprof_clock vprof_clock(void);

/* NMI context: vprof_clock_ticks, vprof_clock_ns. */
static __always_inline u64 vprof_clock_ticks(void)
{
	if (static_branch_likely(&vprof_clock_has_tsc))
		return rdtsc();
	return ktime_get_mono_fast_ns();
}

static inline u64 vprof_clock_ns(void)
{
	return ktime_get_mono_fast_ns();
}

#endif /* __KERNEL__ */
#endif /* VPROF_CLOCK_H */

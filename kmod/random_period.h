/* SPDX-License-Identifier: GPL-2.0-only */
/* Draws periods at random, around a mean. */
#ifndef VPROF_RANDOM_PERIOD_H
#define VPROF_RANDOM_PERIOD_H

#include <linux/types.h>

void vprof_random_period_init(void);

/* NMI context, or preemption off. */
u64 vprof_random_period(u64 mean);

#endif /* VPROF_RANDOM_PERIOD_H */

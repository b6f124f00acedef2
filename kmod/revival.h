/* SPDX-License-Identifier: GPL-2.0-only */
/* Brings counters back to life that perf's throttle has left dead. */
#ifndef VPROF_REVIVAL_H
#define VPROF_REVIVAL_H

#include <linux/irq_work.h>
#include <linux/perf_event.h>
#include <linux/types.h>
#include <linux/workqueue.h>

/*
 * perf stops a counter that interrupts too often, in its NMI. On AMD one that
 * overflows while it is being stopped counts on after the next tick, past zero:
 * it interrupts again when it has wrapped, in a day or more.
 */
struct vprof_revival {
	struct perf_event *event; /* NULL: nothing is to be revived */
	unsigned int cpu;
	s64 left; /* to its overflow, when it was found late; 0: it was not */
	struct irq_work leave_nmi;
	struct delayed_work look;
};

void vprof_revival_init(struct vprof_revival *revival, unsigned int cpu);
void vprof_revival_begin(struct vprof_revival *revival,
			 struct perf_event *event);
void vprof_revival_end(struct vprof_revival *revival);
void vprof_revival_wait(struct vprof_revival *revival);

/* Has perf stopped it until the next tick? As kernel/events/core.c marks it. */
static __always_inline bool vprof_is_throttled(const struct perf_event *event)
{
	return READ_ONCE(event->hw.interrupts) == ~0ull;
}

/* NMI context: its counter has just been throttled. */
static inline void vprof_revival_ask(struct vprof_revival *revival)
{
	irq_work_queue(&revival->leave_nmi);
}

#endif /* VPROF_REVIVAL_H */

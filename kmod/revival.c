// SPDX-License-Identifier: GPL-2.0-only
/* Brings counters back to life that perf's throttle has left dead. */
#include "revival.h"

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/jiffies.h>
#include <linux/perf_event.h>

enum {
	/* The next tick ends the pause. Late by so much is not just late. */
	LOOK_MS = 50,
};

/* Brought up to date by reading; below zero it has passed its overflow. */
static s64 read_left(struct perf_event *event)
{
	u64 enabled, running;

	perf_event_read_value(event, &enabled, &running);
	return local64_read(&event->hw.period_left);
}

/*
 * Twice late by a period, later the second time, and no interrupt between.
 *
 * Return: whether to look again.
 */
static bool look_after(struct vprof_revival *revival, struct perf_event *event)
{
	s64 left;

	if (READ_ONCE(event->state) != PERF_EVENT_STATE_ACTIVE)
		return false;
	if (vprof_is_throttled(event))
		return true;
	left = read_left(event);
	if (left >= 0) {
		revival->left = 0;
		return false;
	}
	if (left > -(s64)event->hw.sample_period || !revival->left ||
	    left >= revival->left) {
		revival->left = left;
		return true;
	}
	revival->left = 0;
	perf_event_disable(event);
	perf_event_enable(event);
	return false;
}

static void look_again(struct vprof_revival *revival)
{
	queue_delayed_work_on(revival->cpu, system_wq, &revival->look,
			      msecs_to_jiffies(LOOK_MS));
}

static void look(struct work_struct *work)
{
	struct vprof_revival *revival =
		container_of(to_delayed_work(work), struct vprof_revival, look);
	struct perf_event *event = READ_ONCE(revival->event);

	if (event && look_after(revival, event))
		look_again(revival);
}

static void leave_nmi(struct irq_work *work)
{
	struct vprof_revival *revival =
		container_of(work, struct vprof_revival, leave_nmi);

	if (READ_ONCE(revival->event))
		look_again(revival);
}

/**
 * vprof_revival_init() - Make it ready
 * @revival: a counter's
 * @cpu: the counter's
 */
void vprof_revival_init(struct vprof_revival *revival, unsigned int cpu)
{
	revival->cpu = cpu;
	revival->leave_nmi = IRQ_WORK_INIT_HARD(leave_nmi);
	INIT_DELAYED_WORK(&revival->look, look);
}

/* What perf counts itself it does not lose; and it counts from below zero. */
static bool can_die(const struct perf_event *event)
{
	return event->pmu->task_ctx_nr != perf_sw_context;
}

/**
 * vprof_revival_begin() - Look after a counter from now on
 * @revival: its
 * @event: the counter, about to be enabled
 */
void vprof_revival_begin(struct vprof_revival *revival,
			 struct perf_event *event)
{
	revival->left = 0;
	WRITE_ONCE(revival->event, can_die(event) ? event : NULL);
}

/**
 * vprof_revival_end() - Look after it no more
 * @revival: the counter's
 *
 * It is not enabled again from here. Interrupts may still ask, in vain.
 */
void vprof_revival_end(struct vprof_revival *revival)
{
	WRITE_ONCE(revival->event, NULL);
	irq_work_sync(&revival->leave_nmi);
	cancel_delayed_work_sync(&revival->look);
}

/**
 * vprof_revival_wait() - Wait for what was asked in vain
 * @revival: of a counter whose handlers have ended
 */
void vprof_revival_wait(struct vprof_revival *revival)
{
	irq_work_sync(&revival->leave_nmi);
}

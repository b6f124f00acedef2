// SPDX-License-Identifier: GPL-2.0-only
/* Counts a session's events on every CPU by perf's core. */
#include "perf_events.h"
#include "domain_set.h"
#include "perf_counter.h"
#include "session.h"

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

static void count_nothing(struct perf_event *event,
			  struct perf_sample_data *data, struct pt_regs *regs)
{
}

/**
 * vprof_perf_describe() - Does the kernel have a PMU that interrupts, and which?
 * @info: features and pmu are written where it does
 */
void vprof_perf_describe(struct vprof_info *info)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.size = sizeof(attr),
		.disabled = 1,
	};
	struct perf_event *event;

	event = perf_event_create_kernel_counter(&attr,
						 cpumask_first(cpu_online_mask),
						 NULL, count_nothing, NULL);
	if (IS_ERR(event))
		return;
	if (!(event->pmu->capabilities & PERF_PMU_CAP_NO_INTERRUPT)) {
		info->features |= VPROF_FEATURE_HW_PMU;
		strscpy(info->pmu, event->pmu->name, sizeof(info->pmu));
	}
	perf_event_release_kernel(event);
}

/**
 * vprof_perf_check_event() - Is there something to count, and not too often?
 * @event: the request, min_period written by the source
 *
 * Return: 0, -EINVAL, or -EOPNOTSUPP for what is no event of a PMU.
 */
int vprof_perf_check_event(const struct vprof_event *event)
{
	u32 nothing = VPROF_EVENT_EXCLUDE_USER | VPROF_EVENT_EXCLUDE_KERNEL;

	if ((event->flags & nothing) == nothing)
		return -EINVAL;
	if (event->flags & VPROF_EVENT_FREQUENCY) {
		if (!event->period || event->period > VPROF_MAX_FREQUENCY)
			return -EINVAL;
	} else if (event->period < event->min_period || event->period >> 63) {
		return -EINVAL;
	}
	if (event->type == PERF_TYPE_TRACEPOINT ||
	    event->type == PERF_TYPE_BREAKPOINT)
		return -EOPNOTSUPP;
	return 0;
}

/**
 * vprof_perf_make_attr() - What is counted, everywhere and always
 * @event: a checked request
 * @ret_attr: the source adds which contexts
 *
 * What is cheap, and why: no sample_type (the handler takes what it needs; perf
 * would gather the rest), no wakeup_events (perf has no buffer here), pinned (a
 * counter of its own: no rotation by time, and a sample stands for its period),
 * a fixed period where asked for (perf reads a clock and divides in each
 * interrupt of a frequency).
 */
void vprof_perf_make_attr(const struct vprof_event *event,
			  struct perf_event_attr *ret_attr)
{
	*ret_attr = (struct perf_event_attr){
		.type = event->type,
		.size = sizeof(*ret_attr),
		.config = event->config,
		.config1 = event->config1,
		.config2 = event->config2,
		.disabled = 1,
		.pinned = 1,
	};
	if (event->flags & VPROF_EVENT_FREQUENCY) {
		ret_attr->freq = 1;
		ret_attr->sample_freq = event->period;
	} else {
		ret_attr->sample_period = event->period;
	}
}

static int open_on_cpu(struct vprof_perf_event *event, unsigned int cpu)
{
	int err;

	if (!event->counters[cpu]) {
		err = vprof_perf_counter_new(&event->request, event->index, cpu,
					     &event->counters[cpu]);
		if (err)
			return err;
	}
	return vprof_perf_counter_open(event->counters[cpu], &event->attr,
				       event->handler);
}

/*
 * A CPU may go offline meanwhile, or be of a kind that lacks the event (hybrid
 * processors): it goes without, as long as some CPU counts.
 */
static int open_everywhere(struct vprof_perf_event *event)
{
	unsigned int cpu, nr_open = 0;
	int err, first_err = -ENODEV;

	for_each_online_cpu (cpu) {
		err = open_on_cpu(event, cpu);
		if (!err)
			nr_open++;
		else if (err != -ENODEV && err != -ENOENT)
			return err;
		else if (first_err == -ENODEV)
			first_err = err;
	}
	return nr_open ? 0 : first_err;
}

/**
 * vprof_perf_event_free() - Close an event everywhere
 * @data: the struct vprof_perf_event
 */
void vprof_perf_event_free(void *data)
{
	struct vprof_perf_event *event = data;
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		vprof_perf_counter_free(event->counters[cpu]);
	kvfree(event);
}

/**
 * vprof_perf_event_new() - Open an event, disabled, on every online CPU
 * @request: a checked request
 * @attr: what perf counts for it
 * @index: the event's
 * @handler: takes the overflows; its context is the struct vprof_perf_counter
 * @ret_event: a struct vprof_perf_event
 *
 * Return: 0, -ENOMEM, or what perf says.
 */
int vprof_perf_event_new(const struct vprof_event *request,
			 const struct perf_event_attr *attr, unsigned int index,
			 perf_overflow_handler_t handler, void **ret_event)
{
	struct vprof_perf_event *event;
	int err;

	event = kvzalloc(struct_size(event, counters, nr_cpu_ids),
			 GFP_KERNEL_ACCOUNT);
	if (!event)
		return -ENOMEM;
	event->request = *request;
	event->attr = *attr;
	event->handler = handler;
	event->index = index;
	err = open_everywhere(event);
	if (err) {
		vprof_perf_event_free(event);
		return err;
	}
	*ret_event = event;
	return 0;
}

/* The lanes of guests; the host's are opened and closed by its counters. */
static void open_guest_lanes(struct vprof_domain_buffer *domain, bool is_open)
{
	struct vprof_domain_lane *lane;
	unsigned int cpu;

	for (cpu = 0; cpu < domain->uapi.nr_lanes; cpu++) {
		lane = vprof_domain_lane(domain, cpu);
		if (lane)
			vprof_lane_open(&lane->lane, is_open);
	}
}

static void open_guests(struct vprof_session *session, bool is_open)
{
	struct vprof_domain_set *set = &session->domains;
	unsigned int i;

	for (i = 0; i < set->nr; i++)
		if (set->domains[i] && set->domains[i] != set->host)
			open_guest_lanes(set->domains[i], is_open);
}

/**
 * vprof_perf_add_guest() - One that comes while the session runs
 * @session: the session
 * @guest: nobody sees it yet
 *
 * Return: 0.
 */
int vprof_perf_add_guest(struct vprof_session *session,
			 struct vprof_domain_buffer *guest)
{
	if (session->state == VPROF_SESSION_RUNNING)
		open_guest_lanes(guest, true);
	return 0;
}

static void for_each_counter(struct vprof_session *session,
			     void (*fn)(struct vprof_perf_counter *counter))
{
	struct vprof_perf_event *event;
	unsigned int i, cpu;

	for (i = 0; i < session->nr_events; i++) {
		event = session->events[i];
		for (cpu = 0; cpu < nr_cpu_ids; cpu++)
			if (event->counters[cpu])
				fn(event->counters[cpu]);
	}
}

static bool has_event_with(const struct vprof_session *session, u32 flag)
{
	const struct vprof_perf_event *event;
	unsigned int i;

	for (i = 0; i < session->nr_events; i++) {
		event = session->events[i];
		if (event->request.flags & flag)
			return true;
	}
	return false;
}

/**
 * vprof_perf_stop() - Counters off
 * @session: when it returns, no handler runs for it
 *
 * Handlers run with preemption off, as does what puts samples late: this waits
 * for them to end.
 */
void vprof_perf_stop(struct vprof_session *session)
{
	for_each_counter(session, vprof_perf_counter_stop);
	open_guests(session, false);
	synchronize_rcu();
	if (!has_event_with(session, VPROF_EVENT_GUEST_CHAIN))
		return;
	for_each_counter(session, vprof_perf_counter_cancel);
	synchronize_rcu();
	for_each_counter(session, vprof_perf_counter_lose_cancelled);
}

/**
 * vprof_perf_start() - Counters on
 * @session: the session
 *
 * Return: 0; -EINVAL guests are to be counted, and it has no place for them;
 * -ENOSPC counters are taken.
 */
int vprof_perf_start(struct vprof_session *session)
{
	struct vprof_perf_event *event;
	unsigned int i, cpu;
	int err;

	if (!session->domains.others &&
	    has_event_with(session, VPROF_EVENT_GUESTS))
		return -EINVAL;
	open_guests(session, true);
	for (i = 0; i < session->nr_events; i++) {
		event = session->events[i];
		for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
			if (!event->counters[cpu])
				continue;
			err = vprof_perf_counter_start(event->counters[cpu],
						       &session->domains);
			if (err) {
				vprof_perf_stop(session);
				return err;
			}
		}
	}
	return 0;
}

/**
 * vprof_perf_count_on_cpu() - A CPU came online
 * @session: the session
 * @cpu: the CPU
 *
 * perf has taken the CPU's old counter off for good, if there was one. Errors
 * leave this CPU without a counter, which nr_counting shows.
 */
void vprof_perf_count_on_cpu(struct vprof_session *session, unsigned int cpu)
{
	struct vprof_perf_event *event;
	unsigned int i;

	if (session->state == VPROF_SESSION_RUNNING)
		open_guests(session, true);
	for (i = 0; i < session->nr_events; i++) {
		event = session->events[i];
		if (event->counters[cpu])
			vprof_perf_counter_close(event->counters[cpu]);
		if (open_on_cpu(event, cpu))
			continue;
		if (session->state == VPROF_SESSION_RUNNING)
			vprof_perf_counter_start(event->counters[cpu],
						 &session->domains);
	}
}

/**
 * vprof_perf_event_is_counting() - Does it count on a CPU now?
 * @data: the struct vprof_perf_event
 * @cpu: the CPU
 *
 * Return: whether it does.
 */
bool vprof_perf_event_is_counting(void *data, unsigned int cpu)
{
	const struct vprof_perf_event *event = data;

	return event->counters[cpu] &&
	       vprof_perf_counter_is_counting(event->counters[cpu]);
}

// SPDX-License-Identifier: GPL-2.0-only
/* The perf source: an event is a kernel counter of perf's on each CPU. */
#include "domain_set.h"
#include "guest_kvm.h"
#include "perf_counter.h"
#include "session.h"
#include "source.h"

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/perf_event.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

enum {
	/* perf's clocks never run faster: perf_swevent_hrtimer() */
	MIN_PERIOD_CLOCK_NS = 10000,
	/* perf's limit on rates is the real guard; this keeps off nonsense */
	MIN_PERIOD_HARDWARE = 500,
};

struct perf_source_event {
	struct vprof_event request;
	struct perf_event_attr attr;
	unsigned int index;
	struct vprof_perf_counter *counters[]; /* [nr_cpu_ids], NULL: never */
};

static void count_nothing(struct perf_event *event,
			  struct perf_sample_data *data, struct pt_regs *regs)
{
}

static void describe(struct vprof_info *info)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.size = sizeof(attr),
		.disabled = 1,
	};
	struct perf_event *event;

	info->features = VPROF_FEATURE_CHAIN;
	if (vprof_guest_kvm_can_sample())
		info->features |= VPROF_FEATURE_KVM | VPROF_FEATURE_GUEST_CHAIN;
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

static int check_domain(struct vprof_domain *domain)
{
	switch (domain->kind) {
	case VPROF_DOMAIN_HOST:
		return 0;
	case VPROF_DOMAIN_KVM:
	case VPROF_DOMAIN_OTHERS:
		return vprof_guest_kvm_can_sample() ? 0 : -EOPNOTSUPP;
	default:
		return -EOPNOTSUPP;
	}
}

static u64 min_period(const struct vprof_event *event)
{
	if (event->type != PERF_TYPE_SOFTWARE)
		return MIN_PERIOD_HARDWARE;
	return event->config == PERF_COUNT_SW_CPU_CLOCK ||
			       event->config == PERF_COUNT_SW_TASK_CLOCK
		       ? MIN_PERIOD_CLOCK_NS
		       : 1;
}

static int check_event(struct vprof_event *event)
{
	u32 nothing = VPROF_EVENT_EXCLUDE_USER | VPROF_EVENT_EXCLUDE_KERNEL;
	u32 wanted = VPROF_EVENT_GUESTS | VPROF_EVENT_KERNEL_CHAIN;

	event->min_period = min_period(event);
	if ((event->flags & nothing) == nothing)
		return -EINVAL;
	if (event->flags & VPROF_EVENT_GUEST_CHAIN &&
	    (event->flags & wanted) != wanted)
		return -EINVAL;
	if (event->flags & VPROF_EVENT_GUESTS && !vprof_guest_kvm_can_sample())
		return -EOPNOTSUPP;
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

/*
 * What is cheap, and why: no sample_type (the handler takes what it needs; perf
 * would gather the rest), no wakeup_events (perf has no buffer here), pinned (a
 * counter of its own: no rotation by time, and a sample stands for its period),
 * a fixed period where asked for (perf reads a clock and divides in each
 * interrupt of a frequency).
 *
 * exclude_guest: without domains for them, a guest's cycles would be filed at
 * the host's address that entered it.
 */
static void make_attr(const struct vprof_event *event,
		      struct perf_event_attr *attr)
{
	*attr = (struct perf_event_attr){
		.type = event->type,
		.size = sizeof(*attr),
		.config = event->config,
		.config1 = event->config1,
		.config2 = event->config2,
		.disabled = 1,
		.pinned = 1,
		.exclude_user = !!(event->flags & VPROF_EVENT_EXCLUDE_USER),
		.exclude_kernel = !!(event->flags & VPROF_EVENT_EXCLUDE_KERNEL),
		.exclude_hv = !!(event->flags & VPROF_EVENT_EXCLUDE_HYPERVISOR),
		.exclude_guest = !(event->flags & VPROF_EVENT_GUESTS),
	};
	if (event->flags & VPROF_EVENT_FREQUENCY) {
		attr->freq = 1;
		attr->sample_freq = event->period;
	} else {
		attr->sample_period = event->period;
	}
}

static int open_on_cpu(struct perf_source_event *event, unsigned int cpu)
{
	int err;

	if (!event->counters[cpu]) {
		err = vprof_perf_counter_new(&event->request, event->index, cpu,
					     &event->counters[cpu]);
		if (err)
			return err;
	}
	return vprof_perf_counter_open(event->counters[cpu], &event->attr);
}

/*
 * A CPU may go offline meanwhile, or be of a kind that lacks the event (hybrid
 * processors): it goes without, as long as some CPU counts.
 */
static int open_everywhere(struct perf_source_event *event)
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

static void remove_event(void *data)
{
	struct perf_source_event *event = data;
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		vprof_perf_counter_free(event->counters[cpu]);
	kvfree(event);
}

static int add_event(struct vprof_event *request, unsigned int index,
		     void **ret_event)
{
	struct perf_source_event *event;
	int err = check_event(request);

	if (err)
		return err;
	event = kvzalloc(struct_size(event, counters, nr_cpu_ids),
			 GFP_KERNEL_ACCOUNT);
	if (!event)
		return -ENOMEM;
	event->request = *request;
	event->index = index;
	make_attr(request, &event->attr);
	err = open_everywhere(event);
	if (err) {
		remove_event(event);
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

/* One that comes while the session runs. Nobody sees it yet. */
static int add_guest(struct vprof_session *session,
		     struct vprof_domain_buffer *guest)
{
	if (session->state == VPROF_SESSION_RUNNING)
		open_guest_lanes(guest, true);
	return 0;
}

static void for_each_counter(struct vprof_session *session,
			     void (*fn)(struct vprof_perf_counter *counter))
{
	struct perf_source_event *event;
	unsigned int i, cpu;

	for (i = 0; i < session->nr_events; i++) {
		event = session->events[i];
		for (cpu = 0; cpu < nr_cpu_ids; cpu++)
			if (event->counters[cpu])
				fn(event->counters[cpu]);
	}
}

static bool has_guest_chains(const struct vprof_session *session)
{
	const struct perf_source_event *event;
	unsigned int i;

	for (i = 0; i < session->nr_events; i++) {
		event = session->events[i];
		if (event->request.flags & VPROF_EVENT_GUEST_CHAIN)
			return true;
	}
	return false;
}

/* Handlers run with preemption off, as does what puts samples late: this waits
 * for them to end. */
static void stop(struct vprof_session *session)
{
	for_each_counter(session, vprof_perf_counter_stop);
	open_guests(session, false);
	synchronize_rcu();
	if (!has_guest_chains(session))
		return;
	for_each_counter(session, vprof_perf_counter_cancel);
	synchronize_rcu();
	for_each_counter(session, vprof_perf_counter_lose_cancelled);
}

static bool has_place_for_guests(const struct vprof_session *session)
{
	const struct perf_source_event *event;
	unsigned int i;

	if (session->domains.others)
		return true;
	for (i = 0; i < session->nr_events; i++) {
		event = session->events[i];
		if (event->request.flags & VPROF_EVENT_GUESTS)
			return false;
	}
	return true;
}

static int start(struct vprof_session *session)
{
	struct perf_source_event *event;
	unsigned int i, cpu;
	int err;

	if (!has_place_for_guests(session))
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
				stop(session);
				return err;
			}
		}
	}
	return 0;
}

/*
 * perf has taken the CPU's old counter off for good, if there was one. Errors
 * leave this CPU without a counter, which nr_counting shows.
 */
static void count_on_cpu(struct vprof_session *session, unsigned int cpu)
{
	struct perf_source_event *event;
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

static bool is_counting(void *data, unsigned int cpu)
{
	const struct perf_source_event *event = data;

	return event->counters[cpu] &&
	       vprof_perf_counter_is_counting(event->counters[cpu]);
}

const struct vprof_source_ops vprof_source_perf = {
	.name = "perf",
	.describe = describe,
	.check_domain = check_domain,
	.add_guest = add_guest,
	.add_event = add_event,
	.remove_event = remove_event,
	.start = start,
	.stop = stop,
	.cpu_online = count_on_cpu,
	.is_counting = is_counting,
};

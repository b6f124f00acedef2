// SPDX-License-Identifier: GPL-2.0-only
/* The perf source: an event is a kernel counter of perf's on each CPU. */
#include "guest_kvm.h"
#include "perf_counter.h"
#include "perf_events.h"
#include "source.h"

#include <linux/errno.h>
#include <linux/perf_event.h>

enum {
	/* perf's clocks never run faster: perf_swevent_hrtimer() */
	MIN_PERIOD_CLOCK_NS = 10000,
	/* perf's limit on rates is the real guard; this keeps off nonsense */
	MIN_PERIOD_HARDWARE = 500,
};

static void describe(struct vprof_info *info)
{
	info->features = VPROF_FEATURE_CHAIN;
	if (vprof_guest_kvm_can_sample())
		info->features |= VPROF_FEATURE_KVM | VPROF_FEATURE_GUEST_CHAIN;
	vprof_perf_describe(info);
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

/*
 * exclude_guest: without domains for them, a guest's cycles would be filed at
 * the host's address that entered it.
 */
static int add_event(struct vprof_event *request, unsigned int index,
		     void **ret_event)
{
	struct perf_event_attr attr;
	u32 flags = request->flags;
	u32 wanted = VPROF_EVENT_GUESTS | VPROF_EVENT_KERNEL_CHAIN;
	int err;

	request->min_period = min_period(request);
	if (flags & VPROF_EVENT_GUEST_CHAIN && (flags & wanted) != wanted)
		return -EINVAL;
	if (flags & VPROF_EVENT_GUESTS && !vprof_guest_kvm_can_sample())
		return -EOPNOTSUPP;
	err = vprof_perf_check_event(request);
	if (err)
		return err;
	vprof_perf_make_attr(request, &attr);
	attr.exclude_user = !!(flags & VPROF_EVENT_EXCLUDE_USER);
	attr.exclude_kernel = !!(flags & VPROF_EVENT_EXCLUDE_KERNEL);
	attr.exclude_hv = !!(flags & VPROF_EVENT_EXCLUDE_HYPERVISOR);
	attr.exclude_guest = !(flags & VPROF_EVENT_GUESTS);
	return vprof_perf_event_new(request, &attr, index,
				    vprof_perf_counter_handler(request),
				    ret_event);
}

const struct vprof_source_ops vprof_source_perf = {
	.name = "perf",
	.describe = describe,
	.check_domain = check_domain,
	.add_guest = vprof_perf_add_guest,
	.add_event = add_event,
	.remove_event = vprof_perf_event_free,
	.start = vprof_perf_start,
	.stop = vprof_perf_stop,
	.cpu_online = vprof_perf_count_on_cpu,
	.is_counting = vprof_perf_event_is_counting,
};

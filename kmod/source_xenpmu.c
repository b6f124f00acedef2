// SPDX-License-Identifier: GPL-2.0-only
/* The xenpmu source: perf's counters in a dom0 that Xen lets sample everybody. */
#include "domain_set.h"
#include "perf_counter.h"
#include "perf_events.h"
#include "random_period.h"
#include "session.h"
#include "source.h"
#include "xenpmu_conditions.h"
#include "xenpmu_page.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <asm/xen/hypercall.h>
#include <xen/interface/memory.h>
#include <xen/interface/xen.h>

enum {
	/* perf's limit on rates is the real guard; this keeps off nonsense */
	MIN_PERIOD = 1000,
	FIRST_RESERVED_DOMID = 0x7ff0,
};

static const u64 pid_mask = (1ull << VPROF_HEAD_PID_BITS) - 1;

/* Why this can be no source here, or 0. Written before there is a device. */
static int cannot = -ENODEV;

static_assert(VPROF_XEN_ITSELF == DOMID_XEN);

/* NMI context: all down to overflow(). */

static u32 pid_of(const struct vprof_domain_set *domains,
		  const struct vprof_domain_buffer *domain,
		  const struct vprof_xenpmu_spot *spot)
{
	if (domain == domains->others)
		return spot->domid;
	if (domain != domains->host)
		return spot->vcpu & pid_mask;
	return spot->is_current ? current->tgid & pid_mask : VPROF_PID_UNKNOWN;
}

/*
 * After a guest's sample the counter starts with dom0's next turn on the CPU: were
 * periods equal, each sample would come at the same time of the turns, and all be
 * one domain's. perf takes the new one at the next overflow.
 */
static void vary_period(struct perf_event *event)
{
	if (!event->attr.freq)
		event->hw.sample_period =
			vprof_random_period(event->attr.sample_period);
}

/* What a session did not ask for is none of its samples: not taken, not lost. */
static void overflow(struct perf_event *event, struct perf_sample_data *data,
		     struct pt_regs *regs)
{
	struct vprof_perf_counter *counter = event->overflow_handler_context;
	struct vprof_domain_set *domains = counter->domains;
	struct vprof_domain_buffer *domain = domains->host;
	struct vprof_domain_lane *lane;
	struct vprof_xenpmu_spot spot;

	vprof_xenpmu_page_find(event, regs, &spot);
	vary_period(event);
	if (spot.domid)
		domain = vprof_domain_set_find_guest(domains, spot.domid);
	if (!domain || !(counter->contexts & BIT(spot.context))) {
		vprof_perf_counter_pass(counter, event);
		return;
	}
	lane = vprof_domain_lane(domain, counter->cpu);
	if (unlikely(!lane)) {
		vprof_perf_counter_lose(counter, event);
		return;
	}
	vprof_perf_counter_put(
		counter, lane, event, data->period,
		VPROF_HEAD_PUT(CONTEXT, spot.context) |
			VPROF_HEAD_PUT(PID, pid_of(domains, domain, &spot)),
		spot.ip);
}

/**
 * vprof_source_xenpmu_init() - Look whether this could ever be a source here
 */
void vprof_source_xenpmu_init(void)
{
	cannot = vprof_xenpmu_init();
	if (!cannot)
		vprof_random_period_init();
}

/**
 * vprof_source_xenpmu_unmet() - What is missing for it now?
 *
 * Return: bits of enum vprof_xenpmu_condition.
 */
u32 vprof_source_xenpmu_unmet(void)
{
	if (cannot == -ENODEV)
		return VPROF_XENPMU_DOM0;
	return cannot ? VPROF_XENPMU_LINUX : vprof_xenpmu_unmet();
}

/* The mode is set when all else is as it should be. */
static u32 make_ready(void)
{
	u32 unmet = vprof_xenpmu_unmet();

	if (unmet != VPROF_XENPMU_MODE)
		return unmet;
	vprof_xenpmu_set_mode();
	return vprof_xenpmu_unmet();
}

/**
 * vprof_source_xenpmu_probe() - Is it the source to take?
 * @is_asked_for: by name
 *
 * Where the mode is set, perf alone would take everybody's samples for dom0's. Then
 * what else is missing is for START to say, as when the source was asked for.
 *
 * Return: 0, or -ENODEV or -EOPNOTSUPP.
 */
int vprof_source_xenpmu_probe(bool is_asked_for)
{
	if (cannot)
		return cannot;
	make_ready();
	if (is_asked_for || vprof_xenpmu_is_mode_set())
		return 0;
	return -EOPNOTSUPP;
}

/* What it says of the mode is what Xen said just now. */
static void describe(struct vprof_info *info)
{
	make_ready();
	info->features = VPROF_FEATURE_XEN | VPROF_FEATURE_XEN_ITSELF;
	vprof_perf_describe(info);
}

static int check_domain(struct vprof_domain *domain)
{
	switch (domain->kind) {
	case VPROF_DOMAIN_XEN:
		/* dom0 is the host. */
		if (domain->id == VPROF_XEN_ITSELF)
			return 0;
		return domain->id && domain->id < FIRST_RESERVED_DOMID
			       ? 0
			       : -EINVAL;
	case VPROF_DOMAIN_HOST:
	case VPROF_DOMAIN_OTHERS:
		return 0;
	}
	return -EOPNOTSUPP;
}

static int add_guest(struct vprof_session *session,
		     struct vprof_domain_buffer *guest)
{
	domid_t domid = guest->uapi.id;

	if (domid != VPROF_XEN_ITSELF &&
	    HYPERVISOR_memory_op(XENMEM_current_reservation, &domid) < 0)
		return -ESRCH;
	return vprof_perf_add_guest(session, guest);
}

/*
 * A PV guest's kernel, dom0's too, runs at the privilege of its user mode; Xen
 * and the kernels of other guests at the kernel's. So whom an overflow hit is
 * told from the page, and the counter leaves out no more than it must not see.
 */
static int add_event(struct vprof_event *request, unsigned int index,
		     void **ret_event)
{
	u32 none = VPROF_EVENT_EXCLUDE_KERNEL | VPROF_EVENT_EXCLUDE_HYPERVISOR;
	struct perf_event_attr attr;
	int err;

	request->min_period = MIN_PERIOD;
	err = vprof_perf_check_event(request);
	if (err)
		return err;
	/* Registers are known, stacks are not; clocks are dom0's alone. */
	if (request->flags &
		    (VPROF_EVENT_KERNEL_CHAIN | VPROF_EVENT_USER_CHAIN |
		     VPROF_EVENT_GUEST_CHAIN) ||
	    request->type == PERF_TYPE_SOFTWARE)
		return -EOPNOTSUPP;
	vprof_perf_make_attr(request, &attr);
	attr.exclude_kernel = (request->flags & none) == none;
	return vprof_perf_event_new(request, &attr, index, overflow, ret_event);
}

static int start(struct vprof_session *session)
{
	return make_ready() ? -EOPNOTSUPP : vprof_perf_start(session);
}

const struct vprof_source_ops vprof_source_xenpmu = {
	.name = "xenpmu",
	.describe = describe,
	.exit = vprof_xenpmu_reset_mode,
	.check_domain = check_domain,
	.add_guest = add_guest,
	.add_event = add_event,
	.remove_event = vprof_perf_event_free,
	.start = start,
	.stop = vprof_perf_stop,
	.cpu_online = vprof_perf_count_on_cpu,
	.is_counting = vprof_perf_event_is_counting,
};

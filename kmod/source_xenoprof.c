// SPDX-License-Identifier: GPL-2.0-only
/* The xenoprof source: Xen programs the counters and samples all its domains. */
#include "context.h"
#include "domain.h"
#include "session.h"
#include "source.h"
#include "source_xenoprof.h"
#include "xenoprof_run.h"

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/perf_event.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/processor.h>
#include <asm/tsc.h>
#include <asm/xen/hypercall.h>
#include <xen/interface/memory.h>
#include <xen/xen.h>

enum {
	/* Xen has no guard against interrupts that come too fast. */
	MIN_PERIOD_CLOCK = 10000, /* cycles, instructions */
	MIN_PERIOD_OTHER = 500,
	/* Xen looks at bit 31 of a counter to see whether it overflowed. */
	MAX_PERIOD = S32_MAX,
	FIRST_RESERVED_DOMID = 0x7ff0,
};

/* As AMD's event select has them: bits 0..7 and 32..35 event, 8..15 unit mask. */
#define EVENT_LOW 0xffull
#define EVENT_HIGH (0xfull << 32)
#define EVENT_UNIT_MASK 0xff00ull

struct xenoprof_source_event {
	struct vprof_xenoprof_event event;
	struct xenoprof_counter counter;
	bool is_counting;
};

/* A session's, while it runs. */
struct xenoprof_source_run {
	struct vprof_xenoprof_event events[XENOPROF_MAX_COUNTERS];
	struct vprof_xenoprof_run *run;
};

static unsigned int nr_counters __ro_after_init;
static char cpu_type[64] __ro_after_init;
/* The session that has Xen's only profiler. */
static struct vprof_session *owner;

/**
 * vprof_source_xenoprof_probe() - Is this a dom0 of a Xen with xenoprof?
 * @is_asked_for: by name, which makes no difference
 *
 * Return: 0, -ENODEV not such a dom0, or not this processor, -ENOSYS not such a
 * Xen, -EPERM another domain has the profiler.
 */
int vprof_source_xenoprof_probe(bool is_asked_for)
{
	struct vprof_xenoprof_control control = {};
	int err;

	if (!xen_pv_domain() || !xen_initial_domain())
		return -ENODEV;
	err = vprof_xenoprof_init(&control);
	if (err)
		return err;
	vprof_source_xenoprof_take(&control);
	vprof_xenoprof_end(&control);
	return nr_counters ? 0 : -ENODEV;
}

static void describe(struct vprof_info *info)
{
	info->features = VPROF_FEATURE_HW_PMU | VPROF_FEATURE_CHAIN |
			 VPROF_FEATURE_XEN;
	strscpy(info->pmu, cpu_type, sizeof(info->pmu));
}

static int check_domain(struct vprof_domain *domain)
{
	switch (domain->kind) {
	case VPROF_DOMAIN_XEN:
		/* dom0 is the host. */
		if (!domain->id || domain->id >= FIRST_RESERVED_DOMID)
			return -EINVAL;
		domain->nr_lanes = 1;
		return 0;
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
	unsigned int i, nr = 0;

	for (i = 0; i < session->domains.nr; i++)
		nr += !!vprof_domain_set_guest_at(&session->domains, i);
	if (nr >= XENOPROF_MAX_PASSIVE)
		return -ENOSPC;
	return HYPERVISOR_memory_op(XENMEM_current_reservation, &domid) < 0
		       ? -ESRCH
		       : 0;
}

/**
 * vprof_source_xenoprof_take() - Remember what Xen has
 * @control: what it said
 */
void vprof_source_xenoprof_take(const struct vprof_xenoprof_control *control)
{
	nr_counters = control->nr_counters;
	strscpy(cpu_type, control->cpu_type, sizeof(cpu_type));
}

/**
 * vprof_source_xenoprof_cpu_type() - The processor, as Xen calls it
 *
 * Return: that.
 */
const char *vprof_source_xenoprof_cpu_type(void)
{
	return cpu_type;
}

/* perf's names for what every processor has: kernel events of the two makers. */
static int translate_generic(u64 config, u64 *ret_code)
{
	static const u16 amd[] = { 0x0076, 0x00c0, 0x077d,
				   0x077e, 0x00c2, 0x00c3 };
	static const u16 intel[] = { 0x003c, 0x00c0, 0x4f2e,
				     0x412e, 0x00c4, 0x00c5 };

	if (config >= ARRAY_SIZE(amd))
		return -ENOENT;
	*ret_code = boot_cpu_data.x86_vendor == X86_VENDOR_INTEL ? intel[config]
								 : amd[config];
	return 0;
}

static int translate(const struct vprof_event *event, u64 *ret_code)
{
	switch (event->type) {
	case PERF_TYPE_HARDWARE:
		return translate_generic(event->config, ret_code);
	case PERF_TYPE_RAW:
		if (event->config & ~(EVENT_LOW | EVENT_HIGH | EVENT_UNIT_MASK))
			return -EOPNOTSUPP;
		*ret_code = event->config;
		return 0;
	}
	return -EOPNOTSUPP;
}

static bool is_same_as_generic(u64 code, u64 config)
{
	u64 generic;

	return !translate_generic(config, &generic) && code == generic;
}

static bool is_cycles(u64 code)
{
	return is_same_as_generic(code, PERF_COUNT_HW_CPU_CYCLES);
}

static u64 min_period(u64 code)
{
	return is_cycles(code) || is_same_as_generic(code,
						     PERF_COUNT_HW_INSTRUCTIONS)
		       ? MIN_PERIOD_CLOCK
		       : MIN_PERIOD_OTHER;
}

/* Xen has periods only. Cycles come at a rate that is known. */
static int period_of(struct vprof_event *event, u64 code, u64 *ret_period)
{
	u64 period = event->period;

	event->min_period = min_period(code);
	if (event->flags & VPROF_EVENT_FREQUENCY) {
		if (!is_cycles(code) || !tsc_khz)
			return -EOPNOTSUPP;
		if (!period || period > VPROF_MAX_FREQUENCY)
			return -EINVAL;
		period = max((u64)tsc_khz * 1000 / period, event->min_period);
		period = min_t(u64, period, MAX_PERIOD);
	}
	if (period < event->min_period || period > MAX_PERIOD)
		return -EINVAL;
	*ret_period = period;
	return 0;
}

/*
 * A PV guest's kernel runs at the privilege of its user mode, so the counter's
 * user bit is both, its kernel bit is Xen.
 */
static void set_counter(struct xenoprof_counter *counter, u64 code, u64 period,
			u8 contexts)
{
	*counter = (struct xenoprof_counter){
		.count = period,
		.enabled = 1,
		.event = (code & EVENT_LOW) | (code & EVENT_HIGH) >> 24,
		.unit_mask = (code & EVENT_UNIT_MASK) >> 8,
		.kernel = !!(contexts & BIT(VPROF_CONTEXT_HYPERVISOR)),
		.user = !!(contexts & ~BIT(VPROF_CONTEXT_HYPERVISOR)),
	};
}

/**
 * vprof_source_xenoprof_add_event() - Check an event, remember its counter
 * @request: the request; min_period is written
 * @index: in the session
 * @ret_event: for vprof_source_xenoprof_remove_event()
 *
 * Return: 0 or what ADD_EVENT returns.
 */
int vprof_source_xenoprof_add_event(struct vprof_event *request,
				    unsigned int index, void **ret_event)
{
	u8 contexts = vprof_contexts_of(request->flags);
	struct xenoprof_source_event *event;
	u64 code, period;
	int err;

	if (index >= nr_counters)
		return -ENOSPC;
	if (request->flags & VPROF_EVENT_GUEST_CHAIN)
		return -EOPNOTSUPP;
	if (!(contexts & ~BIT(VPROF_CONTEXT_HYPERVISOR)))
		return -EINVAL;
	err = translate(request, &code);
	if (!err)
		err = period_of(request, code, &period);
	if (err)
		return err;
	event = kzalloc(sizeof(*event), GFP_KERNEL_ACCOUNT);
	if (!event)
		return -ENOMEM;
	event->event = (struct vprof_xenoprof_event){
		.period = period,
		.has_frequency = request->flags & VPROF_EVENT_FREQUENCY,
		.contexts = contexts,
		.chain_flags = request->flags & (VPROF_EVENT_KERNEL_CHAIN |
						 VPROF_EVENT_USER_CHAIN),
		.max_chain = request->max_chain ?: VPROF_MAX_CHAIN,
	};
	set_counter(&event->counter, code, period, contexts);
	*ret_event = event;
	return 0;
}

/**
 * vprof_source_xenoprof_remove_event() - Forget it
 * @event: what vprof_source_xenoprof_add_event() gave
 */
void vprof_source_xenoprof_remove_event(void *event)
{
	kfree(event);
}

/**
 * vprof_source_xenoprof_get_events() - What a session's counters are
 * @session: the session
 * @events: XENOPROF_MAX_COUNTERS are written, as far as there are events
 * @counters: likewise
 */
void vprof_source_xenoprof_get_events(const struct vprof_session *session,
				      struct vprof_xenoprof_event *events,
				      struct xenoprof_counter *counters)
{
	const struct xenoprof_source_event *event;
	unsigned int i;

	for (i = 0; i < session->nr_events; i++) {
		event = session->events[i];
		events[i] = event->event;
		counters[i] = event->counter;
	}
}

static int run(struct vprof_session *session, struct xenoprof_source_run *run,
	       bool with_all)
{
	struct xenoprof_counter counters[XENOPROF_MAX_COUNTERS] = {};

	vprof_source_xenoprof_get_events(session, run->events, counters);
	return vprof_xenoprof_run_new(&session->domains, run->events, counters,
				      session->nr_events, with_all, &run->run);
}

/**
 * vprof_source_xenoprof_set_counting() - A session starts or stops
 * @session: the session
 * @is_counting: which
 */
void vprof_source_xenoprof_set_counting(struct vprof_session *session,
					bool is_counting)
{
	struct xenoprof_source_event *event;
	unsigned int i;

	for (i = 0; i < session->nr_events; i++) {
		event = session->events[i];
		event->is_counting = is_counting;
	}
}

static int start_with(struct vprof_session *session, bool with_all)
{
	struct xenoprof_source_run *source_run;
	int err;

	source_run = kzalloc(sizeof(*source_run), GFP_KERNEL_ACCOUNT);
	if (!source_run)
		return -ENOMEM;
	err = -ENOSPC;
	if (cmpxchg(&owner, NULL, session))
		goto err_free;
	err = run(session, source_run, with_all);
	if (err)
		goto err_owner;
	session->source_run = source_run;
	vprof_source_xenoprof_set_counting(session, true);
	return 0;

err_owner:
	smp_store_release(&owner, NULL);
err_free:
	kfree(source_run);
	return err == -EBUSY ? -ENOSPC : err;
}

static int start(struct vprof_session *session)
{
	return start_with(session, true);
}

static void stop(struct vprof_session *session)
{
	struct xenoprof_source_run *source_run = session->source_run;

	if (!source_run)
		return;
	vprof_xenoprof_run_end(source_run->run);
	session->source_run = NULL;
	vprof_source_xenoprof_set_counting(session, false);
	smp_store_release(&owner, NULL);
	kfree(source_run);
}

/*
 * Xen takes its list of domains while nothing is counted: stop and start. No
 * overflow happens meanwhile, so the accounts stay exact. If Xen refuses, nothing
 * counts any more, which nr_counting shows.
 */
static void guest_added(struct vprof_session *session,
			struct vprof_domain_buffer *guest)
{
	int err;

	stop(session);
	err = start_with(session, false);
	if (err)
		pr_err("vprof: Xen's profiler did not start again with domain %llu: error %d\n",
		       guest->uapi.id, -err);
}

static void remove_guest(struct vprof_session *session,
			 struct vprof_domain_buffer *guest)
{
	struct xenoprof_source_run *source_run = session->source_run;
	struct vprof_domain_buffer *others = session->domains.others;

	if (source_run)
		vprof_xenoprof_run_forget(source_run->run, guest,
					  others ? vprof_domain_lane(others, 0)
						 : NULL);
}

static void count_on_cpu(struct vprof_session *session, unsigned int cpu)
{
	struct xenoprof_source_run *source_run = session->source_run;

	if (source_run)
		vprof_xenoprof_run_cpu_online(source_run->run, cpu);
}

/**
 * vprof_source_xenoprof_is_counting() - Is its session running?
 * @data: an event
 * @cpu: all are the same
 *
 * Return: whether it is.
 */
bool vprof_source_xenoprof_is_counting(void *data, unsigned int cpu)
{
	const struct xenoprof_source_event *event = data;

	return event->is_counting;
}

const struct vprof_source_ops vprof_source_xenoprof = {
	.name = "xenoprof",
	.takes_active = true,
	.describe = describe,
	.check_domain = check_domain,
	.add_guest = add_guest,
	.guest_added = guest_added,
	.remove_guest = remove_guest,
	.add_event = vprof_source_xenoprof_add_event,
	.remove_event = vprof_source_xenoprof_remove_event,
	.start = start,
	.stop = stop,
	.cpu_online = count_on_cpu,
	.is_counting = vprof_source_xenoprof_is_counting,
};

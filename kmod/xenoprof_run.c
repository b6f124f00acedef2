// SPDX-License-Identifier: GPL-2.0-only
/* Runs Xen's profiler for a session: domains in, interrupt and timer, all undone. */
#include "xenoprof_run.h"
#include "domain_set.h"
#include "xenoprof_actives.h"
#include "xenoprof_agreement.h"

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <xen/events.h>
#include <xen/interface/xen.h>

static unsigned int guest_interval_us = 32000;
module_param(guest_interval_us, uint, 0644);
MODULE_PARM_DESC(
	guest_interval_us,
	"xenoprof: longest time between two looks at guests' samples, in us");

enum {
	/* The timer's interval halves while rings fill, and doubles while not. */
	MIN_INTERVAL_US = 1000,
	MAX_INTERVAL_US = 10000000,
	/* A ring holds 1/this between two times: too much; 1/(8 * this): little */
	FULL_FRACTION = 8,
	/* How long active domains have to come in that were asked in. */
	STEP_MS = 10,
	COME_IN_STEPS = 500,
};

struct vprof_xenoprof_run {
	struct vprof_xenoprof_control control;
	struct vprof_xenoprof_actives actives;
	struct vprof_xenoprof_buffer *own;
	unsigned int nr_guests;
	struct vprof_xenoprof_buffer *guests[XENOPROF_MAX_PASSIVE];
	struct hrtimer timer;
	unsigned int interval_us;
	int irqs[]; /* [nr_cpu_ids], 0: none */
};

/*
 * Xen raises it on the vCPU that it sampled in dom0's own mode, and it comes
 * before the next instruction of that mode that has interrupts on. So a process
 * sampled in user mode is the current one. In the kernel with interrupts off, it
 * is the one that turned them on again: across a context switch, the next one.
 */
static irqreturn_t take_interrupt(int irq, void *data)
{
	struct vprof_xenoprof_run *run = data;
	unsigned int cpu = smp_processor_id();

	if (cpu < run->own->nr_rings)
		vprof_xenoprof_ring_empty(run->own, &run->own->rings[cpu],
					  current->tgid);
	return IRQ_HANDLED;
}

static unsigned int longest_us(void)
{
	return clamp_t(unsigned int, READ_ONCE(guest_interval_us),
		       MIN_INTERVAL_US, MAX_INTERVAL_US);
}

static void adapt(struct vprof_xenoprof_run *run, unsigned int permille)
{
	unsigned int interval_us = run->interval_us;

	if (permille > 1000 / FULL_FRACTION)
		interval_us /= 2;
	else if (permille < 1000 / (8 * FULL_FRACTION))
		interval_us *= 2;
	run->interval_us = clamp_t(unsigned int, interval_us, MIN_INTERVAL_US,
				   longest_us());
}

/* Each returns how full the fullest ring got, in permille. */

static unsigned int empty_guest(struct vprof_xenoprof_buffer *guest)
{
	struct vprof_xenoprof_ring *ring;
	unsigned int i, nr, fullest = 0;

	for (i = 0; i < guest->nr_rings; i++) {
		ring = &guest->rings[i];
		nr = vprof_xenoprof_ring_empty_now(guest, ring);
		fullest = max(fullest, nr * 1000 / ring->entries.size);
	}
	return fullest;
}

static unsigned int empty_own(struct vprof_xenoprof_buffer *own)
{
	struct vprof_xenoprof_ring *ring;
	u64 now_ns = ktime_get_ns();
	unsigned int i, nr, fullest = 0;

	for (i = 0; i < own->nr_rings; i++) {
		ring = &own->rings[i];
		nr = vprof_xenoprof_ring_empty_old(own, ring, now_ns);
		fullest = max(fullest, nr * 1000 / ring->entries.size);
	}
	return fullest;
}

static enum hrtimer_restart run_timer(struct hrtimer *timer)
{
	struct vprof_xenoprof_run *run =
		container_of(timer, struct vprof_xenoprof_run, timer);
	unsigned int i, fullest = empty_own(run->own);

	for (i = 0; i < run->nr_guests; i++)
		fullest = max(fullest, empty_guest(run->guests[i]));
	adapt(run, fullest);
	hrtimer_forward_now(timer,
			    ns_to_ktime(run->interval_us * NSEC_PER_USEC));
	return HRTIMER_RESTART;
}

/* Last: the counters are off, nobody else empties. */
static void empty(struct vprof_xenoprof_buffer *buffer)
{
	unsigned int i;

	for (i = 0; i < buffer->nr_rings; i++)
		vprof_xenoprof_ring_empty(buffer, &buffer->rings[i],
					  VPROF_PID_UNKNOWN);
	vprof_xenoprof_buffer_close(buffer);
}

static void empty_all(struct vprof_xenoprof_run *run)
{
	unsigned int i;

	empty(run->own);
	for (i = 0; i < run->nr_guests; i++)
		empty(run->guests[i]);
}

static int bind_interrupt(struct vprof_xenoprof_run *run, unsigned int cpu)
{
	int irq;

	if (run->irqs[cpu])
		return 0;
	irq = bind_virq_to_irqhandler(VIRQ_XENOPROF, cpu, take_interrupt,
				      IRQF_PERCPU | IRQF_NOBALANCING, "vprof",
				      run);
	if (irq < 0)
		return irq;
	run->irqs[cpu] = irq;
	return 0;
}

static int bind_interrupts(struct vprof_xenoprof_run *run)
{
	unsigned int cpu;
	int err = 0;

	for_each_online_cpu (cpu) {
		err = bind_interrupt(run, cpu);
		if (err)
			break;
	}
	return err;
}

static int add_own(struct vprof_xenoprof_run *run,
		   struct vprof_domain_buffer *host,
		   const struct vprof_xenoprof_event *events,
		   unsigned int nr_events)
{
	struct vprof_xenoprof_frames frames;
	int err = vprof_xenoprof_get_own(&run->control, &frames);

	if (err)
		return err;
	return vprof_xenoprof_buffer_new(&frames, host, events, nr_events,
					 &run->own);
}

/*
 * A guest that died since it was added has no samples; that is no error. Nor
 * may one that holds on to its buffer keep the others from being sampled.
 */
static int add_guest(struct vprof_xenoprof_run *run,
		     struct vprof_domain_buffer *domain,
		     const struct vprof_xenoprof_event *events,
		     unsigned int nr_events)
{
	struct vprof_xenoprof_frames frames;
	int err;

	if (run->nr_guests == XENOPROF_MAX_PASSIVE)
		return -E2BIG;
	err = vprof_xenoprof_get_passive(&run->control, domain->uapi.id,
					 &frames);
	if (err == -EBUSY)
		pr_notice(
			"vprof: domain %llu is not sampled: it keeps the buffer that it had for sampling itself\n",
			domain->uapi.id);
	if (err)
		return err == -ESRCH || err == -EBUSY ? 0 : err;
	err = vprof_xenoprof_buffer_new(&frames, domain, events, nr_events,
					&run->guests[run->nr_guests]);
	if (!err)
		run->nr_guests++;
	return err;
}

/* Without one that is not there, where the others are to go on. */
static int add_active(struct vprof_xenoprof_run *run, u16 domid, bool with_all)
{
	struct vprof_xenoprof_actives *actives = &run->actives;
	int err = vprof_xenoprof_active_check(actives, domid);

	if (err)
		return with_all ? err : 0;
	if (actives->nr == ARRAY_SIZE(actives->domids))
		return -E2BIG;
	err = vprof_xenoprof_list_active(&run->control, domid);
	if (!err)
		actives->domids[actives->nr++] = domid;
	return err == -ESRCH && !with_all ? 0 : err;
}

static int add_domains(struct vprof_xenoprof_run *run,
		       struct vprof_domain_set *set,
		       const struct vprof_xenoprof_event *events,
		       unsigned int nr_events, bool with_all)
{
	struct vprof_domain_buffer *domain;
	unsigned int i;
	int err = add_own(run, set->host, events, nr_events);

	for (i = 0; i < set->nr && !err; i++) {
		domain = vprof_domain_set_guest_at(set, i);
		if (!domain)
			continue;
		if (domain->uapi.flags & VPROF_DOMAIN_ACTIVE)
			err = add_active(run, domain->uapi.id, with_all);
		else
			err = add_guest(run, domain, events, nr_events);
	}
	return err;
}

static void open_all(struct vprof_xenoprof_run *run)
{
	unsigned int i;

	vprof_xenoprof_buffer_open(run->own);
	for (i = 0; i < run->nr_guests; i++)
		vprof_xenoprof_buffer_open(run->guests[i]);
}

static int start(struct vprof_xenoprof_run *run)
{
	unsigned int step = 0;
	int err = vprof_xenoprof_enable();

	if (!err)
		err = vprof_xenoprof_actives_invite(&run->actives);
	if (err)
		return err;
	while ((err = vprof_xenoprof_start(&run->control)) == -EPERM &&
	       run->actives.nr) {
		if (fatal_signal_pending(current))
			return -EINTR;
		if (step++ == COME_IN_STEPS)
			return -ETIMEDOUT;
		msleep(STEP_MS);
	}
	return err;
}

static void give_back(struct vprof_xenoprof_run *run)
{
	unsigned int i;

	for (i = 0; i < nr_cpu_ids; i++)
		if (run->irqs[i])
			unbind_from_irqhandler(run->irqs[i], run);
	/* Unmapped before Xen takes them back, and perhaps frees them. */
	for (i = 0; i < run->nr_guests; i++)
		vprof_xenoprof_buffer_free(run->guests[i]);
	vprof_xenoprof_buffer_free(run->own);
	vprof_xenoprof_end(&run->control);
	kfree(run);
}

static struct vprof_xenoprof_run *alloc_run(void)
{
	struct vprof_xenoprof_run *run;

	run = kzalloc(struct_size(run, irqs, nr_cpu_ids), GFP_KERNEL_ACCOUNT);
	if (!run)
		return NULL;
	run->interval_us = longest_us();
	hrtimer_init(&run->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	run->timer.function = run_timer;
	return run;
}

static void start_timer(struct vprof_xenoprof_run *run)
{
	hrtimer_start(&run->timer,
		      ns_to_ktime(run->interval_us * NSEC_PER_USEC),
		      HRTIMER_MODE_REL_SOFT);
}

/**
 * vprof_xenoprof_run_new() - Sample a session's domains
 * @domains: dom0 is one of them
 * @events: what the counters are; stay valid until vprof_xenoprof_run_end()
 * @counters: XENOPROF_MAX_COUNTERS of them, nr_events enabled
 * @nr_events: at most as many as there are counters
 * @with_all: not without an active domain that is not there
 * @ret_run: the run
 *
 * Return: 0, -EAGAIN an active domain does not wait to be let in, -EXDEV one wants
 * other events, -ETIMEDOUT one did not come in, or what Xen says; it is idle again
 * then.
 */
int vprof_xenoprof_run_new(struct vprof_domain_set *domains,
			   const struct vprof_xenoprof_event *events,
			   struct xenoprof_counter *counters,
			   unsigned int nr_events, bool with_all,
			   struct vprof_xenoprof_run **ret_run)
{
	struct vprof_xenoprof_run *run = alloc_run();
	int err;

	if (!run)
		return -ENOMEM;
	vprof_xenoprof_events_text(counters, events, nr_events,
				   run->actives.events);
	err = vprof_xenoprof_init(&run->control);
	if (!err)
		err = add_domains(run, domains, events, nr_events, with_all);
	if (!err)
		err = vprof_xenoprof_set_counters(&run->control, counters);
	if (!err)
		err = vprof_xenoprof_set_backtrace(
			&run->control, vprof_xenoprof_depth(events, nr_events));
	if (!err)
		err = bind_interrupts(run);
	if (err)
		goto err_give_back;
	open_all(run);
	err = start(run);
	if (err)
		goto err_close;
	start_timer(run);
	*ret_run = run;
	return 0;

err_close:
	vprof_xenoprof_actives_dismiss(&run->actives);
	empty_all(run);
err_give_back:
	give_back(run);
	return err;
}

/**
 * vprof_xenoprof_run_join() - Take this domain's samples of a session that
 * another domain leads
 * @frames: where Xen puts them
 * @domains: this domain is the only one
 * @events: what the counters are; stay valid until vprof_xenoprof_run_end()
 * @nr_events: at most as many as there are counters
 * @ret_run: the run
 *
 * Return: 0, -ENOMEM, -EIO, or what Xen says.
 */
int vprof_xenoprof_run_join(const struct vprof_xenoprof_frames *frames,
			    struct vprof_domain_set *domains,
			    const struct vprof_xenoprof_event *events,
			    unsigned int nr_events,
			    struct vprof_xenoprof_run **ret_run)
{
	struct vprof_xenoprof_run *run = alloc_run();
	int err;

	if (!run)
		return -ENOMEM;
	err = vprof_xenoprof_buffer_new(frames, domains->host, events,
					nr_events, &run->own);
	if (!err)
		err = bind_interrupts(run);
	if (err) {
		give_back(run);
		return err;
	}
	vprof_xenoprof_buffer_open(run->own);
	start_timer(run);
	*ret_run = run;
	return 0;
}

/**
 * vprof_xenoprof_run_end() - Sample no more; Xen is idle when it returns
 * @run: the run
 */
void vprof_xenoprof_run_end(struct vprof_xenoprof_run *run)
{
	vprof_xenoprof_stop(&run->control);
	vprof_xenoprof_actives_dismiss(&run->actives);
	hrtimer_cancel(&run->timer);
	empty_all(run);
	give_back(run);
}

/**
 * vprof_xenoprof_run_cpu_online() - A CPU of dom0's came online
 * @run: the run
 * @cpu: the CPU, whose lane is open
 *
 * Where it can't take interrupts, the timer empties its ring, and no process is
 * known.
 */
void vprof_xenoprof_run_cpu_online(struct vprof_xenoprof_run *run,
				   unsigned int cpu)
{
	vprof_xenoprof_buffer_open(run->own);
	bind_interrupt(run, cpu);
}

/**
 * vprof_xenoprof_run_forget() - A guest is no domain of the session any more
 * @run: the run
 * @guest: the guest
 * @others: the lane for what still comes of it, or NULL
 */
void vprof_xenoprof_run_forget(struct vprof_xenoprof_run *run,
			       struct vprof_domain_buffer *guest,
			       struct vprof_domain_lane *others)
{
	unsigned int i;

	for (i = 0; i < run->nr_guests; i++)
		if (run->guests[i]->domain == guest)
			vprof_xenoprof_buffer_divert(run->guests[i], others);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Counts one event on one CPU by perf's core, and takes its overflows. */
#include "perf_counter.h"
#include "chain.h"
#include "context.h"
#include "domain_set.h"
#include "guest_chain.h"
#include "guest_kvm.h"

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/perf_event.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/topology.h>

static const u64 pid_mask = (1ull << VPROF_HEAD_PID_BITS) - 1;

enum {
	CHAIN_FLAGS = VPROF_EVENT_KERNEL_CHAIN | VPROF_EVENT_USER_CHAIN,
};

/* NMI context: all down to overflow_full_anywhere(). */

static __always_inline u64 sample_head(const struct vprof_perf_counter *counter,
				       struct pt_regs *regs)
{
	return counter->head | VPROF_HEAD_PUT(PID, current->tgid) |
	       (user_mode(regs)
			? VPROF_HEAD_PUT(CONTEXT, VPROF_CONTEXT_USER)
			: VPROF_HEAD_PUT(CONTEXT, VPROF_CONTEXT_KERNEL));
}

static noinline void note_throttle(const struct perf_event *event,
				   struct vprof_account *account)
{
	struct vprof_perf_counter *counter = event->overflow_handler_context;

	account->throttled++;
	vprof_revival_ask(&counter->revival);
}

static __always_inline void take(const struct perf_event *event,
				 struct vprof_account *account)
{
	account->taken++;
	if (unlikely(vprof_is_throttled(event)))
		note_throttle(event, account);
}

/* A period, no chain: what continuous profiling runs on. */
static void overflow_flat(struct perf_event *event,
			  struct perf_sample_data *data, struct pt_regs *regs)
{
	struct vprof_perf_counter *counter = event->overflow_handler_context;
	enum vprof_put put;

	take(event, counter->account);
	put = vprof_lane_put_sample(&counter->lane->lane, counter->account,
				    sample_head(counter, regs),
				    instruction_pointer(regs),
				    vprof_clock_ticks());
	if (unlikely(put == VPROF_PUT_WAKE))
		vprof_domain_invite(counter->lane);
}

static bool has_kernel_context(u64 head)
{
	return VPROF_HEAD_GET(head, CONTEXT) == VPROF_CONTEXT_KERNEL;
}

/* A sample of any kind. regs: for its chain; NULL: it has none that we know. */
static __always_inline void put_full(struct vprof_perf_counter *counter,
				     struct vprof_domain_lane *domain_lane,
				     struct perf_event *event, u64 period,
				     u64 head, u64 ip, struct pt_regs *regs)
{
	struct vprof_lane *lane = &domain_lane->lane;
	struct vprof_account *account = &lane->accounts[counter->index];
	u64 ticks = vprof_clock_ticks();
	enum vprof_put put;

	take(event, account);
	if (counter->has_frequency &&
	    !vprof_lane_tell_period(lane, counter->index, period, ticks))
		return;
	if (counter->chain_flags) {
		if (regs)
			vprof_chain_take(counter->chain, regs,
					 counter->chain_flags,
					 counter->max_chain);
		else
			vprof_chain_clear(counter->chain,
					  counter->guest_chains &&
						  has_kernel_context(head));
		put = vprof_lane_put_chain(lane, account, head, ip, ticks,
					   counter->chain);
	} else {
		put = vprof_lane_put_sample(lane, account, head, ip, ticks);
	}
	if (unlikely(put == VPROF_PUT_WAKE))
		vprof_domain_invite(domain_lane);
}

/**
 * vprof_perf_counter_put() - A sample without chain, of any domain
 * @counter: the counter
 * @lane: of its CPU
 * @event: what overflowed
 * @period: what the sample stands for
 * @place: context and pid of the sample's head
 * @ip: where
 */
void vprof_perf_counter_put(struct vprof_perf_counter *counter,
			    struct vprof_domain_lane *lane,
			    struct perf_event *event, u64 period, u64 place,
			    u64 ip)
{
	put_full(counter, lane, event, period, counter->head | place, ip, NULL);
}

/**
 * vprof_perf_counter_lose() - A sample whose domain has no lane on this CPU
 * @counter: the counter
 * @event: what overflowed
 *
 * There was no memory for one; the sample is the host's to lose.
 */
void vprof_perf_counter_lose(struct vprof_perf_counter *counter,
			     const struct perf_event *event)
{
	take(event, counter->account);
	vprof_lane_lose(&counter->lane->lane, counter->account,
			VPROF_LOST_FULL);
}

/**
 * vprof_perf_counter_pass() - An overflow that is none of the session's samples
 * @counter: the counter
 * @event: what overflowed
 *
 * perf may have stopped the counter at it all the same.
 */
void vprof_perf_counter_pass(const struct vprof_perf_counter *counter,
			     const struct perf_event *event)
{
	if (unlikely(vprof_is_throttled(event)))
		note_throttle(event, counter->account);
}

/* Chains, frequencies. */
static void overflow_full(struct perf_event *event,
			  struct perf_sample_data *data, struct pt_regs *regs)
{
	struct vprof_perf_counter *counter = event->overflow_handler_context;

	put_full(counter, counter->lane, event, data->period,
		 sample_head(counter, regs), instruction_pointer(regs), regs);
}

static u64 guest_head(const struct vprof_perf_counter *counter,
		      const struct vprof_domain_buffer *domain,
		      const struct vprof_guest_spot *spot, u32 tgid)
{
	u64 pid = domain == counter->domains->others ? tgid : spot->vcpu;

	return counter->head | VPROF_HEAD_PUT(CONTEXT, spot->context) |
	       VPROF_HEAD_PUT(PID, pid & pid_mask);
}

static bool postpone(struct vprof_perf_counter *counter,
		     struct perf_event *event, u64 period,
		     const struct vprof_guest_spot *spot)
{
	const struct vprof_guest_sample sample = {
		.spot = *spot,
		.period = period,
		.tgid = current->tgid,
		.is_throttled = vprof_is_throttled(event),
	};

	if (!vprof_guest_chain_postpone(counter->guest_chains, &sample))
		return false;
	if (sample.is_throttled)
		vprof_revival_ask(&counter->revival);
	return true;
}

/* A sample taken in a guest, or in our kernel on behalf of one. */
static void overflow_guest(struct perf_event *event,
			   struct perf_sample_data *data, struct pt_regs *regs)
{
	struct vprof_perf_counter *counter = event->overflow_handler_context;
	struct vprof_domain_buffer *domain =
		vprof_domain_set_find_guest(counter->domains, current->tgid);
	struct vprof_domain_lane *lane =
		vprof_domain_lane(domain, counter->cpu);
	struct vprof_guest_spot spot;
	bool is_ours;

	if (unlikely(!lane)) {
		vprof_perf_counter_lose(counter, event);
		return;
	}
	vprof_guest_kvm_find(instruction_pointer(regs), &spot);
	if (counter->guest_chains && spot.context == VPROF_CONTEXT_KERNEL &&
	    postpone(counter, event, data->period, &spot))
		return;
	is_ours = spot.context == VPROF_CONTEXT_HYPERVISOR;
	put_full(counter, lane, event, data->period,
		 guest_head(counter, domain, &spot, current->tgid), spot.ip,
		 is_ours ? regs : NULL);
}

static bool is_for_guest(struct pt_regs *regs)
{
	return !user_mode(regs) && vprof_guest_kvm_is_running();
}

static void overflow_flat_anywhere(struct perf_event *event,
				   struct perf_sample_data *data,
				   struct pt_regs *regs)
{
	if (is_for_guest(regs))
		overflow_guest(event, data, regs);
	else
		overflow_flat(event, data, regs);
}

static void overflow_full_anywhere(struct perf_event *event,
				   struct perf_sample_data *data,
				   struct pt_regs *regs)
{
	if (is_for_guest(regs))
		overflow_guest(event, data, regs);
	else
		overflow_full(event, data, regs);
}

/* ---- late: in task context, preemption off ---------------------------------- */

/*
 * The handler may interrupt and put another of the event's samples, with another
 * period: so the next one says its own again. Harmless: between the period and
 * the sample it leaves the sample with that other one, which is near.
 */
static enum vprof_put put_chain_late(const struct vprof_perf_counter *counter,
				     struct vprof_lane *lane,
				     struct vprof_account *late,
				     const struct vprof_guest_sample *sample,
				     u64 head, struct vprof_chain *chain)
{
	struct vprof_account *account = &lane->accounts[counter->index];
	u64 ticks = vprof_clock_ticks();
	unsigned int room = VPROF_HAS_ROOM;
	enum vprof_put put;

	if (counter->has_frequency)
		room = vprof_lane_put_period(lane, counter->index,
					     sample->period, ticks);
	if (room == VPROF_HAS_ROOM) {
		put = vprof_lane_put_chain(lane, late, head, sample->spot.ip,
					   ticks, chain);
	} else {
		vprof_lane_lose(lane, late, room);
		put = VPROF_PUT_LOST;
	}
	if (counter->has_frequency)
		WRITE_ONCE(account->told_period, 0);
	return put;
}

/*
 * Into the lane of the CPU where the thread is now. It may have come to one that
 * has none, for want of memory or not yet: STOP accounts for the sample.
 */
static void put_late(void *data, const struct vprof_guest_sample *sample,
		     struct vprof_chain *chain)
{
	struct vprof_perf_counter *counter = data;
	struct vprof_domain_buffer *domain =
		vprof_domain_set_find_guest(counter->domains, sample->tgid);
	unsigned int cpu = chain ? smp_processor_id() : counter->cpu;
	struct vprof_domain_lane *lane = vprof_domain_lane(domain, cpu);
	struct vprof_account late = {
		.taken = 1,
		.throttled = sample->is_throttled,
	};
	enum vprof_put put = VPROF_PUT_LOST;

	if (unlikely(!lane)) {
		atomic_inc(&counter->nr_without_lane);
		return;
	}
	if (chain)
		put = put_chain_late(counter, &lane->lane, &late, sample,
				     guest_head(counter, domain, &sample->spot,
						sample->tgid),
				     chain);
	else
		vprof_lane_lose(&lane->lane, &late, VPROF_LOST_STOPPING);
	vprof_lane_account_late(&lane->lane,
				&lane->lane.accounts[counter->index], &late);
	if (put == VPROF_PUT_WAKE)
		vprof_domain_invite(lane);
}

/* ------------------------------------------------------------------------------ */

/**
 * vprof_perf_counter_handler() - The perf source's handler of overflows
 * @event: the request
 *
 * Return: the one that does no more than the request needs.
 */
perf_overflow_handler_t
vprof_perf_counter_handler(const struct vprof_event *event)
{
	bool is_flat = !(event->flags & (CHAIN_FLAGS | VPROF_EVENT_FREQUENCY));

	if (event->flags & VPROF_EVENT_GUESTS)
		return is_flat ? overflow_flat_anywhere
			       : overflow_full_anywhere;
	return is_flat ? overflow_flat : overflow_full;
}

static int make_chains(struct vprof_perf_counter *counter, bool has_guests_too,
		       int node)
{
	if (!counter->chain_flags)
		return 0;
	counter->chain =
		kzalloc_node(sizeof(*counter->chain), GFP_KERNEL_ACCOUNT, node);
	if (!counter->chain)
		return -ENOMEM;
	if (!has_guests_too)
		return 0;
	return vprof_guest_chain_pool_new(put_late, counter, counter->max_chain,
					  node, &counter->guest_chains);
}

/**
 * vprof_perf_counter_new() - Make a counter that is not opened yet
 * @event: the request
 * @index: the event's
 * @cpu: where
 * @ret_counter: the counter
 *
 * Return: 0 or -ENOMEM.
 */
int vprof_perf_counter_new(const struct vprof_event *event, unsigned int index,
			   unsigned int cpu,
			   struct vprof_perf_counter **ret_counter)
{
	u32 chain_flags = event->flags & CHAIN_FLAGS;
	struct vprof_perf_counter *counter;
	int node = cpu_to_node(cpu);
	int err;

	counter = kzalloc_node(sizeof(*counter), GFP_KERNEL_ACCOUNT, node);
	if (!counter)
		return -ENOMEM;
	vprof_revival_init(&counter->revival, cpu);
	counter->cpu = cpu;
	counter->index = index;
	counter->chain_flags = chain_flags;
	counter->max_chain = event->max_chain ?: VPROF_MAX_CHAIN;
	err = make_chains(counter, event->flags & VPROF_EVENT_GUEST_CHAIN,
			  node);
	if (err) {
		vprof_perf_counter_free(counter);
		return err;
	}
	counter->has_frequency = event->flags & VPROF_EVENT_FREQUENCY;
	counter->contexts = vprof_contexts_of(event->flags);
	counter->head = VPROF_HEAD_PUT(EVENT, index);
	counter->head |= chain_flags
				 ? VPROF_HEAD_PUT(TYPE, VPROF_RECORD_CHAIN)
				 : VPROF_HEAD_PUT(TYPE, VPROF_RECORD_SAMPLE) |
					   VPROF_HEAD_PUT(SLOTS, 1);
	*ret_counter = counter;
	return 0;
}

/**
 * vprof_perf_counter_free() - Close and free
 * @counter: the counter or NULL
 */
void vprof_perf_counter_free(struct vprof_perf_counter *counter)
{
	if (!counter)
		return;
	vprof_perf_counter_close(counter);
	vprof_guest_chain_pool_put(counter->guest_chains);
	kfree(counter->chain);
	kfree(counter);
}

/*
 * Only what interrupts, and is no probe that our own handler could trip over.
 * The type in event->attr is no help: Linux 6.5 and later changes the clocks'.
 */
static bool can_sample(const struct perf_event *event, u32 asked_type)
{
	const struct pmu *pmu = event->pmu;

	if (pmu->capabilities & PERF_PMU_CAP_NO_INTERRUPT || pmu->setup_aux)
		return false;
	return pmu->task_ctx_nr != perf_sw_context ||
	       asked_type == PERF_TYPE_SOFTWARE;
}

/**
 * vprof_perf_counter_open() - Open the event on the counter's CPU, disabled
 * @counter: a counter without event
 * @attr: what to count
 * @handler: takes the overflows; its context is the counter
 *
 * Return: 0 or a negative errno; -ENODEV: the CPU is offline.
 */
int vprof_perf_counter_open(struct vprof_perf_counter *counter,
			    struct perf_event_attr *attr,
			    perf_overflow_handler_t handler)
{
	struct perf_event *event;

	event = perf_event_create_kernel_counter(attr, counter->cpu, NULL,
						 handler, counter);
	if (IS_ERR(event))
		return PTR_ERR(event);
	if (!can_sample(event, attr->type)) {
		perf_event_release_kernel(event);
		return -EOPNOTSUPP;
	}
	counter->event = event;
	return 0;
}

/**
 * vprof_perf_counter_close() - Give the event back, if there is one
 * @counter: the counter
 */
void vprof_perf_counter_close(struct vprof_perf_counter *counter)
{
	if (!counter->event)
		return;
	vprof_revival_end(&counter->revival);
	perf_event_release_kernel(counter->event);
	counter->event = NULL;
	vprof_revival_wait(&counter->revival);
}

/**
 * vprof_perf_counter_start() - Count from now on
 * @counter: the counter
 * @domains: the host's lane of this CPU takes the samples, or the guests' do
 *
 * Return: 0, also when there is nothing to count here, or -ENOSPC.
 */
int vprof_perf_counter_start(struct vprof_perf_counter *counter,
			     struct vprof_domain_set *domains)
{
	struct vprof_domain_lane *lane =
		vprof_domain_lane(domains->host, counter->cpu);

	if (!counter->event || !lane)
		return 0;
	counter->lane = lane;
	counter->domains = domains;
	counter->account = &lane->lane.accounts[counter->index];
	vprof_lane_open(&lane->lane, true);
	vprof_revival_begin(&counter->revival, counter->event);
	perf_event_enable(counter->event);
	/* It is pinned: no counter free is an error, not a turn to wait for. */
	if (READ_ONCE(counter->event->state) == PERF_EVENT_STATE_ERROR)
		return -ENOSPC;
	return 0;
}

/**
 * vprof_perf_counter_stop() - Count no more
 * @counter: the counter
 *
 * perf_event_disable() returns after the CPU has stopped the counter. What would
 * still come is accounted for as lost; the caller waits for it to end.
 */
void vprof_perf_counter_stop(struct vprof_perf_counter *counter)
{
	vprof_revival_end(&counter->revival);
	if (counter->event)
		perf_event_disable(counter->event);
	if (counter->lane)
		vprof_lane_open(&counter->lane->lane, false);
}

/**
 * vprof_perf_counter_cancel() - Let no sample wait for its chain any longer
 * @counter: the counter, stopped, and its handlers ended
 */
void vprof_perf_counter_cancel(struct vprof_perf_counter *counter)
{
	if (counter->guest_chains)
		vprof_guest_chain_cancel(counter->guest_chains);
}

/* As vprof_perf_counter_lose() does, when no handler has the account any more. */
static void lose_without_lane(struct vprof_perf_counter *counter)
{
	int nr = atomic_xchg(&counter->nr_without_lane, 0);

	if (!nr)
		return;
	counter->account->taken += nr;
	vprof_lane_lose_many(&counter->lane->lane, counter->account, nr,
			     VPROF_LOST_FULL);
}

/**
 * vprof_perf_counter_lose_cancelled() - Lose the samples that waited
 * @counter: the counter, a grace period after vprof_perf_counter_cancel()
 */
void vprof_perf_counter_lose_cancelled(struct vprof_perf_counter *counter)
{
	if (counter->guest_chains)
		vprof_guest_chain_give_back(counter->guest_chains);
	lose_without_lane(counter);
}

/**
 * vprof_perf_counter_is_counting() - Does it run now?
 * @counter: the counter
 *
 * Return: whether perf has it on its CPU.
 */
bool vprof_perf_counter_is_counting(const struct vprof_perf_counter *counter)
{
	return counter->event &&
	       READ_ONCE(counter->event->state) == PERF_EVENT_STATE_ACTIVE;
}

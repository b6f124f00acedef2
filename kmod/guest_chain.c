// SPDX-License-Identifier: GPL-2.0-only
/* Puts samples of guests' kernels off until their call chains can be taken. */
#include "guest_chain.h"

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/irq_work.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/task_work.h>
#include <linux/wait.h>

enum {
	/* One waits at a time but where its thread was preempted at once. */
	CHAINS_IN_POOL = 4,
};

enum state {
	FREE,
	WAITING,
	TAKEN,
	CANCELLED,
};

struct chain {
	atomic_t state;
	struct irq_work leave_nmi;
	struct callback_head before_guest;
	struct vprof_guest_chain_pool *pool;
	struct vprof_guest_sample sample;
	struct vprof_chain chain;
};

struct vprof_guest_chain_pool {
	refcount_t refs; /* the owner's, and one per chain that is not free */
	vprof_guest_chain_put_fn put;
	void *data; /* valid until the owner's reference is gone */
	unsigned int most;
	unsigned int nr_cancelled; /* of the samples: not yet given back */
	struct vprof_guest_sample cancelled[CHAINS_IN_POOL];
	struct chain chains[CHAINS_IN_POOL];
};

/* Of all pools: those that are not free. */
static atomic_t nr_busy = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(all_free);
static bool was_used;

static void drop(struct vprof_guest_chain_pool *pool)
{
	if (refcount_dec_and_test(&pool->refs))
		kfree(pool);
}

static void set_free(struct chain *chain)
{
	struct vprof_guest_chain_pool *pool = chain->pool;

	atomic_set_release(&chain->state, FREE);
	drop(pool);
	if (atomic_dec_and_test(&nr_busy))
		wake_up_all(&all_free);
}

static void take_chain(struct chain *chain)
{
	const struct vprof_guest_sample *sample = &chain->sample;
	struct vprof_chain *to = &chain->chain;
	unsigned int nr;
	bool is_cut;

	nr = vprof_guest_kvm_walk(&sample->spot, to->words + 1,
				  chain->pool->most, &is_cut);
	to->nr_words = 1 + nr;
	to->words[0] = (u64)nr << VPROF_CHAIN_KERNEL_SHIFT |
		       (is_cut ? VPROF_CHAIN_KERNEL_CUT : 0);
}

/* Preemption off is what stopping sessions and leaving KVM wait for. */
static void run_before_guest(struct callback_head *head)
{
	struct chain *chain = container_of(head, struct chain, before_guest);

	preempt_disable();
	if (atomic_cmpxchg(&chain->state, WAITING, TAKEN) == WAITING) {
		take_chain(chain);
		chain->pool->put(chain->pool->data, &chain->sample,
				 &chain->chain);
	}
	preempt_enable();
	set_free(chain);
}

/*
 * The interrupt comes as soon as KVM lets any in, in the thread that the NMI
 * came in; in another, the walk would find another vCPU. A thread that is past
 * running task_work will not enter the guest again.
 */
static void leave_nmi(struct irq_work *work)
{
	struct chain *chain = container_of(work, struct chain, leave_nmi);

	if (task_work_add(current, &chain->before_guest, TWA_RESUME))
		run_before_guest(&chain->before_guest);
}

/**
 * vprof_guest_chain_postpone() - Let a sample wait for its chain. NMI context
 * @pool: of the counter that took the sample
 * @sample: the sample; it is the current thread's vCPU's
 *
 * Return: whether it waits; if not, it is the caller's to put.
 */
bool vprof_guest_chain_postpone(struct vprof_guest_chain_pool *pool,
				const struct vprof_guest_sample *sample)
{
	struct chain *chain;
	unsigned int i;

	for (i = 0; i < CHAINS_IN_POOL; i++) {
		chain = &pool->chains[i];
		if (atomic_cmpxchg(&chain->state, FREE, WAITING) != FREE)
			continue;
		atomic_inc(&nr_busy);
		refcount_inc(&pool->refs);
		WRITE_ONCE(was_used, true);
		chain->sample = *sample;
		irq_work_queue(&chain->leave_nmi);
		return true;
	}
	return false;
}

/**
 * vprof_guest_chain_pool_new() - Make a counter's pool
 * @put: what is done with samples
 * @data: for it
 * @most: addresses in a chain, at most VPROF_MAX_CHAIN
 * @node: of the counter's CPU
 * @ret_pool: the pool
 *
 * Return: 0 or -ENOMEM.
 */
int vprof_guest_chain_pool_new(vprof_guest_chain_put_fn put, void *data,
			       unsigned int most, int node,
			       struct vprof_guest_chain_pool **ret_pool)
{
	struct vprof_guest_chain_pool *pool;
	struct chain *chain;
	unsigned int i;

	pool = kzalloc_node(sizeof(*pool), GFP_KERNEL_ACCOUNT, node);
	if (!pool)
		return -ENOMEM;
	refcount_set(&pool->refs, 1);
	pool->put = put;
	pool->data = data;
	pool->most = most;
	for (i = 0; i < CHAINS_IN_POOL; i++) {
		chain = &pool->chains[i];
		chain->pool = pool;
		chain->leave_nmi = IRQ_WORK_INIT_HARD(leave_nmi);
		init_task_work(&chain->before_guest, run_before_guest);
	}
	*ret_pool = pool;
	return 0;
}

/**
 * vprof_guest_chain_cancel() - Let no sample wait any longer
 * @pool: of a counter that takes no more
 *
 * One that is being put at this moment is so until a grace period has passed.
 * Then the others are to be given back.
 */
void vprof_guest_chain_cancel(struct vprof_guest_chain_pool *pool)
{
	struct chain *chain;
	unsigned int i;

	for (i = 0; i < CHAINS_IN_POOL; i++) {
		chain = &pool->chains[i];
		irq_work_sync(&chain->leave_nmi);
		if (atomic_cmpxchg(&chain->state, WAITING, CANCELLED) ==
		    WAITING)
			pool->cancelled[pool->nr_cancelled++] = chain->sample;
	}
}

/**
 * vprof_guest_chain_give_back() - Put what was cancelled, without chains
 * @pool: the pool, a grace period after vprof_guest_chain_cancel()
 */
void vprof_guest_chain_give_back(struct vprof_guest_chain_pool *pool)
{
	while (pool->nr_cancelled)
		pool->put(pool->data, &pool->cancelled[--pool->nr_cancelled],
			  NULL);
}

/**
 * vprof_guest_chain_pool_put() - Give a pool up
 * @pool: the pool, with nothing waiting, or NULL
 */
void vprof_guest_chain_pool_put(struct vprof_guest_chain_pool *pool)
{
	if (pool)
		drop(pool);
}

/**
 * vprof_guest_chain_exit() - Wait until no thread will come here any more
 *
 * A thread that has freed its chain may yet have to return from here: until it
 * has gone on to sleep, or to its guest or program.
 */
void vprof_guest_chain_exit(void)
{
	if (!READ_ONCE(was_used))
		return;
	wait_event(all_free, !atomic_read(&nr_busy));
	synchronize_rcu_tasks();
}

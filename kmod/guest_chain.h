/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samples of guests' kernels that wait for their call chains.
 *
 * In NMI a guest's memory cannot be read safely: not all of its registers are
 * known to KVM yet. So the sample waits for the moment before its vCPU runs
 * again: an irq_work, since an NMI may do no more, asks for task_work on the
 * vCPU's thread. There all of KVM's state is in order, and sleeping would be
 * allowed, but is not done.
 *
 * A chain's states: FREE, then in NMI WAITING, then TAKEN by the task_work; or
 * CANCELLED when the session stops first. The task_work comes in any case, be it
 * on the thread's way out, and frees it. It may outlive the session, so the pool
 * that it is of is counted, and the module waits for it before it leaves.
 */
#ifndef VPROF_GUEST_CHAIN_H
#define VPROF_GUEST_CHAIN_H

#include <linux/types.h>

#include "buffer.h"
#include "guest_kvm.h"

struct vprof_guest_chain_pool;

/* A sample that waits. */
struct vprof_guest_sample {
	struct vprof_guest_spot spot;
	u64 period;
	u32 tgid; /* of the VMM */
	bool is_throttled;
};

/*
 * What becomes of a sample, once; chain NULL: it was cancelled. In task context
 * with preemption off; cancelled, in that of vprof_guest_chain_give_back().
 */
typedef void (*vprof_guest_chain_put_fn)(
	void *data, const struct vprof_guest_sample *sample,
	struct vprof_chain *chain);

int vprof_guest_chain_pool_new(vprof_guest_chain_put_fn put, void *data,
			       unsigned int most, int node,
			       struct vprof_guest_chain_pool **ret_pool);
void vprof_guest_chain_pool_put(struct vprof_guest_chain_pool *pool);
void vprof_guest_chain_cancel(struct vprof_guest_chain_pool *pool);
void vprof_guest_chain_give_back(struct vprof_guest_chain_pool *pool);
void vprof_guest_chain_exit(void);

/* NMI context: vprof_guest_chain_postpone. */
bool vprof_guest_chain_postpone(struct vprof_guest_chain_pool *pool,
				const struct vprof_guest_sample *sample);

#endif /* VPROF_GUEST_CHAIN_H */

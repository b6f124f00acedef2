/* SPDX-License-Identifier: GPL-2.0-only */
/* One event on one CPU, counted by the kernel's perf core. */
#ifndef VPROF_PERF_COUNTER_H
#define VPROF_PERF_COUNTER_H

#include "revival.h"

#include <linux/cache.h>
#include <linux/perf_event.h>
#include <linux/types.h>

struct vprof_account;
struct vprof_chain;
struct vprof_domain_lane;
struct vprof_domain_set;
struct vprof_event;
struct vprof_guest_chain_pool;

/* All that the handler needs, found once, in two cache lines. */
struct vprof_perf_counter {
	struct vprof_domain_lane *lane; /* the host's */
	struct vprof_account *account;  /* and there */
	u64 head; /* of its samples, but for pid, context and delta */
	bool has_frequency;
	u16 max_chain;
	u32 chain_flags;
	struct vprof_domain_set *domains; /* only with VPROF_EVENT_GUESTS */
	struct vprof_chain *chain; /* being taken; only with chain_flags */

	struct perf_event *event; /* NULL: the CPU has none */
	unsigned int cpu;
	unsigned int index; /* of the event */
	/* Samples of guests' kernels that wait for theirs; NULL: not wanted. */
	struct vprof_guest_chain_pool *guest_chains;
	atomic_t nr_without_lane; /* of these, not accounted for yet */
	u8 contexts; /* bits of enum vprof_context that are wanted */
	struct vprof_revival revival;
} ____cacheline_aligned;

perf_overflow_handler_t
vprof_perf_counter_handler(const struct vprof_event *event);
int vprof_perf_counter_new(const struct vprof_event *event, unsigned int index,
			   unsigned int cpu,
			   struct vprof_perf_counter **ret_counter);
void vprof_perf_counter_free(struct vprof_perf_counter *counter);
int vprof_perf_counter_open(struct vprof_perf_counter *counter,
			    struct perf_event_attr *attr,
			    perf_overflow_handler_t handler);
void vprof_perf_counter_close(struct vprof_perf_counter *counter);
int vprof_perf_counter_start(struct vprof_perf_counter *counter,
			     struct vprof_domain_set *domains);
void vprof_perf_counter_stop(struct vprof_perf_counter *counter);
void vprof_perf_counter_cancel(struct vprof_perf_counter *counter);
void vprof_perf_counter_lose_cancelled(struct vprof_perf_counter *counter);
bool vprof_perf_counter_is_counting(const struct vprof_perf_counter *counter);

/*
 * NMI context: vprof_perf_counter_put, vprof_perf_counter_lose,
 * vprof_perf_counter_pass.
 */
void vprof_perf_counter_put(struct vprof_perf_counter *counter,
			    struct vprof_domain_lane *lane,
			    struct perf_event *event, u64 period, u64 place,
			    u64 ip);
void vprof_perf_counter_lose(struct vprof_perf_counter *counter,
			     const struct perf_event *event);
void vprof_perf_counter_pass(const struct vprof_perf_counter *counter,
			     const struct perf_event *event);

#endif /* VPROF_PERF_COUNTER_H */

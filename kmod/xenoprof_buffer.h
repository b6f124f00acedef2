/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Xen's buffers of one domain as seen from dom0: mapped, and emptied into lanes.
 *
 * A domain has a ring per vCPU. Of dom0, each goes to the lane of that CPU; of
 * another domain, all go to its only lane. An outlet is a lane and who may write
 * to it: the virtual interrupt, the timer and STOP all empty rings.
 */
#ifndef VPROF_XENOPROF_BUFFER_H
#define VPROF_XENOPROF_BUFFER_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "xenoprof_control.h"
#include "xenoprof_map.h"
#include "xenoprof_record.h"

struct vprof_domain_buffer;
struct vprof_domain_lane;

/* What the samples of a counter become. */
struct vprof_xenoprof_event {
	u64 period;
	bool has_frequency;
	u8 contexts;     /* bits of enum vprof_context that are wanted */
	u32 chain_flags; /* VPROF_EVENT_KERNEL_CHAIN, _USER_CHAIN */
	unsigned int max_chain;
};

struct vprof_xenoprof_outlet {
	raw_spinlock_t
		lock; /* protects the lane, and the rings that go there */
	struct vprof_domain_lane *lane; /* or NULL: samples are dropped */
	struct vprof_chain *chain;      /* or NULL: no event has chains */
};

struct vprof_xenoprof_ring {
	struct xenoprof_buf *shared;
	struct vprof_xenoprof_outlet *outlet;
	struct vprof_xenoprof_entries entries;
	u32 vcpu;
	u64 counted[XENOPROF_NR_MODES]; /* Xen's totals at the start */
	u64 lost_before;
	u64 lost; /* of Xen's total, accounted for */
	u64 nr_emptied;
	/* For the timer: what the ring was like then. */
	u64 since_ns;
	u64 since_emptied;
	u32 since_head; /* of the last look */
};

struct vprof_xenoprof_buffer {
	struct vprof_domain_buffer *domain; /* NULL: diverted */
	u64 domid;
	bool is_own; /* dom0's: a lane per vCPU, processes */
	const struct vprof_xenoprof_event *events;
	unsigned int nr_events;
	struct vprof_xenoprof_map map;
	unsigned int nr_outlets;
	unsigned int nr_rings;
	struct vprof_xenoprof_outlet *outlets;
	struct vprof_xenoprof_ring *rings;
};

int vprof_xenoprof_buffer_new(const struct vprof_xenoprof_frames *frames,
			      struct vprof_domain_buffer *domain,
			      const struct vprof_xenoprof_event *events,
			      unsigned int nr_events,
			      struct vprof_xenoprof_buffer **ret_buffer);
void vprof_xenoprof_buffer_free(struct vprof_xenoprof_buffer *buffer);
void vprof_xenoprof_buffer_open(struct vprof_xenoprof_buffer *buffer);
void vprof_xenoprof_buffer_close(struct vprof_xenoprof_buffer *buffer);
void vprof_xenoprof_buffer_divert(struct vprof_xenoprof_buffer *buffer,
				  struct vprof_domain_lane *lane);

/* Interrupt context: those that empty. */
void vprof_xenoprof_ring_empty(struct vprof_xenoprof_buffer *buffer,
			       struct vprof_xenoprof_ring *ring, u32 pid);
unsigned int vprof_xenoprof_ring_empty_now(struct vprof_xenoprof_buffer *buffer,
					   struct vprof_xenoprof_ring *ring);
unsigned int vprof_xenoprof_ring_empty_old(struct vprof_xenoprof_buffer *buffer,
					   struct vprof_xenoprof_ring *ring,
					   u64 now_ns);

#endif /* VPROF_XENOPROF_BUFFER_H */

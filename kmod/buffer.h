/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The producer's side of a lane: one CPU's ring of slots and its accounts.
 *
 * Pure: knows no session, no event, no kernel beyond a handful of primitives,
 * and is built in user space too (tests/unit/buffer_shim.h gives those there).
 *
 * Wait-free. Producers of one lane nest but never run side by side: each one
 * that interrupts another runs to its end before the other goes on. The order of
 * accesses, with its letters, is drawn in include/uapi/vprof.h.
 */
#ifndef VPROF_BUFFER_H
#define VPROF_BUFFER_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include "buffer_shim.h"
#endif
#include <uapi/vprof.h>

#include "clock.h"

enum {
	/* task, softirq, interrupt, NMI, and one that nobody thought of */
	VPROF_MAX_NESTED = 5,
	VPROF_CHAIN_WORDS = 1 + VPROF_MAX_CHAIN,
	VPROF_HAS_ROOM = VPROF_NR_LOST_REASONS, /* no reason to lose */
};

/*
 * One event's accounts on a lane. Written by the event's own handler only, which
 * never interrupts itself; so plain increments do. (A sample that is put late, in
 * task context, has an account of its own until vprof_lane_account_late().) told is written by the
 * outermost producer.
 */
struct vprof_account {
	u64 taken;
	u64 delivered;
	u64 lost[VPROF_NR_LOST_REASONS];
	u64 told[VPROF_NR_LOST_REASONS]; /* of lost, what LOST records said */
	u64 throttled;
	u64 told_period; /* what the last PERIOD record said */
};

struct vprof_lane {
	/* What each record touches: one cache line. */
	u64 claimed; /* slots given to producers; cmpxchg, so nesting is safe */
	u64 room_end;  /* first slot that is not known to be read */
	u64 time_base; /* in ticks, of the last time record */
	u64 wake_at;   /* position that invites the reader next */
	struct vprof_slot *slots;
	struct vprof_lane_producer *producer;
	u32 slot_mask;
	struct vprof_clock clock;
	union {
		struct {
			u8 nested;       /* producers inside enter..leave */
			bool has_untold; /* some account has lost > told */
			bool is_closed;  /* samples are lost as "stopping" */
		};
		u32 is_special; /* any of these */
	};

	u64 good_tail;
	u64 watermark;
	const struct vprof_lane_consumer *consumer; /* hostile */
	struct vprof_account accounts[VPROF_MAX_EVENTS];
};

/* A call chain; words as in VPROF_RECORD_CHAIN, one more to pad. */
struct vprof_chain {
	unsigned int nr_words;
	u64 words[VPROF_CHAIN_WORDS + 1];
};

enum vprof_put {
	VPROF_PUT_LOST, /* and accounted for */
	VPROF_PUT_DONE,
	VPROF_PUT_WAKE, /* done, and the reader is to be invited */
};

void vprof_lane_init(struct vprof_lane *lane, struct vprof_clock clock,
		     struct vprof_lane_producer *producer,
		     const struct vprof_lane_consumer *consumer,
		     struct vprof_slot *slots, u32 nr_slots, u32 watermark);
void vprof_lane_open(struct vprof_lane *lane, bool is_open);

/*
 * NMI context: vprof_lane_put_sample, vprof_lane_put_chain,
 * vprof_lane_put_period, vprof_lane_tell_period, vprof_lane_lose,
 * vprof_lane_lose_many.
 */
enum vprof_put vprof_lane_put_sample(struct vprof_lane *lane,
				     struct vprof_account *account, u64 head,
				     u64 ip, u64 ticks);
enum vprof_put vprof_lane_put_chain(struct vprof_lane *lane,
				    struct vprof_account *account, u64 head,
				    u64 ip, u64 ticks,
				    struct vprof_chain *chain);
unsigned int vprof_lane_put_period(struct vprof_lane *lane, unsigned int event,
				   u64 period, u64 ticks);
bool vprof_lane_tell_period(struct vprof_lane *lane, unsigned int event,
			    u64 period, u64 ticks);
void vprof_lane_account_late(struct vprof_lane *lane,
			     struct vprof_account *account,
			     const struct vprof_account *late);
void vprof_lane_lose(struct vprof_lane *lane, struct vprof_account *account,
		     enum vprof_lost_reason reason);
void vprof_lane_lose_many(struct vprof_lane *lane,
			  struct vprof_account *account, u64 nr,
			  enum vprof_lost_reason reason);
void vprof_lane_tell_lost(struct vprof_lane *lane, u64 ticks);

/**
 * vprof_lane_ticks() - The ticks of a batch of samples, for the next of them
 * @lane: the lane
 * @ticks: read when the batch began
 *
 * A time record among them is younger than that, and samples must not be older
 * than their time record: each would bring another one. A lane that has none yet
 * has its base far from any clock.
 *
 * Return: ticks for the next sample.
 */
static inline u64 vprof_lane_ticks(const struct vprof_lane *lane, u64 ticks)
{
	return lane->time_base - ticks < 1ull << 48 ? lane->time_base : ticks;
}

#endif /* VPROF_BUFFER_H */

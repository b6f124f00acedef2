// SPDX-License-Identifier: GPL-2.0-only
/* Puts records into a lane, from any context, and accounts for what it can't. */
#include "buffer.h"

#ifdef __KERNEL__
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <asm/barrier.h>
#endif

enum {
	DELTA_MAX = (1 << VPROF_HEAD_DELTA_BITS) - 1,
	HAS_ROOM = VPROF_NR_LOST_REASONS, /* none of the reasons to lose */
};

/* Slots that belong to the caller until leave(). */
struct claim {
	u64 position;
	u64 delta;
};

/**
 * vprof_lane_init() - Make a lane of memory that is zero
 * @lane: the lane, zero
 * @producer: what the reader sees of it
 * @consumer: what the reader writes; never believed
 * @slots: nr_slots of them
 * @nr_slots: a power of two
 * @watermark: slots after which the reader is invited, at least 1
 */
void vprof_lane_init(struct vprof_lane *lane,
		     struct vprof_lane_producer *producer,
		     const struct vprof_lane_consumer *consumer,
		     struct vprof_slot *slots, u32 nr_slots, u32 watermark)
{
	lane->producer = producer;
	lane->consumer = consumer;
	lane->slots = slots;
	lane->slot_mask = nr_slots - 1;
	lane->room_end = nr_slots;
	lane->watermark = watermark;
	lane->wake_at = watermark;
	/* Far from any clock, so that the first record brings its time. */
	lane->time_base = 1ull << 63;
	WRITE_ONCE(producer->nr_slots, nr_slots);
}

/*
 * Look at what the reader has read. good_tail is loaded before tail: a nested
 * producer in between can only make it newer than ours, never older.
 *
 * Harmless: a nested producer's newer room_end is overwritten by our older one;
 * the next look repairs it.
 */
static unsigned int refresh_room(struct vprof_lane *lane, u64 end)
{
	u64 good = READ_ONCE(lane->good_tail);
	u64 tail = smp_load_acquire(&lane->consumer->tail); /* (D) */
	u64 head = READ_ONCE(lane->producer->head);

	if (tail - good > head - good)
		return VPROF_LOST_BAD_TAIL;
	WRITE_ONCE(lane->good_tail, tail);
	WRITE_ONCE(lane->room_end, tail + lane->slot_mask + 1);
	return end <= tail + lane->slot_mask + 1 ? HAS_ROOM : VPROF_LOST_FULL;
}

static inline u64 *slot_word(struct vprof_lane *lane, u64 position)
{
	return (u64 *)&lane->slots[position & lane->slot_mask];
}

static inline void write_slot(struct vprof_lane *lane, u64 position, u64 head,
			      u64 data)
{
	struct vprof_slot *slot = &lane->slots[position & lane->slot_mask];

	slot->head = head;
	slot->data = data;
}

static u64 record_head(enum vprof_record_type type, unsigned int event)
{
	return VPROF_HEAD_PUT(TYPE, type) | VPROF_HEAD_PUT(SLOTS, 1) |
	       VPROF_HEAD_PUT(EVENT, event);
}

/*
 * Claim slots, with one more for a time record where the delta to the last one
 * would not do. The exchange proves that no nested producer came between reading
 * time_base and claiming. A nested producer may run after our exchange too, but
 * before the time record that we claimed is written; so it never relies on
 * time_base and brings its own. time_base is set before the exchange: after it,
 * we could overwrite a nested producer's.
 */
static inline unsigned int claim_slots(struct vprof_lane *lane, u64 now,
				       unsigned int nr, struct claim *claim)
{
	bool is_nested = lane->nested > 1;
	u64 position, delta, end;
	unsigned int room;
	bool is_timed;

	do {
		position = READ_ONCE(lane->claimed);
		delta = (now - READ_ONCE(lane->time_base)) >> VPROF_DELTA_SHIFT;
		is_timed = is_nested || delta > DELTA_MAX;
		end = position + nr + is_timed;
		if (unlikely(end > READ_ONCE(lane->room_end))) {
			room = refresh_room(lane, end);
			if (room != HAS_ROOM)
				return room;
		}
		if (is_timed)
			WRITE_ONCE(lane->time_base, now);
	} while (cmpxchg_local(&lane->claimed, position, end) != position);

	if (unlikely(is_timed)) {
		write_slot(lane, position++, record_head(VPROF_RECORD_TIME, 0),
			   now);
		delta = 0;
	}
	claim->position = position;
	claim->delta = VPROF_HEAD_PUT(DELTA, delta);
	return HAS_ROOM;
}

static inline bool enter(struct vprof_lane *lane)
{
	if (unlikely(lane->nested >= VPROF_MAX_NESTED))
		return false;
	WRITE_ONCE(lane->nested, lane->nested + 1);
	barrier();
	return true;
}

/*
 * Publish what this producer and those nested in it have written, if it is the
 * outermost. One that comes between publishing and nested = 0 still counts as
 * nested and leaves its slots to us: look again.
 */
static inline bool leave(struct vprof_lane *lane)
{
	u64 head;

	barrier();
	if (unlikely(lane->nested > 1)) {
		WRITE_ONCE(lane->nested, lane->nested - 1);
		return false;
	}
	for (;;) {
		head = READ_ONCE(lane->claimed);
		smp_store_release(&lane->producer->head, head); /* (A) */
		WRITE_ONCE(lane->nested, 0);
		barrier();
		if (likely(head == READ_ONCE(lane->claimed)))
			break;
		WRITE_ONCE(lane->nested, 1);
		barrier();
	}
	if (likely(head < lane->wake_at))
		return false;
	lane->wake_at = head + lane->watermark;
	return true;
}

/**
 * vprof_lane_lose() - Account for a sample that is not put
 * @lane: lane of this CPU
 * @account: the event's, of this lane
 * @reason: why
 */
void vprof_lane_lose(struct vprof_lane *lane, struct vprof_account *account,
		     enum vprof_lost_reason reason)
{
	account->lost[reason]++;
	lane->has_untold = true;
}

static unsigned int tell_one(struct vprof_lane *lane, unsigned int event,
			     unsigned int reason, u64 now)
{
	struct vprof_account *account = &lane->accounts[event];
	u64 count = READ_ONCE(account->lost[reason]) - account->told[reason];
	struct claim claim;
	unsigned int room;

	if (!count)
		return HAS_ROOM;
	room = claim_slots(lane, now, 1, &claim);
	if (room != HAS_ROOM)
		return room;
	write_slot(lane, claim.position,
		   record_head(VPROF_RECORD_LOST, event) | claim.delta,
		   (count & VPROF_LOST_COUNT_MASK) |
			   (u64)reason << VPROF_LOST_COUNT_BITS);
	account->told[reason] += count;
	return HAS_ROOM;
}

/* Outermost producer only: told has no other writer then. */
static noinline unsigned int tell_all(struct vprof_lane *lane, u64 now)
{
	unsigned int event, reason, room;

	/* Before the look: a loss from now on sets it again. */
	WRITE_ONCE(lane->has_untold, false);
	barrier();
	for (event = 0; event < VPROF_MAX_EVENTS; event++) {
		for (reason = 0; reason < VPROF_NR_LOST_REASONS; reason++) {
			room = tell_one(lane, event, reason, now);
			if (room != HAS_ROOM) {
				WRITE_ONCE(lane->has_untold, true);
				return room;
			}
		}
	}
	return HAS_ROOM;
}

/* Losses first, then nr slots for the caller. */
static inline unsigned int open_record(struct vprof_lane *lane, u64 now,
				       unsigned int nr, struct claim *claim)
{
	unsigned int room;

	if (unlikely(READ_ONCE(lane->has_untold)) && lane->nested == 1) {
		room = tell_all(lane, now);
		if (room != HAS_ROOM)
			return room;
	}
	return claim_slots(lane, now, nr, claim);
}

static enum vprof_put end_sample(struct vprof_lane *lane,
				 struct vprof_account *account,
				 unsigned int room)
{
	if (likely(room == HAS_ROOM))
		account->delivered++;
	else
		vprof_lane_lose(lane, account, room);
	if (unlikely(leave(lane)))
		return VPROF_PUT_WAKE;
	return likely(room == HAS_ROOM) ? VPROF_PUT_DONE : VPROF_PUT_LOST;
}

/**
 * vprof_lane_put_sample() - Put a sample without a chain
 * @lane: lane of this CPU
 * @account: the event's, of this lane; delivered or lost goes up by one
 * @head: the record's head but for the delta
 * @ip: instruction pointer
 * @now: CLOCK_MONOTONIC in ns, read not long ago
 *
 * Return: what to do next, see enum vprof_put.
 */
enum vprof_put vprof_lane_put_sample(struct vprof_lane *lane,
				     struct vprof_account *account, u64 head,
				     u64 ip, u64 now)
{
	struct claim claim;
	unsigned int room;

	if (unlikely(!enter(lane))) {
		vprof_lane_lose(lane, account, VPROF_LOST_NESTED);
		return VPROF_PUT_LOST;
	}
	room = open_record(lane, now, 1, &claim);
	if (likely(room == HAS_ROOM))
		write_slot(lane, claim.position, head | claim.delta, ip);
	return end_sample(lane, account, room);
}

static void write_chain(struct vprof_lane *lane, u64 position,
			const struct vprof_chain *chain)
{
	unsigned int i;
	u64 *word;

	for (i = 0; i < chain->nr_words; i += 2) {
		word = slot_word(lane, ++position);
		word[0] = chain->words[i];
		word[1] = chain->words[i + 1];
	}
}

/**
 * vprof_lane_put_chain() - Put a sample with its chain
 * @lane: lane of this CPU
 * @account: the event's, of this lane; delivered or lost goes up by one
 * @head: the record's head but for the delta and the number of slots
 * @ip: instruction pointer
 * @now: CLOCK_MONOTONIC in ns, read not long ago
 * @chain: its words; padded here
 *
 * Return: what to do next, see enum vprof_put.
 */
enum vprof_put vprof_lane_put_chain(struct vprof_lane *lane,
				    struct vprof_account *account, u64 head,
				    u64 ip, u64 now, struct vprof_chain *chain)
{
	unsigned int nr = 1 + (chain->nr_words + 1) / 2;
	struct claim claim;
	unsigned int room;

	if (unlikely(!enter(lane))) {
		vprof_lane_lose(lane, account, VPROF_LOST_NESTED);
		return VPROF_PUT_LOST;
	}
	chain->words[chain->nr_words] = 0;
	room = open_record(lane, now, nr, &claim);
	if (likely(room == HAS_ROOM)) {
		write_slot(lane, claim.position,
			   head | VPROF_HEAD_PUT(SLOTS, nr) | claim.delta, ip);
		write_chain(lane, claim.position, chain);
	}
	return end_sample(lane, account, room);
}

/**
 * vprof_lane_put_period() - Say what the event's samples stand for from here on
 * @lane: lane of this CPU
 * @event: its index
 * @period: events per sample
 * @now: CLOCK_MONOTONIC in ns, read not long ago
 *
 * Return: whether it found room; if not, the sample must not be put either.
 */
bool vprof_lane_put_period(struct vprof_lane *lane, unsigned int event,
			   u64 period, u64 now)
{
	struct claim claim;
	unsigned int room;

	if (!enter(lane))
		return false;
	room = open_record(lane, now, 1, &claim);
	if (room == HAS_ROOM)
		write_slot(lane, claim.position,
			   record_head(VPROF_RECORD_PERIOD, event) |
				   claim.delta,
			   period);
	if (leave(lane))
		lane->wake_at = 0; /* the sample that follows invites */
	return room == HAS_ROOM;
}

/**
 * vprof_lane_tell_lost() - Put LOST records for what is not told yet
 * @lane: a lane whose producers are stopped
 * @now: CLOCK_MONOTONIC in ns
 *
 * As far as there is room; the accounts know the rest.
 */
void vprof_lane_tell_lost(struct vprof_lane *lane, u64 now)
{
	if (!lane->has_untold || !enter(lane))
		return;
	tell_all(lane, now);
	leave(lane);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Puts records into a lane, from any context, and accounts for what it can't. */
#include "buffer.h"

#ifdef __KERNEL__
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <asm/barrier.h>
#endif

/* Slots that belong to the caller until leave(). */
struct claim {
	u64 position;
	u64 delta; /* in place for the head */
};

/**
 * vprof_lane_init() - Make a lane of memory that is zero
 * @lane: the lane, zero; closed until vprof_lane_open()
 * @clock: what its ticks are
 * @producer: what the reader sees of it
 * @consumer: what the reader writes; never believed
 * @slots: nr_slots of them
 * @nr_slots: a power of two
 * @watermark: slots after which the reader is invited, at least 1
 */
void vprof_lane_init(struct vprof_lane *lane, struct vprof_clock clock,
		     struct vprof_lane_producer *producer,
		     const struct vprof_lane_consumer *consumer,
		     struct vprof_slot *slots, u32 nr_slots, u32 watermark)
{
	lane->clock = clock;
	lane->producer = producer;
	lane->consumer = consumer;
	lane->slots = slots;
	lane->slot_mask = nr_slots - 1;
	lane->room_end = nr_slots;
	lane->watermark = watermark;
	lane->wake_at = watermark;
	lane->is_closed = true;
	/* Far from any clock, so that the first record brings its time. */
	lane->time_base = 1ull << 63;
	WRITE_ONCE(producer->nr_slots, nr_slots);
}

/**
 * vprof_lane_open() - Say whether samples are wanted
 * @lane: a lane whose producers are stopped, or about to be
 * @is_open: if not, samples that still come are lost, VPROF_LOST_STOPPING
 */
void vprof_lane_open(struct vprof_lane *lane, bool is_open)
{
	WRITE_ONCE(lane->is_closed, !is_open);
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
	u64 room_end = tail + lane->slot_mask + 1;

	if (tail - good > head - good)
		return VPROF_LOST_BAD_TAIL;
	WRITE_ONCE(lane->good_tail, tail);
	WRITE_ONCE(lane->room_end, room_end);
	return end <= room_end ? VPROF_HAS_ROOM : VPROF_LOST_FULL;
}

static inline struct vprof_slot *slot_at(const struct vprof_lane *lane,
					 u64 position)
{
	return &lane->slots[position & lane->slot_mask];
}

static inline void write_slot(const struct vprof_lane *lane, u64 position,
			      u64 head, u64 data)
{
	struct vprof_slot *slot = slot_at(lane, position);

	slot->head = head;
	slot->data = data;
}

static u64 record_head(enum vprof_record_type type, unsigned int event)
{
	return VPROF_HEAD_PUT(TYPE, type) | VPROF_HEAD_PUT(SLOTS, 1) |
	       VPROF_HEAD_PUT(EVENT, event);
}

/* Ticks since the last time record as the head has them. */
static inline u64 delta_bits(const struct vprof_lane *lane, u64 age)
{
	return VPROF_HEAD_PUT(DELTA,
			      age * lane->clock.mult >> VPROF_CLOCK_MULT_SHIFT);
}

/*
 * Claim slots, with one more for a time record where the delta to the last one
 * would not do. The exchange proves that no nested producer came between reading
 * time_base and claiming. A nested producer may run after our exchange too, but
 * before the time record that we claimed is written; so it never relies on
 * time_base and brings its own. time_base is set before the exchange: after it,
 * we could overwrite a nested producer's. It is read anew: the caller's ticks are
 * as old as what has interrupted it since, and what follows would be as wrong.
 *
 * A clock that went back makes age huge: that is a time record too.
 */
static unsigned int claim_slots(struct vprof_lane *lane, u64 ticks,
				unsigned int nr, struct claim *claim)
{
	bool is_nested = lane->nested > 1;
	u64 position, age, end;
	unsigned int room;
	bool is_timed;

	do {
		position = READ_ONCE(lane->claimed);
		age = ticks - READ_ONCE(lane->time_base);
		is_timed = is_nested || age > lane->clock.max_ticks;
		end = position + nr + is_timed;
		if (end > READ_ONCE(lane->room_end)) {
			room = refresh_room(lane, end);
			if (room != VPROF_HAS_ROOM)
				return room;
		}
		if (is_timed)
			WRITE_ONCE(lane->time_base, vprof_clock_ticks());
	} while (cmpxchg_local(&lane->claimed, position, end) != position);

	if (is_timed) {
		write_slot(lane, position++, record_head(VPROF_RECORD_TIME, 0),
			   vprof_clock_ns());
		age = 0;
	}
	claim->position = position;
	claim->delta = delta_bits(lane, age);
	return VPROF_HAS_ROOM;
}

static bool enter(struct vprof_lane *lane)
{
	if (lane->nested >= VPROF_MAX_NESTED)
		return false;
	WRITE_ONCE(lane->nested, lane->nested + 1);
	barrier();
	return true;
}

/*
 * Publish what this producer and those nested in it have written. One that comes
 * between publishing and nested = 0 still counts as nested and leaves its slots
 * to us: look again. Returns whether the reader is to be invited.
 */
static inline bool publish(struct vprof_lane *lane)
{
	u64 head;

	barrier();
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

/* The outermost publishes for all. */
static bool leave(struct vprof_lane *lane)
{
	if (lane->nested == 1)
		return publish(lane);
	barrier();
	WRITE_ONCE(lane->nested, lane->nested - 1);
	return false;
}

/**
 * vprof_lane_lose_many() - Account for samples that are not put
 * @lane: lane of this CPU
 * @account: the event's, of this lane
 * @nr: how many
 * @reason: why
 */
void vprof_lane_lose_many(struct vprof_lane *lane,
			  struct vprof_account *account, u64 nr,
			  enum vprof_lost_reason reason)
{
	account->lost[reason] += nr;
	barrier();
	WRITE_ONCE(lane->has_untold, true);
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
	vprof_lane_lose_many(lane, account, 1, reason);
}

/* Where the handler that owns the account may come in between. */
static void add_nested(u64 *count, u64 nr)
{
	u64 old;

	do
		old = READ_ONCE(*count);
	while (cmpxchg_local(count, old, old + nr) != old);
}

/**
 * vprof_lane_account_late() - Account for a sample that was put late
 * @lane: lane of this CPU
 * @account: the event's, of this lane, whose handler may interrupt us
 * @late: what became of the sample: the account that it was put with
 */
void vprof_lane_account_late(struct vprof_lane *lane,
			     struct vprof_account *account,
			     const struct vprof_account *late)
{
	unsigned int reason;

	add_nested(&account->taken, late->taken);
	add_nested(&account->delivered, late->delivered);
	add_nested(&account->throttled, late->throttled);
	for (reason = 0; reason < VPROF_NR_LOST_REASONS; reason++) {
		if (!late->lost[reason])
			continue;
		add_nested(&account->lost[reason], late->lost[reason]);
		barrier();
		WRITE_ONCE(lane->has_untold, true);
	}
}

static unsigned int tell_one(struct vprof_lane *lane, unsigned int event,
			     unsigned int reason, u64 ticks)
{
	struct vprof_account *account = &lane->accounts[event];
	u64 count = READ_ONCE(account->lost[reason]) - account->told[reason];
	struct claim claim;
	unsigned int room;

	if (!count)
		return VPROF_HAS_ROOM;
	room = claim_slots(lane, ticks, 1, &claim);
	if (room != VPROF_HAS_ROOM)
		return room;
	write_slot(lane, claim.position,
		   record_head(VPROF_RECORD_LOST, event) | claim.delta,
		   (count & VPROF_LOST_COUNT_MASK) |
			   (u64)reason << VPROF_LOST_COUNT_BITS);
	account->told[reason] += count;
	return VPROF_HAS_ROOM;
}

/* Outermost producer only: told has no other writer then. */
static unsigned int tell_all(struct vprof_lane *lane, u64 ticks)
{
	unsigned int event, reason, room;

	/* Before the look: a loss from now on sets it again. */
	WRITE_ONCE(lane->has_untold, false);
	barrier();
	for (event = 0; event < VPROF_MAX_EVENTS; event++) {
		for (reason = 0; reason < VPROF_NR_LOST_REASONS; reason++) {
			room = tell_one(lane, event, reason, ticks);
			if (room != VPROF_HAS_ROOM) {
				WRITE_ONCE(lane->has_untold, true);
				return room;
			}
		}
	}
	return VPROF_HAS_ROOM;
}

/* After enter(): losses first, then nr slots for the caller. */
static unsigned int open_record(struct vprof_lane *lane, u64 ticks,
				unsigned int nr, struct claim *claim)
{
	unsigned int room;

	if (READ_ONCE(lane->is_closed))
		return VPROF_LOST_STOPPING;
	if (READ_ONCE(lane->has_untold) && lane->nested == 1) {
		room = tell_all(lane, ticks);
		if (room != VPROF_HAS_ROOM)
			return room;
	}
	return claim_slots(lane, ticks, nr, claim);
}

/* In all circumstances; chain may be NULL, head has its number of slots. */
static noinline enum vprof_put put_any(struct vprof_lane *lane,
				       struct vprof_account *account, u64 head,
				       u64 ip, u64 ticks,
				       const struct vprof_chain *chain)
{
	unsigned int room, i, nr = VPROF_HEAD_GET(head, SLOTS);
	struct vprof_slot *slot;
	struct claim claim;

	if (!enter(lane)) {
		vprof_lane_lose(lane, account, VPROF_LOST_NESTED);
		return VPROF_PUT_LOST;
	}
	room = open_record(lane, ticks, nr, &claim);
	if (room != VPROF_HAS_ROOM) {
		vprof_lane_lose(lane, account, room);
		return leave(lane) ? VPROF_PUT_WAKE : VPROF_PUT_LOST;
	}
	write_slot(lane, claim.position, head | claim.delta, ip);
	for (i = 0; i + 1 < nr; i++) {
		slot = slot_at(lane, claim.position + 1 + i);
		slot->head = chain->words[2 * i];
		slot->data = chain->words[2 * i + 1];
	}
	account->delivered++;
	return leave(lane) ? VPROF_PUT_WAKE : VPROF_PUT_DONE;
}

/**
 * vprof_lane_put_sample() - Put a sample without a chain
 * @lane: lane of this CPU
 * @account: the event's, of this lane; delivered or lost goes up by one
 * @head: the record's head but for the delta
 * @ip: instruction pointer
 * @ticks: vprof_clock_ticks(), read not long ago
 *
 * Here are the usual circumstances alone: not nested, nothing to tell, a time
 * record not long ago, room. When they turn out unusual after nested is set, a
 * nested producer may have left its slots to us; put_any() publishes them.
 *
 * Return: what to do next, see enum vprof_put.
 */
enum vprof_put vprof_lane_put_sample(struct vprof_lane *lane,
				     struct vprof_account *account, u64 head,
				     u64 ip, u64 ticks)
{
	u64 position, age;

	if (unlikely(READ_ONCE(lane->is_special)))
		return put_any(lane, account, head, ip, ticks, NULL);
	WRITE_ONCE(lane->nested, 1);
	barrier();
	position = READ_ONCE(lane->claimed);
	age = ticks - READ_ONCE(lane->time_base);
	if (unlikely(age > lane->clock.max_ticks ||
		     position >= READ_ONCE(lane->room_end) ||
		     cmpxchg_local(&lane->claimed, position, position + 1) !=
			     position)) {
		WRITE_ONCE(lane->nested, 0);
		return put_any(lane, account, head, ip, ticks, NULL);
	}
	write_slot(lane, position, head | delta_bits(lane, age), ip);
	account->delivered++;
	return unlikely(publish(lane)) ? VPROF_PUT_WAKE : VPROF_PUT_DONE;
}

/**
 * vprof_lane_put_chain() - Put a sample with its chain
 * @lane: lane of this CPU
 * @account: the event's, of this lane; delivered or lost goes up by one
 * @head: the record's head but for the delta and the number of slots
 * @ip: instruction pointer
 * @ticks: vprof_clock_ticks(), read not long ago
 * @chain: its words; padded here
 *
 * Return: what to do next, see enum vprof_put.
 */
enum vprof_put vprof_lane_put_chain(struct vprof_lane *lane,
				    struct vprof_account *account, u64 head,
				    u64 ip, u64 ticks,
				    struct vprof_chain *chain)
{
	chain->words[chain->nr_words] = 0;
	head |= VPROF_HEAD_PUT(SLOTS, 1 + (chain->nr_words + 1) / 2);
	return put_any(lane, account, head, ip, ticks, chain);
}

/**
 * vprof_lane_put_period() - Say what the event's samples stand for from here on
 * @lane: lane of this CPU
 * @event: its index
 * @period: events per sample
 * @ticks: vprof_clock_ticks(), read not long ago
 *
 * Return: VPROF_HAS_ROOM, or the reason for which the sample is lost too.
 */
unsigned int vprof_lane_put_period(struct vprof_lane *lane, unsigned int event,
				   u64 period, u64 ticks)
{
	struct claim claim;
	unsigned int room;

	if (!enter(lane))
		return VPROF_LOST_NESTED;
	room = open_record(lane, ticks, 1, &claim);
	if (room == VPROF_HAS_ROOM)
		write_slot(lane, claim.position,
			   record_head(VPROF_RECORD_PERIOD, event) |
				   claim.delta,
			   period);
	if (leave(lane))
		lane->wake_at = 0; /* the sample that follows invites */
	return room;
}

/**
 * vprof_lane_tell_period() - Say what the samples stand for, if it is new
 * @lane: lane of this CPU
 * @event: its index
 * @period: events per sample
 * @ticks: vprof_clock_ticks(), read not long ago
 *
 * Return: true, or false if there is no room: the sample is lost, and is
 * accounted for.
 */
bool vprof_lane_tell_period(struct vprof_lane *lane, unsigned int event,
			    u64 period, u64 ticks)
{
	struct vprof_account *account = &lane->accounts[event];
	unsigned int room;

	if (account->told_period == period)
		return true;
	room = vprof_lane_put_period(lane, event, period, ticks);
	if (room != VPROF_HAS_ROOM) {
		vprof_lane_lose(lane, account, room);
		return false;
	}
	account->told_period = period;
	return true;
}

/**
 * vprof_lane_tell_lost() - Put LOST records for what is not told yet
 * @lane: a lane whose producers are stopped
 * @ticks: vprof_clock_ticks()
 *
 * As far as there is room; the accounts know the rest.
 */
void vprof_lane_tell_lost(struct vprof_lane *lane, u64 ticks)
{
	if (!lane->has_untold || !enter(lane))
		return;
	tell_all(lane, ticks);
	leave(lane);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* A lane of the module's buffers: from its slots to samples, read in place. */
#include "capture/lane.h"

#include <errno.h>
#include <string.h>

/* A sample of one slot by its head: its type and number of slots in one. */
#define HEAD_KIND(head) ((head) >> VPROF_HEAD_SLOTS_SHIFT)
#define KIND_FLAT_SAMPLE (VPROF_RECORD_SAMPLE << VPROF_HEAD_SLOTS_BITS | 1)

/* What of a head equal samples have in common. */
#define HEAD_KEY(head) \
	((head) & ~VPROF_HEAD_PUT(DELTA, (1u << VPROF_HEAD_DELTA_BITS) - 1))

enum {
	NR_COMBINED_BITS = 9,
	NR_COMBINED = 1 << NR_COMBINED_BITS,
};

/* Equal flat samples of one read. @key: of no head: none */
struct combined {
	uint64_t key;
	uint64_t ip;
	uint64_t time_ns;
	uint64_t count;
};

#define NO_KEY UINT64_MAX

/* A read under way. @combined: [NR_COMBINED], the latest wins; NULL: as they come */
struct reading {
	struct vprof_lane *lane;
	const struct vprof_capture_handler *handler;
	struct combined *combined;
	struct vprof_sample sample;
	size_t nr_samples;
};

static const struct vprof_slot *slot_at(const struct vprof_lane *lane,
					uint64_t position)
{
	return &lane->slots[position & lane->mask];
}

void vprof_lane_mark(struct vprof_lane *lane)
{
	uint64_t head;

	head = __atomic_load_n(&lane->producer->head, __ATOMIC_ACQUIRE); /* B */
	if (head - lane->tail <= lane->mask + 1)
		lane->mark = head;
	else
		lane->malformed++;
}

/* The fields that every sample has. */
static inline int fill_sample(const struct vprof_lane *lane, uint64_t head,
			      uint64_t ip, struct vprof_sample *sample)
{
	unsigned int event = VPROF_HEAD_GET(head, EVENT);
	unsigned int context = VPROF_HEAD_GET(head, CONTEXT);

	if (event >= lane->nr_events || context >= VPROF_NR_CONTEXTS)
		return -EBADMSG;
	sample->time_ns = lane->time_ns +
			  (VPROF_HEAD_GET(head, DELTA) << VPROF_DELTA_SHIFT);
	sample->ip = ip;
	sample->weight = lane->period[event];
	sample->pid = VPROF_HEAD_GET(head, PID);
	sample->event = (uint8_t)event;
	sample->context = (uint8_t)context;
	return 0;
}

static inline void hand_out(struct reading *reading)
{
	const struct vprof_sample *sample = &reading->sample;

	reading->lane->delivered[sample->event] += 1 + sample->nr_more;
	reading->nr_samples += 1 + sample->nr_more;
	reading->handler->sample(reading->handler->data, sample);
}

/* ---- equal samples ------------------------------------------------------- */

static inline struct combined *find_combined(struct combined *combined,
					     uint64_t key, uint64_t ip)
{
	/* whoever chooses addresses that collide has them come one by one */
	uint64_t hash = (key * 0x2545f491 ^ ip) * 0x9e3779b97f4a7c15;

	return &combined[hash >> (64 - NR_COMBINED_BITS)];
}

/* Its event and context were looked at when it was put there. */
static void hand_out_combined(struct reading *reading,
			      const struct combined *combined)
{
	struct vprof_sample *sample = &reading->sample;

	fill_sample(reading->lane, combined->key, combined->ip, sample);
	sample->time_ns = combined->time_ns;
	sample->nr_more = (uint32_t)(combined->count - 1);
	hand_out(reading);
	sample->nr_more = 0;
}

static void hand_out_all_combined(struct reading *reading)
{
	struct combined *combined = reading->combined;

	if (!combined)
		return;
	for (size_t i = 0; i < NR_COMBINED; i++) {
		if (combined[i].key == NO_KEY)
			continue;
		hand_out_combined(reading, &combined[i]);
		combined[i].key = NO_KEY;
	}
}

/* The first of its kind, which the reading's sample is. */
static void begin_combined(struct reading *reading,
			   const struct vprof_slot *slot)
{
	uint64_t key = HEAD_KEY(slot->head);
	uint64_t time_ns = reading->sample.time_ns;
	struct combined *combined;

	combined = find_combined(reading->combined, key, slot->data);
	if (combined->key != NO_KEY)
		hand_out_combined(reading, combined);
	*combined = (struct combined){ key, slot->data, time_ns, 1 };
}

/*
 * Where most of the time goes. Only flat samples have keys in the table.
 *
 * Return: the position of the first record that is none of these repeats.
 */
static uint64_t count_repeats(const struct reading *reading, uint64_t position)
{
	const struct vprof_lane *lane = reading->lane;
	struct combined *combined;
	const struct vprof_slot *slot;
	uint64_t key;

	for (; position != lane->mark; position++) {
		slot = slot_at(lane, position);
		key = HEAD_KEY(slot->head);
		combined = find_combined(reading->combined, key, slot->data);
		if (combined->key != key || combined->ip != slot->data)
			break;
		combined->count++;
	}
	return position;
}

/* ---- records ------------------------------------------------------------- */

/* The words after the first slot, in order: a record may wrap around. */
static void copy_words(const struct vprof_lane *lane, uint64_t position,
		       unsigned int nr_slots, uint64_t *words)
{
	const struct vprof_slot *slot;

	for (unsigned int i = 1; i < nr_slots; i++) {
		slot = slot_at(lane, position + i);
		*words++ = slot->head;
		*words++ = slot->data;
	}
}

/* Where a guest starts, before any kernel: no sample may come out of order. */
static bool is_turning_point(const struct vprof_sample *sample)
{
	return sample->context == VPROF_CONTEXT_KERNEL && !(sample->ip >> 63);
}

static int read_flat(struct reading *reading, const struct vprof_slot *slot)
{
	if (fill_sample(reading->lane, slot->head, slot->data,
			&reading->sample))
		return -EBADMSG;
	if (reading->combined && is_turning_point(&reading->sample)) {
		struct vprof_sample sample = reading->sample;

		hand_out_all_combined(reading);
		reading->sample = sample;
		hand_out(reading);
	} else if (reading->combined &&
		   reading->sample.time_ns >
			   reading->handler->combine_after_ns) {
		begin_combined(reading, slot);
	} else {
		hand_out(reading);
	}
	return 0;
}

static int read_chain(struct reading *reading, uint64_t position,
		      unsigned int nr_slots)
{
	uint64_t words[2 * VPROF_RECORD_MAX_SLOTS];
	const struct vprof_lane *lane = reading->lane;
	struct vprof_sample *sample = &reading->sample;
	const struct vprof_slot *slot = slot_at(lane, position);
	unsigned int nr_kernel, nr_user;

	if (nr_slots < 2 || nr_slots > VPROF_RECORD_MAX_SLOTS)
		return -EBADMSG;
	copy_words(lane, position, nr_slots, words);
	nr_kernel = words[0] >> VPROF_CHAIN_KERNEL_SHIFT &
		    VPROF_CHAIN_COUNT_MASK;
	nr_user = words[0] >> VPROF_CHAIN_USER_SHIFT & VPROF_CHAIN_COUNT_MASK;
	if (1 + nr_kernel + nr_user > 2 * (nr_slots - 1))
		return -EBADMSG;
	if (fill_sample(lane, slot->head, slot->data, sample))
		return -EBADMSG;
	sample->nr_kernel = (uint8_t)nr_kernel;
	sample->nr_user = (uint8_t)nr_user;
	sample->chain = words + 1;
	hand_out(reading);
	sample->nr_kernel = 0;
	sample->nr_user = 0;
	sample->chain = NULL;
	return 0;
}

static int read_period(struct reading *reading, const struct vprof_slot *slot)
{
	unsigned int event = VPROF_HEAD_GET(slot->head, EVENT);

	if (event >= reading->lane->nr_events)
		return -EBADMSG;
	hand_out_all_combined(reading);
	reading->lane->period[event] = slot->data;
	return 0;
}

/*
 * LOST is counted by the module's own accounts, and what this reader does not
 * know is skipped.
 *
 * Return: 0 or -EBADMSG.
 */
static int read_record(struct reading *reading, uint64_t position,
		       unsigned int nr_slots)
{
	const struct vprof_slot *slot = slot_at(reading->lane, position);

	if (HEAD_KIND(slot->head) == KIND_FLAT_SAMPLE)
		return read_flat(reading, slot);
	switch (VPROF_HEAD_GET(slot->head, TYPE)) {
	case VPROF_RECORD_CHAIN:
		return read_chain(reading, position, nr_slots);
	case VPROF_RECORD_TIME:
		reading->lane->time_ns = slot->data;
		return 0;
	case VPROF_RECORD_PERIOD:
		return read_period(reading, slot);
	case VPROF_RECORD_SAMPLE:
		return -EBADMSG; /* of more than one slot */
	default:
		return 0;
	}
}

static void read_to_mark(struct reading *reading)
{
	struct vprof_lane *lane = reading->lane;
	uint64_t position = lane->tail;
	unsigned int nr_slots;

	for (;; position += nr_slots) {
		if (reading->combined)
			position = count_repeats(reading, position);
		if (position == lane->mark)
			return;
		nr_slots = VPROF_HEAD_GET(slot_at(lane, position)->head, SLOTS);
		if (!nr_slots || nr_slots > lane->mark - position) {
			/* no way to find the next one but the mark */
			lane->malformed++;
			return;
		}
		if (read_record(reading, position, nr_slots))
			lane->malformed++;
	}
}

static void read_combining(struct reading *reading)
{
	struct combined combined[NR_COMBINED];

	memset(combined, 0xff, sizeof(combined)); /* NO_KEY */
	reading->combined = combined;
	read_to_mark(reading);
	hand_out_all_combined(reading);
	reading->combined = NULL;
}

size_t vprof_lane_read(struct vprof_lane *lane,
		       const struct vprof_capture_handler *handler)
{
	struct reading reading = {
		.lane = lane,
		.handler = handler,
		.sample = { .cpu = lane->cpu, .domain = lane->domain },
	};

	if (lane->tail == lane->mark)
		return 0;
	/* not worth it for a few */
	if (handler->may_combine && lane->mark - lane->tail >= NR_COMBINED / 4)
		read_combining(&reading);
	else
		read_to_mark(&reading);
	lane->tail = lane->mark;
	__atomic_store_n(&lane->consumer->tail, lane->mark,
			 __ATOMIC_RELEASE); /* C */
	return reading.nr_samples;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* A lane of the module's buffers: from its slots to samples, read in place. */
#include "capture/lane.h"

#include <errno.h>
#include <string.h>

/* A sample of one slot by its head: its type and number of slots in one. */
#define HEAD_KIND(head) ((head) >> VPROF_HEAD_SLOTS_SHIFT)
#define KIND_FLAT_SAMPLE (VPROF_RECORD_SAMPLE << VPROF_HEAD_SLOTS_BITS | 1)

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
static inline int fill_sample(struct vprof_lane *lane,
			      const struct vprof_slot *slot,
			      struct vprof_sample *sample)
{
	uint64_t head = slot->head;
	unsigned int event = VPROF_HEAD_GET(head, EVENT);
	unsigned int context = VPROF_HEAD_GET(head, CONTEXT);

	if (event >= lane->nr_events || context >= VPROF_NR_CONTEXTS)
		return -EBADMSG;
	sample->time_ns = lane->time_ns +
			  (VPROF_HEAD_GET(head, DELTA) << VPROF_DELTA_SHIFT);
	sample->ip = slot->data;
	sample->weight = lane->period[event];
	sample->pid = VPROF_HEAD_GET(head, PID);
	sample->event = (uint8_t)event;
	sample->context = (uint8_t)context;
	lane->delivered[event]++;
	return 0;
}

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

static int read_flat(struct vprof_lane *lane, const struct vprof_slot *slot,
		     struct vprof_sample *sample,
		     const struct vprof_capture_handler *handler)
{
	if (fill_sample(lane, slot, sample))
		return -EBADMSG;
	handler->sample(handler->data, sample);
	return 1;
}

static int read_chain(struct vprof_lane *lane, uint64_t position,
		      unsigned int nr_slots, struct vprof_sample *sample,
		      const struct vprof_capture_handler *handler)
{
	uint64_t words[2 * VPROF_RECORD_MAX_SLOTS];
	unsigned int nr_kernel, nr_user;

	if (nr_slots < 2 || nr_slots > VPROF_RECORD_MAX_SLOTS)
		return -EBADMSG;
	copy_words(lane, position, nr_slots, words);
	nr_kernel = words[0] >> VPROF_CHAIN_KERNEL_SHIFT &
		    VPROF_CHAIN_COUNT_MASK;
	nr_user = words[0] >> VPROF_CHAIN_USER_SHIFT & VPROF_CHAIN_COUNT_MASK;
	if (1 + nr_kernel + nr_user > 2 * (nr_slots - 1))
		return -EBADMSG;
	if (fill_sample(lane, slot_at(lane, position), sample))
		return -EBADMSG;
	sample->nr_kernel = (uint8_t)nr_kernel;
	sample->nr_user = (uint8_t)nr_user;
	sample->chain = words + 1;
	handler->sample(handler->data, sample);
	sample->nr_kernel = 0;
	sample->nr_user = 0;
	sample->chain = NULL;
	return 1;
}

static int read_period(struct vprof_lane *lane, const struct vprof_slot *slot)
{
	unsigned int event = VPROF_HEAD_GET(slot->head, EVENT);

	if (event >= lane->nr_events)
		return -EBADMSG;
	lane->period[event] = slot->data;
	return 0;
}

/*
 * Everything but a flat sample. LOST is counted by the module's own accounts,
 * and what this reader does not know is skipped.
 *
 * Return: number of samples, or -EBADMSG.
 */
static int read_record(struct vprof_lane *lane, uint64_t position,
		       unsigned int nr_slots, struct vprof_sample *sample,
		       const struct vprof_capture_handler *handler)
{
	const struct vprof_slot *slot = slot_at(lane, position);

	switch (VPROF_HEAD_GET(slot->head, TYPE)) {
	case VPROF_RECORD_CHAIN:
		return read_chain(lane, position, nr_slots, sample, handler);
	case VPROF_RECORD_TIME:
		lane->time_ns = slot->data;
		return 0;
	case VPROF_RECORD_PERIOD:
		return read_period(lane, slot);
	case VPROF_RECORD_SAMPLE:
		return -EBADMSG; /* of more than one slot */
	default:
		return 0;
	}
}

size_t vprof_lane_read(struct vprof_lane *lane,
		       const struct vprof_capture_handler *handler)
{
	struct vprof_sample sample = {
		.cpu = lane->cpu,
		.domain = lane->domain,
	};
	const struct vprof_slot *slot;
	uint64_t position = lane->tail;
	uint64_t mark = lane->mark;
	size_t nr_samples = 0;
	unsigned int nr_slots;
	int ret;

	if (position == mark)
		return 0;
	for (; position != mark; position += nr_slots) {
		slot = slot_at(lane, position);
		nr_slots = VPROF_HEAD_GET(slot->head, SLOTS);
		if (HEAD_KIND(slot->head) == KIND_FLAT_SAMPLE) {
			ret = read_flat(lane, slot, &sample, handler);
		} else if (!nr_slots || nr_slots > mark - position) {
			/* no way to find the next one but the mark */
			lane->malformed++;
			break;
		} else {
			ret = read_record(lane, position, nr_slots, &sample,
					  handler);
		}
		if (ret < 0)
			lane->malformed++;
		else
			nr_samples += (size_t)ret;
	}
	lane->tail = mark;
	__atomic_store_n(&lane->consumer->tail, mark, __ATOMIC_RELEASE); /* C */
	return nr_samples;
}

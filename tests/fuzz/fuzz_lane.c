// SPDX-License-Identifier: GPL-2.0-only
/* The record stream of the module: any slots are read to the mark, in bounds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "capture/lane.h"
#include "see_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { NR_SLOTS = 256, NR_EVENTS = 4 };

/* The first two bytes: where the lane begins, and how far its head is from there. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct seen seen = { .nr_events = NR_EVENTS,
			     .max_chain = 2 * VPROF_RECORD_MAX_SLOTS };
	struct vprof_capture_handler handler = { .sample = see, .data = &seen };
	struct vprof_lane_producer producer = { 0 };
	struct vprof_lane_consumer consumer = { 0 };
	struct vprof_lane lane = {
		.producer = &producer,
		.consumer = &consumer,
		.mask = NR_SLOTS - 1,
		.nr_events = NR_EVENTS,
	};
	struct vprof_slot *slots;
	uint64_t delivered = 0;

	if (size < 2)
		return -1;
	handler.may_combine = bytes[0] & 1;
	/* on the heap, so that ASAN sees the first byte beyond */
	slots = calloc(NR_SLOTS, sizeof(*slots));
	require(slots != NULL);
	lane.tail = bytes[0];
	lane.mark = lane.tail;
	producer.head = lane.tail + bytes[1];
	size -= 2;
	memcpy(slots, bytes + 2,
	       size < NR_SLOTS * sizeof(*slots) ? size
						: NR_SLOTS * sizeof(*slots));
	lane.slots = slots;
	vprof_lane_mark(&lane);
	require(vprof_lane_read(&lane, &handler) == seen.nr);
	require(consumer.tail == (lane.tail == bytes[0] ? 0 : producer.head));
	for (int i = 0; i < NR_EVENTS; i++)
		delivered += lane.delivered[i];
	require(delivered == seen.nr);
	free(slots);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* perf's records: any bytes are read to the mark, in bounds, or counted. */
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "capture/perf_ring.h"
#include "see_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { SIZE = 4096, NR_EVENTS = 2 };

/* The first three bytes: the layout, where the ring begins, how far its head is. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct seen seen = { .nr_events = NR_EVENTS,
			     .max_chain = 2 * UINT8_MAX };
	static const struct vprof_perf_id ids[4] = {
		{ 0, 0 }, { 1, 0 }, { 2, 1 }, { 0, 0 }
	};
	const struct vprof_capture_handler handler = { .sample = see,
						       .data = &seen };
	static struct perf_event_mmap_page page;
	static unsigned char scratch[VPROF_PERF_RECORD_MAX]
		__attribute__((aligned(8)));
	struct vprof_perf_layout layout = {
		.nr_events = NR_EVENTS,
		.scratch = scratch,
	};
	static struct vprof_perf_ring ring;
	unsigned char *data;

	if (size < 3)
		return -1;
	layout.ids = bytes[0] & 1 ? ids : NULL;
	layout.id_mask = 3;
	layout.has_period = bytes[0] & 2;
	layout.has_chain = bytes[0] & 4;
	data = calloc(1, SIZE);
	require(data != NULL);
	memset(&ring, 0, sizeof(ring));
	ring.map = &page;
	ring.data = data;
	ring.data_size = SIZE;
	ring.tail = 16 * (uint64_t)bytes[1];
	ring.mark = ring.tail;
	page.data_head = ring.tail + 16 * (uint64_t)bytes[2];
	page.data_tail = ring.tail;
	size -= 3;
	memcpy(data, bytes + 3, size < SIZE ? size : SIZE);
	vprof_perf_ring_mark(&ring);
	require(vprof_perf_ring_read(&ring, &layout, &handler) == seen.nr);
	require(page.data_tail == page.data_head);
	require(ring.delivered[0] + ring.delivered[1] == seen.nr);
	free(data);
	return 0;
}

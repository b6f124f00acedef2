// SPDX-License-Identifier: GPL-2.0-only
/* perf's records: any bytes are read to the mark, in bounds, or counted. */
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "capture/perf_ring.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { SIZE = 4096, NR_EVENTS = 2 };

static uint64_t nr_seen;

static void require(int holds)
{
	if (!holds)
		abort();
}

static void see(void *data, const struct vprof_sample *sample)
{
	unsigned int nr = sample->nr_kernel + sample->nr_user;
	volatile uint64_t sum = 0;

	(void)data;
	require(sample->event < NR_EVENTS);
	require(sample->context < VPROF_NR_SAMPLE_CONTEXTS);
	for (unsigned int i = 0; i < nr; i++)
		sum += sample->chain[i];
	nr_seen++;
}

/* The first three bytes: the layout, where the ring begins, how far its head is. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct vprof_perf_id ids[4] = {
		{ 0, 0 }, { 1, 0 }, { 2, 1 }, { 0, 0 }
	};
	const struct vprof_capture_handler handler = { see, NULL };
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
	nr_seen = 0;
	vprof_perf_ring_mark(&ring);
	require(vprof_perf_ring_read(&ring, &layout, &handler) == nr_seen);
	require(page.data_tail == page.data_head);
	require(ring.delivered[0] + ring.delivered[1] == nr_seen);
	free(data);
	return 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* One CPU's ring of records, as perf_event_open(2) maps it. */
#include "process/sideband_ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RECORD_MAX_BYTES = 1 << 16 };

int vprof_sideband_ring_init(struct vprof_sideband_ring *ring,
			     struct perf_event_mmap_page *page, size_t bytes)
{
	memset(ring, 0, sizeof(*ring));
	ring->bounce = malloc(RECORD_MAX_BYTES);
	if (!ring->bounce)
		return -ENOMEM;
	ring->page = page;
	ring->bytes = bytes;
	return 0;
}

void vprof_sideband_ring_fini(struct vprof_sideband_ring *ring)
{
	free(ring->bounce);
	ring->bounce = NULL;
}

static const uint8_t *data_of(const struct vprof_sideband_ring *ring)
{
	return (const uint8_t *)ring->page + sysconf(_SC_PAGESIZE);
}

/* The bytes at @at, moved together where they wrap around. */
static const void *contiguous(struct vprof_sideband_ring *ring, size_t size)
{
	const uint8_t *data = data_of(ring);
	size_t offset = ring->at & (ring->bytes - 1);
	size_t first = ring->bytes - offset;

	if (first >= size)
		return data + offset;
	memcpy(ring->bounce, data + offset, first);
	memcpy(ring->bounce + first, data, size - first);
	return ring->bounce;
}

/* Records are multiples of 8 bytes, so a header itself never wraps. */
static size_t header_size(const struct vprof_sideband_ring *ring)
{
	struct perf_event_header header;
	size_t offset = ring->at & (ring->bytes - 1) & ~(uint64_t)7;

	memcpy(&header, data_of(ring) + offset, sizeof(header));
	return header.size;
}

static void take_next(struct vprof_sideband_ring *ring)
{
	size_t left = ring->head - ring->at;
	ssize_t size = -EINVAL;

	ring->has_next = false;
	if (!left)
		return;
	if (left >= sizeof(struct perf_event_header)) {
		size_t want = header_size(ring);

		if (want <= left && want % 8 == 0)
			size = vprof_sideband_parse(contiguous(ring, want),
						    want, &ring->next);
	}
	if (size <= 0) {
		ring->nr_malformed++;
		ring->at = ring->head;
		return;
	}
	ring->next_size = size;
	ring->has_next = true;
}

void vprof_sideband_ring_begin(struct vprof_sideband_ring *ring)
{
	ring->head = __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
	if (ring->head - ring->at > ring->bytes) {
		ring->nr_malformed++;
		ring->at = ring->head;
	}
	take_next(ring);
}

void vprof_sideband_ring_advance(struct vprof_sideband_ring *ring)
{
	ring->at += ring->next_size;
	take_next(ring);
}

void vprof_sideband_ring_release(struct vprof_sideband_ring *ring)
{
	__atomic_store_n(&ring->page->data_tail, ring->at, __ATOMIC_RELEASE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One CPU's ring of records, as perf_event_open(2) maps it. */
#ifndef LIBVPROF_SIDEBAND_RING_H
#define LIBVPROF_SIDEBAND_RING_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "process/sideband_record.h"

/**
 * struct vprof_sideband_ring - the reader's side
 * @page: control page, data behind it
 * @bytes: of data, a power of two
 * @at: position read up to; published to the kernel by _release()
 * @head: what was there at _begin()
 * @next: the record at @at, when @has_next
 * @bounce: holds a record that wraps around the end
 * @nr_malformed: times the rest of the ring was thrown away
 */
struct vprof_sideband_ring {
	struct perf_event_mmap_page *page;
	size_t bytes;
	uint64_t at;
	uint64_t head;
	bool has_next;
	struct vprof_sideband_record next;
	size_t next_size;
	uint64_t nr_malformed;
	uint8_t *bounce;
};

/** vprof_sideband_ring_init - over memory that is mapped already; -ENOMEM */
int vprof_sideband_ring_init(struct vprof_sideband_ring *ring,
			     struct perf_event_mmap_page *page, size_t bytes);
void vprof_sideband_ring_fini(struct vprof_sideband_ring *ring);

/** vprof_sideband_ring_begin - look at what the kernel has published */
void vprof_sideband_ring_begin(struct vprof_sideband_ring *ring);
/** vprof_sideband_ring_advance - go on to the record after @ring->next */
void vprof_sideband_ring_advance(struct vprof_sideband_ring *ring);
/** vprof_sideband_ring_release - let the kernel overwrite what was read */
void vprof_sideband_ring_release(struct vprof_sideband_ring *ring);

#endif

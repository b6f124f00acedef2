/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A perf_event ring buffer: from its records to samples. */
#ifndef LIBVPROF_PERF_RING_H
#define LIBVPROF_PERF_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vprof/capture.h>

#include "capture/vcpu_threads.h"

enum {
	VPROF_PERF_MAX_EVENTS = 32,
	VPROF_PERF_RECORD_MAX = 1 << 16,
};

/* What a kernel's event id belongs to. */
struct vprof_perf_id {
	uint64_t id;
	unsigned int event;
};

/**
 * struct vprof_perf_layout - how records were asked for; one for all rings
 * @ids: open addressing by id & @id_mask, id 0: free; NULL: one event only,
 *       its records carry no id
 * @scratch: VPROF_PERF_RECORD_MAX bytes, for a record that wraps around
 * @vcpus: filled in by reading; NULL: no guests are sampled
 */
struct vprof_perf_layout {
	const struct vprof_perf_id *ids;
	size_t id_mask;
	unsigned int nr_events;
	bool has_period;
	bool has_chain;
	unsigned char *scratch;
	struct vprof_vcpu_threads *vcpus;
};

/*
 * When the kernel held an event back, and what came before: @samples since
 * @free_ns. Held back at @held_ns, 0: not now.
 */
struct vprof_perf_throttle {
	uint64_t free_ns;
	uint64_t held_ns;
	uint64_t samples;
};

/**
 * struct vprof_perf_ring - one CPU's
 * @map: struct perf_event_mmap_page, NULL: none
 * @data: @data_size bytes, a power of two
 * @mark: see vprof_capture_mark()
 * @last_pid: for samples of a task whose pid is gone already
 */
struct vprof_perf_ring {
	void *map;
	const unsigned char *data;
	size_t data_size;
	uint64_t tail;
	uint64_t mark;
	unsigned int cpu;
	uint32_t last_pid;
	struct vprof_perf_throttle throttles[VPROF_PERF_MAX_EVENTS];
	uint64_t delivered[VPROF_PERF_MAX_EVENTS];
	uint64_t lost[VPROF_PERF_MAX_EVENTS][VPROF_NR_LOSSES];
};

/** vprof_perf_ring_mark - the next read goes as far as the ring is filled now */
void vprof_perf_ring_mark(struct vprof_perf_ring *ring);

/**
 * vprof_perf_ring_read - hand out the samples up to the mark
 *
 * Return: number of samples.
 */
size_t vprof_perf_ring_read(struct vprof_perf_ring *ring,
			    const struct vprof_perf_layout *layout,
			    const struct vprof_capture_handler *handler);

#endif

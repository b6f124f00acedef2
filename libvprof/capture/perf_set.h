/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The counters of a perf_event capture: events x tasks x CPUs, a ring a CPU. */
#ifndef LIBVPROF_PERF_SET_H
#define LIBVPROF_PERF_SET_H

#include "capture/perf_ring.h"

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <vprof/capture.h>
#include <vprof/error.h>
#include <vprof/event.h>

/* One event of one task (or of all) on one CPU. */
struct vprof_perf_counter {
	int fd;
	unsigned int event;
	unsigned int ring;
};

/* What a counter says of itself; lost only where the set has_lost_counts. */
struct vprof_perf_counts {
	uint64_t value;
	uint64_t enabled_ns;
	uint64_t running_ns;
	uint64_t lost;
};

/**
 * struct vprof_perf_set - all that a capture has open
 * @tasks: threads to sample; one of -1: all of the machine's
 * @nr_cpus: rings there may be, @nr_rings: rings there are
 * @has_lost_counts: since Linux 6.0 the kernel counts lost samples by event
 */
struct vprof_perf_set {
	struct vprof_event_spec *events;
	struct perf_event_attr *attrs;
	unsigned int nr_events;
	unsigned int nr_cpus;
	unsigned int nr_rings;
	struct vprof_perf_counter *counters;
	size_t nr_counters;
	struct vprof_perf_ring *rings;
	size_t ring_bytes;
	struct vprof_perf_layout layout;
	struct vprof_perf_id *ids;
	pid_t *tasks;
	size_t nr_tasks;
	int epoll_fd;
	bool has_lost_counts;
};

/**
 * vprof_perf_set_open - open everything, disabled
 * @epoll_fd: watches the rings afterwards
 */
int vprof_perf_set_open(struct vprof_perf_set *set,
			const struct vprof_capture_options *options,
			int epoll_fd, struct vprof_error *err);
void vprof_perf_set_close(struct vprof_perf_set *set);

int vprof_perf_counter_read(const struct vprof_perf_set *set,
			    const struct vprof_perf_counter *counter,
			    struct vprof_perf_counts *ret_counts);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts a slice's samples: whose they are, and equal ones together. */
#ifndef LIBVPROF_SAMPLE_COUNTER_H
#define LIBVPROF_SAMPLE_COUNTER_H

#include "record/aggregate.h"
#include "record/chain_table.h"
#include "record/domain_table.h"
#include "record/slice_writer.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <vprof/process.h>
#include <vprof/sample.h>

/**
 * struct vprof_sample_counter - the open slice, and sums over all
 * @processes, @domains: set by its owner
 * @only_pid: set by its owner: only this process and what is below it; 0: all
 * @nr_samples: in tallies, here or written
 * @nr_outside: of other processes
 * @nr_not_stored: of each event, that memory or disk had no room for
 */
struct vprof_sample_counter {
	struct vprof_processes *processes;
	struct vprof_domain_table *domains;
	pid_t only_pid;
	struct vprof_aggregate aggregate;
	struct vprof_chain_table chains;
	uint64_t nr_samples;
	uint64_t nr_outside;
	uint64_t nr_not_stored[VPROF_SLICE_MAX_EVENTS];
};

int vprof_sample_counter_init(struct vprof_sample_counter *counter);
void vprof_sample_counter_destroy(struct vprof_sample_counter *counter);

/** vprof_sample_counter_take - count one; a handler for vprof_capture_read() */
void vprof_sample_counter_take(void *counter,
			       const struct vprof_sample *sample);

/** vprof_sample_counter_is_full - the slice had better end now */
bool vprof_sample_counter_is_full(const struct vprof_sample_counter *counter);

/** vprof_sample_counter_clear - the slice was written */
void vprof_sample_counter_clear(struct vprof_sample_counter *counter);

/** vprof_sample_counter_lose - the slice could not be written */
void vprof_sample_counter_lose(struct vprof_sample_counter *counter);

#endif

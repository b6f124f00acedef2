/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A recording and its parts. */
#ifndef LIBVPROF_RECORDING_H
#define LIBVPROF_RECORDING_H

#include <stdbool.h>
#include <stdint.h>
#include <vprof/error.h>
#include <vprof/recorder.h>

#include "record/domain_table.h"
#include "record/sample_counter.h"
#include "record/slice_writer.h"

struct vprof_recorder {
	struct vprof_capture *capture;
	struct vprof_processes *processes;
	struct vprof_store *store;
	struct vprof_domain_table domains;
	struct vprof_sample_counter counter;
	struct vprof_slice_writer writer;
	uint64_t slice_ns;
	uint64_t slice_start_ns;
	int epoll_fd;
	int timer_fd;
	bool is_running;
	bool is_stopped;
	/* what ended the recording before its time */
	struct vprof_error failure;
};

#endif

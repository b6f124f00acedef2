/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The writer of a profile store, shared by the store_*.c. */
#ifndef VPROF_STORE_WRITER_H
#define VPROF_STORE_WRITER_H

#include "base/intern.h"
#include "store/store_rows.h"
#include "store/store_schema.h"

#include <stdbool.h>
#include <vprof/store.h>

struct sqlite3;
struct sqlite3_stmt;

enum {
	VPROF_STORE_MAX_EVENTS = 32,
	VPROF_STORE_PAGE_BYTES = 4096,
	VPROF_STORE_BUSY_TIMEOUT_MS = 5000,
	VPROF_STORE_MIN_BYTES = 2 << 20, /* of a rolling store's bound */
};

/* An event of the session. */
struct vprof_store_event {
	int64_t id;
	uint64_t weight_of_one;
};

/* How far ids were given out: at the last commit, to go back there. */
struct vprof_store_marks {
	uint32_t place;
	uint32_t chain;
	uint32_t charge;
	uint32_t symbol;
	uint32_t image;
	int64_t last_row;
};

/**
 * struct vprof_store - a store open for writing
 * @lock_fd: holds the flock() that keeps other writers out
 * @error: not 0: the store and its tables may differ; nothing goes on
 * @places: (image, offset)
 * @chains: (parent | context << 32, place)
 * @charges: (event | domain << 16 | context << 32, process)
 * @symbols: (image, offset)
 * @images: (id, 0)
 * @domains: (id, 0): those that were asked for since the store was opened: their
 *           numbers may be known to somebody
 * @wall_offset_ns: CLOCK_REALTIME - CLOCK_MONOTONIC of the session
 * @limit_pages: rolling: of the file; 0: none
 * @ended_slice: those before it that are left ended later than now, when somebody
 *               last looked: the clock was ahead
 * @loaded_slice: the last of a continued store; what it had is stamped with it
 *                until somebody wants to know better; 0: that is known
 * @named_upto: places up to here had their try at a name
 * @first_awaited: the first of those whose names may come; 0: none
 */
struct vprof_store {
	struct sqlite3 *db;
	struct sqlite3_stmt *statements[VPROF_STORE_NR_STATEMENTS];
	char *path;
	int lock_fd;
	int error;
	struct vprof_store_options options;

	struct vprof_intern places;
	struct vprof_intern chains;
	struct vprof_intern charges;
	struct vprof_intern symbols;
	struct vprof_intern images;
	struct vprof_intern domains;
	struct vprof_store_marks committed;

	int64_t session;
	int64_t wall_offset_ns;
	struct vprof_store_event events[VPROF_STORE_MAX_EVENTS];
	size_t nr_events;

	bool is_in_slice;
	uint64_t slice_start_ns;
	int64_t next_slice;
	struct vprof_store_rows rows;

	uint64_t limit_pages;
	uint64_t largest_slice_pages;
	uint64_t used_pages; /* when the open slice began */
	uint64_t nr_slices_dropped;
	int64_t ended_slice;
	uint32_t loaded_slice;
	int64_t swept_process;
	int64_t named_upto;
	int64_t first_awaited;
};

#endif

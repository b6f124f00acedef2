/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A slice's samples on their way into the store: those of one charge and chain
 * become one row, with its places as a JSON object.
 */
#ifndef VPROF_STORE_ROWS_H
#define VPROF_STORE_ROWS_H

#include "base/intern.h"
#include "base/vector.h"

#include <stddef.h>
#include <stdint.h>

struct sqlite3_stmt;

/** struct vprof_store_numbers - equal samples; @weight 0: what is usual */
struct vprof_store_numbers {
	uint32_t charge;
	uint32_t chain;
	uint32_t place;
	uint64_t count;
	uint64_t weight;
};

/**
 * struct vprof_store_rows - the samples of the open slice
 * @groups: (charge, chain); an entry's id is its group's index + 1
 * @waiting: struct vprof_store_waiting, a list for each group
 * @nr_written: rows of the slice that are written
 * @last_id: of the row written last
 */
struct vprof_store_rows {
	struct vprof_intern keys;
	struct vprof_vector groups;
	struct vprof_vector waiting;
	uint64_t nr_written;
	int64_t last_id;
};

int vprof_store_rows_init(struct vprof_store_rows *rows);
void vprof_store_rows_destroy(struct vprof_store_rows *rows);

/** vprof_store_rows_begin - forget what waits: a slice begins */
void vprof_store_rows_begin(struct vprof_store_rows *rows);
int vprof_store_rows_add(struct vprof_store_rows *rows,
			 const struct vprof_store_numbers *numbers);

/**
 * vprof_store_rows_write - write all that waits; the rows' ids follow each other
 * @insert: INSERT of charge, chain, count, places
 */
int vprof_store_rows_write(struct vprof_store_rows *rows,
			   struct sqlite3_stmt *insert);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sample rows on their way into the store: many to a statement, since each costs. */
#ifndef VPROF_STORE_ROWS_H
#define VPROF_STORE_ROWS_H

#include <stddef.h>
#include <stdint.h>

struct sqlite3;
struct sqlite3_stmt;

enum {
	VPROF_STORE_BATCH = 32, /* rows of the largest statement */
	VPROF_STORE_NR_BATCH_SIZES = 3,
};

/** struct vprof_store_numbers - a row of the table sample; 0: NULL */
struct vprof_store_numbers {
	int64_t charge;
	int64_t place;
	int64_t chain;
	int64_t count;
	int64_t weight;
};

/**
 * struct vprof_store_rows - rows that wait
 * @statements: INSERTs of 32 rows, 8, and 1
 * @last_id: of the row written last
 */
struct vprof_store_rows {
	struct sqlite3_stmt *statements[VPROF_STORE_NR_BATCH_SIZES];
	struct vprof_store_numbers waiting[VPROF_STORE_BATCH];
	size_t nr_waiting;
	int64_t last_id;
};

int vprof_store_rows_prepare(struct vprof_store_rows *rows, struct sqlite3 *db);
void vprof_store_rows_finalize(struct vprof_store_rows *rows);

int vprof_store_rows_add(struct vprof_store_rows *rows,
			 const struct vprof_store_numbers *numbers);
/** vprof_store_rows_flush - write what waits; their ids follow each other */
int vprof_store_rows_flush(struct vprof_store_rows *rows);

#endif

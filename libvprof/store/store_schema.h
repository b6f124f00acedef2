/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables and views of a profile store, as data. vprof-store(5) */
#ifndef VPROF_STORE_SCHEMA_H
#define VPROF_STORE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	/* PRAGMA application_id: "vprf", seen by file(1) at byte 68 */
	VPROF_STORE_APPLICATION_ID = 0x76707266,
	/*
	 * A place's symbol before it was looked up. It takes two bytes in its
	 * row, and so do symbols' numbers: giving a place its name then moves
	 * nothing in its page.
	 */
	VPROF_STORE_NOT_LOOKED_UP = -1000,
	VPROF_STORE_FIRST_SYMBOL = 128,
};

/**
 * struct vprof_store_table - a table or a view
 * @sql: exactly as SQLite keeps it in sqlite_schema: a reader compares
 * @is_view: for people's own SQL; the library never reads them
 */
struct vprof_store_table {
	const char *name;
	const char *sql;
	int is_view;
};

/**
 * vprof_store_weight_of_one - what a sample counts where its row has no weight
 *
 * The period; of a clock at a frequency, the time from tick to tick; of another
 * event at a frequency each sample counts differently, and those that are not
 * told count 1. The view samples says the same in SQL.
 */
uint64_t vprof_store_weight_of_one(const char *unit, uint64_t period,
				   bool is_frequency);

extern const struct vprof_store_table vprof_store_tables[];
extern const size_t vprof_nr_store_tables;

/* What the writer says to SQLite, over and over. */
enum vprof_store_statement {
	VPROF_STORE_BEGIN,
	VPROF_STORE_COMMIT,
	VPROF_STORE_ADD_SESSION,
	VPROF_STORE_FIND_EVENT,
	VPROF_STORE_ADD_EVENT,
	VPROF_STORE_FIND_DOMAIN,
	VPROF_STORE_ADD_DOMAIN,
	VPROF_STORE_NAME_DOMAIN,
	VPROF_STORE_ADD_PROCESS,
	VPROF_STORE_FIND_PROCESS,
	VPROF_STORE_FIND_IMAGE,
	VPROF_STORE_ADD_IMAGE,
	VPROF_STORE_EXPLAIN_IMAGE,
	VPROF_STORE_ADD_SYMBOL,
	VPROF_STORE_ADD_PLACE,
	VPROF_STORE_NAME_PLACE,
	VPROF_STORE_ADD_CHAIN,
	VPROF_STORE_ADD_CHARGE,
	VPROF_STORE_ADD_SAMPLE,
	VPROF_STORE_ADD_SLICE,
	VPROF_STORE_ADD_ACCOUNT,
	VPROF_STORE_ADD_LOSS,
	VPROF_STORE_FIND_UNNAMED,
	VPROF_STORE_COUNT_PAGES,
	VPROF_STORE_COUNT_FREE_PAGES,
	VPROF_STORE_FIND_OLDEST_SLICE,
	VPROF_STORE_FIND_ENDED_SLICE,
	VPROF_STORE_DROP_SAMPLES,
	VPROF_STORE_DROP_SLICE,
	VPROF_STORE_DROP_ACCOUNTS,
	VPROF_STORE_DROP_LOSSES,
	VPROF_STORE_NR_STATEMENTS
};

extern const char *const vprof_store_statements[VPROF_STORE_NR_STATEMENTS];

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SQLite with this library's manners: negative errno, sentences, prepared statements. */
#ifndef VPROF_DB_H
#define VPROF_DB_H

#include <stdint.h>
#include <vprof/error.h>

struct sqlite3;
struct sqlite3_stmt;

/** vprof_db_errno - what a SQLite result code means here; 0 for success codes */
int vprof_db_errno(struct sqlite3 *db, int code);

/**
 * vprof_db_explain - fill in the sentence for a failed call
 * @errnum: negative errno, from vprof_db_errno()
 * @path: the store, as the user knows it
 *
 * Return: @errnum.
 */
int vprof_db_explain(struct vprof_error *err, int errnum, const char *path);

int vprof_db_exec(struct sqlite3 *db, const char *sql);
int vprof_db_prepare(struct sqlite3 *db, const char *sql,
		     struct sqlite3_stmt **ret_statement);

/** vprof_db_run - step a statement that returns no rows, and make it ready again */
int vprof_db_run(struct sqlite3_stmt *statement);

/**
 * vprof_db_each - give @take each row of a statement, and make that ready again
 * @take: 0; else no more rows are read
 *
 * Return: 0, what @take returned, or negative errno.
 */
int vprof_db_each(struct sqlite3_stmt *statement,
		  int (*take)(void *data, struct sqlite3_stmt *row),
		  void *data);

/** vprof_db_select - give @take each row of a query; likewise */
int vprof_db_select(struct sqlite3 *db, const char *sql,
		    int (*take)(void *data, struct sqlite3_stmt *row),
		    void *data);

/**
 * vprof_db_find - the first column of a statement's first row; it is made ready again
 *
 * Return: 0, -ENODATA there is no row, or another negative errno.
 */
int vprof_db_find(struct sqlite3_stmt *statement, int64_t *ret_value);

/** vprof_db_get - the same of a query */
int vprof_db_get(struct sqlite3 *db, const char *sql, int64_t *ret_value);

/** vprof_db_bind_text - bind a text that outlives the step; NULL becomes "" */
void vprof_db_bind_text(struct sqlite3_stmt *statement, int index,
			const char *text);

#endif

// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sample rows on their way into the store: many to a statement, since each costs. */
#include "store_rows.h"

#include "db.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

/* Half of what a row costs in a statement of its own is the statement. */
static const size_t batch_sizes[VPROF_STORE_NR_BATCH_SIZES] = {
	VPROF_STORE_BATCH, 8, 1
};

#define INSERT_INTO \
	"INSERT INTO sample(charge, place, chain, count, weight) VALUES"
#define ONE_ROW "(?,?,?,?,?)"

enum {
	NR_COLUMNS = 5,
	SQL_MAX = sizeof(INSERT_INTO) + VPROF_STORE_BATCH * sizeof(ONE_ROW),
};

int vprof_store_rows_prepare(struct vprof_store_rows *rows, struct sqlite3 *db)
{
	char sql[SQL_MAX];
	int ret;

	for (size_t i = 0; i < VPROF_STORE_NR_BATCH_SIZES; i++) {
		strcpy(sql, INSERT_INTO ONE_ROW);
		for (size_t n = 1; n < batch_sizes[i]; n++)
			strcat(sql, "," ONE_ROW);
		ret = vprof_db_prepare(db, sql, &rows->statements[i]);
		if (ret)
			return ret;
	}
	return 0;
}

void vprof_store_rows_finalize(struct vprof_store_rows *rows)
{
	for (size_t i = 0; i < VPROF_STORE_NR_BATCH_SIZES; i++) {
		sqlite3_finalize(rows->statements[i]);
		rows->statements[i] = NULL;
	}
	rows->nr_waiting = 0;
}

/* NULL takes no room in a row. */
static void bind_unless_0(sqlite3_stmt *statement, int index, int64_t value)
{
	if (value)
		sqlite3_bind_int64(statement, index, value);
	else
		sqlite3_bind_null(statement, index);
}

static int write_batch(struct vprof_store_rows *rows, sqlite3_stmt *statement,
		       const struct vprof_store_numbers *row, size_t nr_rows)
{
	int ret;

	for (size_t i = 0; i < nr_rows; i++, row++) {
		int at = (int)(i * NR_COLUMNS);

		sqlite3_bind_int64(statement, at + 1, row->charge);
		sqlite3_bind_int64(statement, at + 2, row->place);
		bind_unless_0(statement, at + 3, row->chain);
		sqlite3_bind_int64(statement, at + 4, row->count);
		bind_unless_0(statement, at + 5, row->weight);
	}
	ret = vprof_db_run(statement);
	if (ret)
		return ret;
	rows->last_id = sqlite3_last_insert_rowid(sqlite3_db_handle(statement));
	return 0;
}

int vprof_store_rows_flush(struct vprof_store_rows *rows)
{
	size_t done = 0;
	int ret = 0;

	for (size_t i = 0; i < VPROF_STORE_NR_BATCH_SIZES; i++) {
		while (!ret && rows->nr_waiting - done >= batch_sizes[i]) {
			ret = write_batch(rows, rows->statements[i],
					  &rows->waiting[done], batch_sizes[i]);
			done += batch_sizes[i];
		}
	}
	rows->nr_waiting = 0;
	return ret;
}

int vprof_store_rows_add(struct vprof_store_rows *rows,
			 const struct vprof_store_numbers *numbers)
{
	rows->waiting[rows->nr_waiting++] = *numbers;
	if (rows->nr_waiting < VPROF_STORE_BATCH)
		return 0;
	return vprof_store_rows_flush(rows);
}

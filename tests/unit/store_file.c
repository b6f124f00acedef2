// SPDX-License-Identifier: GPL-2.0-only
#include "store_file.h"

#include <check.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

int64_t store_file_ask(const char *path, const char *sql)
{
	sqlite3_stmt *statement;
	sqlite3 *db;
	int64_t answer;

	ck_assert_int_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL),
			 SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &statement, NULL),
			 SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
	answer = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return answer;
}

void store_file_remove(const char *path)
{
	static const char *const endings[] = { "", ".old", "-wal", "-shm" };
	char file[PATH_MAX];

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		snprintf(file, sizeof(file), "%s%s", path, endings[i]);
		unlink(file);
	}
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* A profile store opened for reading, by someone who does not trust it. */
#include "store/store_reader.h"

#include "store/db.h"
#include "store/store_header.h"
#include "store/store_schema.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vprof/store.h>

enum {
	BUSY_TIMEOUT_MS = 2000,
	TEXT_MAX = 1 << 20,
	SQL_MAX = 1 << 16,
	CACHE_KIB = 1024,
};

static void set_limits(sqlite3 *db)
{
	static const struct {
		int limit;
		int value;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, TEXT_MAX },
		{ SQLITE_LIMIT_SQL_LENGTH, SQL_MAX },
		{ SQLITE_LIMIT_COLUMN, 64 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 64 },
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		sqlite3_limit(db, limits[i].limit, limits[i].value);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
}

static int set_pragmas(sqlite3 *db)
{
	char cache[64];
	int ret;

	snprintf(cache, sizeof(cache), "PRAGMA cache_size = -%d", CACHE_KIB);
	ret = vprof_db_exec(db, cache);
	if (!ret)
		ret = vprof_db_exec(db, "PRAGMA mmap_size = 0");
	if (!ret)
		ret = vprof_db_exec(db, "PRAGMA cell_size_check = ON");
	if (!ret)
		ret = vprof_db_exec(db, "PRAGMA query_only = ON");
	return ret;
}

/* Compares a table's definition with ours: only then its columns are columns. */
static int check_table(sqlite3 *db, const struct vprof_store_table *table)
{
	static const char find[] =
		"SELECT sql FROM sqlite_schema WHERE type = 'table' "
		"AND name = ?";
	sqlite3_stmt *statement;
	const char *sql;
	int code, ret;

	ret = vprof_db_prepare(db, find, &statement);
	if (ret)
		return ret;
	vprof_db_bind_text(statement, 1, table->name);
	code = sqlite3_step(statement);
	ret = vprof_db_errno(db, code);
	sql = (const char *)sqlite3_column_text(statement, 0);
	if (!ret && (code != SQLITE_ROW || !sql || strcmp(sql, table->sql)))
		ret = -EBADMSG;
	sqlite3_finalize(statement);
	return ret;
}

static int check_version(sqlite3 *db)
{
	int64_t id, version;
	int ret;

	ret = vprof_db_get(db, "PRAGMA application_id", &id);
	if (!ret)
		ret = vprof_db_get(db, "PRAGMA user_version", &version);
	if (ret)
		return ret;
	if (id != VPROF_STORE_APPLICATION_ID || version != VPROF_STORE_VERSION)
		return -EBADMSG;
	return 0;
}

static int check_schema(sqlite3 *db)
{
	int ret;

	ret = check_version(db);
	for (size_t i = 0; !ret && i < vprof_nr_store_tables; i++)
		if (!vprof_store_tables[i].is_view)
			ret = check_table(db, &vprof_store_tables[i]);
	return ret;
}

static int open_checked(const char *name, int flags, sqlite3 **ret_db)
{
	sqlite3 *db;
	int code, ret;

	code = sqlite3_open_v2(name, &db,
			       flags | SQLITE_OPEN_READONLY |
				       SQLITE_OPEN_NOMUTEX |
				       SQLITE_OPEN_PRIVATECACHE,
			       NULL);
	ret = vprof_db_errno(db, code);
	if (ret)
		goto out_close;
	set_limits(db);
	ret = set_pragmas(db);
	if (!ret)
		ret = vprof_db_exec(db, "BEGIN");
	if (!ret)
		ret = check_schema(db);
	if (ret)
		goto out_close;
	*ret_db = db;
	return 0;

out_close:
	sqlite3_close(db);
	return ret;
}

static bool has_log(const char *path)
{
	char *name;
	bool has;

	if (asprintf(&name, "%s-wal", path) < 0)
		return true;
	has = !access(name, F_OK);
	free(name);
	return has;
}

/* "file:" URI of a path: what has a meaning in one is written %xx. */
static char *make_uri(const char *path)
{
	static const char query[] = "?immutable=1";
	char *uri, *out;

	uri = malloc(5 + 3 * strlen(path) + sizeof(query));
	if (!uri)
		return NULL;
	out = uri + sprintf(uri, "file:");
	for (; *path; path++)
		out += strchr("%?#", *path)
			       ? sprintf(out, "%%%02X", (unsigned char)*path)
			       : sprintf(out, "%c", *path);
	strcpy(out, query);
	return uri;
}

/*
 * A crashed recorder leaves the file in log mode, and reading that wants to make
 * files beside it. Where that is not allowed and there is no log, the file alone
 * is the whole store.
 */
static int open_alone(const char *path, sqlite3 **ret_db)
{
	char *uri;
	int ret;

	if (has_log(path))
		return -EACCES;
	uri = make_uri(path);
	if (!uri)
		return -ENOMEM;
	ret = open_checked(uri, SQLITE_OPEN_URI, ret_db);
	free(uri);
	return ret;
}

int vprof_store_reader_open(const char *path, struct sqlite3 **ret_db,
			    struct vprof_error *err)
{
	int ret;

	ret = vprof_store_check_header(path, err);
	if (ret)
		return ret;
	ret = open_checked(path, 0, ret_db);
	if (ret == -EACCES || ret == -EROFS)
		ret = open_alone(path, ret_db);
	if (ret == -EACCES || ret == -EROFS)
		return vprof_error_set(err, ret,
				       "%s was not closed: reading it wants "
				       "permission to write beside it; copy it "
				       "and %s-wal somewhere, or use sudo",
				       path, path);
	if (ret == -EBADMSG)
		return vprof_store_explain_damage(path, err);
	return ret ? vprof_db_explain(err, ret, path) : 0;
}

void vprof_store_reader_close(struct sqlite3 *db)
{
	sqlite3_close(db);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* The profile store, made or continued, and closed. */
#include <vprof/store.h>

#include "base/log.h"
#include "store/db.h"
#include "store/store_file.h"
#include "store/store_load.h"
#include "store/store_prune.h"
#include "store/store_transaction.h"
#include "store/store_writer.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SQL_MAX = 128 };

/* ---- the database ------------------------------------------------------ */

static int set_pragma(sqlite3 *db, const char *name, int64_t value)
{
	char sql[SQL_MAX];

	snprintf(sql, sizeof(sql), "PRAGMA %s = %lld", name, (long long)value);
	return vprof_db_exec(db, sql);
}

static int set_pragmas(sqlite3 *db)
{
	static const struct {
		const char *name;
		int64_t value;
	} pragmas[] = {
		{ "page_size", VPROF_STORE_PAGE_BYTES },
		{ "cache_size", -2000 }, /* KiB */
		{ "synchronous", 1 },    /* NORMAL: no fsync for a slice */
		{ "temp_store", 2 },     /* MEMORY */
		{ "trusted_schema", 0 },
		{ "cell_size_check", 1 },
	};
	int ret;

	sqlite3_busy_timeout(db, VPROF_STORE_BUSY_TIMEOUT_MS);
	for (size_t i = 0; i < sizeof(pragmas) / sizeof(pragmas[0]); i++) {
		ret = set_pragma(db, pragmas[i].name, pragmas[i].value);
		if (ret)
			return ret;
	}
	return 0;
}

static int create_schema(sqlite3 *db)
{
	int ret;

	ret = vprof_db_exec(db, "BEGIN IMMEDIATE");
	for (size_t i = 0; !ret && i < vprof_nr_store_tables; i++)
		ret = vprof_db_exec(db, vprof_store_tables[i].sql);
	if (!ret)
		ret = set_pragma(db, "application_id",
				 VPROF_STORE_APPLICATION_ID);
	if (!ret)
		ret = set_pragma(db, "user_version", VPROF_STORE_VERSION);
	if (!ret)
		ret = vprof_db_exec(db, "COMMIT");
	return ret;
}

/* SQLite answers with the mode that holds now, and no error. */
static int enter_wal(sqlite3 *db)
{
	sqlite3_stmt *statement;
	const char *mode;
	int ret;

	ret = vprof_db_prepare(db, "PRAGMA journal_mode = WAL", &statement);
	if (ret)
		return ret;
	ret = vprof_db_errno(db, sqlite3_step(statement));
	mode = (const char *)sqlite3_column_text(statement, 0);
	if (!ret && (!mode || strcmp(mode, "wal")))
		ret = -EBUSY;
	sqlite3_finalize(statement);
	return ret;
}

static int prepare_statements(struct vprof_store *store)
{
	int ret;

	for (int i = 0; i < VPROF_STORE_NR_STATEMENTS; i++) {
		ret = vprof_db_prepare(store->db, vprof_store_statements[i],
				       &store->statements[i]);
		if (ret)
			return ret;
	}
	return 0;
}

/* Opens the file, which may be new, and takes in what it holds. */
static int open_database(struct vprof_store *store)
{
	int64_t version = 0;
	int code, ret;

	/* One thread: no mutex around every call. */
	code = sqlite3_open_v2(store->path, &store->db,
			       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
			       NULL);
	ret = vprof_db_errno(store->db, code);
	if (!ret)
		ret = set_pragmas(store->db);
	if (!ret)
		ret = vprof_db_get(store->db, "PRAGMA user_version", &version);
	if (!ret && !version)
		ret = create_schema(store->db);
	if (!ret)
		ret = enter_wal(store->db);
	if (!ret)
		ret = prepare_statements(store);
	if (!ret)
		ret = vprof_store_load(store);
	return ret;
}

static void finalize_statements(struct vprof_store *store)
{
	for (int i = 0; i < VPROF_STORE_NR_STATEMENTS; i++) {
		sqlite3_finalize(store->statements[i]);
		store->statements[i] = NULL;
	}
}

static void close_database(struct vprof_store *store)
{
	finalize_statements(store);
	sqlite3_close(store->db);
	store->db = NULL;
}

/* ---- open, close ------------------------------------------------------- */

static int init_tables(struct vprof_store *store)
{
	struct vprof_intern *const tables[] = {
		&store->places,  &store->chains, &store->charges,
		&store->symbols, &store->images, &store->domains
	};
	int ret;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		vprof_intern_destroy(tables[i]);
		ret = vprof_intern_init(tables[i]);
		if (ret)
			return ret;
	}
	/* Every symbol's number takes two bytes, as its place-holder did. */
	store->symbols.next_id = VPROF_STORE_FIRST_SYMBOL;
	store->next_slice = 1;
	vprof_store_rows_destroy(&store->rows);
	return vprof_store_rows_init(&store->rows);
}

static int open_file(struct vprof_store *store, struct vprof_error *err)
{
	bool is_rolling = store->options.is_rolling;
	int ret;

	ret = vprof_store_clear_way(store->path, is_rolling, err);
	if (ret)
		return ret;
	ret = vprof_store_lock(store->path, is_rolling, &store->lock_fd);
	if (ret == -EBUSY)
		return vprof_error_set(err, ret,
				       "%s is being written by another "
				       "recorder: give another name with -o",
				       store->path);
	if (ret == -ENOENT)
		return vprof_error_set(err, ret,
				       "cannot make %s: there is no such "
				       "folder",
				       store->path);
	if (!ret)
		ret = init_tables(store);
	if (!ret)
		ret = open_database(store);
	return ret ? vprof_db_explain(err, ret, store->path) : 0;
}

static void close_file(struct vprof_store *store)
{
	close_database(store);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	store->lock_fd = -1;
}

/*
 * A rolling store that is damaged must not keep vprofd from profiling, nor one
 * that has lived so long that its numbers are used up.
 */
static int open_anyway(struct vprof_store *store, struct vprof_error *err)
{
	int ret;

	ret = open_file(store, err);
	if ((ret != -EBADMSG && ret != -EOVERFLOW) ||
	    !store->options.is_rolling)
		return ret;
	vprof_log(VPROF_LOG_WARNING,
		  "%s %s: kept as %s.old, a new one is begun", store->path,
		  ret == -EBADMSG ? "is damaged" : "has used up its numbers",
		  store->path);
	close_file(store);
	ret = vprof_store_move_aside(store->path);
	if (ret)
		return vprof_db_explain(err, ret, store->path);
	return open_file(store, err);
}

static int check_options(const struct vprof_store_options *options,
			 struct vprof_error *err)
{
	if (options->size != sizeof(*options))
		return vprof_error_set(err, -EINVAL,
				       "the program was built for another "
				       "version of libvprof");
	if (options->is_rolling && options->max_bytes &&
	    options->max_bytes < VPROF_STORE_MIN_BYTES)
		return vprof_error_set(
			err, -EINVAL, "a rolling store wants %d bytes at least",
			VPROF_STORE_MIN_BYTES);
	return 0;
}

int vprof_store_create(const char *path,
		       const struct vprof_store_options *options,
		       struct vprof_store **ret_store, struct vprof_error *err)
{
	struct vprof_store *store;
	int ret;

	ret = check_options(options, err);
	if (ret)
		return ret;
	store = calloc(1, sizeof(*store));
	if (!store)
		return vprof_db_explain(err, -ENOMEM, path);
	store->options = *options;
	store->lock_fd = -1;
	store->path = strdup(path);
	if (!store->path) {
		ret = vprof_db_explain(err, -ENOMEM, path);
		goto out_free;
	}
	ret = open_anyway(store, err);
	if (ret)
		goto out_free;
	vprof_store_set_limits(store);
	*ret_store = store;
	return 0;

out_free:
	vprof_store_free(store);
	return ret;
}

void vprof_store_free(struct vprof_store *store)
{
	if (!store)
		return;
	close_file(store);
	vprof_intern_destroy(&store->places);
	vprof_intern_destroy(&store->chains);
	vprof_intern_destroy(&store->charges);
	vprof_intern_destroy(&store->symbols);
	vprof_intern_destroy(&store->images);
	vprof_intern_destroy(&store->domains);
	vprof_store_rows_destroy(&store->rows);
	free(store->path);
	free(store);
}

int vprof_store_close(struct vprof_store *store, struct vprof_error *err)
{
	int ret;

	if (!store)
		return 0;
	if (store->is_in_slice)
		vprof_store_roll_back(store);
	ret = vprof_store_commit(store);
	finalize_statements(store);
	/*
	 * Back from the log to one file. A reader may be at it: then the log
	 * stays, and whoever opens the store next settles it.
	 */
	if (!ret) {
		sqlite3_busy_timeout(store->db, 200);
		ret = vprof_db_exec(store->db, "PRAGMA journal_mode = DELETE");
		if (ret == -EBUSY)
			ret = 0;
	}
	if (ret)
		vprof_db_explain(err, ret, store->path);
	vprof_store_free(store);
	return ret;
}

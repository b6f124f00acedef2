// SPDX-License-Identifier: LGPL-2.1-or-later
/* SQLite with this library's manners: negative errno, sentences, prepared statements. */
#include "store/db.h"

#include <errno.h>
#include <sqlite3.h>
#include <stddef.h>
#include <string.h>

static const struct {
	int code;
	int errnum;
} errnums[] = {
	{ SQLITE_OK, 0 },
	{ SQLITE_ROW, 0 },
	{ SQLITE_DONE, 0 },
	{ SQLITE_NOMEM, -ENOMEM },
	{ SQLITE_FULL, -ENOSPC },
	{ SQLITE_BUSY, -EBUSY },
	{ SQLITE_LOCKED, -EBUSY },
	{ SQLITE_CORRUPT, -EBADMSG },
	{ SQLITE_NOTADB, -EBADMSG },
	{ SQLITE_FORMAT, -EBADMSG },
	{ SQLITE_SCHEMA, -EBADMSG },
	{ SQLITE_ERROR, -EBADMSG },
	{ SQLITE_TOOBIG, -EBADMSG },
	{ SQLITE_MISMATCH, -EBADMSG },
	{ SQLITE_PERM, -EACCES },
	{ SQLITE_READONLY, -EROFS },
	{ SQLITE_INTERRUPT, -EINTR },
	{ SQLITE_CONSTRAINT, -EEXIST },
};

/* What the system call under SQLite said, where it was one that failed. */
static int system_errno(struct sqlite3 *db)
{
	int errnum = db ? sqlite3_system_errno(db) : 0;

	return errnum > 0 ? -errnum : 0;
}

int vprof_db_errno(struct sqlite3 *db, int code)
{
	int errnum;

	for (size_t i = 0; i < sizeof(errnums) / sizeof(errnums[0]); i++)
		if ((code & 0xff) == errnums[i].code)
			return errnums[i].errnum;
	errnum = system_errno(db);
	if (errnum)
		return errnum;
	/* The shared memory of the log could not grow: that is a full disk. */
	if (db && sqlite3_extended_errcode(db) == SQLITE_IOERR_SHMSIZE)
		return -ENOSPC;
	if ((code & 0xff) == SQLITE_CANTOPEN)
		return -EACCES;
	return -EIO;
}

static const struct {
	int errnum;
	const char *sentence;
} sentences[] = {
	{ -ENOSPC, "no space left on the disk of %s; what was written before "
		   "is kept" },
	{ -EDQUOT, "disk quota used up for %s; what was written before is "
		   "kept" },
	{ -EBUSY, "%s is in use by another program; try again" },
	{ -EBADMSG, "%s is damaged: not all of it is a profile store" },
	{ -EACCES, "no permission for %s or its directory; sudo may help" },
	{ -EPERM, "no permission for %s or its directory; sudo may help" },
	{ -EROFS, "%s can't be written: read-only" },
	{ -ENOENT, "there is no %s" },
	{ -ENOMEM, "out of memory with %s" },
};

int vprof_db_explain(struct vprof_error *err, int errnum, const char *path)
{
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		if (sentences[i].errnum != errnum)
			continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		return vprof_error_set(err, errnum, sentences[i].sentence,
				       path);
#pragma GCC diagnostic pop
	}
	return vprof_error_set(err, errnum, "%s: %s", path, strerror(-errnum));
}

int vprof_db_exec(struct sqlite3 *db, const char *sql)
{
	return vprof_db_errno(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

int vprof_db_prepare(struct sqlite3 *db, const char *sql,
		     struct sqlite3_stmt **ret_statement)
{
	sqlite3_stmt *statement;
	int ret;

	ret = vprof_db_errno(db, sqlite3_prepare_v3(db, sql, -1,
						    SQLITE_PREPARE_PERSISTENT,
						    &statement, NULL));
	if (ret)
		return ret;
	*ret_statement = statement;
	return 0;
}

int vprof_db_run(struct sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);
	int ret;

	ret = vprof_db_errno(sqlite3_db_handle(statement), code);
	sqlite3_reset(statement);
	return ret;
}

int vprof_db_each(struct sqlite3_stmt *statement,
		  int (*take)(void *data, struct sqlite3_stmt *row), void *data)
{
	int code, ret = 0;

	while (!ret && (code = sqlite3_step(statement)) == SQLITE_ROW)
		ret = take(data, statement);
	if (!ret)
		ret = vprof_db_errno(sqlite3_db_handle(statement), code);
	sqlite3_reset(statement);
	return ret;
}

int vprof_db_select(struct sqlite3 *db, const char *sql,
		    int (*take)(void *data, struct sqlite3_stmt *row),
		    void *data)
{
	sqlite3_stmt *statement;
	int ret;

	ret = vprof_db_prepare(db, sql, &statement);
	if (ret)
		return ret;
	ret = vprof_db_each(statement, take, data);
	sqlite3_finalize(statement);
	return ret;
}

int vprof_db_find(struct sqlite3_stmt *statement, int64_t *ret_value)
{
	int code = sqlite3_step(statement);
	int ret = vprof_db_errno(sqlite3_db_handle(statement), code);

	if (code == SQLITE_ROW)
		*ret_value = sqlite3_column_int64(statement, 0);
	else if (!ret)
		ret = -ENODATA;
	sqlite3_reset(statement);
	return ret;
}

int vprof_db_get(struct sqlite3 *db, const char *sql, int64_t *ret_value)
{
	sqlite3_stmt *statement;
	int ret;

	ret = vprof_db_prepare(db, sql, &statement);
	if (ret)
		return ret;
	ret = vprof_db_find(statement, ret_value);
	sqlite3_finalize(statement);
	return ret;
}

void vprof_db_bind_text(struct sqlite3_stmt *statement, int index,
			const char *text)
{
	sqlite3_bind_text(statement, index, text ? text : "", -1,
			  SQLITE_STATIC);
}

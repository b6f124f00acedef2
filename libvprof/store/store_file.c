// SPDX-License-Identifier: LGPL-2.1-or-later
/* The file that is to be a store: what is there already, and who writes to it. */
#include "store/store_file.h"

#include "store/db.h"
#include "store/store_header.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	/* A recording is its owner's, the machine's profile its group's too. */
	MODE_RECORDED = 0600,
	MODE_ROLLING = 0640,
};

/* An empty file, which a full disk may have left, is as closed as a new one. */
static int narrow(int fd, mode_t mode)
{
	struct stat file;

	if (fstat(fd, &file))
		return -errno;
	if (!S_ISREG(file.st_mode) || file.st_size ||
	    !(file.st_mode & ALLPERMS & ~mode))
		return 0;
	return fchmod(fd, file.st_mode & mode) ? -errno : 0;
}

int vprof_store_lock(const char *path, bool is_rolling, int *ret_fd)
{
	mode_t mode = is_rolling ? MODE_ROLLING : MODE_RECORDED;
	int fd, ret;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		ret = errno == EWOULDBLOCK ? -EBUSY : -errno;
		close(fd);
		return ret;
	}
	ret = narrow(fd, mode);
	if (ret) {
		close(fd);
		return ret;
	}
	*ret_fd = fd;
	return 0;
}

/* Old log files beside a new store would be taken for its own. */
static void remove_log(const char *path)
{
	static const char *const suffixes[] = { "-wal", "-shm", "-journal" };
	char *name;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (asprintf(&name, "%s%s", path, suffixes[i]) < 0)
			continue;
		unlink(name);
		free(name);
	}
}

/* Takes what a crashed recorder left in the log into the file itself. */
static int settle_file(const char *path)
{
	sqlite3 *db;
	int code, ret;

	code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
	ret = vprof_db_errno(db, code);
	if (!ret)
		ret = vprof_db_exec(db, "PRAGMA journal_mode = DELETE");
	sqlite3_close(db);
	return ret;
}

int vprof_store_move_aside(const char *path)
{
	char *old;
	int ret = 0;

	if (settle_file(path) == -EBUSY)
		return -EBUSY;
	if (asprintf(&old, "%s.old", path) < 0)
		return -ENOMEM;
	if (rename(path, old))
		ret = -errno;
	else
		remove_log(path);
	free(old);
	return ret;
}

int vprof_store_clear_way(const char *path, bool is_rolling,
			  struct vprof_error *err)
{
	struct vprof_error why = { 0 };
	int ret;

	ret = vprof_store_check_header(path, &why);
	switch (ret) {
	case -ENOENT:
		remove_log(path);
		return 0;
	case -ENODATA:
		return 0;
	case 0:
		if (is_rolling)
			return 0;
		break;
	case -EBADMSG:
		break;
	case -EPROTO:
		if (is_rolling)
			return vprof_error_set(err, ret, "%s", why.text);
		break;
	case -ENOTTY:
		return vprof_error_set(err, -EEXIST,
				       "%s exists and is not a profile store: "
				       "left alone",
				       path);
	default:
		return vprof_error_set(err, ret, "%s", why.text);
	}
	ret = vprof_store_move_aside(path);
	if (ret == -EBUSY)
		return vprof_error_set(err, ret,
				       "%s is being written or read "
				       "by another program: give another name "
				       "with -o",
				       path);
	return ret ? vprof_db_explain(err, ret, path) : 0;
}

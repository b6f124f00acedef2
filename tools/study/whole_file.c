// SPDX-License-Identifier: GPL-2.0-only
/* Writes a file as a whole, or not at all. */
#include "study/whole_file.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int (*print)(const void *what, FILE *out),
		     const void *what, FILE *out)
{
	int ret = print(what, out);

	if (ret)
		return ret;
	return ferror(out) || fflush(out) || fsync(fileno(out)) ? -EIO : 0;
}

static int write_to(int fd, int (*print)(const void *what, FILE *out),
		    const void *what)
{
	FILE *out = fdopen(fd, "w");
	int ret;

	if (!out) {
		ret = -errno;
		close(fd);
		return ret;
	}
	ret = write_all(print, what, out);
	if (fclose(out) && !ret)
		ret = -errno;
	return ret;
}

int whole_file_write(const char *path,
		     int (*print)(const void *what, FILE *out),
		     const void *what, struct vprof_error *err)
{
	char beside[PATH_MAX];
	int fd, ret;

	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >=
	    (int)sizeof(beside))
		return vprof_error_set(err, -ENAMETOOLONG, "%s: %s", path,
				       strerror(ENAMETOOLONG));
	fd = mkstemp(beside);
	if (fd < 0)
		return vprof_error_set(err, -errno, "%s: %s", path,
				       strerror(errno));
	fchmod(fd, 0644);
	ret = write_to(fd, print, what);
	if (!ret && rename(beside, path))
		ret = -errno;
	if (!ret)
		return 0;
	unlink(beside);
	return vprof_error_set(err, ret, "%s could not be written: %s", path,
			       strerror(-ret));
}

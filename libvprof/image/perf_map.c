// SPDX-License-Identifier: LGPL-2.1-or-later
/* /tmp/perf-PID.map: what a just-in-time compiler says of its code. */
#include "image/perf_map.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/image.h"
#include "image/image_file.h"
#include "base/lines.h"
#include "image/symbols.h"

/* ---- lines ----------------------------------------------------------------- */

/* Some writers put 0x before a number, strtoull() takes both. */
static int parse_hex(char **at, uint64_t *ret_number)
{
	char *end;

	if (!isxdigit((unsigned char)**at))
		return -EINVAL;
	errno = 0;
	*ret_number = strtoull(*at, &end, 16);
	if (errno || *end != ' ')
		return -EINVAL;
	*at = end + 1;
	return 0;
}

int vprof_perf_map_parse(char *line, struct vprof_perf_map_line *ret_line)
{
	struct vprof_perf_map_line parsed;
	char *at = line;

	if (parse_hex(&at, &parsed.start) || parse_hex(&at, &parsed.size) ||
	    !*at || !parsed.size || parsed.start + parsed.size < parsed.start)
		return -EINVAL;
	parsed.name = at;
	*ret_line = parsed;
	return 0;
}

static int take_line(void *data, char *line)
{
	struct vprof_perf_map_line parsed;
	struct vprof_new_symbol new = { .rank = VPROF_SYMBOL_GLOBAL };
	int ret;

	if (vprof_perf_map_parse(line, &parsed))
		return 0;
	new.name = parsed.name;
	new.offset = parsed.start;
	new.size = parsed.size;
	new.limit = parsed.start + parsed.size;
	ret = vprof_symbols_add(data, &new);
	return ret == -E2BIG ? 1 : ret;
}

int vprof_perf_map_read(int fd, struct vprof_symbols *symbols)
{
	int ret = vprof_lines_read(fd, VPROF_PERF_MAP_MAX_BYTES, take_line,
				   symbols);

	return ret > 0 ? 0 : ret;
}

/* ---- the file ---------------------------------------------------------------- */

/* Anyone may write in /tmp: the process's own user is believed, and root. */
static int check_owner(const struct vprof_image *image, int fd)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return -errno;
	if (stat.st_uid && stat.st_uid != geteuid() &&
	    !(image->has_uid && stat.st_uid == image->uid))
		return -EPERM;
	return stat.st_size > VPROF_PERF_MAP_MAX_BYTES ? -EFBIG : 0;
}

/* A store keeps the path only. */
static pid_t pid_of(const struct vprof_image *image)
{
	int pid;

	if (image->map_pid)
		return image->map_pid;
	return sscanf(image->path, "/tmp/perf-%d.map", &pid) == 1 ? pid : 0;
}

static int open_checked(const struct vprof_image *image, pid_t root_pid,
			const char *path)
{
	int fd = vprof_file_open_unlinked(root_pid, path);
	int ret;

	if (fd < 0)
		return fd;
	ret = check_owner(image, fd);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

static int explain(int code, const char *path, struct vprof_error *err)
{
	switch (code) {
	case -EPERM:
		return vprof_error_set(
			err, code,
			"\"%s\" is not used: it belongs to another user than the process",
			path);
	case -EFBIG:
		return vprof_error_set(
			err, code,
			"\"%s\" is not used: it is larger than %d MB", path,
			VPROF_PERF_MAP_MAX_BYTES >> 20);
	default:
		return vprof_error_set(
			err, -ENOENT,
			"code made at run time has no names: start the program so that it writes \"%s\" (java: a perf map agent; node: --perf-basic-prof)",
			path);
	}
}

int vprof_perf_map_open(const struct vprof_image *image,
			struct vprof_error *err)
{
	char path[64];
	int fd = -ENOENT;

	snprintf(path, sizeof(path), "/tmp/perf-%d.map", pid_of(image));
	if (image->holders[0])
		fd = open_checked(image, image->holders[0], path);
	/* The process has ended; its file may be there yet. */
	if (fd == -ENOENT)
		fd = open_checked(image, 0, path);
	return fd < 0 ? explain(fd, path, err) : fd;
}

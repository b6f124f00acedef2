// SPDX-License-Identifier: LGPL-2.1-or-later
/* The lines of /proc/PID/maps. */
#include "image/proc_maps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/lines.h"

/* A number in @base, followed by @after, which is passed over. */
static int parse_number(char **at, int base, char after, uint64_t *ret_number)
{
	char *end;

	if (strchr(" \t+-", **at))
		return -EINVAL;
	errno = 0;
	*ret_number = strtoull(*at, &end, base);
	if (errno || end == *at || *end != after)
		return -EINVAL;
	*at = end + 1;
	return 0;
}

static int parse_permissions(char **at, bool *ret_is_executable)
{
	if (strnlen(*at, 5) < 5 || (*at)[4] != ' ')
		return -EINVAL;
	*ret_is_executable = (*at)[2] == 'x';
	*at += 5;
	return 0;
}

static bool is_octal(const char *digits)
{
	int i;

	for (i = 0; i < 3; i++) {
		if (digits[i] < '0' || digits[i] > '7')
			return false;
	}
	return true;
}

/* The kernel writes a newline in a path as \012. */
static void unescape(char *path)
{
	char *to = path;

	while (*path) {
		if (path[0] == '\\' && is_octal(path + 1)) {
			*to++ = ((path[1] & 3) << 6) | ((path[2] & 7) << 3) |
				(path[3] & 7);
			path += 4;
		} else {
			*to++ = *path++;
		}
	}
	*to = '\0';
}

int vprof_proc_map_parse(char *line, struct vprof_proc_map *ret_map)
{
	struct vprof_proc_map map;
	uint64_t major;
	uint64_t minor;
	char *at = line;
	char *end;

	if (parse_number(&at, 16, '-', &map.start) ||
	    parse_number(&at, 16, ' ', &map.end) || map.start >= map.end ||
	    parse_permissions(&at, &map.is_executable) ||
	    parse_number(&at, 16, ' ', &map.pgoff) ||
	    parse_number(&at, 16, ':', &major) || major > UINT32_MAX ||
	    parse_number(&at, 16, ' ', &minor) || minor > UINT32_MAX)
		return -EINVAL;
	map.major = major;
	map.minor = minor;
	if (*at < '0' || *at > '9')
		return -EINVAL;
	errno = 0;
	map.inode = strtoull(at, &end, 10);
	if (errno || (*end && *end != ' '))
		return -EINVAL;
	end += strspn(end, " ");
	unescape(end);
	map.path = end;
	*ret_map = map;
	return 0;
}

struct reader {
	int (*fn)(void *data, const struct vprof_proc_map *map);
	void *data;
};

static int read_line(void *data, char *line)
{
	struct reader *reader = data;
	struct vprof_proc_map map;

	if (vprof_proc_map_parse(line, &map))
		return 0;
	return reader->fn(reader->data, &map);
}

int vprof_proc_maps_read(int fd,
			 int (*fn)(void *data,
				   const struct vprof_proc_map *map),
			 void *data)
{
	struct reader reader = { .fn = fn, .data = data };

	return vprof_lines_read(fd, 0, read_line, &reader);
}

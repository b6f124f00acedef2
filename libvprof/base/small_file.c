// SPDX-License-Identifier: LGPL-2.1-or-later
/* Small files, as /proc and /sys have them. */
#include "base/small_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CAPABILITIES_LEN = 128 };

bool vprof_read_line(const char *path, char *ret_line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool has_line = file && fgets(ret_line, (int)size, file);

	if (file)
		fclose(file);
	if (has_line)
		ret_line[strcspn(ret_line, "\n")] = '\0';
	else
		*ret_line = '\0';
	return has_line;
}

ssize_t vprof_read_file(const char *path, void *ret_bytes, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return -errno;
	got = read(fd, ret_bytes, size);
	if (got < 0)
		got = -errno;
	close(fd);
	return got;
}

bool vprof_is_xen_dom0(void)
{
	char capabilities[CAPABILITIES_LEN];

	return vprof_read_line("/proc/xen/capabilities", capabilities,
			       sizeof(capabilities)) &&
	       strstr(capabilities, "control_d");
}

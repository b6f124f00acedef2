// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files of one line, as /proc and /sys have them. */
#include "base/small_file.h"

#include <stdio.h>
#include <string.h>

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

bool vprof_is_xen_dom0(void)
{
	char capabilities[CAPABILITIES_LEN];

	return vprof_read_line("/proc/xen/capabilities", capabilities,
			       sizeof(capabilities)) &&
	       strstr(capabilities, "control_d");
}

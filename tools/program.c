// SPDX-License-Identifier: GPL-2.0-only
/* Programs, as execvp() finds them. */
#include "program.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where there is no $PATH. */
#define FALLBACK_PATH "/bin:/usr/bin"

static bool is_executable(const char *path)
{
	struct stat st;

	/* of a folder, leave to execute is leave to look into it */
	return !access(path, X_OK) && !stat(path, &st) && S_ISREG(st.st_mode);
}

bool program_exists(const char *name)
{
	const char *folder = getenv("PATH");
	char path[PATH_MAX];
	size_t length;

	if (strchr(name, '/'))
		return is_executable(name);
	if (!folder)
		folder = FALLBACK_PATH;
	for (; *folder; folder += folder[length] ? length + 1 : length) {
		length = strcspn(folder, ":");
		snprintf(path, sizeof(path), "%.*s/%s", (int)length, folder,
			 name);
		if (is_executable(path))
			return true;
	}
	return false;
}

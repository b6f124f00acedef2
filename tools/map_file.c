// SPDX-License-Identifier: GPL-2.0-only
/* Whether a file can be a kernel's map. */
#include "map_file.h"

#include <ctype.h>
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_LINES = 1000, MAX_LINE = 1024 };

/* "ffffffff81000000 T _stext" */
static bool is_symbol(const char *line)
{
	size_t nr_digits = strspn(line, "0123456789abcdefABCDEF");

	line += nr_digits;
	return nr_digits && line[0] == ' ' && isalpha((unsigned char)line[1]) &&
	       line[2] == ' ' && isgraph((unsigned char)line[3]);
}

static bool is_map(FILE *file)
{
	char line[MAX_LINE] = "";

	for (int i = 0; i < MAX_LINES && fgets(line, sizeof(line), file); i++)
		if ((!i && !strncmp(line, ELFMAG, SELFMAG)) || is_symbol(line))
			return true;
	return ferror(file) != 0;
}

bool map_file_is_map(const char *path)
{
	struct stat info;
	FILE *file;
	bool ret;

	if (stat(path, &info))
		return true;
	if (!S_ISREG(info.st_mode))
		return false;
	file = fopen(path, "re");
	if (!file)
		return true;
	ret = is_map(file);
	fclose(file);
	return ret;
}

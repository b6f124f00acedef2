/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a file can be a kernel's map. */
#ifndef VPROF_TOOLS_MAP_FILE_H
#define VPROF_TOOLS_MAP_FILE_H

#include <stdbool.h>

/**
 * map_file_is_map - a look at the beginning of a file
 *
 * Return: whether it is an ELF file or has a line of a System.map or kallsyms.
 * What cannot be read is not judged: true.
 */
bool map_file_is_map(const char *path);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes a file as a whole, or not at all: whoever reads it sees no half of it. */
#ifndef VPROF_TOOLS_STUDY_WHOLE_FILE_H
#define VPROF_TOOLS_STUDY_WHOLE_FILE_H

#include <stdio.h>
#include <vprof/error.h>

/**
 * whole_file_write - write it beside @path, then put it there
 * @print: writes @what; returns 0 or a negative errno
 *
 * Return: 0, or a negative errno: what was at @path is still there.
 */
int whole_file_write(const char *path,
		     int (*print)(const void *what, FILE *out),
		     const void *what, struct vprof_error *err);

#endif

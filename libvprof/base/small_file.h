/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small files, as /proc and /sys have them. */
#ifndef LIBVPROF_SMALL_FILE_H
#define LIBVPROF_SMALL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * vprof_read_line - the first line of a file, without its newline
 *
 * Return: whether there is one; if not, @ret_line is "".
 */
bool vprof_read_line(const char *path, char *ret_line, size_t size);

/**
 * vprof_read_file - what one read() gets of a file: all of it, if there is room
 *
 * Return: number of bytes, or negative errno.
 */
ssize_t vprof_read_file(const char *path, void *ret_bytes, size_t size);

/** vprof_is_xen_dom0 - is this Linux Xen's first domain? */
bool vprof_is_xen_dom0(void);

#endif

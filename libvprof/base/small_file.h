/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of one line, as /proc and /sys have them. */
#ifndef LIBVPROF_SMALL_FILE_H
#define LIBVPROF_SMALL_FILE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * vprof_read_line - the first line of a file, without its newline
 *
 * Return: whether there is one; if not, @ret_line is "".
 */
bool vprof_read_line(const char *path, char *ret_line, size_t size);

/** vprof_is_xen_dom0 - is this Linux Xen's first domain? */
bool vprof_is_xen_dom0(void);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A descriptor read line by line, within bounds. */
#ifndef LIBVPROF_LINES_H
#define LIBVPROF_LINES_H

#include <stddef.h>

/**
 * vprof_lines_read - hand out every line of @fd, without its newline
 * @max_bytes: stop there, as if the file ended; 0: no bound
 * @fn: may write to the line; stops when it returns non-zero
 *
 * Lines longer than 8191 bytes are passed over; so is a NUL byte's line from
 * the NUL on.
 *
 * Return: 0, what @fn returned, -ENOMEM, or a negative errno of read(2).
 */
int vprof_lines_read(int fd, size_t max_bytes,
		     int (*fn)(void *data, char *line), void *data);

#endif

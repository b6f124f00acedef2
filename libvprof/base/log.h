/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside the library: how a message gets out. */
#ifndef LIBVPROF_LOG_H
#define LIBVPROF_LOG_H

#include <vprof/log.h>

/**
 * vprof_log - hand a sentence to the user's handler, if it wants that level
 *
 * For what is worth knowing though nothing failed; failures go out as
 * struct vprof_error.
 */
void vprof_log(enum vprof_log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library's messages, handed to whoever uses it. It never prints itself. */
#ifndef VPROF_LOG_H
#define VPROF_LOG_H

enum vprof_log_level {
	VPROF_LOG_ERROR,
	VPROF_LOG_WARNING,
	VPROF_LOG_INFO,
	VPROF_LOG_DEBUG,
};

typedef void vprof_log_fn(void *data, enum vprof_log_level level,
			  const char *sentence);

/**
 * vprof_log_set_handler - say where messages go
 * @fn: called with each message at or below @level; NULL: nowhere (at first)
 * @data: handed to @fn
 * @level: the most talkative level wanted
 *
 * Not thread-safe: call it before anything else.
 */
void vprof_log_set_handler(vprof_log_fn *fn, void *data,
			   enum vprof_log_level level);

#endif

// SPDX-License-Identifier: LGPL-2.1-or-later
/* The library's messages, handed to whoever uses it. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

enum { SENTENCE_MAX = 1024 };

static struct {
	vprof_log_fn *fn;
	void *data;
	enum vprof_log_level level;
} handler;

void vprof_log_set_handler(vprof_log_fn *fn, void *data,
			   enum vprof_log_level level)
{
	handler.fn = fn;
	handler.data = data;
	handler.level = level;
}

void vprof_log(enum vprof_log_level level, const char *format, ...)
{
	char sentence[SENTENCE_MAX];
	va_list args;

	if (!handler.fn || level > handler.level)
		return;
	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	handler.fn(handler.data, level, sentence);
}

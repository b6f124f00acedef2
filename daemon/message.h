/* SPDX-License-Identifier: GPL-2.0-only */
/* What vprofd tells the person who runs it: sentences on stderr, or in the journal. */
#ifndef VPROFD_MESSAGE_H
#define VPROFD_MESSAGE_H

#include <vprof/log.h>

/** vprof_message_begin - from here on messages go out, the library's too */
void vprof_message_begin(enum vprof_log_level level);

/** vprof_message - say a sentence, without newline */
void vprof_message(enum vprof_log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

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

/**
 * vprof_message_end_output - whether stdout took all of what was printed
 * @what: "the help"
 *
 * Return: what main returns: 0, or 1 and a sentence.
 */
int vprof_message_end_output(const char *what);

#endif

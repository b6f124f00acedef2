// SPDX-License-Identifier: GPL-2.0-only
/* What vprofd tells the person who runs it: sentences on stderr, or in the journal. */
#include "message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vprof/error.h>

static enum vprof_log_level loudest = VPROF_LOG_INFO;
static bool is_journal;

/* syslog's levels, as systemd reads them off the front of a line */
static const int priorities[] = {
	[VPROF_LOG_ERROR] = 3,
	[VPROF_LOG_WARNING] = 4,
	[VPROF_LOG_INFO] = 6,
	[VPROF_LOG_DEBUG] = 7,
};

static void write_sentence(void *data, enum vprof_log_level level,
			   const char *sentence)
{
	(void)data;
	if (level > loudest)
		return;
	if (is_journal)
		fprintf(stderr, "<%d>%s\n", priorities[level], sentence);
	else
		fprintf(stderr, "vprofd: %s\n", sentence);
}

void vprof_message_begin(enum vprof_log_level level)
{
	loudest = level;
	is_journal = getenv("JOURNAL_STREAM") != NULL;
	vprof_log_set_handler(write_sentence, NULL, level);
}

void vprof_message(enum vprof_log_level level, const char *format, ...)
{
	char sentence[2 * VPROF_ERROR_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	write_sentence(NULL, level, sentence);
}

int vprof_message_end_output(const char *what)
{
	enum { FAILED = 1 };

	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	vprof_message(VPROF_LOG_ERROR, "%s could not be written: %s", what,
		      strerror(errno));
	return FAILED;
}

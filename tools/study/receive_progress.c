// SPDX-License-Identifier: GPL-2.0-only
/* How far the part "receive" is. */
#include "study/receive.h"

#include <stdarg.h>
#include <stdio.h>

static double seconds_since(const struct timespec *begun)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - begun->tv_sec) +
	       (double)(now.tv_nsec - begun->tv_nsec) / 1e9;
}

/* Each second that was planned is taken to need what those so far needed. */
void receive_say(struct receive *receive, double planned_s, const char *format,
		 ...)
{
	double left, so_far = seconds_since(&receive->begun);
	va_list arguments;

	receive->nr_done++;
	receive->done_s += planned_s;
	if (receive->nr_steps < receive->nr_done)
		receive->nr_steps = receive->nr_done;
	left = receive->planned_s - receive->done_s;
	left = left > 0 ? so_far / receive->done_s * left : 0;
	fprintf(stderr, "vprof-study: %u of %u: ", receive->nr_done,
		receive->nr_steps);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	if (receive->nr_done == receive->nr_steps)
		fputc('\n', stderr);
	else if (left < 90)
		fprintf(stderr, "; some %.0f s remain\n", left);
	else
		fprintf(stderr, "; some %.0f min remain\n", left / 60);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What a program in a machine says about its tests: a line each. */
#include "tap.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void say(const char *what, const char *format, va_list args)
{
	printf("%s ", what);
	vprintf(format, args);
	printf("\n");
	fflush(stdout);
}

void check(bool is_ok, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(is_ok ? "ok" : "not ok", format, args);
	va_end(args);
}

void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("#", format, args);
	va_end(args);
}

void skip(const char *name, const char *reason)
{
	check(true, "%s # SKIP %s", name, reason);
}

void must(bool is_ok, const char *step)
{
	if (is_ok)
		return;
	check(false, "%s: %s", step, strerror(errno));
	exit(1);
}

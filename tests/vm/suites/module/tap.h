/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program in a machine says about its tests: a line each. */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>

void check(bool is_ok, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void skip(const char *name, const char *reason);

/* Exits with a "not ok" line and errno's text where the step failed. */
void must(bool is_ok, const char *step);

#endif

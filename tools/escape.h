/* SPDX-License-Identifier: GPL-2.0-only */
/* Names that strangers chose, made harmless for where they are printed. */
#ifndef VPROF_TOOLS_ESCAPE_H
#define VPROF_TOOLS_ESCAPE_H

#include <stddef.h>
#include <stdio.h>

/**
 * escape_decode - the next character of a text
 * @text: moves past it
 *
 * Return: a code point; -1: a byte that is no UTF-8 (or one that hides another
 * character: overlong, surrogate); 0 at the end.
 */
int escape_decode(const char **text);

/**
 * escape_for_terminal - control characters, and what changes the direction of
 * writing, as \xNN or \uNNNN
 *
 * Return: for free(); NULL: no memory.
 */
char *escape_for_terminal(const char *text);

/**
 * escape_csv - write a field: quoted where needed, control characters as for a
 * terminal; what a spreadsheet would take for a formula begins with a '
 */
void escape_csv(FILE *out, const char *text);

/** escape_json - write a string with its quotes; bytes that are no UTF-8 become U+FFFD */
void escape_json(FILE *out, const char *text);

#endif

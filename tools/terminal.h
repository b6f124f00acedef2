/* SPDX-License-Identifier: GPL-2.0-only */
/* What standard output is: a terminal gets a pager, colour and a width. */
#ifndef VPROF_TOOLS_TERMINAL_H
#define VPROF_TOOLS_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct terminal - where results go
 * @width: columns; 0: not a terminal, nothing is cut
 * @has_colour: escape sequences are welcome
 */
struct terminal {
	unsigned int width;
	bool has_colour;
};

enum terminal_style {
	TERMINAL_PLAIN,
	TERMINAL_HEADING,
	TERMINAL_HOT,  /* 5 % and more */
	TERMINAL_WARM, /* 0.5 % and more */
};

/**
 * terminal_begin - find out what standard output is; a terminal gets a pager
 *
 * $VPROF_PAGER, $PAGER or, if there is one, less; none where that is "" or "cat". Colour is left to
 * pagers that are known to show it. Without it a struct terminal is all 0.
 */
void terminal_begin(struct terminal *ret_terminal);

/**
 * terminal_end - all is printed: write it out, wait for the pager
 * @what: was to be written: "the report"
 * @ret: negative errno of printing it
 *
 * Return: EXIT_OK, EXIT_FAILED after a sentence.
 */
int terminal_end(const char *what, int ret);

/** terminal_style - the sequence that begins a style, "" without colour */
const char *terminal_style(const struct terminal *terminal,
			   enum terminal_style style);
/** terminal_reset - the one that ends it */
const char *terminal_reset(const struct terminal *terminal);

/** terminal_text_width - columns a text takes */
size_t terminal_text_width(const char *text);

/**
 * terminal_text_fit - how much of a text there is room for
 * @width: columns; those that are left over, on return
 *
 * Return: bytes.
 */
size_t terminal_text_fit(const char *text, size_t *width);

#endif

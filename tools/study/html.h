/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes HTML that is XML too. Text is escaped here and nowhere else. */
#ifndef VPROF_TOOLS_STUDY_HTML_H
#define VPROF_TOOLS_STUDY_HTML_H

#include <stdarg.h>
#include <stdio.h>

/**
 * html_text - text, harmless in an element and in an attribute's quotes
 * @text: NULL: nothing
 *
 * Control characters and what changes the direction of writing are shown as
 * \xNN or \uNNNN.
 */
void html_text(FILE *out, const char *text);

/**
 * html_element - <TAG>text</TAG>
 * @tag: with its attributes, which are not escaped: "td class=\"number\""
 * @format: of the text, which is
 */
void html_element(FILE *out, const char *tag, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** html_function - its name, or its image's where it has none; and its context */
void html_function(FILE *out, const char *symbol, const char *image,
		   const char *context);

/** html_row_begin - a row of a table; its cells are html_element()s, "td" */
void html_row_begin(FILE *out, const char *header);
void html_row_end(FILE *out);

/** struct html_figure - what stands around a plot */
struct html_figure {
	const char *id;
	const char *sentence; /* what the figure says */
	const char *shown;    /* what is plotted */
};

/**
 * html_figure_begin - the caption, then the plot's box
 *
 * Each of html_figure_begin, html_table_begin and html_figure_end follows the
 * one before: figure, plot, table, end.
 */
void html_figure_begin(FILE *out, const struct html_figure *figure);

/**
 * html_table_begin - end the plot; the same figures as a table
 * @headers: the first is that of the rows; up to NULL
 */
void html_table_begin(FILE *out, const struct html_figure *figure,
		      const char *const *headers);
void html_figure_end(FILE *out);

#endif

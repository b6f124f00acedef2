// SPDX-License-Identifier: GPL-2.0-only
/* Writes HTML that is XML too. Text is escaped here and nowhere else. */
#include "study/html.h"

#include "escape.h"
#include "study/show.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *plain;
	const char *escaped;
} replacements[] = {
	{ "&", "&amp;" },
	{ "<", "&lt;" },
	{ ">", "&gt;" },
	{ "\"", "&quot;" },
	{ "'", "&#39;" },
	/* U+FFFE and U+FFFF: no characters of XML's */
	{ "\xef\xbf\xbe", "\\ufffe" },
	{ "\xef\xbf\xbf", "\\uffff" },
};

/* Return: length of what was replaced; 0: nothing to replace here. */
static size_t replace(FILE *out, const char *at)
{
	for (size_t i = 0; i < sizeof(replacements) / sizeof(replacements[0]);
	     i++) {
		size_t length = strlen(replacements[i].plain);

		if (strncmp(at, replacements[i].plain, length))
			continue;
		fputs(replacements[i].escaped, out);
		return length;
	}
	return 0;
}

void html_text(FILE *out, const char *text)
{
	char *printable = text ? escape_for_terminal(text) : NULL;
	size_t length;

	if (!printable)
		return;
	for (const char *at = printable; *at; at += length ? length : 1) {
		length = replace(out, at);
		if (!length)
			fputc(*at, out);
	}
	free(printable);
}

void html_element(FILE *out, const char *tag, const char *format, ...)
{
	char *text;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	fprintf(out, "<%s>", tag);
	html_text(out, text);
	fprintf(out, "</%.*s>\n", (int)strcspn(tag, " "), tag);
	free(text);
}

void html_figure_begin(FILE *out, const struct html_figure *figure)
{
	fprintf(out, "<figure id=\"%s\">\n<figcaption>\n", figure->id);
	fprintf(out, "<h3 id=\"%s-says\">", figure->id);
	html_text(out, figure->sentence);
	fputs("</h3>\n", out);
	html_element(out, "p", "%s", figure->shown);
	fputs("</figcaption>\n<div class=\"plot\">\n", out);
}

void html_table_begin(FILE *out, const struct html_figure *figure,
		      const char *const *headers)
{
	fprintf(out,
		"</div>\n<details><summary>The figures as a table</summary>\n"
		"<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		"aria-labelledby=\"%s-says\">\n<table>\n<thead><tr>",
		figure->id);
	for (; *headers; headers++)
		html_element(out, "th scope=\"col\"", "%s", *headers);
	fputs("</tr></thead>\n<tbody>\n", out);
}

void html_figure_end(FILE *out)
{
	fputs("</tbody></table>\n</div></details>\n</figure>\n", out);
}

void html_row_begin(FILE *out, const char *header)
{
	fputs("<tr>", out);
	html_element(out, "th scope=\"row\"", "%s", header ? header : "");
}

void html_row_end(FILE *out)
{
	fputs("</tr>\n", out);
}

void html_function(FILE *out, const char *symbol, const char *image,
		   const char *context)
{
	char *name = show_function(symbol, image);

	html_element(out, "code", "%s", name ? name : "");
	html_element(out, "small", "%s", context ? context : "");
	free(name);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Pieces of plots. */
#include "study/svg.h"

#include "study/html.h"

#include <stdlib.h>

static const char *const marks[SVG_NR_MARKS] = {
	[SVG_CIRCLE] = "circle",
	[SVG_SQUARE] = "square",
	[SVG_TRIANGLE] = "triangle",
	[SVG_DIAMOND] = "diamond",
};

/* A mark is small; what is around it, unseen, is easier to point at. */
void svg_define(FILE *out)
{
	fputs("<svg width=\"0\" height=\"0\" style=\"position:absolute\" "
	      "aria-hidden=\"true\"><defs>\n"
	      "<g id=\"circle\"><circle r=\"11\" fill-opacity=\"0\" stroke=\"none\"/>"
	      "<circle r=\"4.5\"/></g>\n"
	      "<g id=\"square\"><circle r=\"11\" fill-opacity=\"0\" stroke=\"none\"/>"
	      "<rect x=\"-4\" y=\"-4\" width=\"8\" height=\"8\"/></g>\n"
	      "<g id=\"triangle\"><circle r=\"11\" fill-opacity=\"0\" stroke=\"none\"/>"
	      "<path d=\"M0 -5.5L5.2 4H-5.2Z\"/></g>\n"
	      "<g id=\"diamond\"><circle r=\"11\" fill-opacity=\"0\" stroke=\"none\"/>"
	      "<path d=\"M0 -6L6 0L0 6L-6 0Z\"/></g>\n"
	      "<pattern id=\"hatch\" width=\"7\" height=\"7\" "
	      "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
	      "<rect class=\"hatch\" width=\"3\" height=\"7\"/></pattern>\n"
	      "</defs></svg>\n",
	      out);
}

void svg_begin(FILE *out, const char *classes, int height, const char *figure)
{
	fprintf(out,
		"<svg class=\"%s\" height=\"%d\" role=\"img\" "
		"aria-labelledby=\"%s-says\">\n",
		classes, height, figure);
}

void svg_end(FILE *out)
{
	fputs("</svg>\n", out);
}

static void print_escaped(FILE *out, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

static void print_escaped(FILE *out, const char *format, va_list arguments)
{
	char *text;

	if (vasprintf(&text, format, arguments) < 0)
		return;
	html_text(out, text);
	free(text);
}

void svg_tip(FILE *out, double y, const char *format, va_list arguments)
{
	fprintf(out,
		"<text class=\"tip\" x=\"100%%\" y=\"%.1f\" "
		"text-anchor=\"end\">",
		y);
	print_escaped(out, format, arguments);
	fputs("</text>", out);
}

void svg_mark(FILE *out, enum svg_mark mark, const char *classes, double x,
	      double y, double dx, const char *format, ...)
{
	va_list arguments;

	fprintf(out,
		"<g class=\"m %s\"><use href=\"#%s\" x=\"%.2f%%\" y=\"%.1f\" "
		"transform=\"translate(%.1f 0)\"/>",
		classes, marks[mark], x, y, dx);
	va_start(arguments, format);
	svg_tip(out, -8, format, arguments);
	va_end(arguments);
	fputs("</g>\n", out);
}

void svg_badge(FILE *out, const char *classes, const char *letter, double x,
	       double y, const char *format, ...)
{
	va_list arguments;

	fprintf(out,
		"<g class=\"m badge %s\"><svg x=\"%.2f%%\" y=\"%.1f\">"
		"<circle cx=\"20\" r=\"10\"/><text x=\"20\" y=\"4\">%s"
		"</text></svg>",
		classes, x, y, letter);
	va_start(arguments, format);
	svg_tip(out, -8, format, arguments);
	va_end(arguments);
	fputs("</g>\n", out);
}

void svg_key(FILE *out, enum svg_mark mark, const char *classes)
{
	fprintf(out,
		"<svg width=\"14\" height=\"14\" aria-hidden=\"true\">"
		"<use class=\"m %s\" href=\"#%s\" x=\"7\" y=\"7\"/></svg>",
		classes, marks[mark]);
}

void svg_line(FILE *out, const char *classes, double x1, double y1, double x2,
	      double y2)
{
	fprintf(out,
		"<line class=\"%s\" x1=\"%.2f%%\" y1=\"%.1f\" x2=\"%.2f%%\" "
		"y2=\"%.1f\"/>\n",
		classes, x1, y1, x2, y2);
}

void svg_text(FILE *out, const char *classes, const char *anchor, double x,
	      double y, double dx, const char *format, ...)
{
	va_list arguments;

	fprintf(out,
		"<text class=\"%s\" text-anchor=\"%s\" x=\"%.2f%%\" "
		"y=\"%.1f\" dx=\"%.1f\">",
		classes, anchor, x, y, dx);
	va_start(arguments, format);
	print_escaped(out, format, arguments);
	va_end(arguments);
	fputs("</text>\n", out);
}

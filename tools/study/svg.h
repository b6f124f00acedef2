/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pieces of plots. Places along are in percent of the plot's width, so that a
 * plot fits any window; heights are in pixels.
 */
#ifndef VPROF_TOOLS_STUDY_SVG_H
#define VPROF_TOOLS_STUDY_SVG_H

#include "study/plot_scale.h"

#include <stdarg.h>
#include <stdio.h>

/** svg_begin - a picture; for a reader of screens it is the sentence of @figure */
void svg_begin(FILE *out, const char *classes, int height, const char *figure);
void svg_end(FILE *out);

/** enum svg_mark - the order is that in which series get them */
enum svg_mark {
	SVG_CIRCLE,
	SVG_SQUARE,
	SVG_TRIANGLE,
	SVG_DIAMOND,
	SVG_NR_MARKS
};

/** svg_define - what the marks and hatches of all plots refer to, once a page */
void svg_define(FILE *out);

/**
 * svg_mark - a figure, and what is shown when one points at it
 * @classes: "c-a"
 * @dx: pixels aside, for what would lie on something else
 * @format: of what is shown
 */
void svg_mark(FILE *out, enum svg_mark mark, const char *classes, double x,
	      double y, double dx, const char *format, ...)
	__attribute__((format(printf, 7, 8)));

/**
 * svg_badge - a letter in a disc: a figure that is spoken of elsewhere
 */
void svg_badge(FILE *out, const char *classes, const char *letter, double x,
	       double y, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

/** svg_key - a mark in a legend; @classes: "open", or "" */
void svg_key(FILE *out, enum svg_mark mark, const char *classes);

/** svg_tip - what is shown when one points at the group that this is written in */
void svg_tip(FILE *out, double y, const char *format, va_list arguments)
	__attribute__((format(printf, 3, 0)));

/** svg_line - @x1, @x2 in percent, @y1, @y2 in pixels */
void svg_line(FILE *out, const char *classes, double x1, double y1, double x2,
	      double y2);

/** svg_text - @anchor: "start", "middle", "end"; @dx pixels aside of @x percent */
void svg_text(FILE *out, const char *classes, const char *anchor, double x,
	      double y, double dx, const char *format, ...)
	__attribute__((format(printf, 7, 8)));

#endif

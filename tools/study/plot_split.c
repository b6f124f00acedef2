// SPDX-License-Identifier: GPL-2.0-only
/* Plot: stacked bars of hypervisor, driver, kernel and user. */
#include "study/plot.h"

#include "study/html.h"
#include "study/show.h"
#include "study/svg.h"

#include <math.h>

enum {
	LABEL = 22, /* above a bar */
	OURS = 28,  /* a bar's height */
	THEIRS = 18,
	GAP = 12, /* below a bar */
	AXIS = 22,
	NARROWEST_NAMED = 9, /* percent: its figure fits on a phone too */
	NR_PARTS = 4,
};

struct part {
	const char *name;
	double share;
};

static double length_of(const struct plot_bar *bar)
{
	return bar->length > 0 ? bar->length : 1;
}

static void list_parts(const struct study_split *split,
		       struct part parts[NR_PARTS])
{
	parts[0] = (struct part){ "hypervisor", split->hypervisor };
	parts[1] = (struct part){ "driver", split->driver };
	parts[2] = (struct part){ "kernel", split->kernel };
	parts[3] = (struct part){ "user", split->user };
}

static int bar_height(const struct plot_bar *bar)
{
	return bar->is_published ? THEIRS : OURS;
}

static void print_tip(FILE *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void print_tip(FILE *out, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	svg_tip(out, 10, format, arguments);
	va_end(arguments);
}

static void print_rectangle(FILE *out, const char *attributes, double x,
			    double width, int y, int height)
{
	fprintf(out,
		"<rect %s x=\"%.3f%%\" y=\"%d\" width=\"%.3f%%\" "
		"height=\"%d\"/>",
		attributes, x, y, width, height);
}

/* @from, @share: in the axis' figures, percent */
static void print_part(FILE *out, const struct plot_scale *axis,
		       const struct plot_bar *bar, const struct part *part,
		       double from, int y)
{
	double share_here = 100 * part->share * length_of(bar);
	double x = plot_place(axis, from);
	double width = plot_place(axis, from + share_here) - x;
	int height = bar_height(bar);
	char share[SHOW_LEN];

	fprintf(out, "<g class=\"m part c-%s\">", part->name);
	print_rectangle(out, "class=\"edge\"", x, width, y, height);
	if (bar->is_published)
		print_rectangle(out, "fill=\"url(#hatch)\"", x, width, y,
				height);
	if (width >= NARROWEST_NAMED)
		svg_text(out, bar->is_published ? "beside halo" : "inside",
			 "middle", x + width / 2, y + height / 2 + 4, 0,
			 "%.0f%%", share_here);
	print_tip(out, "%s: %s %s", bar->label, part->name,
		  show_share(share_here / 100, share));
	fputs("</g>\n", out);
}

static void print_bar(FILE *out, const struct plot_scale *axis,
		      const struct plot_bar *bar, int y)
{
	struct part parts[NR_PARTS];
	double from = 0;

	list_parts(&bar->split, parts);
	svg_text(out, bar->is_published ? "axis" : "strong", "start", 0, y - 6,
		 0, "%s", bar->label);
	for (int i = 0; i < NR_PARTS; i++) {
		if (!(parts[i].share > 0))
			continue;
		print_part(out, axis, bar, &parts[i], from, y);
		from += 100 * parts[i].share * length_of(bar);
	}
}

static void print_grid(FILE *out, const struct plot_scale *axis, int height)
{
	double ticks[PLOT_MAX_TICKS], x;
	size_t nr = plot_ticks(axis, ticks);

	for (size_t i = 0; i < nr; i++) {
		x = plot_place(axis, ticks[i]);
		svg_line(out, "grid", x, 16, x, height - AXIS);
		svg_text(out, "axis",
			 i == 0        ? "start"
			 : i == nr - 1 ? "end"
				       : "middle",
			 x, height - 4, 0, "%.10g%%", ticks[i]);
	}
}

static void print_legend(FILE *out)
{
	struct part parts[NR_PARTS];

	list_parts(&(struct study_split){ 0 }, parts);
	fputs("<ul class=\"legend\">\n", out);
	for (int i = 0; i < NR_PARTS; i++) {
		fprintf(out, "<li class=\"c-%s\">", parts[i].name);
		svg_key(out, SVG_SQUARE, "");
		html_element(out, "span", "%s", parts[i].name);
		fputs("</li>\n", out);
	}
	fputs("</ul>\n", out);
}

void plot_split(FILE *out, const struct plot_bar *bars, size_t nr,
		const char *figure)
{
	int height = 14 + AXIS, y = 14;
	struct plot_scale axis;
	double longest = 1;

	for (size_t i = 0; i < nr; i++) {
		height += LABEL + bar_height(&bars[i]) + GAP;
		longest = fmax(longest, length_of(&bars[i]));
	}
	axis = plot_scale_along(100 * longest);
	print_legend(out);
	svg_begin(out, "bars", height, figure);
	print_grid(out, &axis, height);
	for (size_t i = 0; i < nr; i++) {
		y += LABEL;
		print_bar(out, &axis, &bars[i], y);
		y += bar_height(&bars[i]) + GAP;
	}
	svg_end(out);
}

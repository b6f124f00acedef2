// SPDX-License-Identifier: GPL-2.0-only
/* Plot: functions' shares in several profiles, and where they are absent. */
#include "study/plot.h"

#include "study/html.h"
#include "study/show.h"
#include "study/svg.h"

#include <math.h>

enum {
	ROW = 38,
	MIDDLE = ROW / 2,
	BELOW = MIDDLE + 10,
	AXIS = 34,
	ABSENT = 7,        /* percent along: where "absent" is */
	ABSENT_UNTIL = 14, /* and where the axis of shares begins to be drawn */
};

/* From the power of ten below the smallest share, in sight at all, to all. */
static struct plot_scale make_scale(const struct plot_function *functions,
				    size_t nr)
{
	struct plot_scale scale = {
		.low = 0.001, .high = 1, .from = 20, .to = 97, .is_log = true
	};
	double highest = 0.01;

	for (size_t i = 0; i < nr; i++)
		for (int s = 0; s < PLOT_MAX_SERIES; s++) {
			double share = functions[i].shares[s];

			if (functions[i].is_known[s] && share > 1e-5)
				scale.low = fmin(scale.low, share);
			if (functions[i].is_known[s])
				highest = fmax(highest, share);
		}
	scale.low = pow(10, floor(log10(scale.low) + 1e-9));
	scale.high = fmin(1, pow(10, ceil(log10(highest) - 1e-9)));
	return scale;
}

static double place(const struct plot_scale *scale, double share)
{
	return isnan(share) || share <= 0 ? ABSENT : plot_place(scale, share);
}

static void print_grid(FILE *out, const struct plot_scale *scale)
{
	double ticks[PLOT_MAX_TICKS];
	size_t nr = plot_ticks(scale, ticks);

	svg_line(out, "base", ABSENT_UNTIL, 0, ABSENT_UNTIL, ROW);
	for (size_t i = 0; i < nr; i++) {
		double x = plot_place(scale, ticks[i]);

		svg_line(out, "grid", x, 0, x, ROW);
	}
}

static void print_axis(FILE *out, const struct plot_scale *scale,
		       const char *figure)
{
	double ticks[PLOT_MAX_TICKS];
	size_t nr = plot_ticks(scale, ticks);

	fputs("<div class=\"row axis-row\"><span class=\"label\"></span>"
	      "<div class=\"track\">",
	      out);
	svg_begin(out, "axis-of-rows", AXIS, figure);
	svg_text(out, "axis", "start", 0, AXIS - 8, 0, "absent");
	for (size_t i = 0; i < nr; i++)
		svg_text(out, "axis", "middle", plot_place(scale, ticks[i]),
			 AXIS - 8, 0, "%.10g%%", 100 * ticks[i]);
	svg_end(out);
	fputs("</div><span class=\"values\"></span></div>\n", out);
}

static void print_join(FILE *out, const struct plot_scale *scale,
		       const struct plot_function *function, size_t nr_joined)
{
	double low = INFINITY, high = -INFINITY, x;

	for (size_t s = 0; s < nr_joined; s++) {
		if (!function->is_known[s])
			continue;
		x = place(scale, function->shares[s]);
		low = fmin(low, x);
		high = fmax(high, x);
	}
	if (high > low)
		svg_line(out, "join", low, MIDDLE, high, MIDDLE);
}

/* Those that no line joins are a bit below it. The first is drawn last: on top. */
static void print_marks(FILE *out, const struct plot_scale *scale,
			const struct plot_function *function,
			const struct plot_comparison *comparison)
{
	char share[SHOW_LEN], classes[64];

	for (int s = PLOT_MAX_SERIES - 1; s >= 0; s--) {
		if (!function->is_known[s])
			continue;
		snprintf(classes, sizeof(classes), "%s%s",
			 comparison->series[s].classes,
			 function->is_published ? " open" : "");
		svg_mark(out, (enum svg_mark)s, classes,
			 place(scale, function->shares[s]),
			 (size_t)s < comparison->nr_joined ? MIDDLE : BELOW, 0,
			 "%s: %s", comparison->series[s].name,
			 show_share(function->shares[s], share));
	}
}

static void print_values(FILE *out, const struct plot_function *function,
			 size_t nr_joined)
{
	char share[SHOW_LEN];
	size_t nr = 0;

	fputs("<span class=\"values\">", out);
	for (size_t s = 0; s < nr_joined; s++) {
		if (!function->is_known[s])
			continue;
		if (nr++)
			fputs(" \xe2\x86\x92 ", out);
		html_text(out, show_share(function->shares[s], share));
	}
	fputs("</span>", out);
}

static void print_row(FILE *out, const struct plot_scale *scale,
		      const struct plot_function *function,
		      const struct plot_comparison *comparison,
		      const char *figure)
{
	fprintf(out, "<div class=\"row%s\"><span class=\"label\">",
		function->is_published ? " published" : "");
	html_function(out, function->symbol, function->image,
		      function->context);
	fputs("</span><div class=\"track\">", out);
	svg_begin(out, "row-of-marks", ROW, figure);
	print_grid(out, scale);
	print_join(out, scale, function, comparison->nr_joined);
	print_marks(out, scale, function, comparison);
	svg_end(out);
	fputs("</div>", out);
	print_values(out, function, comparison->nr_joined);
	fputs("</div>\n", out);
}

static void print_legend(FILE *out, const struct plot_comparison *comparison,
			 bool has_published)
{
	const struct plot_series *series;

	fputs("<ul class=\"legend\">\n", out);
	for (int s = 0; s < PLOT_MAX_SERIES; s++) {
		series = &comparison->series[s];
		fprintf(out, "<li class=\"%s\">", series->classes);
		svg_key(out, (enum svg_mark)s, "");
		html_element(out, "span", "%s", series->name);
		fputs("</li>\n", out);
	}
	if (has_published) {
		fputs("<li class=\"soft\">", out);
		svg_key(out, SVG_CIRCLE, "open");
		html_element(out, "span", "open: published");
		fputs("</li>\n", out);
	}
	fputs("</ul>\n", out);
}

static bool is_any_published(const struct plot_function *functions, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (functions[i].is_published)
			return true;
	return false;
}

void plot_functions(FILE *out, const struct plot_function *functions, size_t nr,
		    const struct plot_comparison *comparison,
		    const char *figure)
{
	struct plot_scale scale = make_scale(functions, nr);

	print_legend(out, comparison, is_any_published(functions, nr));
	fputs("<div class=\"rows\">\n", out);
	print_axis(out, &scale, figure);
	for (size_t i = 0; i < nr; i++)
		print_row(out, &scale, &functions[i], comparison, figure);
	fputs("</div>\n", out);
}

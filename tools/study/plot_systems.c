// SPDX-License-Identifier: GPL-2.0-only
/* Plot: what each system reaches, and its ratio to native Linux. */
#include "study/plot.h"

#include "study/html.h"
#include "study/runs.h"
#include "study/show.h"
#include "study/svg.h"

#include <math.h>

enum {
	ROW = 52,
	MIDDLE = ROW / 2,
	AXIS = 40,
	PUBLISHED_LINE = 17, /* of text, in pixels */
	MEDIAN = 13, /* half of the length of the stroke that marks it */
};

struct systems_plot {
	FILE *out;
	const char *unit;
	const char *figure;
	const struct plot_published *published;
	size_t nr_published;
	double native; /* the median of Linux; NAN: not measured */
	struct plot_scale x;
};

static const char *const classes[STUDY_NR_SYSTEMS] = {
	[STUDY_LINUX] = "c-fixed",
	[STUDY_DOM0] = "c-a",
	[STUDY_GUEST] = "c-b",
};

static void print_lines(const struct systems_plot *plot)
{
	double ticks[PLOT_MAX_TICKS];
	size_t nr = plot_ticks(&plot->x, ticks);

	for (size_t i = 0; i < nr; i++) {
		double x = plot_place(&plot->x, ticks[i]);

		svg_line(plot->out, i ? "grid" : "base", x, 0, x, ROW);
	}
	for (size_t i = 0; i < plot->nr_published && isfinite(plot->native);
	     i++) {
		double x = plot_place(&plot->x,
				      plot->native * plot->published[i].ratio);

		svg_line(plot->out, "published-line", x, 0, x, ROW);
	}
}

/* Names of the published ratios, each on a line of its own above its stroke. */
static void print_top_axis(const struct systems_plot *plot)
{
	int height = PUBLISHED_LINE * (int)plot->nr_published + 8;

	if (!plot->nr_published || !isfinite(plot->native))
		return;
	fputs("<div class=\"row axis-row\"><span class=\"label\"></span>"
	      "<div class=\"track\">",
	      plot->out);
	svg_begin(plot->out, "axis-of-rows", height, plot->figure);
	for (size_t i = 0; i < plot->nr_published; i++) {
		double x = plot_place(&plot->x,
				      plot->native * plot->published[i].ratio);
		double y = PUBLISHED_LINE * (double)(i + 1);

		svg_line(plot->out, "published-line", x, y - 9, x, height);
		svg_text(plot->out, "axis halo", x < 50 ? "start" : "end", x, y,
			 x < 50 ? 6 : -6, "published: %s",
			 plot->published[i].label);
	}
	svg_end(plot->out);
	fputs("</div><span class=\"values\"></span></div>\n", plot->out);
}

static void print_bottom_axis(const struct systems_plot *plot)
{
	double ticks[PLOT_MAX_TICKS];
	size_t nr = plot_ticks(&plot->x, ticks);
	char text[SHOW_LEN];

	fputs("<div class=\"row axis-row\"><span class=\"label\"></span>"
	      "<div class=\"track\">",
	      plot->out);
	svg_begin(plot->out, "axis-of-rows", AXIS, plot->figure);
	for (size_t i = 0; i < nr; i++)
		svg_text(plot->out, "axis", i ? "middle" : "start",
			 plot_place(&plot->x, ticks[i]), 14, 0, "%s",
			 ticks[i] > 0 ? show_rate(ticks[i], text) : "0");
	svg_text(plot->out, "axis", "end", 100, 32, 0, "%s", plot->unit);
	svg_end(plot->out);
	fputs("</div><span class=\"values\"></span></div>\n", plot->out);
}

static void print_runs(const struct systems_plot *plot,
		       const struct study_system *system,
		       enum study_system_name name)
{
	struct runs_sum sum = runs_of_system(system);
	char rate[SHOW_LEN], mark_classes[32];
	double x = plot_place(&plot->x, sum.median);

	snprintf(mark_classes, sizeof(mark_classes), "run %s", classes[name]);
	for (size_t i = 0; i < system->nr_runs; i++)
		if (isfinite(system->runs[i].rate))
			svg_mark(plot->out, (enum svg_mark)name, mark_classes,
				 plot_place(&plot->x, system->runs[i].rate),
				 MIDDLE, 0, "run %zu: %s %s", i + 1,
				 show_rate(system->runs[i].rate, rate),
				 plot->unit);
	if (sum.nr) {
		fprintf(plot->out, "<g class=\"%s\">", classes[name]);
		svg_line(plot->out, "median", x, MIDDLE - MEDIAN, x,
			 MIDDLE + MEDIAN);
		fputs("</g>", plot->out);
	}
}

static void print_values(const struct systems_plot *plot,
			 const struct study_system *system)
{
	struct runs_sum sum = runs_of_system(system);
	char median[SHOW_LEN];

	fputs("<span class=\"values\">", plot->out);
	if (!sum.nr)
		html_text(plot->out, "not measured");
	else if (plot->native > 0)
		html_element(plot->out, "b", "%.0f%%",
			     100 * sum.median / plot->native);
	if (sum.nr)
		html_element(plot->out, "small", " %s %s",
			     show_rate(sum.median, median), plot->unit);
	fputs("</span>", plot->out);
}

static void print_row(const struct systems_plot *plot,
		      const struct study_system *system,
		      enum study_system_name name)
{
	fputs("<div class=\"row\"><span class=\"label\">", plot->out);
	html_element(plot->out, "b", "%s", study_system_text(name));
	html_element(plot->out, "small", "%s",
		     system && system->kernel ? system->kernel : "");
	fputs("</span><div class=\"track\">", plot->out);
	svg_begin(plot->out, "row-of-marks", ROW, plot->figure);
	print_lines(plot);
	if (system)
		print_runs(plot, system, name);
	svg_end(plot->out);
	fputs("</div>", plot->out);
	print_values(plot, system);
	fputs("</div>\n", plot->out);
}

void plot_systems(FILE *out, const struct study_part *part, const char *unit,
		  const struct plot_published *published, size_t nr_published,
		  const char *figure)
{
	struct systems_plot plot = {
		.out = out,
		.unit = unit,
		.figure = figure,
		.published = published,
		.nr_published = nr_published,
		.native = runs_of_system(part->systems[STUDY_LINUX]).median,
	};
	double highest = 0;

	for (int i = 0; i < STUDY_NR_SYSTEMS; i++)
		highest =
			fmax(highest, runs_of_system(part->systems[i]).highest);
	plot.x = plot_scale_along(highest);
	plot.x.to = 97;
	fputs("<div class=\"rows\">\n", out);
	print_top_axis(&plot);
	for (int i = 0; i < STUDY_NR_SYSTEMS; i++)
		print_row(&plot, part->systems[i], (enum study_system_name)i);
	print_bottom_axis(&plot);
	fputs("</div>\n", out);
}

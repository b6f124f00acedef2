// SPDX-License-Identifier: GPL-2.0-only
/* Plot: throughput and collapses by receive size, a line for each scale. */
#include "study/plot.h"

#include "number.h"
#include "study/html.h"
#include "study/show.h"
#include "study/svg.h"
#include "study/sweep.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum {
	HEIGHT = 280, /* of throughput */
	HEIGHT_OF_MANY = 180,
	MANY = 3, /* panels: they are smaller */
	COLLAPSE_HEIGHT = 84,
	LETTER_GAP = 15, /* between the lines' names */
	SERIES_DX = 7,   /* so that points of two scales are both seen */
};

struct sweep_plot {
	FILE *out;
	const char *figure;
	const struct study_receive *receive;
	struct sweep_numbers scales, sizes, buffers;
	struct plot_scale x, y, collapses;
	int height;
};

/* ---- what each scale looks like ----------------------------------------- */

static const char *class_of(const struct sweep_plot *plot, size_t series)
{
	static const char *const others[] = { "c-other-0", "c-other-1",
					      "c-other-2" };
	int64_t fix, scale = plot->scales.list[series];

	if (scale == plot->receive->default_scale && !plot->receive->is_mended)
		return "c-b";
	if (sweep_has_fix(plot->receive, &fix) && scale == fix)
		return "c-fixed";
	return others[series % 3];
}

static enum svg_mark mark_of(size_t series)
{
	return (enum svg_mark)(series % SVG_NR_MARKS);
}

static double dx_of(const struct sweep_plot *plot, size_t series)
{
	return SERIES_DX * ((double)series - (double)(plot->scales.nr - 1) / 2);
}

static const char *role_of(const struct sweep_plot *plot, int64_t scale)
{
	int64_t fix;

	if (scale == plot->receive->default_scale)
		return ", as it was";
	return sweep_has_fix(plot->receive, &fix) && scale == fix ? ", the fix"
								  : "";
}

static void print_legend(const struct sweep_plot *plot)
{
	char text[SHOW_LEN];

	fputs("<ul class=\"legend\">\n", plot->out);
	for (size_t i = 0; i < plot->scales.nr; i++) {
		fprintf(plot->out, "<li class=\"%s\">", class_of(plot, i));
		svg_key(plot->out, mark_of(i), "");
		html_element(plot->out, "span", "tcp_adv_win_scale %s%s",
			     show_signed(plot->scales.list[i], text),
			     role_of(plot, plot->scales.list[i]));
		fputs("</li>\n", plot->out);
	}
	fputs("</ul>\n", plot->out);
}

/* ---- axes ---------------------------------------------------------------- */

static double pixels(const struct plot_scale *scale, int height, double value)
{
	return plot_place(scale, value) / 100 * height;
}

static double place_size(const struct sweep_plot *plot, uint64_t size)
{
	return plot_place(&plot->x, (double)(size ? size : 1));
}

static void print_upright(const struct sweep_plot *plot,
			  const struct plot_scale *scale, int height,
			  const char *unit)
{
	double ticks[PLOT_MAX_TICKS];
	size_t nr = plot_ticks(scale, ticks);
	char text[SHOW_LEN];

	for (size_t i = 0; i < nr; i++) {
		double y = pixels(scale, height, ticks[i]);

		if (height < 100 && i && i + 1 < nr)
			continue;
		svg_line(plot->out, i ? "grid" : "base", 0, y, 100, y);
		snprintf(text, sizeof(text), "%.10g", ticks[i]);
		if (ticks[i] >= 1000)
			show_rate(ticks[i], text);
		svg_text(plot->out, "axis", "end", 0, y + 4, -8, "%s", text);
	}
	svg_text(plot->out, "axis", "start", 0, -14, -40, "%s", unit);
}

/* Names of sizes that do not run into each other on a narrow page. */
static void print_sizes(const struct sweep_plot *plot, int height)
{
	char text[SHOW_LEN];
	double last = -100, x;

	for (size_t i = 0; i < plot->sizes.nr; i++) {
		x = place_size(plot, (uint64_t)plot->sizes.list[i]);
		svg_line(plot->out, "base", x, height, x, height + 4);
		if (x - last < (plot->buffers.nr >= MANY ? 16 : 11))
			continue;
		last = x;
		svg_text(plot->out, "axis", "middle", x, height + 18, 0, "%s",
			 show_size_short((uint64_t)plot->sizes.list[i], text));
	}
}

/* ---- lines and points ---------------------------------------------------- */

static const struct study_sweep_row *row_of(const struct sweep_plot *plot,
					    size_t series, uint64_t buffer,
					    size_t size)
{
	return sweep_find(plot->receive, plot->scales.list[series], buffer,
			  (uint64_t)plot->sizes.list[size]);
}

static void print_line(const struct sweep_plot *plot, size_t series,
		       uint64_t buffer)
{
	const struct study_sweep_row *row, *before = NULL;
	double dx = dx_of(plot, series);

	fprintf(plot->out, "<g class=\"%s\" transform=\"translate(%.1f 0)\">\n",
		class_of(plot, series), dx);
	for (size_t i = 0; i < plot->sizes.nr; i++) {
		row = row_of(plot, series, buffer, i);
		if (row && before)
			svg_line(plot->out, "line",
				 place_size(plot, before->receive_size),
				 pixels(&plot->y, plot->height,
					sweep_median(before)),
				 place_size(plot, row->receive_size),
				 pixels(&plot->y, plot->height,
					sweep_median(row)));
		before = row ? row : before;
	}
	fputs("</g>\n", plot->out);
}

static void print_runs(const struct sweep_plot *plot, size_t series,
		       const struct study_sweep_row *row, bool is_collapses)
{
	const struct study_receive_run *run;
	char classes[32], scale[SHOW_LEN], size[SHOW_LEN], rate[SHOW_LEN];
	char collapsed[NUMBER_LEN];
	double y;

	snprintf(classes, sizeof(classes), "run %s", class_of(plot, series));
	for (size_t i = 0; i < row->nr_runs; i++) {
		run = &row->runs[i];
		if (!is_collapses && isnan(run->mbit_per_s))
			continue;
		y = is_collapses
			    ? pixels(&plot->collapses, COLLAPSE_HEIGHT,
				     (double)run->collapsed)
			    : pixels(&plot->y, plot->height, run->mbit_per_s);
		svg_mark(plot->out, mark_of(series), classes,
			 place_size(plot, row->receive_size), y,
			 dx_of(plot, series),
			 "%s at %s: %s Mbit/s, %s collapsed",
			 show_signed(row->scale, scale),
			 show_size_short(row->receive_size, size),
			 show_rate(run->mbit_per_s, rate),
			 number_group(run->collapsed, collapsed));
	}
}

static void print_points(const struct sweep_plot *plot, uint64_t buffer,
			 bool is_collapses)
{
	const struct study_sweep_row *row;

	for (size_t s = 0; s < plot->scales.nr; s++)
		for (size_t i = 0; i < plot->sizes.nr; i++) {
			row = row_of(plot, s, buffer, i);
			if (row)
				print_runs(plot, s, row, is_collapses);
		}
}

/* From the lowest run to the highest. */
static void print_spreads(const struct sweep_plot *plot, size_t series,
			  uint64_t buffer)
{
	const struct study_sweep_row *row;
	struct runs_sum rates;
	double x;

	fprintf(plot->out, "<g class=\"%s\" transform=\"translate(%.1f 0)\">\n",
		class_of(plot, series), dx_of(plot, series));
	for (size_t i = 0; i < plot->sizes.nr; i++) {
		row = row_of(plot, series, buffer, i);
		if (!row)
			continue;
		rates = sweep_rates(row);
		if (rates.nr < 2)
			continue;
		x = place_size(plot, row->receive_size);
		svg_line(plot->out, "spread", x,
			 pixels(&plot->y, plot->height, rates.lowest), x,
			 pixels(&plot->y, plot->height, rates.highest));
	}
	fputs("</g>\n", plot->out);
}

/* ---- names at the lines' ends --------------------------------------------- */

struct line_name {
	size_t series;
	double y;
};

static int compare_names(const void *left, const void *right)
{
	const struct line_name *a = left, *b = right;

	return (a->y > b->y) - (a->y < b->y);
}

static const struct study_sweep_row *last_row(const struct sweep_plot *plot,
					      size_t series, uint64_t buffer)
{
	const struct study_sweep_row *row;

	for (size_t i = plot->sizes.nr; i > 0; i--) {
		row = row_of(plot, series, buffer, i - 1);
		if (row)
			return row;
	}
	return NULL;
}

/* From the top down, each at least LETTER_GAP below the one before. */
static void print_names(const struct sweep_plot *plot, uint64_t buffer)
{
	struct line_name *names = calloc(plot->scales.nr, sizeof(*names));
	const struct study_sweep_row *row;
	double lowest = -LETTER_GAP;
	char text[SHOW_LEN];
	size_t nr = 0;

	if (!names)
		return;
	for (size_t s = 0; s < plot->scales.nr; s++) {
		row = last_row(plot, s, buffer);
		if (row)
			names[nr++] = (struct line_name){
				s, pixels(&plot->y, plot->height,
					  sweep_median(row))
			};
	}
	qsort(names, nr, sizeof(*names), compare_names);
	for (size_t i = 0; i < nr; i++) {
		lowest = fmax(names[i].y, lowest + LETTER_GAP);
		fprintf(plot->out, "<g class=\"%s\">",
			class_of(plot, names[i].series));
		svg_text(plot->out, "name-of-line", "start", 100, lowest + 4,
			 14 + SERIES_DX, "%s",
			 show_signed(plot->scales.list[names[i].series], text));
		fputs("</g>", plot->out);
	}
	free(names);
}

/* ---- A, B and the fix ------------------------------------------------------ */

static void print_badges(const struct sweep_plot *plot, uint64_t buffer)
{
	static const char *const letters[STUDY_NR_POINTS] = { "A", "B", "F" };
	static const char *const classes[STUDY_NR_POINTS] = { "c-a", "c-b",
							      "c-fixed" };
	const struct study_point *point;
	char rate[SHOW_LEN];

	for (int i = 0; i < STUDY_NR_POINTS; i++) {
		point = plot->receive->points[i];
		if (!point || point->socket_buffer != buffer ||
		    isnan(point->mbit_per_s))
			continue;
		svg_badge(plot->out, classes[i], letters[i],
			  place_size(plot, point->receive_size),
			  pixels(&plot->y, plot->height, point->mbit_per_s),
			  "%s: %s Mbit/s while it was profiled",
			  i == STUDY_POINT_FIXED ? "the fix" : letters[i],
			  show_rate(point->mbit_per_s, rate));
	}
}

/* ---- panels ----------------------------------------------------------------- */

static void print_panel(const struct sweep_plot *plot, uint64_t buffer)
{
	char text[SHOW_LEN];

	fputs("<div>\n", plot->out);
	html_element(plot->out, "h4", "Socket buffer %s",
		     show_socket_buffer(buffer, text));
	svg_begin(plot->out, "chart", plot->height, plot->figure);
	print_upright(plot, &plot->y, plot->height, "Mbit/s");
	print_sizes(plot, plot->height);
	for (size_t s = 0; s < plot->scales.nr; s++) {
		print_spreads(plot, s, buffer);
		print_line(plot, s, buffer);
	}
	print_points(plot, buffer, false);
	print_badges(plot, buffer);
	print_names(plot, buffer);
	svg_end(plot->out);
	svg_begin(plot->out, "chart under", COLLAPSE_HEIGHT, plot->figure);
	print_upright(plot, &plot->collapses, COLLAPSE_HEIGHT,
		      "segments collapsed");
	print_sizes(plot, COLLAPSE_HEIGHT);
	print_points(plot, buffer, true);
	svg_text(plot->out, "axis", "end", 100, COLLAPSE_HEIGHT + 36, 0,
		 "bytes received at once");
	svg_end(plot->out);
	fputs("</div>\n", plot->out);
}

static void set_axes(struct sweep_plot *plot)
{
	const struct study_sweep_row *row;
	double fastest = 0, most = 0;

	for (size_t i = 0; i < plot->receive->nr_sweep; i++) {
		row = &plot->receive->sweep[i];
		for (size_t r = 0; r < row->nr_runs; r++)
			fastest = fmax(fastest, row->runs[r].mbit_per_s);
		most = fmax(most, (double)sweep_most_collapsed(row));
	}
	for (int i = 0; i < STUDY_NR_POINTS; i++)
		if (plot->receive->points[i])
			fastest = fmax(fastest,
				       plot->receive->points[i]->mbit_per_s);
	plot->y = plot_scale_upright(fastest);
	plot->collapses = plot_scale_upright(most);
	plot->x = (struct plot_scale){
		.low = fmax(1, (double)plot->sizes.list[0]),
		.high = fmax(1, (double)plot->sizes.list[plot->sizes.nr - 1]),
		.from = 4,
		.to = 96,
		.is_log = true,
	};
}

void plot_throughput(FILE *out, const struct study_receive *receive,
		     const char *figure)
{
	struct sweep_plot plot = {
		.out = out,
		.figure = figure,
		.receive = receive,
		.scales = sweep_scales(receive),
		.sizes = sweep_receive_sizes(receive),
		.buffers = sweep_socket_buffers(receive),
	};

	plot.height = plot.buffers.nr >= MANY ? HEIGHT_OF_MANY : HEIGHT;
	if (plot.scales.nr && plot.sizes.nr && plot.buffers.nr) {
		set_axes(&plot);
		print_legend(&plot);
		if (plot.scales.is_cut || plot.sizes.is_cut ||
		    plot.buffers.is_cut)
			html_element(out, "p",
				     "The %d lowest of each setting "
				     "are plotted; the table has all.",
				     SWEEP_MAX_NUMBERS);
		fprintf(out, "<div class=\"panels%s\">\n",
			plot.buffers.nr >= MANY ? " many" : "");
		for (size_t i = 0; i < plot.buffers.nr; i++)
			print_panel(&plot, (uint64_t)plot.buffers.list[i]);
		fputs("</div>\n", out);
	}
	free(plot.scales.list);
	free(plot.sizes.list);
	free(plot.buffers.list);
}

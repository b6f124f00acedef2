// SPDX-License-Identifier: GPL-2.0-only
/* Plot: how many points of share each function gained or lost. */
#include "study/plot.h"

#include "study/html.h"
#include "study/show.h"
#include "study/svg.h"

#include <math.h>

enum {
	ROW = 38,
	BAR = 14,
	SURE_Z = 3, /* standard errors: less may be chance */
};

/* Zero is where the longest bars on either side have room. */
static struct plot_scale make_scale(const struct study_change *const *changes,
				    size_t nr)
{
	double lowest = 0, highest = 0;

	for (size_t i = 0; i < nr; i++) {
		lowest = fmin(lowest, changes[i]->change);
		highest = fmax(highest, changes[i]->change);
	}
	return (struct plot_scale){
		.low = lowest, .high = highest, .from = 1, .to = 99
	};
}

static void print_bar(FILE *out, const struct plot_scale *scale,
		      const struct study_change *change)
{
	double zero = plot_place(scale, 0);
	double end = plot_place(scale, change->change);
	bool is_sure = fabs(change->z) >= SURE_Z;

	fprintf(out,
		"<rect class=\"m change %s%s\" x=\"%.2f%%\" y=\"%d\" "
		"width=\"%.2f%%\" height=\"%d\" rx=\"2\"/>\n",
		change->change < 0 ? "c-a" : "c-b", is_sure ? "" : " unsure",
		fmin(zero, end), (ROW - BAR) / 2, fabs(end - zero), BAR);
	svg_line(out, "base", zero, 0, zero, ROW);
}

static void print_row(FILE *out, const struct plot_scale *scale,
		      const struct study_change *change, const char *figure)
{
	char points[SHOW_LEN], z[SHOW_LEN];

	fputs("<div class=\"row\"><span class=\"label\">", out);
	html_function(out, change->symbol, change->image, change->context);
	fputs("</span><div class=\"track\">", out);
	svg_begin(out, "row-of-marks", ROW, figure);
	print_bar(out, scale, change);
	svg_end(out);
	fputs("</div><span class=\"values\">", out);
	html_text(out, show_points(change->change, points));
	if (isfinite(change->z))
		html_element(out, "small", " Z %s", show_z(change->z, z));
	fputs("</span></div>\n", out);
}

void plot_changes(FILE *out, const struct study_change *const *changes,
		  size_t nr, const char *figure)
{
	struct plot_scale scale = make_scale(changes, nr);

	fputs("<div class=\"rows\">\n", out);
	for (size_t i = 0; i < nr; i++)
		print_row(out, &scale, changes[i], figure);
	fputs("</div>\n", out);
}

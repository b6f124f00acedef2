// SPDX-License-Identifier: GPL-2.0-only
/* Functions of several profiles beside each other. */
#include "study/report_html_functions.h"

#include "study/show.h"

#include <stdlib.h>

static void print_row(FILE *out, const struct plot_function *function)
{
	char *name = show_function(function->symbol, function->image);
	char text[SHOW_LEN];

	html_row_begin(out, name);
	html_element(out, "td class=\"text\"", "%s", function->context);
	for (int s = 0; s < PLOT_MAX_SERIES; s++) {
		if (function->is_known[s])
			html_element(out, "td", "%s",
				     show_share(function->shares[s], text));
		else
			html_element(out, "td", "%s",
				     function->is_published ? "not given"
							    : "not profiled");
	}
	html_row_end(out);
	free(name);
}

void report_html_functions(FILE *out, const struct html_figure *figure,
			   const struct plot_comparison *comparison,
			   const char *const *headers,
			   const struct functions_shown *shown)
{
	html_figure_begin(out, figure);
	plot_functions(out, shown->list, shown->nr, comparison, figure->id);
	html_table_begin(out, figure, headers);
	for (size_t i = 0; i < shown->nr; i++)
		print_row(out, &shown->list[i]);
	html_figure_end(out);
}

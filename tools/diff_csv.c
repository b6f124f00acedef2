// SPDX-License-Identifier: GPL-2.0-only
/* A comparison as CSV (RFC 4180): one header, a record for each line. */
#include "diff.h"
#include "diff_figure.h"
#include "escape.h"

#include <inttypes.h>

static bool is_key(const struct diff_report *report,
		   const struct column *column)
{
	return column->key >= 0 && column_is_known(&report->keys, column);
}

static void print_line(const struct diff_report *report,
		       const struct vprof_diff_event *event,
		       const struct vprof_diff_line *line, FILE *out)
{
	char text[DIFF_FIGURE_TEXT];
	struct column_source source = { 0 };
	struct column_value value;
	bool is_text;

	escape_csv(out, event->name);
	for (size_t i = 0; i < nr_diff_figures; i++)
		fprintf(out, ",%s",
			diff_figure_for_programs(&diff_figures[i],
						 &line->change, text,
						 &is_text));
	for (size_t i = 0; i < nr_columns; i++) {
		if (!is_key(report, &columns[i]))
			continue;
		fputc(',', out);
		value = diff_get_key(report, line, &columns[i], &source);
		if (columns[i].kind == COLUMN_TEXT)
			escape_csv(out, value.text);
		else
			fprintf(out, "%" PRIu64, value.number);
	}
	fputs("\r\n", out);
}

static void print_header(const struct diff_report *report, FILE *out)
{
	fputs("event", out);
	for (size_t i = 0; i < nr_diff_figures; i++)
		fprintf(out, ",%s", diff_figures[i].name);
	for (size_t i = 0; i < nr_columns; i++)
		if (is_key(report, &columns[i]))
			fprintf(out, ",%s", columns[i].name);
	fputs("\r\n", out);
}

static int print_csv(const struct diff_report *report, FILE *out)
{
	const struct vprof_diff_event *event;
	uint64_t nr_shown;

	print_header(report, out);
	for (size_t e = 0; e < report->diff->nr_events; e++) {
		event = &report->diff->events[e];
		nr_shown = 0;
		for (size_t i = 0; i < event->nr_lines; i++) {
			if (!diff_is_shown(report, &event->lines[i], nr_shown))
				continue;
			nr_shown++;
			print_line(report, event, &event->lines[i], out);
		}
	}
	return 0;
}

const struct diff_output_ops diff_output_csv = {
	.print = print_csv,
};

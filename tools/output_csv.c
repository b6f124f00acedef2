// SPDX-License-Identifier: GPL-2.0-only
/* A report as CSV (RFC 4180): one header, a record for each line. */
#include "escape.h"
#include "report.h"

#include <inttypes.h>

static void print_value(FILE *out, const struct column *column,
			const struct column_value *value)
{
	switch (column->kind) {
	case COLUMN_TEXT:
		escape_csv(out, value->text);
		break;
	case COLUMN_NUMBER:
		fprintf(out, "%" PRIu64, value->number);
		break;
	case COLUMN_SHARE:
		fprintf(out, "%.6f", value->share);
		break;
	}
}

/* Text and JSON say it once, in their tables of domains. */
static bool has_domains(const struct report *report)
{
	return column_list_keys(&report->keys) & 1u << VPROF_KEY_DOMAIN;
}

static void print_line(const struct report *report,
		       struct column_source *source,
		       const struct vprof_profile_line *line, FILE *out)
{
	const struct vprof_profile *profile = report->profile;
	struct column_value value;

	escape_csv(out, source->event->name);
	for (size_t i = 0; i < nr_columns; i++) {
		if (!column_is_known(&report->keys, &columns[i]))
			continue;
		fputc(',', out);
		value = columns[i].get(source, line);
		print_value(out, &columns[i], &value);
	}
	if (has_domains(report)) {
		fputc(',', out);
		escape_csv(out, profile->domains[line->domain].names_from);
	}
	fputs("\r\n", out);
}

static void print_header(const struct report *report, FILE *out)
{
	fputs("event", out);
	for (size_t i = 0; i < nr_columns; i++)
		if (column_is_known(&report->keys, &columns[i]))
			fprintf(out, ",%s", columns[i].name);
	if (has_domains(report))
		fputs(",names_from", out);
	fputs("\r\n", out);
}

static int print_csv(const struct report *report, FILE *out)
{
	struct column_source source = { .profile = report->profile };
	const struct vprof_profile_event *event;

	print_header(report, out);
	for (size_t e = 0; e < report->profile->nr_events; e++) {
		event = &report->profile->events[e];
		source.event = event;
		for (size_t i = 0; i < event->nr_lines; i++)
			if (report_is_shown(report, event, &event->lines[i], i))
				print_line(report, &source, &event->lines[i],
					   out);
	}
	return 0;
}

const struct output_ops output_csv = {
	.name = "csv",
	.print = print_csv,
};

// SPDX-License-Identifier: GPL-2.0-only
/* A comparison as one JSON object. */
#include "diff.h"
#include "diff_figure.h"
#include "json.h"
#include "output_json.h"
#include "report.h"

enum { FORMAT_VERSION = 1 };

static const char *const side_names[VPROF_DIFF_SIDES] = { "a", "b" };

static void print_side(const struct diff_report *report, struct json *json,
		       int side)
{
	const struct vprof_profile *profile = report->diff->sides[side];

	json_begin_object(json, side_names[side]);
	json_text(json, "store", report->paths[side]);
	output_json_span(json, profile);
	output_json_sessions(json, profile);
	json_end_object(json);
}

static void print_figures(struct json *json,
			  const struct vprof_diff_change *change)
{
	char text[DIFF_FIGURE_TEXT];
	const char *value;
	bool is_text;

	for (size_t i = 0; i < nr_diff_figures; i++) {
		value = diff_figure_for_programs(&diff_figures[i], change, text,
						 &is_text);
		if (is_text)
			json_text(json, diff_figures[i].name, value);
		else
			json_literal(json, diff_figures[i].name,
				     *value ? value : "null");
	}
}

/* ---- domains ----------------------------------------------------------- */

static void print_domain_side(const struct diff_report *report,
			      struct json *json,
			      const struct vprof_diff_event *event,
			      const struct vprof_diff_domain *domain, int side)
{
	const struct vprof_profile *profile = report->diff->sides[side];
	const struct vprof_profile_event *whole = event->sides[side];

	if (domain->sides[side])
		output_json_domain(json, side_names[side], domain->sides[side],
				   whole,
				   &whole->domain_sums[domain->sides[side] -
						       profile->domains]);
	else
		json_text(json, side_names[side], NULL);
}

static void print_domain(const struct diff_report *report, struct json *json,
			 const struct vprof_diff_event *event, uint32_t number)
{
	const struct vprof_diff_domain *domain = &report->diff->domains[number];

	json_begin_object(json, NULL);
	json_text(json, "domain", diff_domain_name(report->diff, number));
	json_bool(json, "is_remade", domain->is_remade);
	print_figures(json, &event->domains[number]);
	for (int s = 0; s < VPROF_DIFF_SIDES; s++)
		print_domain_side(report, json, event, domain, s);
	json_end_object(json);
}

static void print_domains(const struct diff_report *report, struct json *json,
			  const struct vprof_diff_event *event)
{
	const struct vprof_diff *diff = report->diff;

	json_begin_array(json, "domains");
	for (uint32_t i = 0; event->is_compared && i < diff->nr_domains; i++)
		if (event->domains[i].samples[VPROF_DIFF_A] ||
		    event->domains[i].samples[VPROF_DIFF_B])
			print_domain(report, json, event, i);
	json_end_array(json);
}

/* ---- lines ------------------------------------------------------------- */

static void print_line(const struct diff_report *report, struct json *json,
		       const struct vprof_diff_line *line)
{
	struct column_source source = { 0 };
	struct column_value value;

	json_begin_object(json, NULL);
	print_figures(json, &line->change);
	for (size_t i = 0; i < nr_columns; i++) {
		if (columns[i].key < 0 ||
		    !column_is_known(&report->keys, &columns[i]))
			continue;
		value = diff_get_key(report, line, &columns[i], &source);
		if (columns[i].kind == COLUMN_TEXT)
			json_text(json, columns[i].name, value.text);
		else
			json_number(json, columns[i].name, value.number);
	}
	json_end_object(json);
}

static void print_lines(const struct diff_report *report, struct json *json,
			const struct vprof_diff_event *event)
{
	uint64_t nr_shown = 0;

	json_begin_array(json, "lines");
	for (size_t i = 0; i < event->nr_lines; i++) {
		if (!diff_is_shown(report, &event->lines[i], nr_shown))
			continue;
		nr_shown++;
		print_line(report, json, &event->lines[i]);
	}
	json_end_array(json);
}

static void print_event(const struct diff_report *report, struct json *json,
			const struct vprof_diff_event *event)
{
	json_begin_object(json, NULL);
	json_text(json, "event", event->name);
	json_bool(json, "is_compared", event->is_compared);
	for (int s = 0; s < VPROF_DIFF_SIDES; s++) {
		if (!event->sides[s]) {
			json_text(json, side_names[s], NULL);
			continue;
		}
		json_begin_object(json, side_names[s]);
		output_json_counts(json, event->sides[s]);
		json_end_object(json);
	}
	print_domains(report, json, event);
	print_lines(report, json, event);
	json_end_object(json);
}

static int print_json(const struct diff_report *report, FILE *out)
{
	struct json json = { .out = out };

	json_begin_object(&json, NULL);
	json_number(&json, "version", FORMAT_VERSION);
	json_text(&json, "of", diff_base_name(report->base));
	for (int s = 0; s < VPROF_DIFF_SIDES; s++)
		print_side(report, &json, s);
	json_begin_array(&json, "events");
	for (size_t i = 0; i < report->diff->nr_events; i++)
		print_event(report, &json, &report->diff->events[i]);
	json_end_array(&json);
	json_end_object(&json);
	return 0;
}

const struct diff_output_ops diff_output_json = {
	.print = print_json,
};

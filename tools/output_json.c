// SPDX-License-Identifier: GPL-2.0-only
/* A report as one JSON object. */
#include "output_json.h"

#include "report.h"

#include <time.h>
#include <vprof/capture.h>

enum { FORMAT_VERSION = 1 };

#define NS_PER_S 1000000000

static void print_time(struct json *json, const char *key, int64_t time_ns)
{
	time_t seconds = time_ns / NS_PER_S;
	char text[64];
	struct tm tm;

	if (!time_ns || !gmtime_r(&seconds, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		json_text(json, key, NULL);
	else
		json_text(json, key, text);
}

static void print_session(struct json *json,
			  const struct vprof_profile_session *session)
{
	json_begin_object(json, NULL);
	json_text(json, "host", session->host);
	json_text(json, "kernel", session->kernel);
	json_text(json, "hypervisor", session->hypervisor);
	json_number(json, "cpus", session->nr_cpus);
	json_text(json, "capture", session->capture);
	json_text(json, "source", session->source);
	json_text(json, "pmu", session->pmu);
	json_text(json, "why", session->why);
	json_text(json, "command", session->command);
	json_text(json, "no_guests", session->no_guests);
	json_text(json, "limits", vprof_source_get_limits(session->source));
	json_end_object(json);
}

void output_json_sessions(struct json *json,
			  const struct vprof_profile *profile)
{
	json_begin_array(json, "sessions");
	for (size_t i = 0; i < profile->nr_sessions; i++)
		print_session(json, &profile->sessions[i]);
	json_end_array(json);
}

void output_json_span(struct json *json, const struct vprof_profile *profile)
{
	print_time(json, "start", profile->start_ns);
	print_time(json, "end", profile->end_ns);
}

void output_json_domain(struct json *json, const char *key,
			const struct vprof_profile_domain *domain,
			const struct vprof_profile_event *event,
			const struct vprof_profile_sums *sums)
{
	json_begin_object(json, key);
	json_text(json, "domain", domain->name);
	json_text(json, "kind", domain->kind);
	json_number(json, "id", domain->number);
	json_number(json, "samples", sums->samples);
	json_number(json, "weight", sums->weight);
	json_number(json, "lost", sums->lost);
	json_real(json, "share", column_share(sums->weight, event->all_weight));
	for (int i = 0; i < VPROF_NR_PARTS; i++)
		json_real(
			json, report_part_name(i),
			column_share(sums->part_weight[i], event->all_weight));
	json_text(json, "names_from", domain->names_from);
	json_end_object(json);
}

static void print_domains(const struct report *report, struct json *json,
			  const struct vprof_profile_event *event)
{
	const struct vprof_profile *profile = report->profile;

	json_begin_array(json, "domains");
	for (size_t i = 0; i < profile->nr_domains; i++)
		if (event->domain_sums[i].samples)
			output_json_domain(json, NULL, &profile->domains[i],
					   event, &event->domain_sums[i]);
	json_end_array(json);
}

static void print_callers(struct json *json, const struct vprof_caller *callers)
{
	char scratch[COLUMN_SCRATCH];

	json_begin_array(json, "callers");
	for (; callers; callers = callers->next) {
		json_begin_object(json, NULL);
		json_text(json, "context",
			  column_context_name(callers->context));
		json_text(json, "image", callers->image);
		json_text(json, "symbol",
			  callers->symbol ? callers->symbol
					  : column_format_place(callers->image,
								callers->offset,
								scratch));
		json_number(json, "samples", callers->samples);
		json_number(json, "weight", callers->weight);
		if (callers->callers)
			print_callers(json, callers->callers);
		json_end_object(json);
	}
	json_end_array(json);
}

static void print_value(struct json *json, const struct column *column,
			const struct column_value *value)
{
	switch (column->kind) {
	case COLUMN_TEXT:
		json_text(json, column->name, value->text);
		break;
	case COLUMN_NUMBER:
		json_number(json, column->name, value->number);
		break;
	case COLUMN_SHARE:
		json_real(json, column->name, value->share);
		break;
	}
}

static int print_line(const struct report *report, struct json *json,
		      struct column_source *source,
		      const struct vprof_profile_line *line)
{
	struct vprof_caller *callers = NULL;
	struct column_value value;
	int ret;

	if (report->has_callers) {
		ret = vprof_query_get_callers(report->query, line, &callers);
		if (ret)
			return ret;
	}
	json_begin_object(json, NULL);
	for (size_t i = 0; i < nr_columns; i++) {
		if (!column_is_known(&report->keys, &columns[i]))
			continue;
		value = columns[i].get(source, line);
		print_value(json, &columns[i], &value);
	}
	if (callers)
		print_callers(json, callers);
	json_end_object(json);
	vprof_caller_free(callers);
	return 0;
}

static void print_losses(struct json *json,
			 const struct vprof_profile_event *event)
{
	json_number(json, "lost", report_count_lost(event));
	json_begin_object(json, "losses");
	for (size_t i = 0; i < event->nr_losses; i++)
		json_number(json, event->losses[i].reason,
			    event->losses[i].count);
	json_end_object(json);
}

void output_json_counts(struct json *json,
			const struct vprof_profile_event *event)
{
	json_text(json, "unit", event->unit);
	json_number(json, "period", event->period);
	json_bool(json, "is_frequency", event->is_frequency);
	json_number(json, "taken", event->taken);
	json_number(json, "delivered", event->delivered);
	print_losses(json, event);
	json_number(json, "outside", report_count_outside(event));
	json_number(json, "samples", event->samples);
}

static int print_event(const struct report *report, struct json *json,
		       const struct vprof_profile_event *event)
{
	struct column_source source = { .profile = report->profile,
					.event = event };
	int ret = 0;

	json_begin_object(json, NULL);
	json_text(json, "event", event->name);
	output_json_counts(json, event);
	print_domains(report, json, event);
	json_begin_array(json, "lines");
	for (size_t i = 0; !ret && i < event->nr_lines; i++)
		if (report_is_shown(report, event, &event->lines[i], i))
			ret = print_line(report, json, &source,
					 &event->lines[i]);
	json_end_array(json);
	json_end_object(json);
	return ret;
}

static void print_unnamed(const struct report *report, struct json *json)
{
	const struct vprof_profile_unnamed *unnamed = report->profile->unnamed;

	json_begin_array(json, "unnamed");
	for (size_t i = 0; i < report->profile->nr_unnamed; i++) {
		json_begin_object(json, NULL);
		json_text(json, "image", unnamed[i].image);
		json_text(json, "why", unnamed[i].why);
		json_number(json, "samples", unnamed[i].samples);
		json_end_object(json);
	}
	json_end_array(json);
}

static int print_json(const struct report *report, FILE *out)
{
	const struct vprof_profile *profile = report->profile;
	struct json json = { .out = out };
	int ret = 0;

	json_begin_object(&json, NULL);
	json_number(&json, "version", FORMAT_VERSION);
	output_json_span(&json, profile);
	output_json_sessions(&json, profile);
	json_begin_array(&json, "events");
	for (size_t i = 0; !ret && i < profile->nr_events; i++)
		ret = print_event(report, &json, &profile->events[i]);
	json_end_array(&json);
	print_unnamed(report, &json);
	json_end_object(&json);
	return ret;
}

const struct output_ops output_json = {
	.name = "json",
	.print = print_json,
};

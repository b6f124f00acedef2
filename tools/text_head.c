// SPDX-License-Identifier: GPL-2.0-only
/* The head of a report: on what machine, how, when, how much was lost. */
#include "text_head.h"

#include "escape.h"
#include "number.h"
#include "time_point.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <vprof/capture.h>

enum { TIME_TEXT = 64 };

static void print_escaped(FILE *out, const char *text)
{
	char *escaped = escape_for_terminal(text);

	fputs(escaped ? escaped : "?", out);
	free(escaped);
}

/* What a number is called where domains of that kind live. */
static const struct {
	const char *kind;
	const char *word;
} kind_words[] = {
	{ "xen", "domU " },
	{ "kvm", "VM " },
};

char *text_head_domain(const struct vprof_profile_domain *domain)
{
	const char *word = "";
	char *label;

	for (size_t i = 0; i < sizeof(kind_words) / sizeof(kind_words[0]); i++)
		if (!strcmp(domain->kind, kind_words[i].kind))
			word = kind_words[i].word;
	if (!*word)
		return strdup(domain->name);
	if (asprintf(&label, "%s (%s%" PRIu64 ")", domain->name, word,
		     domain->number) < 0)
		return NULL;
	return label;
}

/* "testhost: Xen 4.17.7, Linux 6.1.0-53-amd64, 2 CPUs, kmod: perf (AMD PMU)" */
static void print_machine(const struct vprof_profile_session *session,
			  FILE *out)
{
	print_escaped(out, session->host);
	fputs(": ", out);
	if (*session->hypervisor) {
		print_escaped(out, session->hypervisor);
		fputs(", ", out);
	}
	fputs("Linux ", out);
	print_escaped(out, session->kernel);
	fprintf(out, ", %" PRIu64 " CPU%s, ", session->nr_cpus,
		session->nr_cpus == 1 ? "" : "s");
	print_escaped(out, session->capture);
	/* "kmod: perf", but not "perf_event: perf" */
	if (strncmp(session->capture, session->source,
		    strlen(session->source)) != 0) {
		fputs(": ", out);
		print_escaped(out, session->source);
	}
	if (*session->pmu) {
		fputs(" (", out);
		print_escaped(out, session->pmu);
		fputc(')', out);
	}
}

/* "12:06:10", and with its date where that is not the start's */
static void format_end(const char *start, int64_t end_ns, char end[TIME_TEXT])
{
	enum { DATE_LENGTH = 10 };

	time_point_format(end_ns, true, end);
	if (!strncmp(start, end, DATE_LENGTH))
		time_point_format(end_ns, false, end);
}

static void print_span(const struct vprof_profile *profile, FILE *out)
{
	char start[TIME_TEXT], end[TIME_TEXT], length[TIME_TEXT];

	if (!profile->start_ns)
		return;
	time_point_format(profile->start_ns, true, start);
	format_end(start, profile->end_ns, end);
	time_point_format_span(profile->end_ns - profile->start_ns, length);
	fprintf(out, "   %s (%s - %s)", length, start, end);
}

static void print_optional(FILE *out, const char *label, const char *text)
{
	if (!*text)
		return;
	fprintf(out, "       %s", label);
	print_escaped(out, text);
	fputc('\n', out);
}

void text_head_print(const struct vprof_profile *profile, const char *label,
		     FILE *out)
{
	const struct vprof_profile_session *last;

	if (!profile->nr_sessions)
		return;
	/* The newest session says how it is now. */
	last = &profile->sessions[profile->nr_sessions - 1];
	fputs(label, out);
	print_machine(last, out);
	print_span(profile, out);
	fputc('\n', out);
	print_optional(out, "", last->why);
	print_optional(out, "", last->no_guests);
	print_optional(out, "", vprof_source_get_limits(last->source));
	if (profile->nr_sessions == 1)
		print_optional(out, "command: ", last->command);
	else
		fprintf(out, "       %zu sessions of recording\n",
			profile->nr_sessions);
}

static void print_rate(const struct vprof_profile_event *event, FILE *out)
{
	char number[NUMBER_LEN];

	if (!event->period)
		fputs(" at several rates", out);
	else if (event->is_frequency)
		fprintf(out, " at %s Hz", number_group(event->period, number));
	else
		fprintf(out, " every %s", number_group(event->period, number));
	if (event->period && !event->is_frequency && *event->unit &&
	    strcmp(event->unit, "events")) {
		fputc(' ', out);
		print_escaped(out, event->unit);
	}
}

static void print_losses(const struct vprof_profile_event *event, FILE *out)
{
	char number[NUMBER_LEN];

	fprintf(out, " of %s taken (", number_group(event->taken, number));
	for (size_t i = 0; i < event->nr_losses; i++) {
		fputs(i ? ", " : "", out);
		print_escaped(out, event->losses[i].reason);
		fprintf(out, " %s",
			number_group(event->losses[i].count, number));
	}
	fputc(')', out);
}

void text_head_print_counts(const struct vprof_profile_event *event, FILE *out)
{
	uint64_t lost = report_count_lost(event);
	uint64_t outside = report_count_outside(event);
	char number[NUMBER_LEN];

	print_rate(event, out);
	fprintf(out, ": %s sample%s delivered, ",
		number_group(event->delivered, number),
		number_ending(event->delivered));
	fprintf(out, "%s lost", number_group(lost, number));
	if (lost)
		print_losses(event, out);
	if (outside)
		fprintf(out, "; %s of other processes left out",
			number_group(outside, number));
	fputc('\n', out);
}

void text_head_print_event(const struct report *report,
			   const struct vprof_profile_event *event, FILE *out)
{
	const struct terminal *terminal = &report->terminal;

	fprintf(out, "%s%s", event == report->profile->events ? "" : "\n",
		terminal_style(terminal, TERMINAL_HEADING));
	print_escaped(out, event->name);
	fputs(terminal_reset(terminal), out);
	text_head_print_counts(event, out);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What could not be compared, and what to do about it; what to make of the figures. */
#include "diff_notes.h"

#include "escape.h"
#include "number.h"
#include "report.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A line of text with names that strangers chose. */
static void print_note(FILE *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void print_note(FILE *out, const char *format, ...)
{
	char *text = NULL, *escaped;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		return;
	escaped = escape_for_terminal(text);
	fprintf(out, "%s\n", escaped ? escaped : "?");
	free(escaped);
	free(text);
}

/* ---- events ------------------------------------------------------------ */

static void explain_event(const struct diff_report *report,
			  const struct vprof_diff_event *event, FILE *out)
{
	const struct vprof_profile_event *a = event->sides[VPROF_DIFF_A];
	const struct vprof_profile_event *b = event->sides[VPROF_DIFF_B];
	const char *const *labels = report->labels;
	const struct vprof_profile_event *silent;

	if (event->is_compared)
		return;
	if (!a || !b) {
		print_note(out,
			   "%s is in %s only: record both with -e %s to "
			   "compare it",
			   event->name,
			   a ? labels[VPROF_DIFF_A] : labels[VPROF_DIFF_B],
			   event->name);
		return;
	}
	silent = a->all_samples ? b : a;
	print_note(out, "%s has no samples in %s: %s", event->name,
		   silent == a ? labels[VPROF_DIFF_A] : labels[VPROF_DIFF_B],
		   report_count_lost(silent)
			   ? "all were lost; sample it less often (-c)"
			   : "sample it more often (-c), or for longer");
}

/* ---- domains ----------------------------------------------------------- */

/* Of any event that is compared. */
static bool has_samples(const struct diff_report *report, size_t domain,
			int side)
{
	const struct vprof_diff *diff = report->diff;

	for (size_t i = 0; i < diff->nr_events; i++)
		if (diff->events[i].domains[domain].samples[side])
			return true;
	return false;
}

static void explain_lone(const struct diff_report *report, size_t domain,
			 FILE *out)
{
	bool is_in_a = has_samples(report, domain, VPROF_DIFF_A);
	bool is_in_b = has_samples(report, domain, VPROF_DIFF_B);
	int side = is_in_a ? VPROF_DIFF_A : VPROF_DIFF_B;

	if (is_in_a != is_in_b)
		print_note(out,
			   "%s has samples in %s only. Its functions: "
			   "vprof-report -i %s --domain %s",
			   diff_domain_name(report->diff, (uint32_t)domain),
			   report->labels[side], report->paths[side],
			   report->diff->domains[domain].sides[side]->name);
}

static void explain_pair(const struct diff_report *report,
			 const struct vprof_diff_domain *domain, FILE *out)
{
	const struct vprof_profile_domain *a = domain->sides[VPROF_DIFF_A];
	const struct vprof_profile_domain *b = domain->sides[VPROF_DIFF_B];

	if (domain->is_remade)
		print_note(out,
			   "%s has one uuid in %s and another in %s: it is "
			   "taken for the same by its name",
			   b->name, report->labels[VPROF_DIFF_A],
			   report->labels[VPROF_DIFF_B]);
	else if (strcmp(a->name, b->name) != 0)
		print_note(out,
			   "%s is called %s in %s: it is the same by its uuid",
			   b->name, a->name, report->labels[VPROF_DIFF_A]);
}

static void explain_domain(const struct diff_report *report, size_t number,
			   FILE *out)
{
	const struct vprof_diff_domain *domain = &report->diff->domains[number];

	if (!domain->is_wanted)
		return;
	if (column_list_keys(&report->keys) & 1u << VPROF_KEY_DOMAIN)
		explain_lone(report, number, out);
	if (domain->sides[VPROF_DIFF_A] && domain->sides[VPROF_DIFF_B])
		explain_pair(report, domain, out);
}

/* ---- figures ----------------------------------------------------------- */

static uint64_t count_unnamed(const struct vprof_profile *profile)
{
	uint64_t samples = 0;

	for (size_t i = 0; i < profile->nr_unnamed; i++)
		samples += profile->unnamed[i].samples;
	return samples;
}

static void explain_unnamed(const struct diff_report *report, FILE *out)
{
	const struct vprof_diff *diff = report->diff;
	uint64_t a = count_unnamed(diff->sides[VPROF_DIFF_A]);
	uint64_t b = count_unnamed(diff->sides[VPROF_DIFF_B]);
	char of_a[NUMBER_LEN], of_b[NUMBER_LEN];

	if (a || b)
		print_note(out,
			   "%s samples of A and %s of B have no name, and are "
			   "one line for each image; vprof-report says what "
			   "would name them",
			   number_group(a, of_a), number_group(b, of_b));
}

void diff_notes_print(const struct diff_report *report, FILE *out)
{
	const struct vprof_diff *diff = report->diff;

	fputc('\n', out);
	for (size_t i = 0; i < diff->nr_events; i++)
		explain_event(report, &diff->events[i], out);
	for (size_t i = 0; i < diff->nr_domains; i++)
		explain_domain(report, i, out);
	explain_unnamed(report, out);
	fputs("Z is the change in standard errors, samples taken as "
	      "independent: from -3 to +3 it may be chance\n",
	      out);
}

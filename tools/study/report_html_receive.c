// SPDX-License-Identifier: GPL-2.0-only
/* The section "receive" of report.html. */
#include "study/report_html_receive.h"

#include "number.h"
#include "study/functions.h"
#include "study/html.h"
#include "study/plot.h"
#include "study/published.h"
#include "study/receive_choose.h"
#include "study/report_html_functions.h"
#include "study/report_html_state.h"
#include "study/says.h"
#include "study/show.h"
#include "study/sweep.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	const char *meaning;
	const char *classes;
} points[STUDY_NR_POINTS] = {
	[STUDY_POINT_A] = { "A", "the best before the fault", "c-a" },
	[STUDY_POINT_B] = { "B", "in the fault", "c-b" },
	[STUDY_POINT_FIXED] = { "B with the fix", "the same, mended",
				"c-fixed" },
};

/* ---- the points at a glance ------------------------------------------------ */

static void print_profile(FILE *out, const struct study_profile *profile)
{
	char samples[NUMBER_LEN], lost[NUMBER_LEN];

	if (!profile->samples) {
		html_element(out, "p class=\"soft\"", "Not profiled%s%s",
			     profile->why ? ": " : "",
			     show_or_empty(profile->why));
		return;
	}
	html_element(out, "p class=\"soft\"",
		     "%s samples of %s, %s lost. vprof-report -i %s",
		     number_group(profile->samples, samples),
		     profile->domain ? profile->domain : "the receiver",
		     number_group(profile->lost, lost),
		     profile->store ? profile->store : "STORE");
}

static void print_tile(FILE *out, const struct study_point *point, int name,
		       bool has_fault)
{
	char rate[SHOW_LEN], scale[SHOW_LEN], buffer[SHOW_LEN], size[SHOW_LEN];
	char collapsed[NUMBER_LEN];

	fprintf(out, "<li class=\"%s\"><p><b>%s</b>: %s</p>\n",
		points[name].classes, points[name].name,
		has_fault ? points[name].meaning : "the fastest");
	fputs("<span class=\"big\">", out);
	html_text(out, show_rate(point->mbit_per_s, rate));
	fputs(" <small>Mbit/s</small></span>\n", out);
	html_element(out, "p", "%s segments collapsed",
		     number_group(point->collapsed, collapsed));
	html_element(out, "p class=\"soft\"",
		     "tcp_adv_win_scale %s, socket buffer %s, %s at once",
		     show_signed(point->scale, scale),
		     show_socket_buffer(point->socket_buffer, buffer),
		     show_size(point->receive_size, size));
	print_profile(out, &point->profile);
	fputs("</li>\n", out);
}

static void print_tiles(FILE *out, const struct study_receive *receive)
{
	bool is_any = false;

	for (int i = 0; i < STUDY_NR_POINTS; i++)
		is_any |= receive->points[i] != NULL;
	if (!is_any)
		return;
	fputs("<ul class=\"tiles\">\n", out);
	for (int i = 0; i < STUDY_NR_POINTS; i++)
		if (receive->points[i])
			print_tile(out, receive->points[i], i,
				   receive->points[STUDY_POINT_B]);
	fputs("</ul>\n", out);
}

/* ---- throughput -------------------------------------------------------------- */

static void print_runs(FILE *out, const struct study_sweep_row *row)
{
	char rate[SHOW_LEN];

	fputs("<td>", out);
	for (size_t i = 0; i < row->nr_runs; i++) {
		fputs(i ? ", " : "", out);
		html_text(out, show_rate(row->runs[i].mbit_per_s, rate));
	}
	fputs("</td>", out);
}

static void print_counts(FILE *out, const struct study_sweep_row *row,
			 size_t offset)
{
	char text[NUMBER_LEN];
	uint64_t count;

	fputs("<td>", out);
	for (size_t i = 0; i < row->nr_runs; i++) {
		memcpy(&count, (const char *)&row->runs[i] + offset,
		       sizeof(count));
		fputs(i ? " / " : "", out);
		html_text(out, number_group(count, text));
	}
	fputs("</td>", out);
}

static void print_sweep_row(FILE *out, const struct study_sweep_row *row)
{
	struct runs_sum rates = sweep_rates(row);
	char text[SHOW_LEN], highest[SHOW_LEN];

	html_row_begin(out, show_signed(row->scale, text));
	html_element(out, "td", "%s",
		     show_socket_buffer(row->socket_buffer, text));
	html_element(out, "td", "%s", show_size(row->receive_size, text));
	html_element(out, "td", "%s", show_rate(rates.median, text));
	html_element(out, "td", "%s to %s", show_rate(rates.lowest, text),
		     show_rate(rates.highest, highest));
	print_runs(out, row);
	print_counts(out, row, offsetof(struct study_receive_run, collapsed));
	print_counts(out, row, offsetof(struct study_receive_run, pruned));
	html_row_end(out);
}

static void print_throughput(FILE *out, const struct study_receive *receive)
{
	static const char *const headers[] = {
		"tcp_adv_win_scale",
		"socket buffer",
		"received at once",
		"Mbit/s, median",
		"lowest to highest",
		"each run",
		"collapsed",
		"pruned",
		NULL,
	};
	char *sentence = says_throughput(receive);
	const struct html_figure figure = {
		"throughput", sentence,
		"Above: throughput, each run a point, lines through the "
		"medians; A, B and F (the fix) are the points that were "
		"profiled. Below: what the receiver itself counted meanwhile, "
		"TcpExtTCPRcvCollapsed."
	};

	html_figure_begin(out, &figure);
	plot_throughput(out, receive, figure.id);
	html_table_begin(out, &figure, headers);
	for (size_t i = 0; i < receive->nr_sweep; i++)
		if (receive->sweep[i].nr_runs)
			print_sweep_row(out, &receive->sweep[i]);
	html_figure_end(out);
	fputs("<p class=\"soft\">\n", out);
	for (size_t i = 0; receive_rule[i]; i++) {
		html_text(out, receive_rule[i]);
		fputc('\n', out);
	}
	fputs("</p>\n", out);
	free(sentence);
}

/* ---- split ---------------------------------------------------------------------- */

enum { MAX_BARS = STUDY_NR_POINTS * 2 };

static double published_share(enum published_split_row row, int point)
{
	return point == STUDY_POINT_A ? published_split[row].a
				      : published_split[row].b;
}

static size_t list_bars(const struct study_receive *receive,
			struct plot_bar bars[MAX_BARS])
{
	size_t nr = 0;

	for (int i = 0; i < STUDY_NR_POINTS; i++) {
		const struct study_point *point = receive->points[i];

		if (point && point->profile.samples) {
			snprintf(bars[nr].label, sizeof(bars[nr].label), "%s",
				 points[i].name);
			bars[nr].is_published = false;
			bars[nr].length = 1;
			bars[nr++].split = point->profile.split;
		}
		if (i == STUDY_POINT_FIXED)
			continue;
		snprintf(bars[nr].label, sizeof(bars[nr].label),
			 "%s, published", points[i].name);
		bars[nr].is_published = true;
		bars[nr].length = 1;
		bars[nr++].split = (struct study_split){
			.hypervisor = published_share(PUBLISHED_HYPERVISOR, i),
			.driver = published_share(PUBLISHED_DRIVER, i),
			.kernel = published_share(PUBLISHED_KERNEL, i),
			.user = NAN,
			.interrupts = NAN,
		};
	}
	return nr;
}

static void print_share(FILE *out, double share, const char *unknown)
{
	char text[SHOW_LEN];

	html_element(out, "td", "%s",
		     isnan(share) ? unknown : show_share(share, text));
}

static void print_split(FILE *out, const struct study_receive *receive)
{
	static const char *const headers[] = { "point",  "hypervisor", "driver",
					       "kernel", "user",       NULL };
	char *sentence = says_split(receive);
	const struct html_figure figure = {
		"split", sentence,
		"Of the receiver's samples: hypervisor, network driver, the "
		"rest of the kernel, user code. Hatched: as published; what "
		"is not given there is left out."
	};
	struct plot_bar bars[MAX_BARS];
	size_t nr = list_bars(receive, bars);

	html_figure_begin(out, &figure);
	plot_split(out, bars, nr, figure.id);
	html_table_begin(out, &figure, headers);
	for (size_t i = 0; i < nr; i++) {
		html_row_begin(out, bars[i].label);
		print_share(out, bars[i].split.hypervisor, "not given");
		print_share(out, bars[i].split.driver, "not given");
		print_share(out, bars[i].split.kernel, "not given");
		print_share(out, bars[i].split.user, "not given");
		html_row_end(out);
	}
	html_figure_end(out);
	free(sentence);
}

/* ---- functions -------------------------------------------------------------------- */

static void print_functions(FILE *out, const struct study_receive *receive)
{
	static const char *const headers[] = { "function", "where", "A",
					       "B",        "fix",   NULL };
	static const struct plot_comparison comparison = {
		{ { "A", "c-a" },
		  { "B", "c-b" },
		  { "B with the fix", "c-fixed" } },
		.nr_joined = 2,
	};
	struct functions_shown shown = functions_of_points(receive);
	char *sentence = says_functions(receive);
	const struct html_figure figure = {
		"functions", sentence,
		"Share of the receiver's samples in each function, each grid "
		"line ten times the one before; what does not occur in a "
		"profile is at the left, absent. First the functions of the "
		"published study (skbuff_ctor is no longer in Linux), then those "
		"that changed most, or take most."
	};

	report_html_functions(out, &figure, &comparison, headers, &shown);
	free(shown.list);
	free(sentence);
}

/* ---- what grew --------------------------------------------------------------------- */

enum {
	NR_PLOTTED = 14,
	NR_LISTED = 60,
};

static void print_change_row(FILE *out, const struct study_change *change)
{
	char *name = show_function(change->symbol, change->image);
	char text[SHOW_LEN];

	html_row_begin(out, name);
	html_element(out, "td class=\"text\"", "%s",
		     show_or_empty(change->context));
	html_element(out, "td class=\"text\"", "%s",
		     show_or_empty(change->image));
	print_share(out, change->share_a, "absent");
	print_share(out, change->share_b, "absent");
	html_element(out, "td", "%s", show_points(change->change, text));
	html_element(out, "td", "%s", show_z(change->z, text));
	html_element(out, "td", "%s", number_group(change->samples_a, text));
	html_element(out, "td", "%s", number_group(change->samples_b, text));
	html_row_end(out);
	free(name);
}

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

static const char *store_of(const struct study_receive *receive, int name)
{
	const struct study_point *point = receive->points[name];

	return point && point->profile.store ? point->profile.store
					     : points[name].name;
}

static void print_rest(FILE *out, const struct study_receive *receive,
		       size_t nr)
{
	html_element(out, "p class=\"soft\"",
		     "%zu more functions changed by less than those in the "
		     "table: vprof-diff --percent-limit 0 %s %s",
		     nr, store_of(receive, STUDY_POINT_A),
		     store_of(receive, STUDY_POINT_B));
}

static void print_changes(FILE *out, const struct study_receive *receive)
{
	static const char *const headers[] = {
		"function", "where", "image",     "A",         "B",
		"change",   "Z",     "samples A", "samples B", NULL,
	};
	const struct study_change **sorted = functions_by_change(receive);
	size_t nr = receive->nr_changes;
	char *sentence = says_changes(receive);
	const struct html_figure figure = {
		"changes", sentence,
		"Points of share gained or lost from A to B. Pale: within 3 "
		"standard errors (Z), so it may be chance."
	};

	html_figure_begin(out, &figure);
	if (sorted) {
		functions_sort_by_growth(sorted, min(nr, NR_PLOTTED));
		plot_changes(out, sorted, min(nr, NR_PLOTTED), figure.id);
		functions_sort_by_growth(sorted, min(nr, NR_LISTED));
	}
	if (nr > NR_LISTED)
		print_rest(out, receive, nr - NR_LISTED);
	html_table_begin(out, &figure, headers);
	for (size_t i = 0; sorted && i < nr && i < NR_LISTED; i++)
		print_change_row(out, sorted[i]);
	html_figure_end(out);
	free(sorted);
	free(sentence);
}

/* ---- the section -------------------------------------------------------------------- */

static bool is_profiled(const struct study_receive *receive, int name)
{
	const struct study_point *point = receive->points[name];

	return point && point->profile.samples;
}

static void print_intro(FILE *out, const struct study_receive *receive)
{
	html_element(out, "p",
		     "A packet's payload is less than the page it lies in, so "
		     "the receiver's socket buffer runs full early: the "
		     "kernel then copies segments together, again and again. "
		     "tcp_adv_win_scale decides how much of the buffer is "
		     "promised to the sender.");
	html_element(out, "p class=\"soft\"", "Receiver: %s%s%s%s%s",
		     receive->receiver ? receive->receiver : "not named",
		     receive->receiver_kernel ? ", Linux " : "",
		     show_or_empty(receive->receiver_kernel),
		     receive->at ? ". Measured: " : "",
		     show_or_empty(receive->at));
	if (receive->is_mended && !receive->why)
		html_element(out, "p class=\"notice calm\"",
			     "This receiver's kernel is Linux 6.6 or later, "
			     "where the fault is mended and tcp_adv_win_scale "
			     "does nothing.");
}

void report_html_receive(FILE *out, const struct study_receive *receive)
{
	print_intro(out, receive);
	report_html_state(out, "This part", receive->state, receive->why);
	print_tiles(out, receive);
	if (receive->nr_sweep)
		print_throughput(out, receive);
	if (is_profiled(receive, STUDY_POINT_A) ||
	    is_profiled(receive, STUDY_POINT_B)) {
		print_split(out, receive);
		print_functions(out, receive);
	}
	if (receive->nr_changes)
		print_changes(out, receive);
}

// SPDX-License-Identifier: GPL-2.0-only
/* The part "receive" as text. */
#include "study/report_receive.h"

#include "escape.h"
#include "number.h"
#include "study/published.h"
#include "study/receive_choose.h"
#include "study/report_receive_beside.h"
#include "study/show.h"
#include "study/sweep.h"
#include "table.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
	TEXT = 48,
	INDENT = 2,
	MAX_GROWERS = 12,
};

static const struct terminal plain;

static void say(FILE *out, const char *label, const char *text)
{
	char *safe = escape_for_terminal(text ? text : "");

	fprintf(out, "%s%s\n", label, safe ? safe : "");
	free(safe);
}

static const char *rate(double value, char text[TEXT])
{
	snprintf(text, TEXT, "%.0f", value);
	return text;
}

/* ---- the sweep ------------------------------------------------------------- */

static const char *point_mark(const struct study_receive *receive,
			      const struct study_sweep_row *row)
{
	static const char *const marks[] = { "<- A", "<- B" };
	const struct study_point *point;

	for (int p = STUDY_POINT_A; p <= STUDY_POINT_B; p++) {
		point = receive->points[p];
		if (point && point->socket_buffer == row->socket_buffer &&
		    point->receive_size == row->receive_size)
			return marks[p];
	}
	return "";
}

/* A setting by one scale, as three cells; @row: NULL: not measured by it. */
struct measured {
	char median[TEXT];
	char spread[TEXT];
	char collapsed[NUMBER_LEN];
};

static struct measured measure(const struct study_sweep_row *row)
{
	struct measured text = { "", "", "" };
	struct runs_sum rates;

	if (!row)
		return text;
	rates = sweep_rates(row);
	rate(rates.median, text.median);
	snprintf(text.spread, TEXT, "%.0f - %.0f", rates.lowest, rates.highest);
	number_group((uint64_t)sweep_median_collapsed(row), text.collapsed);
	return text;
}

static int add_setting(struct table *table, const struct study_receive *receive,
		       const struct study_sweep_row *row)
{
	const struct study_sweep_row *fixed =
		sweep_find(receive, receive->fixed_scale, row->socket_buffer,
			   row->receive_size);
	struct measured ours = measure(row), mended = measure(fixed);
	char buffer[SHOW_LEN], size[SHOW_LEN], ratio[TEXT] = "";
	const char *cells[] = {
		show_size_option(row->socket_buffer, buffer),
		show_size_option(row->receive_size, size),
		ours.median,
		ours.spread,
		ours.collapsed,
		mended.median,
		mended.spread,
		mended.collapsed,
		ratio,
		point_mark(receive, row),
	};

	if (fixed && sweep_median(fixed) > 0)
		snprintf(ratio, sizeof(ratio), "%.2f",
			 sweep_median(row) / sweep_median(fixed));
	return table_add_row(table, cells, TERMINAL_PLAIN, NULL);
}

static size_t most_runs(const struct study_receive *receive)
{
	size_t most = 0;

	for (size_t i = 0; i < receive->nr_sweep; i++)
		if (receive->sweep[i].nr_runs > most)
			most = receive->sweep[i].nr_runs;
	return most;
}

static int print_sweep(const struct study_receive *receive, FILE *out)
{
	char by_default[TEXT], by_fixed[TEXT];
	struct table table = {
		.columns = { { "SOCKET BUFFER", true },
			     { "RECEIVE SIZE", true },
			     { by_default, true },
			     { "LOWEST - HIGHEST", true },
			     { "COLLAPSED", true },
			     { by_fixed, true },
			     { "LOWEST - HIGHEST", true },
			     { "COLLAPSED", true },
			     { "RATIO", true },
			     { "", false } },
		.nr_columns = 10,
	};
	const struct study_sweep_row *row;
	int ret = 0;

	snprintf(by_default, TEXT, "SCALE %" PRIi64, receive->default_scale);
	snprintf(by_fixed, TEXT, "SCALE %" PRIi64, receive->fixed_scale);
	fprintf(out,
		"\nThroughput in Mbit/s, with the receiver's "
		"tcp_adv_win_scale as it was (%" PRIi64 ") and %" PRIi64
		",\nand segments that it collapsed (TcpExtTCPRcvCollapsed): "
		"medians of %zu run%s of %.0f s,\neach after one of every other "
		"setting\n",
		receive->default_scale, receive->fixed_scale,
		most_runs(receive), most_runs(receive) == 1 ? "" : "s",
		receive->run_seconds);
	for (size_t i = 0; !ret && i < receive->nr_sweep; i++) {
		row = &receive->sweep[i];
		if (row->scale == receive->default_scale && row->nr_runs)
			ret = add_setting(&table, receive, row);
	}
	if (!ret)
		table_print(&table, out, &plain, INDENT);
	table_destroy(&table);
	for (size_t i = 0; receive_rule[i]; i++)
		fprintf(out, "%s\n", receive_rule[i]);
	return ret;
}

/* ---- the points ------------------------------------------------------------- */

static const char *const point_names[STUDY_NR_POINTS] = { "A", "B",
							  "B, fixed" };

static int add_point(struct table *table, const struct study_point *point,
		     const char *name)
{
	char buffer[SHOW_LEN], size[SHOW_LEN], scale[TEXT], mbit[TEXT],
		collapsed[NUMBER_LEN], pruned[NUMBER_LEN], samples[NUMBER_LEN],
		lost[NUMBER_LEN];
	const char *cells[] = {
		name,
		scale,
		show_size_option(point->socket_buffer, buffer),
		show_size_option(point->receive_size, size),
		rate(point->mbit_per_s, mbit),
		number_group(point->collapsed, collapsed),
		number_group(point->pruned, pruned),
		number_group(point->profile.samples, samples),
		number_group(point->profile.lost, lost),
	};

	snprintf(scale, sizeof(scale), "%" PRIi64, point->scale);
	return table_add_row(table, cells, TERMINAL_PLAIN, NULL);
}

static void say_profiles(const struct study_receive *receive, FILE *out)
{
	const struct study_profile *profile;
	char *event;

	for (int p = 0; p < STUDY_NR_POINTS; p++) {
		if (!receive->points[p])
			continue;
		profile = &receive->points[p]->profile;
		if (profile->why)
			say(out, "  no profile: ", profile->why);
		if (!profile->event)
			continue;
		event = escape_for_terminal(profile->event);
		fprintf(out, "  %s: %s, %s", point_names[p],
			profile->store ? profile->store : "",
			event ? event : "");
		if (profile->period)
			fprintf(out, " every %" PRIu64, profile->period);
		say(out, ", of the domain ", profile->domain);
		free(event);
	}
}

static int print_points(const struct study_receive *receive, FILE *out)
{
	struct table table = {
		.columns = { { "POINT", false },
			     { "SCALE", true },
			     { "SOCKET BUFFER", true },
			     { "RECEIVE SIZE", true },
			     { "MBIT/S", true },
			     { "COLLAPSED", true },
			     { "PRUNED", true },
			     { "SAMPLES", true },
			     { "LOST", true } },
		.nr_columns = 9,
	};
	int ret = 0;

	fputs("\nProfiled: A the best before the fault, B in it, and B with "
	      "the fix;\nCOLLAPSED and PRUNED (TcpExtPruneCalled) are the "
	      "receiver's own counters\n",
	      out);
	for (int p = 0; !ret && p < STUDY_NR_POINTS; p++)
		if (receive->points[p])
			ret = add_point(&table, receive->points[p],
					point_names[p]);
	if (!ret)
		table_print(&table, out, &plain, INDENT);
	table_destroy(&table);
	say_profiles(receive, out);
	return ret;
}

/* ---- what grew ------------------------------------------------------------------ */

static int add_change(struct table *table, const struct study_change *change)
{
	char a[SHOW_LEN], b[SHOW_LEN], points[TEXT], z[TEXT];
	const char *cells[] = {
		show_share_exactly(change->share_a, a),
		show_share_exactly(change->share_b, b),
		points,
		z,
		change->context,
		change->image,
		change->symbol ? change->symbol : "(no name)",
	};

	snprintf(points, sizeof(points), "%+.2f", change->change * 100);
	snprintf(z, sizeof(z), "%+.1f", change->z);
	return table_add_row(table, cells, TERMINAL_PLAIN, NULL);
}

static int print_changes(const struct study_receive *receive, FILE *out)
{
	struct table table = {
		.columns = { { "A", true },
			     { "B", true },
			     { "CHANGE", true },
			     { "Z", true },
			     { "CONTEXT", false },
			     { "IMAGE", false },
			     { "SYMBOL", false } },
		.nr_columns = 7,
	};
	int ret = 0;

	if (!receive->nr_changes)
		return 0;
	fputs("\nWhat grew from A to B, in points; Z in standard errors "
	      "(vprof-diff)\n",
	      out);
	for (size_t i = 0; !ret && i < receive->nr_changes && i < MAX_GROWERS;
	     i++)
		if (receive->changes[i].change > 0)
			ret = add_change(&table, &receive->changes[i]);
	if (!ret)
		table_print(&table, out, &plain, INDENT);
	table_destroy(&table);
	return ret;
}

/* ---- in words --------------------------------------------------------------------- */

/* At B's setting, by either scale: in the sweep, and while it was profiled. */
static void say_left(const struct study_receive *receive, FILE *out)
{
	const struct study_point *b = receive->points[STUDY_POINT_B];
	const struct study_point *fixed = receive->points[STUDY_POINT_FIXED];
	const struct study_sweep_row *before, *after;

	before = sweep_find(receive, b->scale, b->socket_buffer,
			    b->receive_size);
	after = sweep_find(receive, fixed->scale, b->socket_buffer,
			   b->receive_size);
	if (before && after && sweep_median(after) > 0)
		fprintf(out,
			"The fault leaves %.0f%% of the throughput at B: %.0f "
			"Mbit/s, and %.0f with tcp_adv_win_scale %" PRIi64
			" (medians).\n",
			sweep_median(before) / sweep_median(after) * 100,
			sweep_median(before), sweep_median(after),
			fixed->scale);
	if (fixed->mbit_per_s > 0)
		fprintf(out,
			"While profiled: %.0f%%, %.0f Mbit/s and %.0f; the "
			"receiver collapsed %" PRIu64 " segments, %" PRIu64
			" with the fix.\n",
			b->mbit_per_s / fixed->mbit_per_s * 100, b->mbit_per_s,
			fixed->mbit_per_s, b->collapsed, fixed->collapsed);
}

static void say_verdict(const struct study_receive *receive, FILE *out)
{
	const struct study_point *b = receive->points[STUDY_POINT_B];
	const struct study_point *fixed = receive->points[STUDY_POINT_FIXED];
	const struct study_sweep_row *row;
	uint64_t collapsed = 0;

	fputc('\n', out);
	if (b && fixed)
		say_left(receive, out);
	if (receive->is_mended && !b) {
		for (size_t i = 0; i < receive->nr_sweep; i++) {
			row = &receive->sweep[i];
			for (size_t run = 0; run < row->nr_runs; run++)
				collapsed += row->runs[run].collapsed;
		}
		fprintf(out,
			"In all %zu settings together %" PRIu64
			" segments were collapsed.\n",
			receive->nr_sweep, collapsed);
	}
	if (b)
		fputs("Published cause: " PUBLISHED_CAUSE
		      ". Published effect: " PUBLISHED_MORE ".\n",
		      out);
}

int report_receive_text(const struct study_receive *receive, FILE *out)
{
	int ret = 0;

	fputs("\nRECEIVE  ", out);
	say(out, "to ", receive->receiver);
	if (receive->receiver_kernel)
		say(out, "the receiver runs Linux ", receive->receiver_kernel);
	if (receive->state != STUDY_DONE)
		fprintf(out, "state: %s\n", study_state_name(receive->state));
	if (receive->why)
		say(out, "", receive->why);
	if (receive->nr_sweep)
		ret = print_sweep(receive, out);
	if (!ret &&
	    (receive->points[STUDY_POINT_A] || receive->points[STUDY_POINT_B]))
		ret = print_points(receive, out);
	if (!ret)
		ret = report_receive_beside(receive, out);
	if (!ret)
		ret = print_changes(receive, out);
	say_verdict(receive, out);
	return ret;
}

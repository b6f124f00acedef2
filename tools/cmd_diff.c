// SPDX-License-Identifier: GPL-2.0-only
/* vprof-diff: what takes more of the time than before, and how surely. */
#include "command.h"
#include "diff.h"
#include "diff_figure.h"
#include "input.h"
#include "option.h"
#include "question.h"
#include "time_point.h"

#include <err.h>
#include <locale.h>
#include <stdlib.h>

/* @paths: both the same where @at_ns splits one profile */
struct diff_options {
	const char *paths[VPROF_DIFF_SIDES];
	struct question asked;
	const char *order;
	const char *base;
	int64_t at_ns;

	char *labels[VPROF_DIFF_SIDES];
	enum vprof_diff_order line_order;
};

#define FIELD(name) offsetof(struct diff_options, name)

static const struct option_row rows[] = {
	{ 0, "at", "TIME",
	  "one profile: what was before that time against what came after",
	  time_point_take, FIELD(at_ns) },
	{ 'd', "domain", "LIST", "all, host, or names and numbers of domains",
	  option_take_list, FIELD(asked.domain_texts) },
	{ 's', "sort", "LIST",
	  "what tells lines apart (domain,context,image,symbol)",
	  option_take_text, FIELD(asked.keys_text) },
	{ 'e', "event", "EVENT", "this one only", option_take_text,
	  FIELD(asked.event) },
	{ 0, "of", "WHAT", "what shares are of: all, or their domain (all)",
	  option_take_text, FIELD(base) },
	{ 0, "order", "FIGURE", "lines with the most of it come first (change)",
	  option_take_text, FIELD(order) },
	{ 0, "since", "TIME", "5m (ago), 12:01:10, \"2026-11-22 12:01\"",
	  time_point_take, FIELD(asked.since_ns) },
	{ 0, "until", "TIME", "likewise", time_point_take,
	  FIELD(asked.until_ns) },
	{ 0, "percent-limit", "POINTS",
	  "leave out lines that changed by less (0.5; --json and --csv: 0)",
	  option_take_percent, FIELD(asked.percent_limit) },
	{ 0, "limit", "NUMBER", "at most so many lines of each domain",
	  option_take_number, FIELD(asked.max_lines) },
	{ 0, "json", NULL, "everything, as JSON", option_take_switch,
	  FIELD(asked.is_json) },
	{ 0, "csv", NULL, "the lines, as CSV", option_take_switch,
	  FIELD(asked.is_csv) },
};

static const struct option_set diff_set = {
	.command = "vprof-diff",
	.operands = "A B | --at TIME [FILE]",
	.summary =
		"Say what takes more of the time in profile B than in A, and how surely.",
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.examples =
		"  vprof-diff a.store b.store                      the largest growers first\n"
		"  vprof-diff a.store b.store -d g1 --of domain    one guest, whatever others did\n"
		"  vprof-diff --at 5m                              the last 5 minutes against what was before\n",
};

/* ---- what was asked for ------------------------------------------------ */

static const struct diff_output_ops *
choose_output(const struct diff_options *options)
{
	if (options->asked.is_json)
		return &diff_output_json;
	return options->asked.is_csv ? &diff_output_csv : &diff_output_text;
}

/* Domains can only be looked at one by one where lines tell them apart. */
static void want_domain_key(struct column_list *keys)
{
	struct column_list domain;
	size_t length;

	if (column_list_keys(keys) & 1u << VPROF_KEY_DOMAIN)
		return;
	column_parse_keys("domain", &domain, &length);
	keys->items[keys->nr_items++] = domain.items[0];
}

static int parse_words(struct diff_options *options, struct diff_report *report)
{
	if (diff_figure_parse_order(options->order, &options->line_order))
		return option_refuse(&diff_set, "--order %s: there are: %s.",
				     options->order, diff_figure_order_names());
	if (diff_parse_base(options->base, &report->base))
		return option_refuse(&diff_set,
				     "--of %s: expected all or domain",
				     options->base);
	report->keys = options->asked.keys;
	if (options->asked.nr_domains || report->base == VPROF_DIFF_OF_DOMAIN)
		want_domain_key(&report->keys);
	return EXIT_OK;
}

static int check_at(const struct diff_options *options)
{
	const struct question *asked = &options->asked;

	if (options->at_ns &&
	    ((asked->since_ns && options->at_ns <= asked->since_ns) ||
	     (asked->until_ns && options->at_ns >= asked->until_ns)))
		return option_refuse(&diff_set,
				     "--at is not between --since and --until");
	return EXIT_OK;
}

/* A and B; or, with --at, one, else the one that is meant where none is named. */
static int take_paths(struct diff_options *options, char **operands,
		      size_t nr_operands)
{
	bool is_running;

	if (options->at_ns && nr_operands > 1)
		return option_refuse(&diff_set,
				     "--at splits one profile, and %zu were "
				     "given",
				     nr_operands);
	if (!options->at_ns && nr_operands != VPROF_DIFF_SIDES)
		return option_refuse(&diff_set,
				     "two profiles are compared, and %zu %s "
				     "given. One before and after a time: "
				     "--at TIME",
				     nr_operands,
				     nr_operands == 1 ? "was" : "were");
	options->paths[VPROF_DIFF_A] = nr_operands ? operands[0]
						   : input_find(&is_running);
	if (!options->paths[VPROF_DIFF_A])
		return EXIT_FAILED;
	options->paths[VPROF_DIFF_B] =
		options->at_ns ? options->paths[VPROF_DIFF_A] : operands[1];
	for (int s = 0; s < VPROF_DIFF_SIDES; s++)
		if (nr_operands)
			input_flush(options->paths[s]);
	return EXIT_OK;
}

static void make_labels(struct diff_options *options)
{
	static const char *const words[] = { "before", "from" };
	char time[TIME_POINT_TEXT];
	int ret;

	time_point_format(options->at_ns, true, time);
	for (int s = 0; s < VPROF_DIFF_SIDES; s++) {
		if (options->at_ns)
			ret = asprintf(&options->labels[s], "%s %s %s",
				       options->paths[s], words[s], time);
		else
			ret = asprintf(&options->labels[s], "%s",
				       options->paths[s]);
		if (ret < 0)
			err(EXIT_FAILED, "%s", options->paths[s]);
	}
}

/* ---- the two profiles -------------------------------------------------- */

struct side {
	struct vprof_query *query;
	const struct vprof_profile *profile;
};

static int ask(const struct diff_options *options,
	       const struct diff_report *report, int number, int64_t since_ns,
	       int64_t until_ns, struct side *side)
{
	const struct vprof_query_options query_options = {
		.size = sizeof(query_options),
		.keys = column_list_keys(&report->keys),
		.has_one_unnamed = true,
		.since_ns = since_ns,
		.until_ns = until_ns,
		.event = options->asked.event,
	};
	struct vprof_error error = { 0 }, whole = { 0 };
	int ret;

	ret = vprof_query_new(&query_options, &side->query, &error);
	if (!ret)
		ret = vprof_query_add_store(side->query, options->paths[number],
					    &error);
	if (ret) {
		question_say(&error);
		return EXIT_FAILED;
	}
	ret = vprof_query_finish(side->query, &side->profile, &error);
	if (ret) {
		vprof_error_set(&whole, ret, "%s: %s", options->paths[number],
				error.text);
		question_say(&whole);
		return EXIT_FAILED;
	}
	if (question_count_samples(side->profile, true))
		return EXIT_OK;
	question_say_nothing(options->labels[number], side->profile, NULL);
	return EXIT_FAILED;
}

static int ask_two(const struct diff_options *options,
		   const struct diff_report *report, struct side *sides)
{
	int ret = EXIT_OK;

	for (int s = 0; !ret && s < VPROF_DIFF_SIDES; s++)
		ret = ask(options, report, s, options->asked.since_ns,
			  options->asked.until_ns, &sides[s]);
	return ret;
}

/* B first: what begins before it is A's, so that no slice is on both sides. */
static int ask_split(const struct diff_options *options,
		     const struct diff_report *report, struct side *sides)
{
	int ret;

	ret = ask(options, report, VPROF_DIFF_B, options->at_ns,
		  options->asked.until_ns, &sides[VPROF_DIFF_B]);
	if (ret)
		return ret;
	return ask(options, report, VPROF_DIFF_A, options->asked.since_ns,
		   sides[VPROF_DIFF_B].profile->start_ns, &sides[VPROF_DIFF_A]);
}

static int compare(const struct diff_options *options,
		   struct diff_report *report, const struct side *sides,
		   struct vprof_diff **ret_diff)
{
	const struct vprof_diff_options diff_options = {
		.size = sizeof(diff_options),
		.keys = column_list_keys(&report->keys),
		.base = report->base,
		.order = options->line_order,
		.domains = options->asked.domains,
		.nr_domains = options->asked.nr_domains,
		.labels = { options->labels[VPROF_DIFF_A],
			    options->labels[VPROF_DIFF_B] },
	};
	struct vprof_error error = { 0 };

	if (!vprof_diff_new(&diff_options, sides[VPROF_DIFF_A].profile,
			    sides[VPROF_DIFF_B].profile, ret_diff, &error))
		return EXIT_OK;
	question_say(&error);
	return EXIT_FAILED;
}

/* ---- the command ------------------------------------------------------- */

static int print_diff(const struct diff_options *options,
		      struct diff_report *report)
{
	const struct diff_output_ops *output = choose_output(options);

	for (int s = 0; s < VPROF_DIFF_SIDES; s++) {
		report->paths[s] = options->paths[s];
		report->labels[s] = options->labels[s];
	}
	report->least_change =
		question_get_limit(&options->asked, output->least_change);
	report->max_lines = options->asked.max_lines;
	if (output->is_paged)
		terminal_begin(&report->terminal);
	return terminal_end("the comparison", output->print(report, stdout));
}

static int run(struct diff_options *options, struct diff_report *report)
{
	struct side sides[VPROF_DIFF_SIDES] = { 0 };
	struct vprof_diff *diff = NULL;
	int ret;

	make_labels(options);
	ret = options->at_ns ? ask_split(options, report, sides)
			     : ask_two(options, report, sides);
	if (!ret)
		ret = compare(options, report, sides, &diff);
	report->diff = diff;
	if (!ret)
		ret = print_diff(options, report);
	vprof_diff_free(diff);
	for (int s = 0; s < VPROF_DIFF_SIDES; s++) {
		vprof_query_free(sides[s].query);
		free(options->labels[s]);
	}
	return ret;
}

int cmd_diff(int argc, char **argv)
{
	struct diff_options options = { .order = "change", .base = "all" };
	struct diff_report report = { 0 };
	int first, ret;

	setlocale(LC_CTYPE, "");
	question_init(&options.asked);
	first = option_parse(&diff_set, argc, argv, &options);
	if (first < 0)
		return option_exit_code(first);
	ret = question_check(&diff_set, &options.asked);
	if (!ret)
		ret = parse_words(&options, &report);
	if (!ret)
		ret = check_at(&options);
	if (!ret)
		ret = take_paths(&options, argv + first,
				 (size_t)(argc - first));
	if (!ret)
		ret = run(&options, &report);
	question_destroy(&options.asked);
	return ret;
}

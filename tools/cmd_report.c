// SPDX-License-Identifier: GPL-2.0-only
/* vprof-report: which domain, in which function, spent what. */
#include "command.h"
#include "input.h"
#include "option.h"
#include "question.h"
#include "report.h"
#include "time_point.h"

#include <locale.h>
#include <sys/stat.h>
#include <time.h>

enum {
	/* What is shown of the machine's own profile where nobody says. */
	ROLLING_SPAN_S = 300,
};

#define NS_PER_S 1000000000ll

struct report_options {
	struct option_list inputs;
	struct question asked;
	bool has_callers;
};

#define FIELD(name) offsetof(struct report_options, name)

static const struct option_row rows[] = {
	{ 'i', "input", "FILE",
	  "a profile; several are added up (vprof.store, else vprofd's)",
	  option_take_list, FIELD(inputs) },
	{ 'd', "domain", "LIST", "all, host, or names and numbers of domains",
	  option_take_list, FIELD(asked.domain_texts) },
	{ 's', "sort", "LIST",
	  "what tells lines apart (domain,context,image,symbol)",
	  option_take_text, FIELD(asked.keys_text) },
	{ 'e', "event", "EVENT", "this one only", option_take_text,
	  FIELD(asked.event) },
	{ 0, "since", "TIME", "5m (ago), 12:01:10, \"2026-11-22 12:01\"",
	  time_point_take, FIELD(asked.since_ns) },
	{ 0, "until", "TIME", "likewise", time_point_take,
	  FIELD(asked.until_ns) },
	{ 'g', "call-chain", NULL, "below each function who called it",
	  option_take_switch, FIELD(has_callers) },
	{ 0, "percent-limit", "PERCENT",
	  "leave out lines below (0.5; --json and --csv: 0)",
	  option_take_percent, FIELD(asked.percent_limit) },
	{ 0, "limit", "NUMBER", "at most so many lines of each domain",
	  option_take_number, FIELD(asked.max_lines) },
	{ 0, "json", NULL, "everything, as JSON", option_take_switch,
	  FIELD(asked.is_json) },
	{ 0, "csv", NULL, "the lines, as CSV", option_take_switch,
	  FIELD(asked.is_csv) },
};

static const struct option_set report_set = {
	.command = "vprof-report",
	.operands = "",
	.summary = "Say which domain, in which function, spent what.",
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.examples =
		"  vprof-report                             the profile here, or the machine's last 5 minutes\n"
		"  vprof-report --since 1h --domain g1      one guest's last hour\n"
		"  vprof-report --sort process,symbol       by process, all domains in one table\n",
};

/* ---- what was asked for ------------------------------------------------ */

static const struct output_ops *
choose_output(const struct report_options *options)
{
	if (options->asked.is_json)
		return &output_json;
	return options->asked.is_csv ? &output_csv : &output_text;
}

/* ---- stores ------------------------------------------------------------ */

/* One store by two names is still one. */
static int check_inputs(const struct option_list *inputs)
{
	struct stat stats[OPTION_LIST_MAX];

	for (size_t i = 0; i < inputs->nr_items; i++) {
		/* what is not there is said later */
		if (stat(inputs->items[i], &stats[i]))
			stats[i] = (struct stat){ 0 };
		for (size_t j = 0; stats[i].st_ino && j < i; j++)
			if (stats[j].st_ino == stats[i].st_ino &&
			    stats[j].st_dev == stats[i].st_dev)
				return option_refuse(&report_set,
						     "-i %s is given twice: "
						     "it would count twice",
						     inputs->items[i]);
	}
	return EXIT_OK;
}

/* No -i: the recording that lies here, else the machine's own profile. */
static int choose_inputs(struct report_options *options)
{
	struct option_list *inputs = &options->inputs;
	bool is_running;
	const char *path;

	if (inputs->nr_items) {
		for (size_t i = 0; i < inputs->nr_items; i++)
			input_flush(inputs->items[i]);
		return EXIT_OK;
	}
	path = input_find(&is_running);
	if (!path)
		return EXIT_FAILED;
	inputs->items[inputs->nr_items++] = path;
	if (is_running && !options->asked.since_ns && !options->asked.until_ns)
		options->asked.since_ns =
			(time(NULL) - ROLLING_SPAN_S) * NS_PER_S;
	return EXIT_OK;
}

/* With several, one may be what a guest of another recorded of itself. */
static int add_stores(struct vprof_query *query,
		      const struct option_list *inputs,
		      struct vprof_error *error)
{
	int ret = 0;

	if (inputs->nr_items > 1)
		for (size_t i = 0; !ret && i < inputs->nr_items; i++)
			ret = vprof_query_expect_store(query, inputs->items[i],
						       error);
	for (size_t i = 0; !ret && i < inputs->nr_items; i++)
		ret = vprof_query_add_store(query, inputs->items[i], error);
	return ret;
}

static int ask(const struct report_options *options, struct report *report)
{
	const struct vprof_query_options query_options = {
		.size = sizeof(query_options),
		.keys = column_list_keys(&options->asked.keys),
		.has_callers = options->has_callers,
		.since_ns = options->asked.since_ns,
		.until_ns = options->asked.until_ns,
		.event = options->asked.event,
		.domains = options->asked.domains,
		.nr_domains = options->asked.nr_domains,
	};
	struct vprof_error error = { 0 };
	int ret;

	ret = vprof_query_new(&query_options, &report->query, &error);
	if (!ret)
		ret = add_stores(report->query, &options->inputs, &error);
	if (!ret)
		ret = vprof_query_finish(report->query, &report->profile,
					 &error);
	if (!ret)
		return EXIT_OK;
	question_say(&error);
	return EXIT_FAILED;
}

/* ---- the command ------------------------------------------------------- */

static int print_report(const struct report_options *options,
			struct report *report)
{
	const struct output_ops *output = choose_output(options);

	report->keys = options->asked.keys;
	report->least_share =
		question_get_limit(&options->asked, output->least_share);
	if (options->asked.percent_limit < 0)
		report->least_lines = output->least_lines;
	report->max_lines = options->asked.max_lines;
	report->has_callers = options->has_callers;
	if (output->is_paged)
		terminal_begin(&report->terminal);
	return terminal_end("the report", output->print(report, stdout));
}

static int run(struct report_options *options)
{
	struct report report = { 0 };
	int ret;

	ret = question_check(&report_set, &options->asked);
	if (!ret)
		ret = check_inputs(&options->inputs);
	if (!ret)
		ret = choose_inputs(options);
	if (!ret)
		ret = ask(options, &report);
	if (!ret && !question_count_samples(report.profile, false)) {
		question_say_nothing(options->inputs.items[0], report.profile,
				     options->asked.domain_texts.items[0]);
		ret = EXIT_FAILED;
	}
	if (!ret)
		ret = print_report(options, &report);
	vprof_query_free(report.query);
	return ret;
}

int cmd_report(int argc, char **argv)
{
	struct report_options options = { 0 };
	int first, ret;

	setlocale(LC_CTYPE, "");
	question_init(&options.asked);
	first = option_parse(&report_set, argc, argv, &options);
	if (first < 0)
		return option_exit_code(first);
	if (first < argc)
		return option_refuse(&report_set,
				     "what is \"%s\"? A profile is given with "
				     "-i FILE",
				     argv[first]);
	ret = run(&options);
	question_destroy(&options.asked);
	return ret;
}

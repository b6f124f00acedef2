// SPDX-License-Identifier: GPL-2.0-only
/* vprof-report: which domain, in which function, spent what. */
#include "command.h"
#include "option.h"
#include "report.h"
#include "time_point.h"

#include <err.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <vprof/control.h>
#include <vprof/store.h>

enum {
	FLUSH_TIMEOUT_MS = 2000,
	MAX_DOMAINS = 64,
	/* What is shown of the machine's own profile where nobody says. */
	ROLLING_SPAN_S = 300,
};

#define NS_PER_S 1000000000ll
#define RECORDED_STORE "vprof.store"
#define DEFAULT_KEYS "domain,context,image,symbol"

struct report_options {
	struct option_list inputs;
	struct option_list domain_texts;
	const char *keys;
	const char *event;
	int64_t since_ns;
	int64_t until_ns;
	double percent_limit;
	uint64_t max_lines;
	bool is_json;
	bool is_csv;
	bool has_callers;

	/* made of the above */
	char *domain_copy[OPTION_LIST_MAX];
	const char *domains[MAX_DOMAINS];
	size_t nr_domains;
};

#define FIELD(name) offsetof(struct report_options, name)

static const struct option_row rows[] = {
	{ 'i', "input", "FILE",
	  "a profile; several are added up (vprof.store, else vprofd's)",
	  option_take_list, FIELD(inputs) },
	{ 'd', "domain", "LIST", "all, host, or names and numbers of domains",
	  option_take_list, FIELD(domain_texts) },
	{ 's', "sort", "LIST",
	  "what tells lines apart (domain,context,image,symbol)",
	  option_take_text, FIELD(keys) },
	{ 'e', "event", "EVENT", "this one only", option_take_text,
	  FIELD(event) },
	{ 0, "since", "TIME", "5m (ago), 12:01:10, \"2026-11-22 12:01\"",
	  time_point_take, FIELD(since_ns) },
	{ 0, "until", "TIME", "likewise", time_point_take, FIELD(until_ns) },
	{ 'g', "call-chain", NULL, "below each function who called it",
	  option_take_switch, FIELD(has_callers) },
	{ 0, "percent-limit", "PERCENT",
	  "leave out lines below (0.5; --json and --csv: 0)",
	  option_take_percent, FIELD(percent_limit) },
	{ 0, "limit", "NUMBER", "at most so many lines of each domain",
	  option_take_number, FIELD(max_lines) },
	{ 0, "json", NULL, "everything, as JSON", option_take_switch,
	  FIELD(is_json) },
	{ 0, "csv", NULL, "the lines, as CSV", option_take_switch,
	  FIELD(is_csv) },
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
	if (options->is_json)
		return &output_json;
	return options->is_csv ? &output_csv : &output_text;
}

/* "g1,g2" and several -d are the same; "all" is none in particular. */
static int split_domains(struct report_options *options)
{
	char *rest, *name;

	for (size_t i = 0; i < options->domain_texts.nr_items; i++) {
		rest = strdup(options->domain_texts.items[i]);
		if (!rest)
			err(EXIT_FAILED, "--domain");
		options->domain_copy[i] = rest;
		while ((name = strsep(&rest, ","))) {
			if (!*name)
				return option_refuse(
					&report_set,
					"--domain: a name is empty");
			if (options->nr_domains == MAX_DOMAINS)
				return option_refuse(&report_set,
						     "--domain: %d at most",
						     MAX_DOMAINS);
			options->domains[options->nr_domains++] = name;
		}
	}
	for (size_t i = 0; i < options->nr_domains; i++)
		if (!strcmp(options->domains[i], "all")) {
			options->nr_domains = 0;
			break;
		}
	return EXIT_OK;
}

static int parse_keys(const char *text, struct column_list *ret_keys)
{
	const char *bad;
	size_t length;

	bad = column_parse_keys(text, ret_keys, &length);
	if (!bad)
		return EXIT_OK;
	return option_refuse(&report_set,
			     "no column \"%.*s\" to sort by. There are: %s.",
			     (int)length, bad, column_key_names());
}

/* ---- stores ------------------------------------------------------------ */

/*
 * Whatever vprofd holds back, it writes now. Without a daemon, or without leave
 * to talk to it, what is on disk has to do.
 */
static bool flush_daemon(void)
{
	return !vprof_control_ask(NULL, VPROF_CONTROL_FLUSH, FLUSH_TIMEOUT_MS,
				  NULL, NULL);
}

static bool is_daemons(const char *path)
{
	return !strcmp(path, VPROF_STORE_ROLLING_PATH);
}

static int refuse_nothing(void)
{
	warnx("no profile yet: vprofd is not running. Start it (sudo systemctl "
	      "start vprofd) or record one: vprof-record -- COMMAND");
	return EXIT_FAILED;
}

/* No -i: the recording that lies here, else the machine's own profile. */
static int choose_inputs(struct report_options *options)
{
	struct option_list *inputs = &options->inputs;
	bool is_running;

	if (inputs->nr_items) {
		for (size_t i = 0; i < inputs->nr_items; i++)
			if (is_daemons(inputs->items[i]))
				flush_daemon();
		return EXIT_OK;
	}
	if (!access(RECORDED_STORE, F_OK)) {
		inputs->items[inputs->nr_items++] = RECORDED_STORE;
		return EXIT_OK;
	}
	is_running = flush_daemon();
	if (access(VPROF_STORE_ROLLING_PATH, F_OK) && errno == ENOENT)
		return refuse_nothing();
	inputs->items[inputs->nr_items++] = VPROF_STORE_ROLLING_PATH;
	if (is_running && !options->since_ns && !options->until_ns)
		options->since_ns = (time(NULL) - ROLLING_SPAN_S) * NS_PER_S;
	return EXIT_OK;
}

static int ask(const struct report_options *options, struct report *report)
{
	const struct vprof_query_options query_options = {
		.size = sizeof(query_options),
		.keys = column_list_keys(&report->keys),
		.has_callers = options->has_callers,
		.since_ns = options->since_ns,
		.until_ns = options->until_ns,
		.event = options->event,
		.domains = options->domains,
		.nr_domains = options->nr_domains,
	};
	struct vprof_error error = { 0 };
	int ret;

	ret = vprof_query_new(&query_options, &report->query, &error);
	for (size_t i = 0; !ret && i < options->inputs.nr_items; i++)
		ret = vprof_query_add_store(report->query,
					    options->inputs.items[i], &error);
	if (!ret)
		ret = vprof_query_finish(report->query, &report->profile,
					 &error);
	if (!ret)
		return EXIT_OK;
	warnx("%s", error.text);
	return EXIT_FAILED;
}

/* ---- nothing to say says why ------------------------------------------- */

static uint64_t count_samples(const struct vprof_profile *profile, bool in_all)
{
	uint64_t samples = 0;

	for (size_t i = 0; i < profile->nr_events; i++)
		samples += in_all ? profile->events[i].all_samples
				  : profile->events[i].samples;
	return samples;
}

static uint64_t count_lost(const struct vprof_profile *profile)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < profile->nr_events; i++)
		lost += report_count_lost(&profile->events[i]);
	return lost;
}

static void say_span(const struct vprof_profile *profile)
{
	char start[TIME_POINT_TEXT], end[TIME_POINT_TEXT];

	time_point_format(profile->store_start_ns, true, start);
	time_point_format(profile->store_end_ns, true, end);
	warnx("nothing was sampled in that time: the profile is of %s to %s",
	      start, end);
}

static void say_no_samples(const struct report_options *options,
			   const struct vprof_profile *profile)
{
	if (!profile->store_start_ns)
		warnx("no samples in %s: the recording ended before its first "
		      "slice was written",
		      options->inputs.items[0]);
	else if (!profile->start_ns)
		say_span(profile);
	else if (count_samples(profile, true))
		warnx("no samples of %s in this profile; the other domains "
		      "have %llu",
		      options->domain_texts.items[0],
		      (unsigned long long)count_samples(profile, true));
	else if (count_lost(profile))
		warnx("no samples in %s: all %llu were lost",
		      options->inputs.items[0],
		      (unsigned long long)count_lost(profile));
	else
		warnx("no samples in %s: nothing of what was asked for ran",
		      options->inputs.items[0]);
}

/* ---- the command ------------------------------------------------------- */

static int print_report(const struct report_options *options,
			struct report *report)
{
	const struct output_ops *output = choose_output(options);
	int ret;

	report->least_share = options->percent_limit >= 0
				      ? options->percent_limit / 100
				      : output->least_share;
	report->max_lines = options->max_lines;
	report->has_callers = options->has_callers;
	if (output->is_paged) {
		terminal_probe(&report->terminal);
		terminal_start_pager(&report->terminal);
	}
	ret = output->print(report, stdout);
	if (terminal_end() && !ret)
		ret = -errno;
	if (!ret)
		return EXIT_OK;
	warnx("the report could not be written: %s", strerror(-ret));
	return EXIT_FAILED;
}

static int run(struct report_options *options)
{
	struct report report = { 0 };
	int ret;

	ret = parse_keys(options->keys, &report.keys);
	if (!ret)
		ret = split_domains(options);
	if (!ret)
		ret = choose_inputs(options);
	if (!ret)
		ret = ask(options, &report);
	if (!ret && !count_samples(report.profile, false)) {
		say_no_samples(options, report.profile);
		ret = EXIT_FAILED;
	}
	if (!ret)
		ret = print_report(options, &report);
	vprof_query_free(report.query);
	return ret;
}

int cmd_report(int argc, char **argv)
{
	struct report_options options = { .keys = DEFAULT_KEYS,
					  .percent_limit = -1 };
	int first, ret;

	setlocale(LC_CTYPE, "");
	first = option_parse(&report_set, argc, argv, &options);
	if (first < 0)
		return option_exit_code(first);
	if (first < argc)
		return option_refuse(&report_set,
				     "what is \"%s\"? A profile is given with "
				     "-i FILE",
				     argv[first]);
	if (options.is_json && options.is_csv)
		return option_refuse(&report_set, "--json or --csv, not both");
	if (options.since_ns && options.until_ns &&
	    options.since_ns >= options.until_ns)
		return option_refuse(&report_set,
				     "--since is not before --until");
	ret = run(&options);
	for (size_t i = 0; i < options.domain_texts.nr_items; i++)
		free(options.domain_copy[i]);
	return ret;
}

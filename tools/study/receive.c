// SPDX-License-Identifier: GPL-2.0-only
/* vprof-study receive: where a receiver collapses its queue, and what that costs. */
#include "study/receive.h"

#include "command.h"
#include "option.h"
#include "study/folder.h"
#include "study/interrupt.h"
#include "study/iperf.h"
#include "study/parts.h"
#include "study/receive_choose.h"
#include "study/report_text.h"

#include <err.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NS_PER_S = 1000000000, MAX_SCALE = 31 };

#define FIELD(name) offsetof(struct receive_options, name)

static const struct option_row rows[] = {
	{ 'o', "output", "DIR",
	  "the study's folder (" STUDY_FOLDER_DEFAULT
	  "); what other parts left there stays",
	  option_take_text, FIELD(folder) },
	{ 0, "rsh", "COMMAND",
	  "the way to a shell at the receiver, before \"sh\" (ssh HOST)",
	  option_take_text, FIELD(rsh) },
	{ 'd', "domain", "NAME",
	  "what profiles call the receiver (it is found by its uuid)",
	  option_take_text, FIELD(domain) },
	{ 0, "buffers", "LIST", "socket buffers, as the application asks for",
	  option_take_text, FIELD(buffers_text) },
	{ 0, "sizes", "LIST", "bytes that it receives at once",
	  option_take_text, FIELD(sizes_text) },
	{ 0, "scale", "NUMBER", "tcp_adv_win_scale that mends it (-2)",
	  option_take_text, FIELD(fixed_text) },
	{ 0, "runs", "NUMBER", "transfers of each setting (5)",
	  option_take_number, FIELD(runs) },
	{ 0, "run-time", "TIME", "how long each takes (2s)",
	  option_take_duration, FIELD(run_ns) },
	{ 0, "profile-time", "TIME", "how long each profile takes (10s)",
	  option_take_duration, FIELD(profile_ns) },
	{ 'e', "event", "EVENT", "as vprof-record", option_take_text,
	  FIELD(event) },
	{ 'c', "count", "PERIOD", "as vprof-record", option_take_number,
	  FIELD(period) },
};

static const struct option_set receive_set = {
	.command = "vprof-study receive",
	.operands = "HOST",
	.summary =
		"Find where HOST's receive path collapses its queue, what that costs, and mend it.",
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.examples =
		"  vprof-study receive root@g1                              a guest, from its dom0 or host\n"
		"  vprof-study receive 10.9.0.2 --rsh 'ip netns exec rx'    a network namespace\n",
};

/* ---- options ---------------------------------------------------------------- */

/* "4K,64K,1M"; "auto" where @has_auto. */
static int parse_sizes(const char *option, const char *text, bool has_auto,
		       struct receive_values *values)
{
	char *copy = strdup(text), *rest = NULL, *end, *word;
	int ret = EXIT_OK;
	uint64_t value;

	if (!copy)
		return EXIT_FAILED;
	for (word = strtok_r(copy, ",", &rest); word && !ret;
	     word = strtok_r(NULL, ",", &rest)) {
		value = strtoull(word, &end, 10);
		if (*end == 'K' || *end == 'k')
			value *= 1024, end++;
		else if (*end == 'M' || *end == 'm')
			value *= 1024 * 1024, end++;
		if (has_auto && !strcmp(word, "auto"))
			value = 0;
		else if (*end || *word < '1' || *word > '9' || value > 1 << 30)
			ret = option_refuse(&receive_set,
					    "--%s %s: expected sizes such as "
					    "4K,64K,1M",
					    option, text);
		if (values->nr == RECEIVE_MAX_VALUES)
			ret = option_refuse(&receive_set, "--%s: at most %d",
					    option, RECEIVE_MAX_VALUES);
		if (!ret)
			values->items[values->nr++] = value;
	}
	free(copy);
	if (!ret && !values->nr)
		ret = option_refuse(&receive_set, "--%s: none given", option);
	return ret;
}

static int parse_words(struct receive_options *options)
{
	struct vprof_error why;
	char *end;
	int ret;

	ret = parse_sizes("buffers", options->buffers_text, true,
			  &options->buffers);
	if (!ret)
		ret = parse_sizes("sizes", options->sizes_text, false,
				  &options->sizes);
	if (ret)
		return ret;
	options->fixed_scale = strtol(options->fixed_text, &end, 10);
	if (*end || end == options->fixed_text ||
	    options->fixed_scale < -MAX_SCALE ||
	    options->fixed_scale > MAX_SCALE)
		return option_refuse(&receive_set,
				     "--scale %s: expected a number from %d to "
				     "%d",
				     options->fixed_text, -MAX_SCALE,
				     MAX_SCALE);
	if (options->run_ns < NS_PER_S || options->profile_ns < NS_PER_S)
		return option_refuse(&receive_set,
				     "--run-time and --profile-time: at least "
				     "1s");
	if (profile_check_event(options->event, options->period, &why))
		return option_refuse(&receive_set, "%s", why.text);
	return EXIT_OK;
}

/* ---- the steps ---------------------------------------------------------------- */

static void set_why(struct receive *receive, enum study_state state,
		    const char *why)
{
	free(receive->found->why);
	receive->found->state = state;
	receive->found->why = strdup(why);
}

/* Not an error: a receiver of today's, or settings that do not reach it. */
static void say_no_fault(struct receive *receive)
{
	char why[512];

	if (receive->found->is_mended)
		snprintf(why, sizeof(why),
			 "the fault is mended in the receiver's kernel, Linux "
			 "%.100s: since 6.6 the window follows what packets "
			 "take in memory",
			 receive->found->receiver_kernel);
	else
		snprintf(why, sizeof(why),
			 "no setting of the sweep is in the fault; others: "
			 "--buffers, --sizes");
	set_why(receive, STUDY_DONE, why);
	warnx("%s", why);
}

static int measure_points(struct receive *receive, struct vprof_error *err)
{
	struct study_receive *found = receive->found;
	const struct study_sweep_row *a, *b;
	unsigned int nr;
	int ret = 0;

	receive_choose(found, &a, &b);
	nr = (a ? 1 : 0) + (b ? 2 : 0);
	receive->nr_steps = receive->nr_done + nr;
	receive->planned_s =
		receive->done_s + nr * receive_point_seconds(receive);
	if (a)
		ret = receive_point(receive, STUDY_POINT_A, a,
				    found->default_scale, err);
	if (!ret && !b)
		say_no_fault(receive);
	if (ret || !b)
		return ret;
	if (!a)
		set_why(receive, STUDY_DONE,
			"every setting of the sweep is in the fault, so there "
			"is no point A; others: --buffers, --sizes");
	ret = receive_point(receive, STUDY_POINT_B, b, found->default_scale,
			    err);
	if (!ret)
		ret = receive_point(receive, STUDY_POINT_FIXED, b,
				    found->fixed_scale, err);
	return ret;
}

static int measure(struct receive *receive, struct vprof_error *err)
{
	int ret;

	ret = receive_prepare(receive, err);
	if (!ret)
		ret = receive_sweep(receive, err);
	if (!ret)
		ret = measure_points(receive, err);
	if (!ret)
		ret = receive_compare(receive, err);
	return ret;
}

/* An earlier run's results are not lost to one that measured nothing. */
static void keep_earlier(struct receive *receive)
{
	if (receive->nr_done || !receive->earlier ||
	    !receive->earlier->nr_sweep)
		return;
	study_receive_free(receive->found);
	receive->found = receive->results->receive = receive->earlier;
	receive->earlier = NULL;
	warnx("nothing was measured: what an earlier run left in %s stays",
	      receive->options->folder);
}

/* What there is by now is kept, whatever happened. */
static void note_end(struct receive *receive, int ret,
		     const struct vprof_error *why)
{
	char text[256];

	if (!ret)
		return;
	if (!interrupt_came()) {
		set_why(receive,
			receive->nr_done ? STUDY_FAILED : STUDY_NOT_POSSIBLE,
			why->text);
		warnx("%s", why->text);
		return;
	}
	snprintf(text, sizeof(text), "ended by %s after %u of %u steps",
		 interrupt_name(), receive->nr_done, receive->nr_steps);
	set_why(receive, STUDY_INTERRUPTED, text);
	warnx("%s; what was measured is kept", text);
}

/* ---- beginning and end --------------------------------------------------------- */

static void note_time(struct study_receive *found)
{
	time_t now = time(NULL);
	char text[64];
	struct tm tm;

	if (gmtime_r(&now, &tm) &&
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		found->at = strdup(text);
}

static int begin(struct receive *receive, struct vprof_error *err)
{
	const struct receive_options *options = receive->options;
	int ret;

	ret = study_folder_open(options->folder, &receive->results, err);
	if (ret)
		return ret;
	receive->earlier = receive->results->receive;
	receive->results->receive = study_receive_new();
	receive->found = receive->results->receive;
	if (!receive->found)
		return vprof_error_set(err, -ENOMEM, "no memory");
	receive->found->receiver = strdup(options->host);
	receive->found->run_seconds = (double)(options->run_ns / NS_PER_S);
	note_time(receive->found);
	receive->profiling = (struct profiling){ .folder = options->folder,
						 .event = options->event,
						 .period = options->period };
	snprintf(receive->note_path, sizeof(receive->note_path),
		 "%s/changed-settings.sh", options->folder);
	receive->settings.note_path = receive->note_path;
	return 0;
}

/* Return: everything is as it was, and written. */
static bool end(struct receive *receive)
{
	struct vprof_error why;
	bool is_well;

	if (receive->is_served)
		iperf_end(receive->there, IPERF_PORT);
	is_well = !setting_restore(&receive->settings);
	session_free(receive->there);
	session_free(receive->here);
	if (study_folder_finish(receive->options->folder, receive->results,
				&why)) {
		warnx("%s", why.text);
		is_well = false;
	}
	return is_well;
}

static bool has_points(const struct study_receive *found)
{
	return found->points[STUDY_POINT_A] || found->points[STUDY_POINT_B];
}

static int run(struct receive *receive)
{
	struct vprof_error why = { 0 };
	bool is_well;
	int ret;

	interrupt_catch();
	ret = begin(receive, &why);
	if (ret) {
		warnx("%s", why.text);
		study_receive_free(receive->earlier);
		study_results_free(receive->results);
		return EXIT_FAILED;
	}
	ret = measure(receive, &why);
	note_end(receive, ret, &why);
	if (ret)
		keep_earlier(receive);
	is_well = end(receive);
	if (study_report_text(receive->results, stdout) || fflush(stdout))
		is_well = false;
	fprintf(stderr,
		"vprof-study: wrote %s/" STUDY_REPORT_HTML_FILE
		", " STUDY_REPORT_TEXT_FILE ", " STUDY_RESULTS_FILE "%s\n",
		receive->options->folder,
		has_points(receive->found) ? " and the profiles" : "");
	study_receive_free(receive->earlier);
	study_results_free(receive->results);
	return ret || !is_well ? EXIT_FAILED : EXIT_OK;
}

int study_receive_run(int argc, char **argv)
{
	struct receive_options options = {
		.folder = STUDY_FOLDER_DEFAULT,
		.buffers_text = "16K,32K,64K,128K,256K,1M",
		.sizes_text = "4K,16K,64K,256K,512K",
		.fixed_text = "-2",
		.runs = 5,
		.run_ns = 2ull * NS_PER_S,
		.profile_ns = 10ull * NS_PER_S,
	};
	struct receive receive = { .options = &options };
	int first, ret;

	setlocale(LC_CTYPE, "");
	first = option_parse(&receive_set, argc, argv, &options);
	if (first < 0)
		return option_exit_code(first);
	if (argc - first != 1)
		return option_refuse(
			&receive_set,
			"one HOST is to receive, and %d were given",
			argc - first);
	options.host = argv[first];
	ret = parse_words(&options);
	return ret ? ret : run(&receive);
}

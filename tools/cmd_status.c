// SPDX-License-Identifier: GPL-2.0-only
/* vprof-status: what runs here, what it samples, and where samples were lost. */
#include "command.h"
#include "escape.h"
#include "number.h"
#include "option.h"
#include "terminal.h"

#include <vprof/capture.h>
#include <vprof/control.h>
#include <vprof/query.h>
#include <vprof/status.h>

#include <err.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NS_PER_MS = 1000000, NS_PER_S = 1000000000, DURATION_LEN = 48 };

/**
 * struct here - all there is to say
 * @status: NULL where vprofd does not answer; @why then says why
 * @store_age_s: of the oldest slice; -1: not known
 */
struct here {
	struct vprof_source_info module;
	char *json;
	struct vprof_status *status;
	struct vprof_error why;
	int64_t store_age_s;
};

/* ---- finding out -------------------------------------------------------- */

static void probe_module(struct vprof_source_info *module)
{
	unsigned int i;

	for (i = 0; vprof_source_probe(i, module) == 0; i++)
		if (!strcmp(module->name, "kmod"))
			return;
}

/* The store says it itself, to those who may read it; its rows are not read. */
static int64_t find_store_age(const char *path)
{
	int64_t now_ns = (int64_t)time(NULL) * NS_PER_S, age_s = -1;
	const struct vprof_query_options options = {
		.size = sizeof(options),
		.since_ns = now_ns,
	};
	const struct vprof_profile *profile;
	struct vprof_query *query;

	if (vprof_query_new(&options, &query, NULL) < 0)
		return -1;
	if (vprof_query_add_store(query, path, NULL) == 0 &&
	    vprof_query_finish(query, &profile, NULL) == 0 &&
	    profile->store_start_ns)
		age_s = (now_ns - profile->store_start_ns) / NS_PER_S;
	vprof_query_free(query);
	return age_s > 0 ? age_s : -1;
}

static void ask_daemon(struct here *here, const char *socket_path)
{
	struct vprof_status *status = malloc(sizeof(*status));

	if (!status) {
		vprof_error_set(&here->why, -1, "out of memory");
		return;
	}
	if (vprof_control_ask(socket_path, VPROF_CONTROL_STATUS, 0, &here->json,
			      &here->why) < 0 ||
	    vprof_status_parse(here->json, status, &here->why) < 0) {
		free(status);
		return;
	}
	here->status = status;
	here->store_age_s = find_store_age(status->store_path);
}

/* ---- as text ------------------------------------------------------------ */

/* "42 s", "17 min", "5 h 3 min", "9 d 4 h" */
static char *format_duration(uint64_t s, char text[DURATION_LEN])
{
	static const struct {
		uint64_t seconds;
		const char *unit;
		uint64_t below;
		const char *below_unit;
	} rows[] = {
		{ 86400, "d", 3600, "h" },
		{ 3600, "h", 60, "min" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (s < rows[i].seconds)
			continue;
		snprintf(text, DURATION_LEN, "%" PRIu64 " %s %" PRIu64 " %s",
			 s / rows[i].seconds, rows[i].unit,
			 s % rows[i].seconds / rows[i].below,
			 rows[i].below_unit);
		return text;
	}
	if (s >= 60)
		snprintf(text, DURATION_LEN, "%" PRIu64 " min", s / 60);
	else
		snprintf(text, DURATION_LEN, "%" PRIu64 " s", s);
	return text;
}

static void print_daemon(const struct vprof_status *status)
{
	char duration[DURATION_LEN];

	printf("vprofd    %s (pid %" PRIu64 ", up %s, version %s)\n",
	       vprof_status_state_name((enum vprof_status_state)status->state),
	       status->pid, format_duration(status->uptime_s, duration),
	       status->version);
	if (*status->reason)
		printf("          %s\n", status->reason);
	if (status->failures)
		printf("          sampling broke off %" PRIu64
		       " time%s since then\n",
		       status->failures, number_ending(status->failures));
}

/* The reason not to take the module stands in its own line already. */
static void print_capture(const struct here *here)
{
	const struct vprof_status *status = here->status;
	const char *chains = status->kernel_chain && status->user_chain
				     ? "kernel and user call chains"
			     : status->kernel_chain ? "kernel call chains"
			     : status->user_chain   ? "user call chains"
						    : "no call chains";

	if (!*status->capture)
		return;
	printf("capture   %s, %s, %" PRIu64 " CPU%s, %s\n", status->capture,
	       *status->pmu ? status->pmu : "software clock only",
	       status->nr_cpus, number_ending(status->nr_cpus), chains);
	if (*status->capture_why &&
	    strcmp(status->capture_why, here->module.why) != 0)
		printf("          %s\n", status->capture_why);
}

static void print_store(const struct here *here)
{
	const struct vprof_status *status = here->status;
	char size[NUMBER_LEN], bound[NUMBER_LEN];
	char age[DURATION_LEN], oldest[DURATION_LEN];

	printf("store     %s, %s of at most %s, ", status->store_path,
	       number_bytes(status->store_bytes, size),
	       number_bytes(status->store_max_bytes, bound));
	if (here->store_age_s >= 0)
		printf("%s of ",
		       format_duration((uint64_t)here->store_age_s, age));
	printf("at most %s\n",
	       format_duration(status->store_max_age_s, oldest));
}

static void print_session(const struct vprof_status *status)
{
	char samples[NUMBER_LEN], processes[NUMBER_LEN], lost[NUMBER_LEN];
	char duration[DURATION_LEN], slice[NUMBER_LEN];

	if (status->state != VPROF_STATUS_SAMPLING)
		return;
	printf("session   %s sample%s of %s process%s in %s, slices of %s ms; "
	       "%s process event%s lost\n",
	       number_group(status->samples, samples),
	       number_ending(status->samples),
	       number_group(status->nr_processes, processes),
	       status->nr_processes == 1 ? "" : "es",
	       format_duration(status->session_s, duration),
	       number_group(status->slice_ns / NS_PER_MS, slice),
	       number_group(status->process_events_lost, lost),
	       number_ending(status->process_events_lost));
}

static void print_cost(const struct vprof_status *status)
{
	uint64_t ms = status->cpu_ns / NS_PER_MS;
	uint64_t uptime_s = status->uptime_s ? status->uptime_s : 1;
	char rss[NUMBER_LEN], peak[NUMBER_LEN];

	printf("itself    %" PRIu64 ".%03" PRIu64
	       " s of CPU time (%.2f %% of one CPU), %s of memory (at most %s)\n",
	       ms / 1000, ms % 1000, (double)ms / 10.0 / (double)uptime_s,
	       number_bytes(status->rss_bytes, rss),
	       number_bytes(status->peak_rss_bytes, peak));
}

static void print_accounts(const char *name, const char *period,
			   const struct vprof_accounts *accounts)
{
	char taken[NUMBER_LEN], delivered[NUMBER_LEN], lost[NUMBER_LEN];
	uint64_t sum = 0;
	int i;

	for (i = 0; i < VPROF_NR_LOSSES; i++)
		sum += accounts->lost[i];
	printf("%-28s %14s %14s %14s %10s\n", name, period,
	       number_group(accounts->taken, taken),
	       number_group(accounts->delivered, delivered),
	       number_group(sum, lost));
	for (i = 0; i < VPROF_NR_LOSSES; i++)
		if (accounts->lost[i])
			printf("  %s lost: %s\n",
			       number_group(accounts->lost[i], lost),
			       vprof_loss_name((enum vprof_loss)i));
}

static void print_events(const struct vprof_status *status)
{
	char period[NUMBER_LEN + 4], number[NUMBER_LEN];
	size_t i;

	printf("\n%-28s %14s %14s %14s %10s\n", "EVENT", "PERIOD", "TAKEN",
	       "DELIVERED", "LOST");
	for (i = 0; i < status->nr_events; i++) {
		const struct vprof_status_event *event = &status->events[i];

		snprintf(period, sizeof(period), "%s%s",
			 number_group(event->period, number),
			 event->is_frequency ? " Hz" : "");
		print_accounts(event->name, period, &event->accounts);
	}
}

static void print_domains(const struct vprof_status *status)
{
	size_t i;

	if (!status->nr_domains)
		return;
	printf("\n%-28s %14s %14s %14s %10s\n", "DOMAIN", "", "TAKEN",
	       "DELIVERED", "LOST");
	for (i = 0; i < status->nr_domains; i++) {
		/* Whoever owns a guest may have named it. */
		char *name = escape_for_terminal(status->domains[i].name);

		print_accounts(name ? name : "?", "",
			       &status->domains[i].accounts);
		free(name);
	}
}

static void print_text(const struct here *here)
{
	const struct vprof_status *status = here->status;

	printf("kmod      %s\n",
	       here->module.is_available ? "module loaded" : here->module.why);
	if (!status) {
		printf("vprofd    %s\n", here->why.text);
		return;
	}
	print_daemon(status);
	print_capture(here);
	print_session(status);
	print_store(here);
	print_cost(status);
	print_events(status);
	print_domains(status);
}

/* ---- as JSON ------------------------------------------------------------ */

/* The daemon's own object as it came, so that nothing of it is left out. */
static int print_json(const struct here *here)
{
	json_t *daemon = here->json ? json_loads(here->json, 0, NULL) : NULL;
	json_t *root;

	root = json_pack("{s:{s:b,s:s},s:o?,s:s,s:o}", "module", "is_available",
			 here->module.is_available, "why", here->module.why,
			 "vprofd", daemon, "why", here->why.text, "store_age_s",
			 here->store_age_s < 0
				 ? json_null()
				 : json_integer(here->store_age_s));
	if (!root) {
		warnx("cannot write this as JSON");
		return EXIT_FAILED;
	}
	/* In names there may be what a terminal would obey. */
	json_dumpf(root, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(root);
	return EXIT_OK;
}

/* ---- the command -------------------------------------------------------- */

struct status_options {
	bool is_json;
	const char *socket_path;
};

static const struct option_row rows[] = {
	{ 0, "json", NULL, "as JSON", option_take_switch,
	  offsetof(struct status_options, is_json) },
	{ 0, "socket", "FILE",
	  "of a vprofd whose vprof.conf sets another socket", option_take_text,
	  offsetof(struct status_options, socket_path) },
};

static const struct option_set status_set = {
	.command = "vprof-status",
	.operands = "",
	.summary =
		"Say whether the module is loaded and vprofd samples, what it "
		"costs, and where samples were lost. Exit status 1: vprofd does "
		"not sample.",
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
};

static int is_sampling(const struct here *here)
{
	return here->status && here->status->state == VPROF_STATUS_SAMPLING;
}

int cmd_status(int argc, char **argv)
{
	struct status_options options = { 0 };
	struct here here = { .store_age_s = -1 };
	int first, r = EXIT_OK;

	first = option_parse(&status_set, argc, argv, &options);
	if (first < 0)
		return option_exit_code(first);
	if (first < argc)
		return option_refuse(&status_set, "it takes no \"%s\"",
				     argv[first]);
	probe_module(&here.module);
	ask_daemon(&here, options.socket_path);
	if (options.is_json)
		r = print_json(&here);
	else
		print_text(&here);
	if (r == EXIT_OK)
		r = terminal_end("the status", 0);
	if (r == EXIT_OK && !is_sampling(&here))
		r = EXIT_FAILED;
	free(here.json);
	free(here.status);
	return r;
}

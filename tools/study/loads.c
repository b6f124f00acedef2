// SPDX-License-Identifier: GPL-2.0-only
/* vprof-study nics, vprof-study web: their command line, and one system's turn. */
#include "command.h"
#include "option.h"
#include "study/folder.h"
#include "study/identity.h"
#include "study/interrupt.h"
#include "study/load.h"
#include "study/parts.h"
#include "study/report_text.h"
#include "study/system.h"

#include <err.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NS_PER_S = 1000000000, MAX_RUN_S = 40 };

struct loads_options {
	const char *folder;
	const char *as;
	const char *rsh;
	const char *sender;
	const char *sender_rsh;
	const char *domain;
	const char *event;
	uint64_t period;
	uint64_t runs;
	uint64_t run_ns;
	uint64_t profile_ns;
};

/**
 * struct loads - a run of it
 * @sender: the way to a shell there
 */
struct loads {
	const struct option_set *set;
	struct loads_options options;
	struct load load;
	struct session *here;
	enum study_system_name system;
	char *sender;
	struct identity identity;
};

#define FIELD(name) offsetof(struct loads_options, name)

static const struct option_row rows[] = {
	{ 'o', "output", "DIR",
	  "the study's folder (" STUDY_FOLDER_DEFAULT
	  "); other parts and systems in it stay",
	  option_take_text, FIELD(folder) },
	{ 0, "as", "SYSTEM",
	  "linux, dom0 or guest: what the receiver is (it is looked up)",
	  option_take_text, FIELD(as) },
	{ 0, "sender", "HOST", "who loads the receiver: a way in by ssh HOST",
	  option_take_text, FIELD(sender) },
	{ 0, "sender-rsh", "COMMAND",
	  "another way to a shell at the sender, before \"sh\"",
	  option_take_text, FIELD(sender_rsh) },
	{ 0, "rsh", "COMMAND",
	  "the way to a shell at the receiver, before \"sh\" (it is this "
	  "machine)",
	  option_take_text, FIELD(rsh) },
	{ 'd', "domain", "NAME",
	  "what profiles call the receiver (it is found by its uuid)",
	  option_take_text, FIELD(domain) },
	{ 0, "runs", "NUMBER", "how often it is measured (5)",
	  option_take_number, FIELD(runs) },
	{ 0, "run-time", "TIME", "how long each takes (5s)",
	  option_take_duration, FIELD(run_ns) },
	{ 0, "profile-time", "TIME", "how long the profile takes (10s)",
	  option_take_duration, FIELD(profile_ns) },
	{ 'e', "event", "EVENT", "as vprof-record", option_take_text,
	  FIELD(event) },
	{ 'c', "count", "PERIOD", "as vprof-record", option_take_number,
	  FIELD(period) },
};

static const struct option_set nics_set = {
	.command = "vprof-study nics",
	.operands = "ADDRESS...",
	.summary =
		"Receive over several network interfaces at once: ADDRESS is one of each.",
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.examples =
		"  vprof-study nics --sender root@pc 10.1.1.2 10.1.2.2 10.1.3.2 10.1.4.2\n"
		"                                           this machine, Linux or dom0, receives\n"
		"  vprof-study nics --sender root@pc --rsh 'ssh root@g1' 10.1.1.3 10.1.2.3\n"
		"                                           its guest g1 does\n",
};

static const struct option_set web_set = {
	.command = "vprof-study web",
	.operands = "ADDRESS",
	.summary =
		"Ask nginx at ADDRESS, which is the receiver's, for a small file.",
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.examples =
		"  vprof-study web --sender root@pc 10.1.1.2\n"
		"  vprof-study web --sender root@pc --rsh 'ssh root@g1' 10.1.1.3\n",
};

/* ---- options ----------------------------------------------------------- */

static int parse_system(struct loads *loads)
{
	const char *as = loads->options.as;

	if (!as)
		return EXIT_OK;
	for (int i = 0; i < STUDY_NR_SYSTEMS; i++) {
		if (strcmp(as, study_system_text((enum study_system_name)i)) !=
		    0)
			continue;
		loads->system = (enum study_system_name)i;
		return EXIT_OK;
	}
	return option_refuse(loads->set,
			     "--as %s: expected linux, dom0 or guest", as);
}

/* They become words of a shell's. */
static bool is_address(const char *text)
{
	static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ.:-_";

	return *text && *text != '-' && !text[strspn(text, allowed)];
}

static int parse_addresses(struct loads *loads, char **words, int nr)
{
	bool is_web = loads->load.ops == &load_web;

	if (nr < 1 || (is_web && nr > 1) || nr > LOAD_MAX_INTERFACES)
		return option_refuse(loads->set,
				     "%s of the receiver's addresses, as the "
				     "sender reaches them; %d were given",
				     is_web ? "one" : "1 to 16", nr);
	for (int i = 0; i < nr; i++)
		if (!is_address(words[i]))
			return option_refuse(loads->set, "\"%s\" is no address",
					     words[i]);
	loads->load.addresses = (const char *const *)words;
	loads->load.nr_addresses = (size_t)nr;
	return EXIT_OK;
}

static int check_options(struct loads *loads)
{
	const struct loads_options *options = &loads->options;
	struct vprof_error why;
	int ret = parse_system(loads);

	if (ret)
		return ret;
	if (!options->sender == !options->sender_rsh)
		return option_refuse(
			loads->set, "who sends? --sender HOST, or --sender-rsh "
				    "COMMAND");
	if (options->run_ns < NS_PER_S || options->profile_ns < NS_PER_S ||
	    options->run_ns > (uint64_t)MAX_RUN_S * NS_PER_S ||
	    options->profile_ns > (uint64_t)MAX_RUN_S * NS_PER_S)
		return option_refuse(loads->set,
				     "--run-time and --profile-time: 1s to %ds",
				     MAX_RUN_S);
	if (profile_check_event(options->event, options->period, &why))
		return option_refuse(loads->set, "%s", why.text);
	return EXIT_OK;
}

/* ---- who receives ------------------------------------------------------ */

static int begin_sessions(struct loads *loads, struct vprof_error *err)
{
	const struct loads_options *options = &loads->options;
	bool is_ssh = options->sender != NULL;
	int ret;

	if (asprintf(&loads->sender, "%s%s", is_ssh ? "ssh " : "",
		     is_ssh ? options->sender : options->sender_rsh) < 0)
		return vprof_error_set(err, -ENOMEM, "no memory");
	ret = session_new("this machine", NULL, &loads->here, err);
	if (!ret)
		ret = session_new("the receiver", options->rsh,
				  &loads->load.receiver, err);
	if (!ret)
		ret = session_new("the sender", loads->sender,
				  &loads->load.sender, err);
	return ret;
}

static int find_out(struct loads *loads, struct vprof_error *err)
{
	struct session *receiver = loads->load.receiver;
	int is_dom0, ret;

	ret = identity_learn(loads->here, receiver, &loads->identity, err);
	if (ret)
		return ret;
	is_dom0 = session_run(receiver, NULL, err,
			      "grep -q control_d /proc/xen/capabilities");
	if (is_dom0 < 0)
		return is_dom0;
	if (!loads->options.as)
		loads->system = !is_dom0                  ? STUDY_DOM0
				: loads->identity.is_here ? STUDY_LINUX
							  : STUDY_GUEST;
	return 0;
}

/* ---- one system's turn ------------------------------------------------- */

static struct study_part **find_part(const struct loads *loads,
				     struct study_results *results)
{
	return loads->load.ops == &load_web ? &results->web : &results->nics;
}

/* An earlier result is worth more than nothing. */
static void keep(struct loads *loads, struct study_part *part,
		 struct study_system *system)
{
	struct study_system **slot = &part->systems[loads->system];

	if (!system->nr_runs && *slot && (*slot)->nr_runs) {
		warnx("the earlier result of %s is kept",
		      study_system_text(loads->system));
		study_system_free(system);
		return;
	}
	study_system_free(*slot);
	*slot = system;
	free(part->why);
	part->why = system->why ? strdup(system->why) : NULL;
	part->state = system->state;
}

static int measure(struct loads *loads, struct study_part *part,
		   struct vprof_error *err)
{
	const struct loads_options *options = &loads->options;
	struct system_options how = {
		.nr_runs = (unsigned int)options->runs,
		.seconds = (unsigned int)(options->run_ns / NS_PER_S),
		.profile_seconds =
			(unsigned int)(options->profile_ns / NS_PER_S),
		.profiling = { .folder = options->folder,
			       .event = options->event,
			       .period = options->period },
		.sender = loads->sender,
		.subject = { .uuid = options->domain ? NULL
						     : loads->identity.uuid,
			     .name = options->domain,
			     .is_host = loads->identity.is_here,
			     .has_others = true },
	};
	struct study_system *system = study_system_new();
	char store[64];
	int ret;

	if (!system)
		return vprof_error_set(err, -ENOMEM, "no memory");
	snprintf(store, sizeof(store), "%s-%s.store", loads->load.ops->name,
		 study_system_text(loads->system));
	how.store = store;
	ret = system_measure(&loads->load, &how, system, err);
	if (!ret && system->why)
		warnx("%s", system->why);
	if (system->profile.why)
		warnx("no profile: %s", system->profile.why);
	keep(loads, part, system);
	return ret;
}

static int take_turn(struct loads *loads, struct study_results *results,
		     struct vprof_error *err)
{
	struct study_part **part = find_part(loads, results);
	int ret;

	if (!*part)
		*part = study_part_new();
	if (!*part)
		return vprof_error_set(err, -ENOMEM, "no memory");
	ret = begin_sessions(loads, err);
	if (!ret)
		ret = find_out(loads, err);
	if (!ret)
		ret = measure(loads, *part, err);
	session_free(loads->load.sender);
	session_free(loads->load.receiver);
	session_free(loads->here);
	free(loads->sender);
	return ret;
}

static int run(struct loads *loads)
{
	const char *folder = loads->options.folder;
	struct study_results *results = NULL;
	struct vprof_error why = { 0 };
	int ret, later;

	interrupt_catch();
	ret = study_folder_open(folder, &results, &why);
	if (ret) {
		warnx("%s", why.text);
		return EXIT_FAILED;
	}
	ret = take_turn(loads, results, &why);
	if (ret)
		warnx("%s%s", why.text,
		      interrupt_came() ? "; what was measured is kept" : "");
	later = study_folder_finish(folder, results, &why);
	if (later)
		warnx("%s", why.text);
	if (study_report_text(results, stdout) || fflush(stdout))
		later = -EIO;
	study_results_free(results);
	return ret || later ? EXIT_FAILED : EXIT_OK;
}

static int run_load(const struct option_set *set, const struct load_ops *ops,
		    int argc, char **argv)
{
	struct loads loads = {
		.set = set,
		.options = { .folder = STUDY_FOLDER_DEFAULT,
			     .runs = 5,
			     .run_ns = 5ull * NS_PER_S,
			     .profile_ns = 10ull * NS_PER_S },
		.load.ops = ops,
	};
	int first, ret;

	setlocale(LC_CTYPE, "");
	first = option_parse(set, argc, argv, &loads.options);
	if (first < 0)
		return option_exit_code(first);
	ret = check_options(&loads);
	if (!ret)
		ret = parse_addresses(&loads, argv + first, argc - first);
	return ret ? ret : run(&loads);
}

int study_nics_run(int argc, char **argv)
{
	return run_load(&nics_set, &load_nics, argc, argv);
}

int study_web_run(int argc, char **argv)
{
	return run_load(&web_set, &load_web, argc, argv);
}

// SPDX-License-Identifier: GPL-2.0-only
/* vprof-record's command line. */
#include "record_options.h"

#include "command.h"
#include "map_file.h"

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_WAIT_NS 60000000000ull
#define FIELD(name) offsetof(struct record_options, name)

static const struct option_row rows[] = {
	{ 'e', "event", "EVENT",
	  "what to sample: NAME[:MASK][:u|k|h][@PERIOD] (vprof-list events)",
	  option_take_list, FIELD(event_texts) },
	{ 'c', "count", "PERIOD", "a sample every so many counts",
	  option_take_number, FIELD(period) },
	{ 'F', "freq", "HZ", "so many samples a second on each CPU",
	  option_take_number, FIELD(frequency) },
	{ 'g', "call-chain", NULL, "take call chains too", option_take_switch,
	  FIELD(has_chain) },
	{ 0, "guest-call-chain", NULL,
	  "-g, and of the kernels of KVM's guests too (frame pointers)",
	  option_take_switch, FIELD(has_guest_chain) },
	{ 'o', "output", "FILE", "the profile (vprof.store)", option_take_text,
	  FIELD(output) },
	{ 'p', "pid", "PID", "this process and what it starts",
	  option_take_number, FIELD(pid_number) },
	{ 'a', "all", NULL, "the whole machine, also with a COMMAND",
	  option_take_switch, FIELD(is_whole_machine) },
	{ 'd', "duration", "TIME", "end after 10s, 5m, ...",
	  option_take_duration, FIELD(duration_ns) },
	{ 'b', "buffer", "KB", "buffer of each CPU", option_take_number,
	  FIELD(buffer_kb) },
	{ 'u', "user", "NAME", "run COMMAND as this user", option_take_text,
	  FIELD(user.name) },
	{ 'q', "quiet", NULL, "say nothing when all is well",
	  option_take_switch, FIELD(is_quiet) },
	{ 0, "map", "GUEST=FILE",
	  "names for a guest's kernel: its System.map, vmlinux or kallsyms",
	  option_take_list, FIELD(map_texts) },
	{ 0, "guestkallsyms", "FILE",
	  "names for guests without a --map: a copy of their kallsyms",
	  option_take_text, FIELD(guest_kallsyms) },
	{ 0, "guestmodules", "FILE", "with it: a copy of their /proc/modules",
	  option_take_text, FIELD(guest_modules) },
	{ 0, "xen-syms", "FILE",
	  "Xen's names: its xen-syms, or what nm writes of it",
	  option_take_text, FIELD(xen_symbols) },
	{ 0, "active", "GUEST",
	  "a domain of Xen's that runs vprof-record itself", option_take_list,
	  FIELD(actives) },
	{ 0, "wait", "TIME",
	  "how long active domains and dom0 wait for each other (1m)",
	  option_take_duration, FIELD(wait_ns) },
	{ 0, "capture", "CAPTURE",
	  "kmod or perf_event, not the best that is there", option_take_text,
	  FIELD(capture_name) },
	{ 0, "slice", "TIME", "count equal samples together over so long (1s)",
	  option_take_duration, FIELD(slice_ns) },
};

static const struct option_set record_set = {
	.command = "vprof-record",
	.operands = "[--] [COMMAND [ARGUMENT...]]",
	.summary =
		"Profile a COMMAND, a process (-p), or until Ctrl-C the whole "
		"machine.",
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.examples =
		"  vprof-record -- make -j4                the build and all it starts\n"
		"  vprof-record -g -d 10s                  the machine, 10 seconds, with callers\n"
		"  vprof-record -e cycles -e instructions -p 4711\n",
	.stops_at_operand = true,
};

static const struct {
	const char *name;
	enum vprof_capture_kind kind;
} captures[] = {
	{ "auto", VPROF_CAPTURE_AUTO },
	{ "kmod", VPROF_CAPTURE_KMOD },
	{ "perf_event", VPROF_CAPTURE_PERF_EVENT },
};

static int choose_capture(struct record_options *options)
{
	if (!options->capture_name)
		return 0;
	for (size_t i = 0; i < sizeof(captures) / sizeof(captures[0]); i++) {
		if (strcmp(captures[i].name, options->capture_name) != 0)
			continue;
		options->capture = captures[i].kind;
		return 0;
	}
	option_refuse(&record_set,
		      "no capture \"%s\". There are: kmod, perf_event",
		      options->capture_name);
	return -EINVAL;
}

static int add_event(struct record_options *options, const char *text)
{
	const struct vprof_event_defaults defaults = {
		.period = options->frequency ? options->frequency
					     : options->period,
		.is_frequency = options->frequency != 0,
	};
	struct vprof_event_spec *spec = &options->events[options->nr_events];
	struct vprof_error err;
	int ret;

	if (options->nr_events == RECORD_MAX_EVENTS) {
		warnx("at most %d events at once", RECORD_MAX_EVENTS);
		return -EINVAL;
	}
	if (text)
		ret = vprof_event_parse(text, &defaults, spec, &err);
	else
		ret = vprof_event_default(&defaults, spec, &err);
	if (ret) {
		warnx("%s", err.text);
		return ret;
	}
	for (unsigned int i = 0; i < options->nr_events; i++)
		if (!strcmp(options->events[i].name, spec->name)) {
			warnx("%s is given twice: it would count twice",
			      spec->name);
			return -EINVAL;
		}
	options->nr_events++;
	return 0;
}

/*
 * perf's "-e a,b" too. A comma inside a PMU's slashes, or before a digit as in
 * @100,000, is the event's own.
 */
static const char *find_comma(const char *text)
{
	bool is_inside = false;

	for (; *text; text++) {
		if (*text == '/')
			is_inside = !is_inside;
		if (*text == ',' && !is_inside &&
		    !isdigit((unsigned char)text[1]))
			break;
	}
	return text;
}

static int add_events(struct record_options *options, const char *texts)
{
	char text[2 * VPROF_EVENT_NAME_MAX];
	const char *comma;
	int ret;

	for (;; texts = comma + 1) {
		comma = find_comma(texts);
		snprintf(text, sizeof(text), "%.*s", (int)(comma - texts),
			 texts);
		ret = add_event(options, text);
		if (ret || !*comma)
			return ret;
	}
}

static int choose_events(struct record_options *options)
{
	int ret = 0;

	if (!options->event_texts.nr_items)
		return add_event(options, NULL);
	for (size_t i = 0; !ret && i < options->event_texts.nr_items; i++)
		ret = add_events(options, options->event_texts.items[i]);
	return ret;
}

static int check_readable(const char *option, const char *path)
{
	if (!path || !access(path, R_OK))
		return 0;
	warn("%s: cannot read \"%s\"", option, path);
	return -EINVAL;
}

static int check_map(const char *option, const char *path)
{
	if (map_file_is_map(path))
		return 0;
	warnx("%s: \"%s\" is no System.map, vmlinux or kallsyms", option, path);
	return -EINVAL;
}

static bool has_map(const struct record_options *options, const char *domain)
{
	for (size_t i = 0; i < options->nr_maps; i++)
		if (!strcmp(options->maps[i].domain, domain))
			return true;
	return false;
}

static int add_map(struct record_options *options, const char *text)
{
	struct vprof_guest_map *map = &options->maps[options->nr_maps];
	char *domain = options->map_domains[options->nr_maps];
	const char *equals = strchr(text, '=');
	size_t length = equals ? (size_t)(equals - text) : 0;

	if (!length || length >= VPROF_DOMAIN_TEXT_MAX || !equals[1]) {
		option_refuse(&record_set, "--map wants GUEST=FILE, not \"%s\"",
			      text);
		return -EINVAL;
	}
	memcpy(domain, text, length);
	if (has_map(options, domain)) {
		option_refuse(&record_set, "--map: two files for \"%s\"",
			      domain);
		return -EINVAL;
	}
	if (check_readable("--map", equals + 1) ||
	    check_map("--map", equals + 1))
		return -EINVAL;
	map->domain = domain;
	map->file = equals + 1;
	options->nr_maps++;
	return 0;
}

/* perf's "default guest": whichever has nothing better. */
static int add_default_map(struct record_options *options)
{
	struct vprof_guest_map *map = &options->maps[options->nr_maps];

	if (options->guest_modules && !options->guest_kallsyms) {
		option_refuse(&record_set,
			      "--guestmodules says where modules lie: it goes "
			      "with --guestkallsyms");
		return -EINVAL;
	}
	if (!options->guest_kallsyms)
		return 0;
	if (check_readable("--guestkallsyms", options->guest_kallsyms) ||
	    check_readable("--guestmodules", options->guest_modules) ||
	    check_map("--guestkallsyms", options->guest_kallsyms))
		return -EINVAL;
	map->file = options->guest_kallsyms;
	map->modules = options->guest_modules;
	options->nr_maps++;
	return 0;
}

static int choose_maps(struct record_options *options)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < options->map_texts.nr_items; i++)
		ret = add_map(options, options->map_texts.items[i]);
	if (!ret)
		ret = add_default_map(options);
	return ret ? ret : check_readable("--xen-syms", options->xen_symbols);
}

static int check_together(const struct record_options *options)
{
	const char *wrong = NULL;

	if (options->period && options->frequency)
		wrong = "-c and -F say the same in two ways: give one";
	else if (options->pid_number && options->command)
		wrong = "-p is for a process that runs already: give it or a "
			"COMMAND";
	else if (options->pid_number && options->is_whole_machine)
		wrong = "-a is the whole machine, -p one process: give one";
	else if (options->has_guest_chain &&
		 (options->pid_number ||
		  (options->command && !options->is_whole_machine)))
		wrong = "--guest-call-chain is for the whole machine: with -a, "
			"or without a COMMAND and -p";
	else if (options->user.name && !options->command)
		wrong = "--user is whom the COMMAND runs as: there is none";
	else if (options->actives.nr_items && options->pid_number)
		wrong = "--active is for the whole machine, -p for one process";
	else if (options->actives.nr_items && options->command &&
		 !options->is_whole_machine)
		wrong = "--active with a COMMAND wants -a, the whole machine";
	else if (options->pid_number > INT_MAX)
		wrong = "-p: no process has such a number";
	else if (options->buffer_kb > SIZE_MAX / 1024)
		wrong = "-b: no machine has so much memory";
	if (!wrong)
		return 0;
	option_refuse(&record_set, "%s", wrong);
	return -EINVAL;
}

int record_options_parse(int argc, char **argv, struct record_options *options)
{
	int first;

	memset(options, 0, sizeof(*options));
	options->output = "vprof.store";
	options->wait_ns = DEFAULT_WAIT_NS;
	first = option_parse(&record_set, argc, argv, options);
	if (first < 0)
		return option_exit_code(first);
	if (first < argc)
		options->command = argv + first;
	options->pid = (pid_t)options->pid_number;
	options->has_chain |= options->has_guest_chain;
	if (check_together(options) || choose_capture(options) ||
	    choose_events(options) || choose_maps(options))
		return EXIT_USAGE;
	if (options->command && !workload_is_command(*options->command))
		return EXIT_FAILED;
	if (workload_find_user(&options->user))
		return EXIT_USAGE;
	return -1;
}

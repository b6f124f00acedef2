// SPDX-License-Identifier: GPL-2.0-only
/* vprof-study: studies of what virtualised hosts spend on the network. */
#include "command.h"
#include "study/parts.h"
#include "terminal.h"

#include <err.h>
#include <stdio.h>
#include <string.h>

struct part {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

static const struct part parts[] = {
	{ "receive",
	  "find where a receiver collapses its queue, and what that costs",
	  study_receive_run },
	{ "nics", "receive over several interfaces: native Linux, dom0, guest",
	  study_nics_run },
	{ "web", "have a web server asked: native Linux, dom0, guest",
	  study_web_run },
	{ "report", "make the reports of a study's folder anew",
	  study_report_run },
};

enum { NR_PARTS = sizeof(parts) / sizeof(parts[0]), NAME_MAX_LEN = 64 };

static void print_parts(FILE *out)
{
	fputs("usage: vprof-study PART [OPTION...]\n\n"
	      "Measure, profile and explain; beside figures that were "
	      "published.\n\n",
	      out);
	for (size_t i = 0; i < NR_PARTS; i++)
		fprintf(out, "  %-10s %s\n", parts[i].name, parts[i].summary);
	fputs("\n\"vprof-study PART -h\" and vprof-study(1) say more.\n", out);
}

static int run_part(const struct part *part, int argc, char **argv)
{
	static char name[NAME_MAX_LEN];

	snprintf(name, sizeof(name), "vprof-study %s", part->name);
	argv[0] = name;
	return part->run(argc, argv);
}

int cmd_study(int argc, char **argv)
{
	if (argc < 2) {
		print_parts(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
		print_parts(stdout);
		return terminal_end("the help", 0);
	}
	for (size_t i = 0; i < NR_PARTS; i++)
		if (!strcmp(parts[i].name, argv[1]))
			return run_part(&parts[i], argc - 1, argv + 1);
	warnx("no part \"%s\". There are:", argv[1]);
	for (size_t i = 0; i < NR_PARTS; i++)
		fprintf(stderr, "  %-10s %s\n", parts[i].name,
			parts[i].summary);
	return EXIT_USAGE;
}

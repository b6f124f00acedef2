// SPDX-License-Identifier: GPL-2.0-only
/* vprof's main: picks the subcommand from argv[0] or argv[1]. */
#include "command.h"
#include "terminal.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct command commands[] = {
	{ "record", "profile a command, a process or the whole machine",
	  cmd_record },
	{ "report", "say which domain, in which function, spent what",
	  cmd_report },
	{ "diff", "say what takes more of the time than before, and how surely",
	  cmd_diff },
	{ "status", "say what is being sampled, and where samples were lost",
	  cmd_status },
	{ "study",
	  "measure and profile a receive path, beside published figures",
	  cmd_study },
	{ "list", "say which events, domains and sources there are", cmd_list },
};

enum { NR_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

/* The name as messages show it: each command's, whichever way it was called. */
enum { PROGRAM_NAME_MAX = 64 };

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static void print_commands(FILE *out)
{
	fputs("usage: vprof COMMAND [OPTION...]\n\n", out);
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(out, "  %-10s %s\n", commands[i].name,
			commands[i].summary);
	fputs("\n\"vprof COMMAND -h\" and vprof-COMMAND(1) say more. "
	      "\"vprof-COMMAND\" is the same as \"vprof COMMAND\".\n",
	      out);
}

static int run_command(const struct command *command, int argc, char **argv)
{
	static char name[PROGRAM_NAME_MAX];

	snprintf(name, sizeof(name), "vprof-%s", command->name);
	program_invocation_short_name = name;
	argv[0] = name;
	return command->run(argc, argv);
}

static int refuse(const char *name)
{
	warnx("no command \"%s\". There are:", name);
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(stderr, "  %-10s %s\n", commands[i].name,
			commands[i].summary);
	return EXIT_USAGE;
}

/* "help" alone lists the commands, "help NAME" is "NAME -h". */
static int help(int argc, char **argv)
{
	const struct command *command;
	char help_option[] = "-h";
	char *help_argv[] = { argv[0], help_option, NULL };

	if (argc < 2) {
		print_commands(stdout);
		return terminal_end("the help", 0);
	}
	command = find_command(argv[1]);
	if (!command)
		return refuse(argv[1]);
	return run_command(command, 2, help_argv);
}

static int run_by_first_argument(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_commands(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("vprof " VPROF_VERSION);
		return terminal_end("the version", 0);
	}
	if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") ||
	    !strcmp(argv[1], "-h"))
		return help(argc - 1, argv + 1);
	command = find_command(argv[1]);
	if (!command)
		return refuse(argv[1]);
	return run_command(command, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	static const char prefix[] = "vprof-";
	const struct command *command = NULL;
	const char *name;

	if (argc < 1)
		return EXIT_USAGE;
	name = strrchr(argv[0], '/');
	name = name ? name + 1 : argv[0];
	if (!strncmp(name, prefix, strlen(prefix)))
		command = find_command(name + strlen(prefix));
	if (command)
		return run_command(command, argc, argv);
	return run_by_first_argument(argc, argv);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The subcommands of vprof; the table of them is in vprof.c. */
#ifndef VPROF_TOOLS_COMMAND_H
#define VPROF_TOOLS_COMMAND_H

/* What main returns, for every command. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
};

/**
 * struct command - a subcommand, "vprof NAME" or "vprof-NAME"
 * @run: main() of it; argv[0] is "vprof-NAME". Returns enum exit_code, except
 *       that vprof-record hands on what the command that it ran returned.
 *       Messages go out with warnx(), which puts "vprof-NAME: " before them.
 */
struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

int cmd_diff(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_record(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_study(int argc, char **argv);

#endif

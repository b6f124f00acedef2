/* SPDX-License-Identifier: GPL-2.0-only */
/* A program that is run and whose output is kept. */
#ifndef VPROF_TOOLS_STUDY_CHILD_H
#define VPROF_TOOLS_STUDY_CHILD_H

#include <vprof/error.h>

enum { CHILD_EXIT_NOT_FOUND = 127 };

/**
 * child_run - run a program to its end
 * @argv: looked for in $PATH
 * @timeout_s: then it is ended, with SIGTERM
 * @ret_output: its standard output, for free()
 *
 * Its standard error is ours. Signals of the terminal do not reach it: when one
 * came here it is ended.
 *
 * Return: its exit status, 128 + the signal that ended it; -EINTR ended because
 * of interrupt_came(), -ETIMEDOUT, or another negative errno.
 */
int child_run(char *const argv[], unsigned int timeout_s, char **ret_output,
	      struct vprof_error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* A shell here or at the receiver: one for all commands, since each login takes time. */
#ifndef VPROF_TOOLS_STUDY_SESSION_H
#define VPROF_TOOLS_STUDY_SESSION_H

#include <stddef.h>
#include <vprof/error.h>

struct session;

/**
 * session_new - begin a shell
 * @name: "the receiver": what sentences call it
 * @prefix: "ssh host", "ip netns exec rx": before "sh"; NULL: here
 *
 * Return: 0, -ENOTCONN (the sentence says what to do), or another negative errno.
 */
int session_new(const char *name, const char *prefix,
		struct session **ret_session, struct vprof_error *err);

/** session_free - end it; takes NULL */
void session_free(struct session *session);

const char *session_get_name(const struct session *session);

/**
 * session_run - run a command there
 * @ret_output: standard output and error, without the last newline, for free();
 *              also when it failed; NULL: not wanted
 * @format: printf's: what sh is to run. Interrupts do not stop it: they are put
 *          right by commands
 *
 * Return: its exit status; -ETIMEDOUT, -EPIPE: the session is of no use any more
 * (and can be had anew: session_again()).
 */
int session_run(struct session *session, char **ret_output,
		struct vprof_error *err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/**
 * session_ask_line - the first line of what a command says there
 * @ret_line: "": it says nothing, or fails
 *
 * Return: 0 or as session_run().
 */
int session_ask_line(struct session *session, const char *command,
		     char *ret_line, size_t size, struct vprof_error *err);

/** session_again - a new shell in the place of one that broke off */
int session_again(struct session *session, struct vprof_error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The command that vprof-record runs: made first, let go when all is counting. */
#ifndef VPROF_TOOLS_WORKLOAD_H
#define VPROF_TOOLS_WORKLOAD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/**
 * struct workload - a child that waits before its exec, then runs
 * @go_fd: closing it lets the child go
 * @failure_fd: says why exec failed
 * @has_ended: @status is what waitpid() gave
 */
struct workload {
	pid_t pid;
	int go_fd;
	int failure_fd;
	bool was_let_go;
	bool has_ended;
	int status;
};

/**
 * struct workload_user - whom the command runs as
 *
 * By default the one who called vprof-record: its real user and group, with no
 * privilege that the file vprof-record may have.
 */
struct workload_user {
	const char *name; /* NULL: the caller */
	uid_t uid;
	gid_t gid;
};

/** workload_find_user - fill in @user from its name; says so when there is none */
int workload_find_user(struct workload_user *user);

/** workload_is_command - whether @name can be executed; says so when not */
bool workload_is_command(const char *name);

/**
 * workload_prepare - make the child
 * @signals: the signal mask it gets
 *
 * Return: 0, or a negative errno.
 */
int workload_prepare(struct workload *workload, char **argv,
		     const struct workload_user *user, const sigset_t *signals);

/** workload_run - let it go; -errno when its exec failed, and says so */
int workload_run(struct workload *workload, const char *name);

/** workload_reap - see whether it has ended; does not wait */
bool workload_reap(struct workload *workload);

/** workload_end - what is still there gets SIGTERM, then a second to end */
void workload_end(struct workload *workload);

/** workload_exit_code - as a shell has it: 128 + signal */
int workload_exit_code(const struct workload *workload);

#endif

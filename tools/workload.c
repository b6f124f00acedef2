// SPDX-License-Identifier: GPL-2.0-only
/* The command that vprof-record runs: made first, let go when all is counting. */
#include "workload.h"

#include "command.h"
#include "program.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int workload_find_user(struct workload_user *user)
{
	struct passwd *entry;

	user->uid = getuid();
	user->gid = getgid();
	if (!user->name)
		return 0;
	entry = getpwnam(user->name);
	if (!entry) {
		warnx("no user \"%s\"", user->name);
		return -ENOENT;
	}
	user->uid = entry->pw_uid;
	user->gid = entry->pw_gid;
	return 0;
}

bool workload_is_command(const char *name)
{
	bool is_command = program_exists(name);

	if (!is_command)
		warnx("no command \"%s\" that can be run", name);
	return is_command;
}

/* Gives up what the caller did not have himself. In the order that works. */
static int become(const struct workload_user *user)
{
	if (user->name && initgroups(user->name, user->gid))
		return -errno;
	if (setresgid(user->gid, user->gid, user->gid) ||
	    setresuid(user->uid, user->uid, user->uid))
		return -errno;
	return 0;
}

static void __attribute__((noreturn))
run_child(char **argv, const struct workload_user *user,
	  const sigset_t *signals, int go_fd, int failure_fd)
{
	int failure; /* below 0: to become the user, above: to execute */
	char byte;

	/* nothing is ever written: the end of the pipe is the start signal */
	while (read(go_fd, &byte, 1) < 0 && errno == EINTR)
		;
	sigprocmask(SIG_SETMASK, signals, NULL);
	failure = become(user);
	if (!failure) {
		execvp(argv[0], argv);
		failure = errno;
	}
	if (write(failure_fd, &failure, sizeof(failure)) < 0)
		_exit(EXIT_FAILED);
	_exit(EXIT_FAILED);
}

int workload_prepare(struct workload *workload, char **argv,
		     const struct workload_user *user, const sigset_t *signals)
{
	int go[2], failure[2];
	int ret;

	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (pipe2(failure, O_CLOEXEC)) {
		ret = -errno;
		goto close_go;
	}
	workload->pid = fork();
	if (workload->pid < 0) {
		ret = -errno;
		goto close_failure;
	}
	if (!workload->pid) {
		close(go[1]);
		run_child(argv, user, signals, go[0], failure[1]);
	}
	close(go[0]);
	close(failure[1]);
	workload->go_fd = go[1];
	workload->failure_fd = failure[0];
	return 0;

close_failure:
	close(failure[0]);
	close(failure[1]);
close_go:
	close(go[0]);
	close(go[1]);
	return ret;
}

int workload_run(struct workload *workload, const char *name)
{
	int failure = 0;
	ssize_t nr;

	workload->was_let_go = true;
	close(workload->go_fd);
	do
		nr = read(workload->failure_fd, &failure, sizeof(failure));
	while (nr < 0 && errno == EINTR);
	close(workload->failure_fd);
	if (nr != sizeof(failure))
		return 0;
	if (failure < 0) {
		warnx("cannot run \"%s\" as the user of -u: %s. Run "
		      "vprof-record with sudo",
		      name, strerror(-failure));
		return failure;
	}
	warnx("cannot run \"%s\": %s", name, strerror(failure));
	return -failure;
}

bool workload_reap(struct workload *workload)
{
	if (!workload->has_ended &&
	    waitpid(workload->pid, &workload->status, WNOHANG) == workload->pid)
		workload->has_ended = true;
	return workload->has_ended;
}

void workload_end(struct workload *workload)
{
	const struct timespec a_second = { .tv_sec = 1 };
	sigset_t child;

	if (workload_reap(workload))
		return;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	kill(workload->pid, workload->was_let_go ? SIGTERM : SIGKILL);
	if (sigtimedwait(&child, NULL, &a_second) < 0 ||
	    !workload_reap(workload))
		warnx("the command still runs: process %d", workload->pid);
}

int workload_exit_code(const struct workload *workload)
{
	if (!workload->has_ended)
		return EXIT_FAILED;
	if (WIFSIGNALED(workload->status))
		return 128 + WTERMSIG(workload->status);
	return WEXITSTATUS(workload->status);
}

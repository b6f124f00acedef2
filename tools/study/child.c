// SPDX-License-Identifier: GPL-2.0-only
/* A program that is run and whose output is kept. */
#include "study/child.h"

#include "study/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_OUTPUT = 16 << 20,
	CHUNK = 64 << 10,
	LOOK_MS = 200,
	PATIENCE_S = 20, /* for what was told to end */
};

/**
 * struct child - one that runs
 * @stop: what it was told to end for, a negative errno; 0: it was not
 */
struct child {
	pid_t pid;
	int fd;
	char *output;
	size_t length;
	time_t deadline;
	int stop;
};

static time_t now_s(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

/* A process group of its own: Ctrl-C is ours to hand on. It ends with us. */
static void become(char *const argv[], int fd)
{
	int null = open("/dev/null", O_RDONLY);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	dup2(null, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	execvp(argv[0], argv);
	_exit(CHILD_EXIT_NOT_FOUND);
}

static int start(struct child *child, char *const argv[])
{
	int fds[2], ret;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	child->pid = fork();
	if (!child->pid)
		become(argv, fds[1]);
	ret = child->pid < 0 ? -errno : 0;
	close(fds[1]);
	child->fd = fds[0];
	if (ret)
		close(child->fd);
	return ret;
}

static int take_output(struct child *child)
{
	char chunk[CHUNK], *output;
	ssize_t nr = read(child->fd, chunk, sizeof(chunk));

	if (nr < 0)
		return errno == EINTR ? 1 : -errno;
	if (!nr)
		return 0;
	if (child->length + (size_t)nr > MAX_OUTPUT)
		return -EFBIG;
	output = realloc(child->output, child->length + (size_t)nr + 1);
	if (!output)
		return -ENOMEM;
	memcpy(output + child->length, chunk, (size_t)nr);
	child->output = output;
	child->length += (size_t)nr;
	return 1;
}

static void stop(struct child *child, int why)
{
	child->stop = why;
	child->deadline = now_s() + PATIENCE_S;
	kill(child->pid, SIGTERM);
}

/* Told to end first, then made to. Return: it was made to. */
static bool see_to_end(struct child *child)
{
	if (!child->stop && interrupt_came())
		stop(child, -EINTR);
	else if (!child->stop && now_s() > child->deadline)
		stop(child, -ETIMEDOUT);
	else if (child->stop && now_s() > child->deadline)
		return !kill(-child->pid, SIGKILL);
	return false;
}

static int read_to_end(struct child *child)
{
	struct pollfd poll_fd = { .fd = child->fd, .events = POLLIN };
	int ret = 1;

	while (ret > 0 && !see_to_end(child))
		if (poll(&poll_fd, 1, LOOK_MS) > 0)
			ret = take_output(child);
	if (ret < 0)
		kill(-child->pid, SIGKILL);
	return ret < 0 ? ret : 0;
}

static int wait_for(struct child *child)
{
	int status;

	while (waitpid(child->pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (child->stop)
		return child->stop;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int child_run(char *const argv[], unsigned int timeout_s, char **ret_output,
	      struct vprof_error *err)
{
	struct child child = { .deadline = now_s() + (time_t)timeout_s,
			       .output = calloc(1, 1) };
	int ret, status;

	ret = child.output ? start(&child, argv) : -ENOMEM;
	if (ret) {
		free(child.output);
		return vprof_error_set(err, ret, "%s could not be run: %s",
				       argv[0], strerror(-ret));
	}
	ret = read_to_end(&child);
	close(child.fd);
	status = wait_for(&child);
	child.output[child.length] = '\0';
	if (ret || status < 0) {
		free(child.output);
		return vprof_error_set(
			err, ret ? ret : status, "%s was ended: %s", argv[0],
			child.stop == -ETIMEDOUT
				? "it took too long"
				: strerror(ret ? -ret : -status));
	}
	*ret_output = child.output;
	return status;
}

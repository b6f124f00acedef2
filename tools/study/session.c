// SPDX-License-Identifier: GPL-2.0-only
/* A shell here or at the receiver: one for all commands, since each login takes time. */
#include "study/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	TIMEOUT_S = 60,
	MAX_OUTPUT = 4 << 20,
	CHUNK = 16 << 10,
};

/* What no command says: the end of its output, before its status. */
#define MARK "\n#vprof-study-end "

/**
 * struct session - a shell
 * @fd: its standard input and output; -1: it broke off
 */
struct session {
	char *name;
	char *prefix;
	pid_t pid;
	int fd;
};

/* Ctrl-C is not for the shell, which is needed to put things right. */
static void become_shell(const char *command, int fd)
{
	setpgid(0, 0);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	execl("/bin/sh", "sh", "-c", command, NULL);
	_exit(127);
}

static int begin(struct session *session)
{
	char *command;
	int fds[2];

	if (asprintf(&command, "exec %s sh",
		     session->prefix ? session->prefix : "") < 0)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds)) {
		free(command);
		return -errno;
	}
	session->pid = fork();
	if (!session->pid)
		become_shell(command, fds[1]);
	free(command);
	close(fds[1]);
	session->fd = fds[0];
	return session->pid < 0 ? -errno : 0;
}

static void end(struct session *session)
{
	if (session->fd < 0)
		return;
	close(session->fd);
	session->fd = -1;
	if (session->pid <= 0)
		return;
	kill(session->pid, SIGTERM);
	while (waitpid(session->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* ---- a command ------------------------------------------------------------ */

static int send_all(const struct session *session, const char *text)
{
	size_t length = strlen(text);
	ssize_t nr;

	while (length) {
		nr = send(session->fd, text, length, MSG_NOSIGNAL);
		if (nr < 0 && errno == EINTR)
			continue;
		if (nr < 0)
			return -EPIPE;
		text += nr;
		length -= (size_t)nr;
	}
	return 0;
}

static int take_chunk(const struct session *session, char **output,
		      size_t *length)
{
	char chunk[CHUNK], *longer;
	ssize_t nr = recv(session->fd, chunk, sizeof(chunk), 0);

	if (nr < 0 && errno == EINTR)
		return 0;
	if (nr <= 0)
		return -EPIPE;
	if (*length + (size_t)nr > MAX_OUTPUT)
		return -EFBIG;
	longer = realloc(*output, *length + (size_t)nr + 1);
	if (!longer)
		return -ENOMEM;
	memcpy(longer + *length, chunk, (size_t)nr);
	*output = longer;
	*length += (size_t)nr;
	longer[*length] = '\0';
	return 0;
}

/* Whole when the mark is there, with the status and a newline after it. */
static const char *find_status(const char *output)
{
	const char *mark = output ? strstr(output, MARK) : NULL;

	return mark && strchr(mark + strlen(MARK), '\n') ? mark : NULL;
}

static int read_answer(const struct session *session, char **output)
{
	struct pollfd poll_fd = { .fd = session->fd, .events = POLLIN };
	struct timespec time;
	size_t length = 0;
	time_t deadline;
	const char *mark;
	int ret = 0;

	clock_gettime(CLOCK_MONOTONIC, &time);
	deadline = time.tv_sec + TIMEOUT_S;
	while (!ret && !(mark = find_status(*output))) {
		if (poll(&poll_fd, 1, 1000) > 0)
			ret = take_chunk(session, output, &length);
		clock_gettime(CLOCK_MONOTONIC, &time);
		if (!ret && time.tv_sec > deadline)
			ret = -ETIMEDOUT;
	}
	if (ret)
		return ret;
	ret = atoi(mark + strlen(MARK));
	length = (size_t)(mark - *output);
	if (length && (*output)[length - 1] == '\n')
		length--;
	(*output)[length] = '\0';
	return ret;
}

static int ask(struct session *session, const char *command, char **output)
{
	int ret;

	if (session->fd < 0)
		return -EPIPE;
	ret = send_all(session, "{ ");
	if (!ret)
		ret = send_all(session, command);
	if (!ret)
		ret = send_all(session, "\n} 2>&1 </dev/null; printf '\\n"
					"#vprof-study-end %d\\n' $?\n");
	if (!ret)
		ret = read_answer(session, output);
	if (ret < 0)
		end(session);
	return ret;
}

int session_run(struct session *session, char **ret_output,
		struct vprof_error *err, const char *format, ...)
{
	char *command, *output = NULL;
	va_list arguments;
	int ret;

	va_start(arguments, format);
	ret = vasprintf(&command, format, arguments);
	va_end(arguments);
	if (ret < 0)
		return vprof_error_set(err, -ENOMEM, "no memory");
	ret = ask(session, command, &output);
	free(command);
	if (ret < 0) {
		vprof_error_set(err, ret, "the shell at %s broke off%s%.200s",
				session->name, output ? ": " : "",
				output ? output : "");
		free(output);
		return ret;
	}
	if (ret_output)
		*ret_output = output;
	else
		free(output);
	return ret;
}

/* ---- a session ------------------------------------------------------------ */

int session_ask_line(struct session *session, const char *command,
		     char *ret_line, size_t size, struct vprof_error *err)
{
	char *output = NULL;
	int ret;

	ret = session_run(session, &output, err, "%s", command);
	if (ret < 0)
		return ret;
	output[strcspn(output, "\n")] = '\0';
	snprintf(ret_line, size, "%s", ret ? "" : output);
	free(output);
	return 0;
}

/* Programs of root's are not in everybody's path. */
int session_again(struct session *session, struct vprof_error *err)
{
	struct vprof_error why = { 0 };
	int ret;

	end(session);
	ret = begin(session);
	if (!ret)
		ret = session_run(session, NULL, &why,
				  "PATH=$PATH:/usr/sbin:/sbin; export PATH");
	if (!ret)
		return 0;
	return vprof_error_set(err, -ENOTCONN,
			       "no shell at %s by \"%s sh\". Another way in: "
			       "--rsh COMMAND",
			       session->name,
			       session->prefix ? session->prefix : "");
}

int session_new(const char *name, const char *prefix,
		struct session **ret_session, struct vprof_error *err)
{
	struct session *session = calloc(1, sizeof(*session));
	int ret = -ENOMEM;

	if (!session)
		return vprof_error_set(err, -ENOMEM, "no memory");
	session->fd = -1;
	session->name = strdup(name);
	session->prefix = prefix ? strdup(prefix) : NULL;
	if (session->name && (session->prefix || !prefix))
		ret = session_again(session, err);
	if (ret)
		session_free(session);
	else
		*ret_session = session;
	return ret;
}

void session_free(struct session *session)
{
	if (!session)
		return;
	end(session);
	free(session->prefix);
	free(session->name);
	free(session);
}

const char *session_get_name(const struct session *session)
{
	return session->name;
}

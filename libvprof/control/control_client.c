// SPDX-License-Identifier: LGPL-2.1-or-later
/* Asks vprofd: one connection, one request, one reply. */
#include <vprof/control.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { DEFAULT_TIMEOUT_MS = 10000 };

static int fill_address(const char *path, struct sockaddr_un *address,
			struct vprof_error *err)
{
	size_t length = strlen(path);

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if (length == 0 || length >= sizeof(address->sun_path))
		return vprof_error_set(
			err, -ENAMETOOLONG,
			"\"%s\" cannot be a socket: its path has 1 to %zu bytes",
			path, sizeof(address->sun_path) - 1);
	memcpy(address->sun_path, path, length);
	return 0;
}

static int explain_connect(int code, const char *path, struct vprof_error *err)
{
	switch (code) {
	case -ENOENT:
	case -ECONNREFUSED:
		return vprof_error_set(
			err, -ECONNREFUSED,
			"vprofd is not running (nobody listens at %s). Start it: sudo systemctl start vprofd",
			path);
	case -EACCES:
	case -EPERM:
		return vprof_error_set(
			err, -EACCES,
			"not allowed to talk to vprofd at %s: use sudo, or become a member of its group (sudo usermod -aG vprof USER, then log in again)",
			path);
	case -EAGAIN:
		return vprof_error_set(
			err, -ETIMEDOUT,
			"vprofd at %s does not take the connection: it is too busy or it hangs",
			path);
	default:
		return vprof_error_set(err, code,
				       "cannot connect to vprofd at %s: %s",
				       path, strerror(-code));
	}
}

static void set_timeouts(int fd, int timeout_ms)
{
	struct timeval t;

	if (timeout_ms <= 0)
		timeout_ms = DEFAULT_TIMEOUT_MS;
	t.tv_sec = timeout_ms / 1000;
	t.tv_usec = (timeout_ms % 1000) * 1000;
	/* Neither can fail on a unix socket with a valid timeval. */
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
}

static int connect_to(const char *path, int timeout_ms, int *ret_fd,
		      struct vprof_error *err)
{
	struct sockaddr_un address;
	int fd, r;

	r = fill_address(path, &address, err);
	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return vprof_error_set(err, -errno, "cannot make a socket: %s",
				       strerror(errno));
	set_timeouts(fd, timeout_ms);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		r = -errno;
		close(fd);
		return explain_connect(r, path, err);
	}
	*ret_fd = fd;
	return 0;
}

static int explain_exchange(int code, const char *path, const char *verb,
			    struct vprof_error *err)
{
	if (code == -EAGAIN)
		return vprof_error_set(
			err, -ETIMEDOUT,
			"vprofd at %s did not answer \"%s\" in time", path,
			verb);
	return vprof_error_set(err, code,
			       "vprofd at %s broke off over \"%s\": %s", path,
			       verb, strerror(-code));
}

/* Return: bytes of the reply in @buffer, or a negative errno. */
static ssize_t exchange(int fd, enum vprof_control_verb verb, char *buffer,
			size_t size)
{
	char request[VPROF_CONTROL_REQUEST_MAX];
	ssize_t n;

	n = vprof_control_format_request(verb, request, sizeof(request));
	if (n < 0)
		return n;
	/* A daemon that has no room for us says why and hangs up at once: its
	 * reply waits there even when our request finds nobody. */
	if (send(fd, request, (size_t)n, MSG_NOSIGNAL) < 0 && errno != EPIPE)
		return -errno;
	n = recv(fd, buffer, size, 0);
	if (n < 0)
		return -errno;
	return n > 0 ? n : -ECONNRESET;
}

/* Takes @buffer over on success only. */
static int take_reply(char *buffer, size_t size, char **ret_body,
		      struct vprof_error *err)
{
	struct vprof_control_reply reply;
	int r;

	r = vprof_control_parse_reply(buffer, size, &reply, err);
	if (r < 0)
		return r;
	if (reply.code < 0)
		return vprof_error_set(err, reply.code, "%s", reply.body);
	if (!ret_body) {
		free(buffer);
		return 0;
	}
	memmove(buffer, reply.body, strlen(reply.body) + 1);
	*ret_body = buffer;
	return 0;
}

int vprof_control_ask(const char *socket_path, enum vprof_control_verb verb,
		      int timeout_ms, char **ret_body, struct vprof_error *err)
{
	const char *path = socket_path ? socket_path : VPROF_CONTROL_SOCKET;
	char *buffer;
	ssize_t n;
	int fd = -1, r;

	if (!vprof_control_verb_name(verb))
		return vprof_error_set(err, -EINVAL, "no such request: %d",
				       (int)verb);
	r = connect_to(path, timeout_ms, &fd, err);
	if (r < 0)
		return r;
	buffer = malloc(VPROF_CONTROL_REPLY_MAX + 1);
	if (!buffer) {
		r = vprof_error_set(err, -ENOMEM, "out of memory");
		goto close_fd;
	}
	n = exchange(fd, verb, buffer, VPROF_CONTROL_REPLY_MAX);
	if (n < 0)
		r = explain_exchange((int)n, path,
				     vprof_control_verb_name(verb), err);
	else
		r = take_reply(buffer, (size_t)n, ret_body, err);
	if (r < 0)
		free(buffer);
close_fd:
	close(fd);
	return r;
}

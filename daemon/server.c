// SPDX-License-Identifier: GPL-2.0-only
/* The control socket: takes requests, checks who asks, hands them on. */
#include "server.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "lock.h"
#include "loop.h"
#include "peer.h"

enum {
	MAX_CLIENTS = 16,
	BACKLOG = 16,
	IDLE_S = 10, /* then a client that says nothing is dropped */
	SWEEP_MS = 2000,
};

struct client {
	struct vprof_server *server;
	struct vprof_watch *watch;
	struct vprof_peer peer;
	time_t last_heard;
	int fd; /* -1: this place is free */
};

struct vprof_server {
	struct vprof_loop *loop;
	struct vprof_lock *lock;
	struct vprof_server_options options;
	struct sockaddr_un address;
	struct vprof_watch *watch;
	struct vprof_watch *sweep;
	struct client clients[MAX_CLIENTS];
	int fd;
};

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void drop(struct client *client)
{
	if (client->fd < 0)
		return;
	vprof_watch_free(client->watch);
	client->watch = NULL;
	close(client->fd);
	client->fd = -1;
}

/*
 * Never waits: a reply fits into a fresh socket's buffer, so only a client that
 * asks and asks and reads nothing can be too slow, and that one is dropped.
 */
static int reply(int fd, int code, const char *body)
{
	char *packet = malloc(VPROF_CONTROL_REPLY_MAX);
	ssize_t n;
	int r = 0;

	if (!packet)
		return -ENOMEM;
	n = vprof_control_format_reply(code, body, packet,
				       VPROF_CONTROL_REPLY_MAX);
	if (n == -ENOSPC)
		n = vprof_control_format_reply(-EMSGSIZE,
					       "the answer is too long", packet,
					       VPROF_CONTROL_REPLY_MAX);
	if (n < 0)
		r = (int)n;
	else if (send(fd, packet, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		r = -errno;
	free(packet);
	return r;
}

/* Return: 0 or the code of a refusal, its sentence in @err. */
static int check_access(const struct client *client,
			enum vprof_control_verb verb, struct vprof_error *err)
{
	const struct vprof_server_options *options = &client->server->options;

	if (vprof_peer_is_root(&client->peer))
		return 0;
	if (vprof_control_verb_access(verb) == VPROF_CONTROL_ROOT)
		return vprof_error_set(
			err, -EPERM, "only root may ask vprofd to %s: use sudo",
			vprof_control_verb_name(verb));
	if (options->has_group &&
	    vprof_peer_is_member(&client->peer, options->gid))
		return 0;
	return vprof_error_set(
		err, -EPERM,
		"only root and members of vprofd's group may ask it for %s: use sudo, or sudo usermod -aG vprof USER",
		vprof_control_verb_name(verb));
}

static int answer(struct client *client, const char *packet, size_t size,
		  char **ret_body, struct vprof_error *err)
{
	const struct vprof_server_options *options = &client->server->options;
	enum vprof_control_verb verb;
	int r;

	r = vprof_control_parse_request(packet, size, &verb, err);
	if (r < 0)
		return r;
	r = check_access(client, verb, err);
	if (r < 0)
		return r;
	return options->answer(options->data, verb, ret_body, err);
}

static void on_request(void *data, int fd)
{
	char packet[VPROF_CONTROL_REQUEST_MAX + 1];
	struct client *client = data;
	struct vprof_error err = { 0 };
	char *body = NULL;
	ssize_t n;
	int r;

	n = recv(fd, packet, sizeof(packet), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		drop(client);
		return;
	}
	client->last_heard = now_s();
	r = answer(client, packet, (size_t)n, &body, &err);
	if (reply(fd, r, r < 0 ? err.text : body) < 0)
		drop(client);
	free(body);
}

static struct client *find_place(struct vprof_server *server)
{
	size_t i;

	for (i = 0; i < MAX_CLIENTS; i++)
		if (server->clients[i].fd < 0)
			return &server->clients[i];
	return NULL;
}

/* Takes @fd over. */
static void add_client(struct vprof_server *server, int fd)
{
	struct client *client = find_place(server);

	if (!client) {
		reply(fd, -EBUSY, "vprofd has too many callers: try again");
		close(fd);
		return;
	}
	if (vprof_peer_read(fd, &client->peer) < 0 ||
	    vprof_loop_watch(server->loop, fd, on_request, client,
			     &client->watch) < 0) {
		close(fd);
		return;
	}
	client->server = server;
	client->last_heard = now_s();
	client->fd = fd;
}

static bool is_passing(int code)
{
	return code == EAGAIN || code == EINTR || code == ECONNABORTED;
}

/* Without a descriptor for it a caller would wake us at once again. */
static void stop_listening(struct vprof_server *server)
{
	vprof_watch_free(server->watch);
	server->watch = NULL;
}

static void on_connection(void *data, int listen_fd)
{
	int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0)
		add_client(data, fd);
	else if (!is_passing(errno))
		stop_listening(data);
}

static int start_listening(struct vprof_server *server)
{
	return vprof_loop_watch(server->loop, server->fd, on_connection, server,
				&server->watch);
}

static void sweep(void *data, int fd)
{
	struct vprof_server *server = data;
	time_t now = now_s();
	size_t i;

	(void)fd;
	if (!server->watch)
		start_listening(server);
	for (i = 0; i < MAX_CLIENTS; i++)
		if (now - server->clients[i].last_heard > IDLE_S)
			drop(&server->clients[i]);
}

/* ---- making the socket -------------------------------------------------- */

static int fill_address(struct vprof_server *server, struct vprof_error *err)
{
	const char *path = server->options.path;

	if (strlen(path) >= sizeof(server->address.sun_path))
		return vprof_error_set(err, -ENAMETOOLONG,
				       "%s is too long for a socket", path);
	server->address.sun_family = AF_UNIX;
	strcpy(server->address.sun_path, path);
	server->options.path = server->address.sun_path;
	return 0;
}

/* What kill -9 left; the lock is ours, so nobody listens to it. */
static int remove_dead_socket(const char *path, struct vprof_error *err)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return vprof_error_set(
			err, -EADDRINUSE,
			"%s is there and is not a socket: remove it, or set another socket in vprof.conf",
			path);
	unlink(path);
	return 0;
}

static int bind_socket(struct vprof_server *server)
{
	const struct vprof_server_options *options = &server->options;
	/* nobody gets in before the mode is as it should be */
	mode_t before = umask(0777);
	int r;

	r = bind(server->fd, (struct sockaddr *)&server->address,
		 sizeof(server->address));
	if (r < 0)
		r = -errno;
	umask(before);
	if (r < 0)
		return r;
	if (options->has_group &&
	    chown(options->path, (uid_t)-1, options->gid) < 0)
		return -errno;
	if (chmod(options->path, options->has_group ? 0660 : 0600) < 0 ||
	    listen(server->fd, BACKLOG) < 0)
		return -errno;
	return 0;
}

static int open_socket(struct vprof_server *server, struct vprof_error *err)
{
	int r;

	r = fill_address(server, err);
	if (r < 0)
		return r;
	r = vprof_lock_take(server->options.path, "the control socket",
			    &server->lock, err);
	if (r < 0)
		return r;
	r = remove_dead_socket(server->options.path, err);
	if (r < 0)
		return r;
	server->fd = socket(AF_UNIX,
			    SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	r = server->fd < 0 ? -errno : bind_socket(server);
	if (r < 0)
		return vprof_error_set(err, r, "cannot listen at %s: %s",
				       server->options.path, strerror(-r));
	return 0;
}

int vprof_server_new(struct vprof_loop *loop,
		     const struct vprof_server_options *options,
		     struct vprof_server **ret_server, struct vprof_error *err)
{
	struct vprof_server *server = calloc(1, sizeof(*server));
	size_t i;
	int r;

	if (!server)
		return vprof_error_set(err, -ENOMEM, "out of memory");
	server->loop = loop;
	server->options = *options;
	server->fd = -1;
	for (i = 0; i < MAX_CLIENTS; i++)
		server->clients[i].fd = -1;
	r = open_socket(server, err);
	if (r < 0)
		goto free_server;
	r = start_listening(server);
	if (!r)
		r = vprof_loop_every(loop, SWEEP_MS, sweep, server,
				     &server->sweep);
	if (r < 0) {
		vprof_error_set(err, r, "cannot watch %s: %s", options->path,
				strerror(-r));
		goto free_server;
	}
	*ret_server = server;
	return 0;

free_server:
	vprof_server_free(server);
	return r;
}

void vprof_server_free(struct vprof_server *server)
{
	size_t i;

	if (!server)
		return;
	for (i = 0; i < MAX_CLIENTS; i++)
		drop(&server->clients[i]);
	vprof_watch_free(server->sweep);
	vprof_watch_free(server->watch);
	if (server->fd >= 0) {
		unlink(server->options.path);
		close(server->fd);
	}
	vprof_lock_free(server->lock);
	free(server);
}

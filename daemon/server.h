/* SPDX-License-Identifier: GPL-2.0-only */
/* The control socket: takes requests, checks who asks, hands them on. */
#ifndef VPROFD_SERVER_H
#define VPROFD_SERVER_H

#include <stdbool.h>
#include <sys/types.h>
#include <vprof/control.h>
#include <vprof/error.h>

struct vprof_loop;
struct vprof_server;

/**
 * vprof_server_fn - do what is asked
 * @ret_body: of the reply, for free(); may be left NULL
 *
 * Return: 0, or a negative errno with a sentence for the one who asked.
 */
typedef int vprof_server_fn(void *data, enum vprof_control_verb verb,
			    char **ret_body, struct vprof_error *err);

/**
 * struct vprof_server_options
 * @path: of the socket; a socket that a dead vprofd left there is replaced
 * @gid: of the group whose members may ask, where @has_group
 */
struct vprof_server_options {
	const char *path;
	bool has_group;
	gid_t gid;
	vprof_server_fn *answer;
	void *data;
};

/**
 * vprof_server_new - listen
 *
 * Return: 0; -EBUSY another vprofd listens there, -EADDRINUSE something else is there and is no dead socket; what
 * making the socket gave.
 */
int vprof_server_new(struct vprof_loop *loop,
		     const struct vprof_server_options *options,
		     struct vprof_server **ret_server, struct vprof_error *err);

/** vprof_server_free - hang up, remove the socket */
void vprof_server_free(struct vprof_server *server);

#endif

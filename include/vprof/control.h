/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking vprofd: the requests and replies of its control socket. */
#ifndef VPROF_CONTROL_H
#define VPROF_CONTROL_H

#include <stddef.h>
#include <sys/types.h>
#include <vprof/error.h>

/*
 * A SOCK_SEQPACKET socket; a packet is a message, and a connection may ask
 * several times.
 *
 *   request   "vprof VERSION VERB"
 *   reply     "vprof VERSION ERRNO\nBODY"
 *
 * VERSION and ERRNO are decimal. ERRNO 0 is success and the body what the verb
 * gives (status: a JSON object, see <vprof/status.h>; the others nothing);
 * otherwise the body is one sentence that says what was wrong.
 */
#define VPROF_CONTROL_SOCKET "/run/vprof/control"

enum {
	VPROF_CONTROL_VERSION = 1,
	VPROF_CONTROL_REQUEST_MAX = 64,      /* bytes */
	VPROF_CONTROL_REPLY_MAX = 64 * 1024, /* bytes */
};

enum vprof_control_verb {
	VPROF_CONTROL_STATUS, /* what the daemon does, and its accounts */
	VPROF_CONTROL_FLUSH,  /* write what was sampled up to now */
	VPROF_CONTROL_RELOAD, /* read the configuration again */
	VPROF_CONTROL_START,  /* sample again after a stop */
	VPROF_CONTROL_STOP,   /* stop sampling, close the store, stay */
	VPROF_CONTROL_NR_VERBS
};

/** enum vprof_control_access - who may ask; root may ask everything */
enum vprof_control_access {
	VPROF_CONTROL_MEMBER, /* members of the daemon's group */
	VPROF_CONTROL_ROOT,
};

/** vprof_control_verb_name - "status", ...; NULL for what is no verb */
const char *vprof_control_verb_name(enum vprof_control_verb verb);
enum vprof_control_access
vprof_control_verb_access(enum vprof_control_verb verb);

/**
 * struct vprof_control_reply - a reply, taken apart
 * @code: 0 or a negative errno
 * @body: in the parsed buffer; zero-terminated
 */
struct vprof_control_reply {
	int code;
	const char *body;
};

/*
 * Formatting: bytes written, a zero after them not counted; -EINVAL no such
 * verb, -ENOSPC @size is too small (a longer body than
 * VPROF_CONTROL_REPLY_MAX allows too).
 */
ssize_t vprof_control_format_request(enum vprof_control_verb verb, char *buffer,
				     size_t size);
ssize_t vprof_control_format_reply(int code, const char *body, char *buffer,
				   size_t size);

/**
 * vprof_control_parse_request - read a packet that claims to be a request
 *
 * Return: 0, -EPROTONOSUPPORT another version, -EBADMSG no request of ours,
 * -EINVAL unknown verb, -EMSGSIZE longer than VPROF_CONTROL_REQUEST_MAX.
 */
int vprof_control_parse_request(const char *bytes, size_t size,
				enum vprof_control_verb *ret_verb,
				struct vprof_error *err);

/**
 * vprof_control_parse_reply - read a packet that claims to be a reply
 * @bytes: @size of them and one more, which is overwritten with a zero
 *
 * Return: 0 (the reply's own code is in @ret_reply), -EPROTONOSUPPORT,
 * -EBADMSG.
 */
int vprof_control_parse_reply(char *bytes, size_t size,
			      struct vprof_control_reply *ret_reply,
			      struct vprof_error *err);

/**
 * vprof_control_ask - ask the daemon something and wait for its answer
 * @socket_path: NULL: VPROF_CONTROL_SOCKET
 * @timeout_ms: for each of connecting, asking and being answered; 0: ten
 *              seconds
 * @ret_body: for free(); may be NULL
 *
 * Return: 0; -ECONNREFUSED no daemon runs, -EACCES not allowed to talk to it,
 * -ETIMEDOUT it did not answer, -EBADMSG it answered nonsense; else what the
 * daemon refused with. The sentence says what to do.
 */
int vprof_control_ask(const char *socket_path, enum vprof_control_verb verb,
		      int timeout_ms, char **ret_body, struct vprof_error *err);

#endif

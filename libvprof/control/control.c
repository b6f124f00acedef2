// SPDX-License-Identifier: LGPL-2.1-or-later
/* The messages of the control socket: written and taken apart, no socket here. */
#include <vprof/control.h>

#include <errno.h>
#include <stdio.h>
#include <stdbool.h>
#include <string.h>

enum { ERRNO_MAX = 4095 };

static const char magic[] = "vprof ";

static const struct {
	const char *name;
	enum vprof_control_access access;
} verbs[VPROF_CONTROL_NR_VERBS] = {
	[VPROF_CONTROL_STATUS] = { "status", VPROF_CONTROL_MEMBER },
	[VPROF_CONTROL_FLUSH] = { "flush", VPROF_CONTROL_MEMBER },
	[VPROF_CONTROL_RELOAD] = { "reload", VPROF_CONTROL_ROOT },
	[VPROF_CONTROL_START] = { "start", VPROF_CONTROL_ROOT },
	[VPROF_CONTROL_STOP] = { "stop", VPROF_CONTROL_ROOT },
};

static bool is_verb(enum vprof_control_verb verb)
{
	return (unsigned int)verb < VPROF_CONTROL_NR_VERBS;
}

const char *vprof_control_verb_name(enum vprof_control_verb verb)
{
	return is_verb(verb) ? verbs[verb].name : NULL;
}

enum vprof_control_access
vprof_control_verb_access(enum vprof_control_verb verb)
{
	return is_verb(verb) ? verbs[verb].access : VPROF_CONTROL_ROOT;
}

ssize_t vprof_control_format_request(enum vprof_control_verb verb, char *buffer,
				     size_t size)
{
	int n;

	if (!is_verb(verb))
		return -EINVAL;
	n = snprintf(buffer, size, "%s%d %s", magic, VPROF_CONTROL_VERSION,
		     verbs[verb].name);
	if (n < 0 || (size_t)n >= size)
		return -ENOSPC;
	return n;
}

ssize_t vprof_control_format_reply(int code, const char *body, char *buffer,
				   size_t size)
{
	int n;

	if (size > VPROF_CONTROL_REPLY_MAX)
		size = VPROF_CONTROL_REPLY_MAX;
	n = snprintf(buffer, size, "%s%d %d\n%s", magic, VPROF_CONTROL_VERSION,
		     -code, body ? body : "");
	if (n < 0 || (size_t)n >= size)
		return -ENOSPC;
	return n;
}

/* Decimal digits up to @end or a byte that is none; no sign, no overflow. */
static const char *read_number(const char *p, const char *end, unsigned int max,
			       unsigned int *ret_value)
{
	const char *start = p;
	unsigned int value = 0;

	while (p < end && *p >= '0' && *p <= '9') {
		value = value * 10 + (unsigned int)(*p++ - '0');
		if (value > max)
			return NULL;
	}
	if (p == start)
		return NULL;
	*ret_value = value;
	return p;
}

/*
 * "vprof VERSION " at the start of a message. Return: what follows, or NULL
 * with @ret_version 0 (not ours) or the version that we do not speak.
 */
static const char *read_magic(const char *p, const char *end,
			      unsigned int *ret_version)
{
	size_t length = sizeof(magic) - 1;

	*ret_version = 0;
	if ((size_t)(end - p) < length || memcmp(p, magic, length) != 0)
		return NULL;
	p = read_number(p + length, end, 1000000, ret_version);
	if (!p || p == end || *p != ' ' ||
	    *ret_version != VPROF_CONTROL_VERSION)
		return NULL;
	return p + 1;
}

static int refuse_version(unsigned int version, const char *who,
			  struct vprof_error *err)
{
	return vprof_error_set(
		err, -EPROTONOSUPPORT,
		"%s speaks version %u of the control protocol and this is version %d: install tools and daemon of one vprof, then restart vprofd",
		who, version, VPROF_CONTROL_VERSION);
}

static int refuse_verb(struct vprof_error *err)
{
	char known[64] = "";
	size_t i;

	for (i = 0; i < VPROF_CONTROL_NR_VERBS; i++) {
		strncat(known, i ? ", " : "",
			sizeof(known) - strlen(known) - 1);
		strncat(known, verbs[i].name,
			sizeof(known) - strlen(known) - 1);
	}
	return vprof_error_set(
		err, -EINVAL, "vprofd does not know this request. It knows: %s",
		known);
}

int vprof_control_parse_request(const char *bytes, size_t size,
				enum vprof_control_verb *ret_verb,
				struct vprof_error *err)
{
	const char *end = bytes + size;
	unsigned int version;
	const char *p;
	size_t i;

	if (size > VPROF_CONTROL_REQUEST_MAX)
		return vprof_error_set(
			err, -EMSGSIZE,
			"a request of %zu bytes is longer than any of ours (%d)",
			size, VPROF_CONTROL_REQUEST_MAX);
	p = read_magic(bytes, end, &version);
	if (!p && version && version != VPROF_CONTROL_VERSION)
		return refuse_version(version, "the client", err);
	if (!p)
		return vprof_error_set(
			err, -EBADMSG,
			"this is not a request of vprof's control protocol");
	for (i = 0; i < VPROF_CONTROL_NR_VERBS; i++) {
		if ((size_t)(end - p) != strlen(verbs[i].name) ||
		    memcmp(p, verbs[i].name, (size_t)(end - p)) != 0)
			continue;
		*ret_verb = (enum vprof_control_verb)i;
		return 0;
	}
	return refuse_verb(err);
}

int vprof_control_parse_reply(char *bytes, size_t size,
			      struct vprof_control_reply *ret_reply,
			      struct vprof_error *err)
{
	const char *end = bytes + size;
	unsigned int version, code;
	const char *p;

	p = read_magic(bytes, end, &version);
	if (!p && version && version != VPROF_CONTROL_VERSION)
		return refuse_version(version, "vprofd", err);
	if (p)
		p = read_number(p, end, ERRNO_MAX, &code);
	if (!p || p == end || *p != '\n' ||
	    memchr(p, 0, (size_t)(end - p)) != NULL)
		return vprof_error_set(
			err, -EBADMSG,
			"the answer is not one of vprofd's: is something else listening there?");
	bytes[size] = '\0';
	ret_reply->code = -(int)code;
	ret_reply->body = p + 1;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The receiver's own counters: whether the fault happened, whatever a profile says. */
#include "study/counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TABLE "\nTcpExt:"

/* The file has two lines a table, of names and of values; with a newline before. */
static const char *find_line(const char *text)
{
	const char *line;

	if (!strncmp(text, TABLE + 1, strlen(TABLE) - 1))
		return text + strlen(TABLE) - 1;
	line = strstr(text, TABLE);
	return line ? line + strlen(TABLE) : NULL;
}

static const char *skip_spaces(const char *text)
{
	return text + strspn(text, " ");
}

/* The value below a name. */
static int find_value(const char *names, const char *values, const char *name,
		      uint64_t *ret_value)
{
	size_t length;

	names = skip_spaces(names);
	values = skip_spaces(values);
	while (*names && *names != '\n' && *values && *values != '\n') {
		length = strcspn(names, " \n");
		if (length == strlen(name) && !strncmp(names, name, length)) {
			*ret_value = strtoull(values, NULL, 10);
			return 0;
		}
		names = skip_spaces(names + length);
		values = skip_spaces(values + strcspn(values, " \n"));
	}
	return -ENOENT;
}

int counters_parse(const char *text, struct counters *ret_counters)
{
	const char *names = find_line(text);
	const char *values = names ? find_line(names) : NULL;
	struct counters counters;

	if (!values ||
	    find_value(names, values, "TCPRcvCollapsed", &counters.collapsed) ||
	    find_value(names, values, "PruneCalled", &counters.pruned))
		return -ENOENT;
	*ret_counters = counters;
	return 0;
}

int counters_read(struct session *session, struct counters *ret_counters,
		  struct vprof_error *err)
{
	char *text = NULL;
	int ret;

	ret = session_run(session, &text, err, "cat /proc/net/netstat");
	if (ret > 0 || (!ret && counters_parse(text, ret_counters)))
		ret = vprof_error_set(err, -ENOENT,
				      "/proc/net/netstat at %s has no "
				      "TCPRcvCollapsed: no Linux?",
				      session_get_name(session));
	free(text);
	return ret;
}

struct counters counters_since(const struct counters *before,
			       const struct counters *now)
{
	return (struct counters){
		.collapsed = now->collapsed - before->collapsed,
		.pruned = now->pruned - before->pruned,
	};
}

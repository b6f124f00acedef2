// SPDX-License-Identifier: GPL-2.0-only
/* Who receives, and what is set there and here before anything is measured. */
#include "study/receive.h"

#include "study/identity.h"
#include "study/iperf.h"
#include "study/show.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SCALE "net.ipv4.tcp_adv_win_scale"

/* From there on tcp_adv_win_scale does nothing. */
enum { MENDED_MAJOR = 6, MENDED_MINOR = 6 };

/* ---- who it is ------------------------------------------------------------ */

/* "root@g1": the host is what is after the user. */
static int find_address(struct receive *receive, struct vprof_error *err)
{
	const char *at = strchr(receive->options->host, '@');
	const char *host = at ? at + 1 : receive->options->host;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	int ret;

	ret = getaddrinfo(host, NULL, &hints, &found);
	if (ret)
		return vprof_error_set(err, -ENOENT, "receiver %s: %s", host,
				       gai_strerror(ret));
	ret = getnameinfo(found->ai_addr, found->ai_addrlen, receive->address,
			  sizeof(receive->address), NULL, 0, NI_NUMERICHOST);
	freeaddrinfo(found);
	if (ret)
		return vprof_error_set(err, -ENOENT, "receiver %s: %s", host,
				       gai_strerror(ret));
	return 0;
}

static int begin_sessions(struct receive *receive, struct vprof_error *err)
{
	const struct receive_options *options = receive->options;
	char *prefix = NULL;
	int ret;

	ret = session_new("this machine", NULL, &receive->here, err);
	if (ret)
		return ret;
	if (asprintf(&prefix, "ssh %s", options->host) < 0)
		return vprof_error_set(err, -ENOMEM, "no memory");
	ret = session_new("the receiver", options->rsh ? options->rsh : prefix,
			  &receive->there, err);
	free(prefix);
	return ret;
}

static bool is_mended(const char *kernel)
{
	int major = 0, minor = 0;

	if (sscanf(kernel, "%d.%d", &major, &minor) != 2)
		return false;
	return major > MENDED_MAJOR ||
	       (major == MENDED_MAJOR && minor >= MENDED_MINOR);
}

static int learn_about(struct receive *receive, struct vprof_error *err)
{
	struct session *there = receive->there;
	struct identity identity;
	char kernel[RECEIVE_TEXT];
	int ret;

	ret = session_ask_line(there, "uname -r", kernel, sizeof(kernel), err);
	if (!ret)
		ret = session_ask_line(there, "uname -n", receive->name,
				       sizeof(receive->name), err);
	if (!ret)
		ret = identity_learn(receive->here, there, &identity, err);
	if (ret)
		return ret;
	receive->is_host = identity.is_here;
	snprintf(receive->uuid, sizeof(receive->uuid), "%s", identity.uuid);
	if (receive->options->domain) {
		snprintf(receive->name, sizeof(receive->name), "%s",
			 receive->options->domain);
		*receive->uuid = '\0';
		receive->is_host = !strcmp(receive->name, "host");
	}
	receive->found->receiver_kernel = strdup(kernel);
	receive->found->is_mended = is_mended(kernel);
	return 0;
}

static int learn_scale(struct receive *receive, struct vprof_error *err)
{
	char *value;
	int ret;

	ret = setting_read_sysctl(receive->there, SCALE, &value, err);
	if (ret)
		return ret;
	receive->found->default_scale = atoi(value);
	receive->found->fixed_scale = receive->options->fixed_scale;
	free(value);
	return 0;
}

int receive_set_scale(struct receive *receive, int64_t scale,
		      struct vprof_error *err)
{
	char value[24];

	snprintf(value, sizeof(value), "%" PRIi64, scale);
	return setting_sysctl(&receive->settings, receive->there, SCALE, value,
			      err);
}

/* ---- offloads -------------------------------------------------------------- */

struct offload {
	const char *feature;
	const char *long_name;
};

/* One packet is to be one segment, from one end to the other. */
static const struct offload sender_offloads[] = {
	{ "tso", "tcp-segmentation-offload" },
	{ "gso", "generic-segmentation-offload" },
	{ NULL, NULL },
};
static const struct offload receiver_offloads[] = {
	{ "gro", "generic-receive-offload" },
	{ "lro", "large-receive-offload" },
	{ NULL, NULL },
};

/* What cannot be switched off is said, and the study goes on: it may not matter. */
static void switch_off(struct receive *receive, struct session *session,
		       const char *interface, const struct offload *offloads)
{
	struct vprof_error why;

	for (; offloads->feature; offloads++) {
		if (!setting_offload_off(&receive->settings, session, interface,
					 offloads->feature, offloads->long_name,
					 &why))
			continue;
		warnx("%s. Packets may come larger than the wire has them, "
		      "and the fault not at all",
		      why.text);
		if (why.code == -ENOENT)
			return;
	}
}

/* The word after @before in a line of @output that has @with; NULL: there is none. */
static char *find_word(char *output, const char *with, const char *before)
{
	char *line = strtok(output, "\n"), *word;

	for (; line; line = strtok(NULL, "\n")) {
		word = strstr(line, with) ? strstr(line, before) : NULL;
		if (!word)
			continue;
		word += strlen(before);
		word += strspn(word, " ");
		word[strcspn(word, " @")] = '\0';
		return word;
	}
	return NULL;
}

/* "2: eth0    inet 10.0.0.11/24 ..." */
static void switch_off_there(struct receive *receive)
{
	char *output = NULL, *interface = NULL, with[RECEIVE_TEXT + 4];

	snprintf(with, sizeof(with), " %s/", receive->address);
	if (!session_run(receive->there, &output, NULL, "ip -o addr"))
		interface = find_word(output, with, ": ");
	if (interface)
		switch_off(receive, receive->there, interface,
			   receiver_offloads);
	else
		warnx("which interface of the receiver has %s is not known: "
		      "its offloads stay as they are",
		      receive->address);
	free(output);
}

/* A bridge, and whoever is at it: the packet passes both. */
static void switch_off_here(struct receive *receive)
{
	char *output = NULL, *ports = NULL, *interface = NULL, *rest;

	if (!session_run(receive->here, &output, NULL, "ip route get %s",
			 receive->address))
		interface = find_word(output, " dev ", " dev ");
	if (!interface) {
		warnx("no route to %s by ip(8): offloads of this machine stay "
		      "as they are",
		      receive->address);
		free(output);
		return;
	}
	switch_off(receive, receive->here, interface, sender_offloads);
	if (!session_run(receive->here, &ports, NULL,
			 "ls /sys/class/net/%s/brif", interface))
		for (char *port = strtok_r(ports, "\n", &rest); port;
		     port = strtok_r(NULL, "\n", &rest))
			switch_off(receive, receive->here, port,
				   sender_offloads);
	free(ports);
	free(output);
}

/* ---- buffers --------------------------------------------------------------- */

/* Sockets get no more than this, so it is raised where it is less than asked for. */
static int raise_limit(struct receive *receive, struct session *session,
		       const char *name, uint64_t wanted, uint64_t *ret_limit)
{
	struct vprof_error why;
	char *value, text[24];
	int ret;

	*ret_limit = 0;
	if (setting_read_sysctl(session, name, &value, &why))
		return -ENOENT;
	*ret_limit = strtoull(value, NULL, 10);
	free(value);
	if (*ret_limit >= wanted)
		return 0;
	snprintf(text, sizeof(text), "%" PRIu64, wanted);
	ret = setting_sysctl(&receive->settings, session, name, text, &why);
	if (!ret)
		*ret_limit = wanted;
	return ret;
}

static uint64_t find_largest(const struct receive_values *values)
{
	uint64_t largest = 0;

	for (size_t i = 0; i < values->nr; i++)
		if (values->items[i] > largest)
			largest = values->items[i];
	return largest;
}

static void drop_above(struct receive_values *values, uint64_t limit)
{
	char text[SHOW_LEN];
	size_t nr = 0;

	for (size_t i = 0; i < values->nr; i++)
		if (values->items[i] <= limit)
			values->items[nr++] = values->items[i];
		else
			warnx("socket buffer %s: the systems allow %" PRIu64
			      " bytes at most; left out",
			      show_size_option(values->items[i], text), limit);
	values->nr = nr;
}

/* iperf3 sets both buffers of both ends, and gives up where one gets less. */
static uint64_t raise_limits(struct receive *receive, uint64_t wanted)
{
	static const char *const names[] = { "net.core.rmem_max",
					     "net.core.wmem_max" };
	struct session *const ends[] = { receive->there, receive->here };
	uint64_t limit, least = wanted;

	for (int i = 0; i < 4; i++) {
		/* A namespace may not show it. */
		if (raise_limit(receive, ends[i / 2], names[i % 2], wanted,
				&limit) != -ENOENT &&
		    limit < least)
			least = limit;
	}
	return least;
}

static int ready_buffers(struct receive *receive, struct vprof_error *err)
{
	struct receive_values *buffers = &receive->buffers;

	*buffers = receive->options->buffers;
	drop_above(buffers, raise_limits(receive, find_largest(buffers)));
	if (buffers->nr)
		return 0;
	return vprof_error_set(err, -EINVAL,
			       "no socket buffer is left to try: --buffers "
			       "with smaller ones");
}

/* What a transfer tells the sender of the path is not for the next one. */
static void forget_paths(struct receive *receive)
{
	struct vprof_error why;

	if (setting_sysctl(&receive->settings, receive->here,
			   "net.ipv4.tcp_no_metrics_save", "1", &why))
		warnx("%s. A transfer may start from what the one before found",
		      why.text);
}

int receive_prepare(struct receive *receive, struct vprof_error *err)
{
	int ret;

	ret = find_address(receive, err);
	if (!ret)
		ret = begin_sessions(receive, err);
	if (!ret)
		ret = learn_about(receive, err);
	if (!ret)
		ret = learn_scale(receive, err);
	if (!ret)
		ret = iperf_serve(receive->there, IPERF_PORT, err);
	if (ret)
		return ret;
	receive->is_served = true;
	ret = ready_buffers(receive, err);
	if (ret)
		return ret;
	forget_paths(receive);
	switch_off_there(receive);
	switch_off_here(receive);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Transfers by iperf3, from here to the receiver. */
#include "study/iperf.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BITS_PER_MBIT = 1000000 };

int iperf_serve(struct session *session, unsigned int port,
		struct vprof_error *err)
{
	char *output = NULL;
	int ret;

	ret = session_run(session, &output, err,
			  "if command -v iperf3 >/dev/null; then\n"
			  "iperf3 -s -p %u </dev/null >/dev/null 2>&1 &\n"
			  "vprof_iperf_%u=$!; sleep 1\n"
			  "kill -0 $vprof_iperf_%u\n"
			  "else echo 'it is not installed'; false; fi",
			  port, port, port);
	if (ret > 0)
		ret = vprof_error_set(
			err, -ENOENT,
			"iperf3 -s -p %u does not run at %s%s%.200s", port,
			session_get_name(session), *output ? ": " : "", output);
	free(output);
	return ret;
}

void iperf_end(struct session *session, unsigned int port)
{
	session_run(session, NULL, NULL,
		    "kill $vprof_iperf_%u 2>/dev/null; wait $vprof_iperf_%u",
		    port, port);
}

static void add(struct iperf_command *command, const char *argument)
{
	command->argv[command->argc++] = argument;
	command->argv[command->argc] = NULL;
}

void iperf_make_command(const struct iperf *iperf,
			struct iperf_command *ret_command)
{
	struct iperf_command *command = ret_command;

	command->argc = 0;
	snprintf(command->texts[0], IPERF_TEXT_MAX, "%u", iperf->port);
	snprintf(command->texts[1], IPERF_TEXT_MAX, "%" PRIu64,
		 iperf->receive_size);
	snprintf(command->texts[2], IPERF_TEXT_MAX, "%.0f", iperf->seconds);
	snprintf(command->texts[3], IPERF_TEXT_MAX, "%" PRIu64,
		 iperf->socket_buffer);
	add(command, "iperf3");
	add(command, "-J");
	add(command, "-c");
	add(command, iperf->host);
	add(command, "-p");
	add(command, command->texts[0]);
	add(command, "-l");
	add(command, command->texts[1]);
	add(command, "-t");
	add(command, command->texts[2]);
	if (!iperf->socket_buffer)
		return;
	add(command, "-w");
	add(command, command->texts[3]);
}

static int parse_sum(json_t *root, struct iperf_result *ret_result)
{
	json_t *sum =
		json_object_get(json_object_get(root, "end"), "sum_received");
	double bits =
		json_number_value(json_object_get(sum, "bits_per_second"));
	double seconds = json_number_value(json_object_get(sum, "seconds"));

	if (!(bits >= 0) || !(seconds > 0))
		return -EBADMSG;
	ret_result->mbit_per_s = bits / BITS_PER_MBIT;
	ret_result->seconds = seconds;
	return 0;
}

int iperf_parse(const char *json, struct iperf_result *ret_result,
		struct vprof_error *err)
{
	json_error_t error;
	json_t *root = json_loads(json, 0, &error);
	const char *why = json_string_value(json_object_get(root, "error"));
	int ret = 0;

	if (!root)
		ret = vprof_error_set(err, -EBADMSG,
				      "iperf3 said no JSON: %.200s", json);
	else if (why)
		ret = vprof_error_set(err, -EREMOTEIO, "iperf3: %.200s", why);
	else if (parse_sum(root, ret_result))
		ret = vprof_error_set(err, -EBADMSG,
				      "iperf3 did not say what was received");
	json_decref(root);
	return ret;
}

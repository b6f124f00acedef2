// SPDX-License-Identifier: GPL-2.0-only
/* The control socket: any packet as a request, as a reply, as a status. */
#include <vprof/control.h>
#include <vprof/status.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(int holds)
{
	if (!holds)
		abort();
}

static void try_request(const char *bytes, size_t size)
{
	enum vprof_control_verb verb = VPROF_CONTROL_NR_VERBS;
	char again[VPROF_CONTROL_REQUEST_MAX];

	if (vprof_control_parse_request(bytes, size, &verb, NULL) < 0)
		return;
	require(vprof_control_format_request(verb, again, sizeof(again)) > 0);
}

/* What was read once is written and read again as the same. */
static void try_status(const char *json)
{
	static struct vprof_status status, again;
	char *text;

	if (vprof_status_parse(json, &status, NULL) < 0)
		return;
	require(status.nr_events <= VPROF_STATUS_MAX_EVENTS);
	require(status.nr_domains <= VPROF_STATUS_MAX_DOMAINS);
	require(vprof_status_format(&status, &text) == 0);
	require(vprof_status_parse(text, &again, NULL) == 0);
	require(again.nr_events == status.nr_events);
	require(again.samples == status.samples);
	require(again.state == status.state);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct vprof_control_reply reply;
	char *packet = malloc(size + 1);

	if (!packet)
		return 0;
	memcpy(packet, bytes, size);
	try_request(packet, size);
	if (vprof_control_parse_reply(packet, size, &reply, NULL) == 0)
		require(strlen(reply.body) < size && reply.code <= 0);
	packet[size] = '\0';
	try_status(packet);
	free(packet);
	return 0;
}

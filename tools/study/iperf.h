/* SPDX-License-Identifier: GPL-2.0-only */
/* Transfers by iperf3, from here to the receiver. */
#ifndef VPROF_TOOLS_STUDY_IPERF_H
#define VPROF_TOOLS_STUDY_IPERF_H

#include "study/session.h"

#include <stdbool.h>
#include <stdint.h>
#include <vprof/error.h>

/** A port of our own: one that serves there already is left alone. */
enum { IPERF_PORT = 5273 };

/** iperf_serve - start its server in @session, on @port */
int iperf_serve(struct session *session, unsigned int port,
		struct vprof_error *err);

/** iperf_end - end that server */
void iperf_end(struct session *session, unsigned int port);

/**
 * struct iperf - a transfer
 * @host: the receiver's address
 * @socket_buffer: of both ends; 0: as the system has it
 * @receive_size: bytes that the receiver asks its socket for at once
 */
struct iperf {
	const char *host;
	unsigned int port;
	uint64_t socket_buffer;
	uint64_t receive_size;
	double seconds;
};

enum { IPERF_MAX_ARGUMENTS = 20, IPERF_TEXT_MAX = 32 };

/** struct iperf_command - argv of the client, with room for its texts */
struct iperf_command {
	char texts[5][IPERF_TEXT_MAX];
	const char *argv[IPERF_MAX_ARGUMENTS];
	int argc;
};

void iperf_make_command(const struct iperf *iperf,
			struct iperf_command *ret_command);

/** struct iperf_result - as the receiver counted */
struct iperf_result {
	double mbit_per_s;
	double seconds;
};

/**
 * iperf_parse - what iperf3 --json said, which is half the receiver's word
 *
 * Return: 0, -EREMOTEIO iperf3 failed and says why, -EBADMSG.
 */
int iperf_parse(const char *json, struct iperf_result *ret_result,
		struct vprof_error *err);

#endif

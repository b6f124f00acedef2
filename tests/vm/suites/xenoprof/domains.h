/* SPDX-License-Identifier: GPL-2.0-only */
/* A session over several domains by raw ioctls, and what their streams hold. */
#ifndef DOMAINS_H
#define DOMAINS_H

#include <stdbool.h>
#include <stdint.h>

#include "tap.h"
#include "uapi/vprof.h"

enum {
	MAX_TEST_DOMAINS = 8,
	MAX_TEST_EVENTS = 4,
	LOOP_BEGIN = 0x10001000, /* where run puts loop's section */
	LOOP_END = 0x10002000,
	INNER_BEGIN = 0x10002000, /* its caller's, and that one's */
	OUTER_BEGIN = 0x10003000,
	CODE_BYTES = 0x1000,
};

struct domain {
	struct vprof_domain uapi;
	int index;
	char *producers;
	struct vprof_lane_consumer *consumers;
	uint64_t samples[MAX_TEST_EVENTS];
	uint64_t context[VPROF_NR_CONTEXTS];
	uint64_t lost[MAX_TEST_EVENTS];
	uint64_t corrupt;
	uint64_t user_in_loop, user_elsewhere;
	uint64_t cycles_in_loop; /* of event 0 */
	/* In the loop: of the process loop_pid, of none that is known, of others. */
	uint64_t loop_of_pid, loop_of_unknown, loop_of_others;
	uint64_t of_pid[8]; /* by pid field, for small ones */
	uint64_t of_large_pid;
	uint64_t hypervisor_with_pid; /* of HOST: other than unknown */
	uint64_t hypervisor_low;      /* addresses where Xen's code is not */
	/* Samples with chains; in the loop; of these with its path; else with */
	uint64_t chains, loop_chains, loop_paths, strange[4];
};

struct session {
	int fd;
	int nr_events, nr_domains;
	unsigned int loop_pid;
	struct domain domains[MAX_TEST_DOMAINS];
};

/* Each exits with a "not ok" line when the step fails. */
void session_open(struct session *session);
void session_add_event(struct session *session, uint64_t code, uint64_t period);
void session_add_event_with(struct session *session, uint64_t code,
			    uint64_t period, uint32_t flags);
struct domain *session_add_domain(struct session *session, unsigned int kind,
				  uint64_t id, unsigned int nr_slots);
void session_start(struct session *session);
void session_stop(struct session *session);
void session_close(struct session *session);
void session_drain(struct session *session);
/* Until then, reading now and again. */
void session_read_for(struct session *session, unsigned int ms);
struct vprof_stats session_stats(const struct session *session,
				 const struct domain *domain,
				 unsigned int event);
uint64_t stats_lost(const struct vprof_stats *stats);
/* The program loop in dom0, which ends with us. */
void session_start_loop(struct session *session);
void session_end_loop(const struct session *session);
/* Stopped and drained: taken = delivered + lost, and the stream holds that. */
bool accounts_agree(const struct session *session);

#endif /* DOMAINS_H */

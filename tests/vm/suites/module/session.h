/* SPDX-License-Identifier: GPL-2.0-only */
/* A session by raw ioctls, and reading its stream, for the module's tests. */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tap.h"
#include "uapi/vprof.h"

enum { MAX_CPUS = 64 };

struct session {
	int fd;
	int nr_events;
	int index; /* of the domain */
	struct vprof_domain domain;
	char *producers;
	struct vprof_lane_consumer *consumers;
};

/* What a stream held. */
struct tally {
	uint64_t samples[VPROF_MAX_EVENTS];
	uint64_t context[VPROF_MAX_EVENTS][VPROF_NR_CONTEXTS];
	uint64_t lost[VPROF_MAX_EVENTS];
	uint64_t by_cpu[VPROF_MAX_EVENTS][MAX_CPUS];
	uint64_t lost_by_cpu[VPROF_MAX_EVENTS][MAX_CPUS];
	uint64_t periods, times, corrupt;
	uint64_t own_pid; /* samples of this process */
	uint64_t last_time;
	bool was_full[MAX_CPUS]; /* when it was read last */
};

/* A record, its slots copied out in order. */
struct record {
	unsigned int cpu;
	unsigned int nr_slots;
	uint64_t time;
	struct vprof_slot slots[VPROF_RECORD_MAX_SLOTS];
};

typedef void (*record_fn)(const struct record *record, void *data);

/* Each exits the program with a "not ok" line when the step fails. */
void session_open(struct session *session);
int session_add_event(struct session *session, unsigned int type,
		      unsigned long config, unsigned long period,
		      unsigned int flags);
void session_add_host(struct session *session, unsigned int nr_slots);
/* Another domain of the same session: to be mapped, drained, closed for itself. */
void session_add_domain(const struct session *session, unsigned int kind,
			uint64_t id, unsigned int nr_slots,
			struct session *ret_domain);
void session_remove_domain(const struct session *domain);
void session_map(struct session *session);
void session_unmap(struct session *session);
void session_start(struct session *session);
void session_stop(struct session *session);
void session_close(struct session *session);
struct vprof_stats session_stats(const struct session *session,
				 unsigned int event, unsigned int cpu);

/* Reads what is there. */
void session_drain(struct session *session, struct tally *tally, record_fn fn,
		   void *data);

/* Stop and read all; once more, for losses that found no room to be told at STOP. */
void session_finish(struct session *session, struct tally *tally);

struct vprof_lane_producer *session_lane(const struct session *session,
					 unsigned int cpu);
uint64_t stats_lost(const struct vprof_stats *stats);

/*
 * Stopped and drained: taken = delivered + lost, and the stream holds just
 * that, per event and CPU; less of the lost where STOP found no room to tell
 * them. Says what differs.
 */
bool accounts_agree(const struct session *session, const struct tally *tally);

bool has_pmu(void);
/* Who holds vprof.ko; -1: it is not there. */
int module_refcount(void);
/* Cycles with a PMU, else cpu-clock; both about a sample per 100 us. */
int session_add_clock(struct session *session, unsigned int flags);
void burn_ms(unsigned int ms);

#endif

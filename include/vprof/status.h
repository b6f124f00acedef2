/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What vprofd says about itself: the body of the control socket's "status". */
#ifndef VPROF_STATUS_H
#define VPROF_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vprof/capture.h>
#include <vprof/error.h>
#include <vprof/event.h>

enum {
	VPROF_STATUS_MAX_EVENTS = 32,
	VPROF_STATUS_MAX_DOMAINS = 64,
	VPROF_STATUS_WORD_MAX = 64,
	VPROF_STATUS_PATH_MAX = 4096,
};

enum vprof_status_state {
	VPROF_STATUS_SAMPLING,
	VPROF_STATUS_STOPPED, /* by vprofd's own "stop" */
	VPROF_STATUS_WAITING, /* cannot sample now, tries again */
	VPROF_STATUS_NR_STATES
};

/** vprof_status_state_name - "sampling", "stopped", "waiting" */
const char *vprof_status_state_name(enum vprof_status_state state);

/** struct vprof_status_event - an event and its accounts since @start of the session */
struct vprof_status_event {
	char name[VPROF_EVENT_NAME_MAX];
	uint64_t period; /* counts per sample, or Hz */
	bool is_frequency;
	struct vprof_accounts accounts;
};

struct vprof_status_domain {
	char name[VPROF_STATUS_WORD_MAX];
	struct vprof_accounts accounts;
};

/**
 * struct vprof_status - the daemon, now
 * @reason: why it does not sample, one sentence; "" while it does
 * @capture, @source, @pmu, @capture_why: as in struct vprof_capture_info
 * @session_s: since this session of sampling began
 * @samples: of this session, in the store or waiting for the slice's end
 * @process_events_lost: see vprof_processes_lost()
 * @failures: times that sampling stopped by itself since the daemon's start
 * @store_bytes: its files now; @store_max_bytes, @store_max_age_s: 0: no bound
 * @cpu_ns: processor time of the daemon since its start
 * @rss_bytes: its memory now; @peak_rss_bytes: at most so far
 */
struct vprof_status {
	char version[VPROF_STATUS_WORD_MAX];
	uint64_t pid;
	uint64_t uptime_s;
	uint64_t state; /* enum vprof_status_state */
	char reason[VPROF_ERROR_TEXT_MAX];

	char capture[VPROF_STATUS_WORD_MAX];
	char source[VPROF_STATUS_WORD_MAX];
	char pmu[VPROF_STATUS_WORD_MAX];
	char capture_why[VPROF_ERROR_TEXT_MAX];
	uint64_t nr_cpus;
	bool kernel_chain;
	bool user_chain;

	uint64_t session_s;
	uint64_t slice_ns;
	uint64_t samples;
	uint64_t nr_processes;
	uint64_t process_events_lost;
	uint64_t failures;

	char store_path[VPROF_STATUS_PATH_MAX];
	uint64_t store_bytes;
	uint64_t store_max_bytes;
	uint64_t store_max_age_s;

	uint64_t cpu_ns;
	uint64_t rss_bytes;
	uint64_t peak_rss_bytes;

	size_t nr_events;
	struct vprof_status_event events[VPROF_STATUS_MAX_EVENTS];
	size_t nr_domains;
	struct vprof_status_domain domains[VPROF_STATUS_MAX_DOMAINS];
};

/**
 * vprof_status_format - as one JSON object
 * @ret_json: for free()
 *
 * Return: 0 or -ENOMEM. Text that is not UTF-8 has '?' in its place.
 */
int vprof_status_format(const struct vprof_status *status, char **ret_json);

/**
 * vprof_status_parse - read such an object
 *
 * What it lacks is 0 or "", what is not known is skipped, what is too long is
 * cut short: daemon and tools may be of different versions.
 *
 * Return: 0; -EBADMSG not JSON, or a member of the wrong type (the sentence
 * names it); -ENOMEM.
 */
int vprof_status_parse(const char *json, struct vprof_status *ret_status,
		       struct vprof_error *err);

#endif

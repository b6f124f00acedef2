/* SPDX-License-Identifier: GPL-2.0-only */
/* What a study found: everything that its reports show, as results.json keeps it. */
#ifndef VPROF_TOOLS_STUDY_RESULTS_H
#define VPROF_TOOLS_STUDY_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vprof/error.h>

/** Name of the file in a study's folder. */
#define STUDY_RESULTS_FILE "results.json"

/*
 * Conventions of all that follows: texts are NULL where they are not known; shares
 * are 0 to 1 of the samples of the domain that was measured (weighted by what the
 * event counts), NAN: absent; lists may be empty. Names come from guests and
 * other strangers: whoever prints them escapes them.
 */

/** enum study_state - what became of a part, or of one system of it */
enum study_state {
	STUDY_DONE,
	STUDY_INTERRUPTED,  /* what there was by then is kept */
	STUDY_NOT_POSSIBLE, /* here; @why says why */
	STUDY_FAILED, /* on the way; @why says why, what there was is kept */
	STUDY_NR_STATES
};

/** study_state_name - "done", "interrupted", "not possible", "failed" */
const char *study_state_name(enum study_state state);

/** struct study_machine - where vprof-study ran; @hypervisor "": none */
struct study_machine {
	char *name;
	char *kernel;
	char *hypervisor;
	uint64_t cpus;
};

/**
 * struct study_split - where a domain's time goes, as shares; they add up to 1
 * @interrupts: of all of it, what was spent on (virtual) interrupts: inside the
 *              other four, not beside them; NAN: not looked for
 */
struct study_split {
	double hypervisor;
	double driver;
	double kernel;
	double user;
	double interrupts;
};

/** struct study_function - @context: "hypervisor", "kernel", "user" */
struct study_function {
	char *symbol;
	char *context;
	char *image;
	uint64_t samples;
	double share;
};

/**
 * struct study_profile - a profile taken while something ran
 * @store: file in the study's folder; NULL: none was taken, @why says why
 * @domain: whose time this is: "g1", "host"
 * @event: and @period, in the event's unit; 0: by frequency
 * @samples: of that domain
 * @lost: of all domains
 * @own_share: what the domain has of all domains' samples; NAN: not looked for
 * @split: of @samples
 * @functions: most samples first
 */
struct study_profile {
	char *store;
	char *why;
	char *domain;
	char *event;
	uint64_t period;
	uint64_t samples;
	uint64_t lost;
	double own_share;
	struct study_split split;
	struct study_function *functions;
	size_t nr_functions;
};

/* ---- receive ----------------------------------------------------------- */

/**
 * struct study_receive_run - one transfer
 * @mbit_per_s: payload, as the receiver counted it
 * @collapsed: what the receiver's TcpExtTCPRcvCollapsed grew by meanwhile
 * @pruned: and its TcpExtPruneCalled
 */
struct study_receive_run {
	double mbit_per_s;
	uint64_t collapsed;
	uint64_t pruned;
};

/**
 * struct study_sweep_row - transfers of one setting
 * @scale: the receiver's net.ipv4.tcp_adv_win_scale
 * @socket_buffer: bytes, as the application asks for it (SO_RCVBUF)
 * @receive_size: bytes that it receives at once
 * @median, @lowest, @highest: Mbit/s of @runs, for who reads the file; the reports
 *                             work them out anew
 */
struct study_sweep_row {
	int64_t scale;
	uint64_t socket_buffer;
	uint64_t receive_size;
	double median;
	double lowest;
	double highest;
	struct study_receive_run *runs;
	size_t nr_runs;
};

/** enum study_point_name - "A", "B" and "fixed" in results.json */
enum study_point_name {
	STUDY_POINT_A,     /* the best before the fault */
	STUDY_POINT_B,     /* in the fault */
	STUDY_POINT_FIXED, /* B's setting, and the scale that mends it */
	STUDY_NR_POINTS
};

/** struct study_point - a setting that was profiled; @collapsed, @pruned: meanwhile */
struct study_point {
	int64_t scale;
	uint64_t socket_buffer;
	uint64_t receive_size;
	double seconds;
	double mbit_per_s;
	uint64_t collapsed;
	uint64_t pruned;
	struct study_profile profile;
};

/**
 * struct study_change - a function, from A to B
 * @share_a: NAN: absent
 * @change: share_b - share_a; what is absent counts as 0
 * @z: in standard errors, as vprof-diff has it
 */
struct study_change {
	char *symbol;
	char *context;
	char *image;
	double share_a;
	double share_b;
	double change;
	double z;
	uint64_t samples_a;
	uint64_t samples_b;
};

/**
 * struct study_receive - the part "receive"
 * @at: when, RFC 3339 in UTC
 * @receiver, @receiver_kernel: who received
 * @is_mended: its kernel is Linux 6.6 or later, where the setting does nothing
 * @default_scale: what the receiver had before
 * @fixed_scale: the scale of STUDY_POINT_FIXED
 * @run_seconds: how long each transfer of the sweep took
 * @points: NULL: not measured (no B: no fault was found)
 * @changes: of the receiver's functions, the largest growth first
 */
struct study_receive {
	enum study_state state;
	char *why;
	char *at;
	char *receiver;
	char *receiver_kernel;
	bool is_mended;
	int64_t default_scale;
	int64_t fixed_scale;
	double run_seconds;
	struct study_sweep_row *sweep;
	size_t nr_sweep;
	struct study_point *points[STUDY_NR_POINTS];
	struct study_change *changes;
	size_t nr_changes;
};

/* ---- nics and web ------------------------------------------------------ */

enum study_system_name {
	STUDY_LINUX, /* native: no hypervisor */
	STUDY_DOM0,
	STUDY_GUEST,
	STUDY_NR_SYSTEMS
};

/** study_system_text - "linux", "dom0", "guest": in results.json and --as */
const char *study_system_text(enum study_system_name name);

/**
 * struct study_system_run - one measurement
 * @rate: nics: Mbit/s received over all interfaces ("mbit_per_s"); web: requests
 *        answered per second ("requests_per_s")
 * @errors: requests that were not answered well
 */
struct study_system_run {
	double rate;
	uint64_t errors;
};

/**
 * struct study_system - a part's figures of one system
 * @interfaces: nics: how many at once
 * @server, @load: web: what served ("nginx 1.22.1"), and what asked
 * @profiled_work: megabits, or requests, while @profile was taken
 */
struct study_system {
	enum study_state state;
	char *why;
	char *at;
	char *kernel;
	char *hypervisor;
	uint64_t cpus;
	uint64_t interfaces;
	char *server;
	char *load;
	struct study_system_run *runs;
	size_t nr_runs;
	double profiled_work;
	struct study_profile profile;
};

/** struct study_part - nics, or web; @systems: NULL: not measured */
struct study_part {
	enum study_state state;
	char *why;
	struct study_system *systems[STUDY_NR_SYSTEMS];
};

/* ---- all of it --------------------------------------------------------- */

/**
 * struct study_results - results.json
 * @vprof: the version that wrote it last
 * @receive, @nics, @web: NULL: not run
 *
 * Everything in it is on the heap: study_results_free() frees it, texts and lists
 * by free().
 */
struct study_results {
	char *vprof;
	struct study_machine machine;
	struct study_receive *receive;
	struct study_part *nics;
	struct study_part *web;
};

/** study_results_new - nothing measured yet; NULL: no memory */
struct study_results *study_results_new(void);
void study_results_free(struct study_results *results);

/*
 * The parts of it, all NULL, 0 and NAN; NULL: no memory. _free() takes NULL too,
 * and is for what is replaced: who frees the results frees all that is in them.
 */
struct study_receive *study_receive_new(void);
void study_receive_free(struct study_receive *receive);
struct study_point *study_point_new(void);
void study_point_free(struct study_point *point);
struct study_part *study_part_new(void);
struct study_system *study_system_new(void);
void study_system_free(struct study_system *system);

/**
 * study_results_read - read results.json, which anybody may have written
 * @path: the file
 *
 * Keys that are not known are skipped, those that are missing leave 0, NULL or
 * NAN. What has the wrong type or is out of range is refused, by its name.
 *
 * Return: 0, -ENOENT, -EACCES, -EBADMSG it is not what study_results_write()
 * writes, -EPROTO a newer version's, -EFBIG, -ENOMEM.
 */
int study_results_read(const char *path, struct study_results **ret_results,
		       struct vprof_error *err);

/**
 * study_results_write - write results.json: as a whole, or not at all
 *
 * Return: 0, or a negative errno.
 */
int study_results_write(const struct study_results *results, const char *path,
			struct vprof_error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The part "receive": its steps, and what they share. */
#ifndef VPROF_TOOLS_STUDY_RECEIVE_H
#define VPROF_TOOLS_STUDY_RECEIVE_H

#include "study/profile.h"
#include "study/results.h"
#include "study/setting.h"

#include <time.h>

enum { RECEIVE_MAX_VALUES = 32, RECEIVE_TEXT = 128 };

/** struct receive_values - what is swept, ascending as given */
struct receive_values {
	uint64_t items[RECEIVE_MAX_VALUES];
	size_t nr;
};

/**
 * struct receive_options - the command line
 * @host: the receiver, @rsh: the way to a shell there; NULL: ssh @host
 * @buffers_text, @sizes_text: as written
 * @run_ns, @profile_ns: how long a transfer takes, and one that is profiled
 * @runs: of each setting
 */
struct receive_options {
	const char *folder;
	const char *host;
	const char *rsh;
	const char *domain;
	const char *event;
	const char *buffers_text;
	const char *sizes_text;
	const char *fixed_text;
	uint64_t period;
	uint64_t runs;
	uint64_t run_ns;
	uint64_t profile_ns;

	struct receive_values buffers;
	struct receive_values sizes;
	int64_t fixed_scale;
};

/**
 * struct receive - a run of it
 * @address: the receiver's, as a number
 * @uuid: of the receiver, as its hypervisor knows it; "": not known
 * @name: that its machine gives itself
 * @results: where @found goes
 * @buffers: those that the systems allow
 * @is_served: iperf3 runs there
 * @planned_s, @done_s: seconds of all steps, as planned
 */
struct receive {
	const struct receive_options *options;
	struct profiling profiling;
	struct session *here;
	struct session *there;
	struct setting_list settings;
	struct receive_values buffers;
	char note_path[4096];
	char address[RECEIVE_TEXT];
	char uuid[RECEIVE_TEXT];
	char name[RECEIVE_TEXT];
	bool is_host;
	bool is_served;
	struct study_results *results;
	struct study_receive *earlier; /* what the folder had; may be NULL */
	struct study_receive *found;
	unsigned int nr_steps;
	unsigned int nr_done;
	double planned_s;
	double done_s;
	struct timespec begun;
};

/* receive_prepare.c */

/** receive_prepare - learn about the receiver, ready it and this side */
int receive_prepare(struct receive *receive, struct vprof_error *err);

/** receive_set_scale - the receiver's tcp_adv_win_scale */
int receive_set_scale(struct receive *receive, int64_t scale,
		      struct vprof_error *err);

/* receive_sweep.c */

/** receive_sweep - every setting, by the default scale and the fixed one, in rounds */
int receive_sweep(struct receive *receive, struct vprof_error *err);

/* receive_point.c */

/** receive_point_seconds - how long receive_point() is planned to take */
double receive_point_seconds(const struct receive *receive);

/** receive_point - profile a setting of the sweep, by a scale */
int receive_point(struct receive *receive, enum study_point_name name,
		  const struct study_sweep_row *row, int64_t scale,
		  struct vprof_error *err);

/** receive_compare - what grew from A to B */
int receive_compare(struct receive *receive, struct vprof_error *err);

/* receive_progress.c */

/**
 * receive_say - a step is done: what came of it, and what remains
 * @planned_s: how long it was to take
 */
void receive_say(struct receive *receive, double planned_s, const char *format,
		 ...) __attribute__((format(printf, 3, 4)));

#endif

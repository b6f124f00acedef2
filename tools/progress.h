/* SPDX-License-Identifier: GPL-2.0-only */
/* vprof-record's progress: one line, rewritten, only on a terminal. */
#ifndef VPROF_TOOLS_PROGRESS_H
#define VPROF_TOOLS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <vprof/recorder.h>

/** struct progress - what the line showed last */
struct progress {
	bool is_shown;
	uint64_t start_ns;
	uint64_t last_ns;
	uint64_t last_samples;
};

/** progress_begin - decide whether there is a terminal to show it on */
void progress_begin(struct progress *progress, bool is_quiet);

/** progress_update - rewrite the line, once a second at most */
void progress_update(struct progress *progress,
		     struct vprof_recorder *recorder);

/** progress_end - take the line away */
void progress_end(const struct progress *progress);

/** progress_sum_lost - of all reasons */
uint64_t progress_sum_lost(const struct vprof_accounts *accounts);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Notices that the clock was set, by a person, by NTP's step or by a resume. */
#ifndef VPROFD_CLOCK_H
#define VPROFD_CLOCK_H

/*
 * Samples carry CLOCK_MONOTONIC; a session notes once what time of day that
 * is. After a step that note is wrong, so the sampler begins a new session.
 */
struct vprof_clock;
struct vprof_loop;

typedef void vprof_clock_fn(void *data);

/** vprof_clock_watch - call @fn after each step of CLOCK_REALTIME */
int vprof_clock_watch(struct vprof_loop *loop, vprof_clock_fn *fn, void *data,
		      struct vprof_clock **ret_clock);
void vprof_clock_free(struct vprof_clock *clock);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The main loop: waits for descriptors, timers and signals, calls who watches. */
#ifndef VPROFD_LOOP_H
#define VPROFD_LOOP_H

#include <stdint.h>

struct vprof_loop;
struct vprof_watch;

/** vprof_watch_fn - @fd is ready; a timer's expiries and a signal are read off already */
typedef void vprof_watch_fn(void *data, int fd);
typedef void vprof_signal_fn(void *data, int signal);

int vprof_loop_new(struct vprof_loop **ret_loop);
/** vprof_loop_free - closes its own descriptors; watches must be gone */
void vprof_loop_free(struct vprof_loop *loop);

/**
 * vprof_loop_watch - call @fn whenever @fd is readable or its peer hung up
 *
 * The descriptor stays its owner's.
 */
int vprof_loop_watch(struct vprof_loop *loop, int fd, vprof_watch_fn *fn,
		     void *data, struct vprof_watch **ret_watch);

/**
 * vprof_loop_every - call @fn each @interval_ms
 *
 * Elapsed time counts, the clock's being set does not; expiries that were
 * missed (suspend, a slow call) make one call.
 */
int vprof_loop_every(struct vprof_loop *loop, unsigned int interval_ms,
		     vprof_watch_fn *fn, void *data,
		     struct vprof_watch **ret_watch);

/** vprof_loop_on_signal - block @signals (0 ends) and call @fn for each that comes */
int vprof_loop_on_signal(struct vprof_loop *loop, const int *signals,
			 vprof_signal_fn *fn, void *data,
			 struct vprof_watch **ret_watch);

/** vprof_watch_free - stop watching; also from within its own call */
void vprof_watch_free(struct vprof_watch *watch);

/** vprof_loop_run - until vprof_loop_quit(); 0 or a negative errno */
int vprof_loop_run(struct vprof_loop *loop);
void vprof_loop_quit(struct vprof_loop *loop);

#endif

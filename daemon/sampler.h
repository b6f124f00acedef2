/* SPDX-License-Identifier: GPL-2.0-only */
/* The profile that is always being taken: a recorder, and what to do when it cannot. */
#ifndef VPROFD_SAMPLER_H
#define VPROFD_SAMPLER_H

#include <vprof/error.h>
#include <vprof/status.h>

struct vprof_config;
struct vprof_loop;
struct vprof_sampler;

/*
 * Its states are those of enum vprof_status_state. What fails while it samples
 * (the disk is full, a counter is taken away) makes it wait and try again every
 * few seconds; the store keeps what was written.
 */
int vprof_sampler_new(struct vprof_loop *loop,
		      const struct vprof_config *config,
		      struct vprof_sampler **ret_sampler,
		      struct vprof_error *err);
/** vprof_sampler_free - also ends a session that runs */
void vprof_sampler_free(struct vprof_sampler *sampler);

/**
 * vprof_sampler_start - begin to sample; nothing to do where it does already
 *
 * Return: 0, or a negative errno, with the state as it was.
 */
int vprof_sampler_start(struct vprof_sampler *sampler, struct vprof_error *err);

/** vprof_sampler_wait - have it try again by itself, after start failed */
void vprof_sampler_wait(struct vprof_sampler *sampler,
			const struct vprof_error *why);

/** vprof_sampler_stop - end the slice, close the store */
int vprof_sampler_stop(struct vprof_sampler *sampler, struct vprof_error *err);

/**
 * vprof_sampler_flush - write and name what was sampled up to now
 *
 * Return: 0 (also where it is stopped: all is written), -EAGAIN while it waits.
 */
int vprof_sampler_flush(struct vprof_sampler *sampler, struct vprof_error *err);

/** vprof_sampler_restart - a new session of the same kind, where one runs */
void vprof_sampler_restart(struct vprof_sampler *sampler, const char *why);

/**
 * vprof_sampler_configure - go on with another configuration
 *
 * Return: 0; on failure the sentence says why and sampling goes on as before.
 */
int vprof_sampler_configure(struct vprof_sampler *sampler,
			    const struct vprof_config *config,
			    struct vprof_error *err);

/** vprof_sampler_describe - fill in what it knows; the rest stays as it is */
void vprof_sampler_describe(struct vprof_sampler *sampler,
			    struct vprof_status *status);

#endif

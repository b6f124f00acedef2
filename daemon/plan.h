/* SPDX-License-Identifier: GPL-2.0-only */
/* From configuration to what a recorder takes. */
#ifndef VPROFD_PLAN_H
#define VPROFD_PLAN_H

#include <vprof/error.h>
#include <vprof/event.h>
#include <vprof/recorder.h>

#include "config.h"

/**
 * struct vprof_plan - a recording as configured; @options points into it
 */
struct vprof_plan {
	struct vprof_config config;
	struct vprof_event_spec events[VPROF_CONFIG_MAX_EVENTS];
	struct vprof_guest_map maps[VPROF_CONFIG_MAX_MAPS];
	struct vprof_recorder_options options;
};

/**
 * vprof_plan_new - make sense of a configuration on this machine
 *
 * Return: 0, -EINVAL for an event that is there twice, or what
 * vprof_event_parse() gave, or a map that cannot be read did, its sentence after
 * "PATH:LINE: ".
 */
int vprof_plan_new(const struct vprof_config *config,
		   struct vprof_plan **ret_plan, struct vprof_error *err);

/**
 * vprof_plan_explain - why a recorder did not take the plan
 * @cause: what it said; where that names an event of the configuration, @err
 *         says the event's "PATH:LINE: " before it
 *
 * Return: the code of @cause.
 */
int vprof_plan_explain(const struct vprof_plan *plan,
		       const struct vprof_error *cause,
		       struct vprof_error *err);

void vprof_plan_free(struct vprof_plan *plan);

#endif

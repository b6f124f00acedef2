/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Xen profiling for a session, from START to STOP: the hypervisor's state, each
 * domain's buffer, and what empties them. Dom0's own are emptied by Xen's virtual
 * interrupt, which comes on a vCPU for each sample of its own mode; the others
 * raise none, and are emptied by a timer.
 */
#ifndef VPROF_XENOPROF_RUN_H
#define VPROF_XENOPROF_RUN_H

#include <linux/types.h>

#include "xenoprof_buffer.h"
#include "xenoprof_control.h"

struct vprof_domain_set;
struct vprof_xenoprof_run;

int vprof_xenoprof_run_new(struct vprof_domain_set *domains,
			   const struct vprof_xenoprof_event *events,
			   struct xenoprof_counter *counters,
			   unsigned int nr_events, bool with_all,
			   struct vprof_xenoprof_run **ret_run);
int vprof_xenoprof_run_join(const struct vprof_xenoprof_frames *frames,
			    struct vprof_domain_set *domains,
			    const struct vprof_xenoprof_event *events,
			    unsigned int nr_events,
			    struct vprof_xenoprof_run **ret_run);
void vprof_xenoprof_run_end(struct vprof_xenoprof_run *run);
void vprof_xenoprof_run_cpu_online(struct vprof_xenoprof_run *run,
				   unsigned int cpu);
void vprof_xenoprof_run_forget(struct vprof_xenoprof_run *run,
			       struct vprof_domain_buffer *guest,
			       struct vprof_domain_lane *others);

#endif /* VPROF_XENOPROF_RUN_H */

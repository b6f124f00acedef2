/* SPDX-License-Identifier: GPL-2.0-only */
/* What the sources on Xen's profiler share: the leader's, and a member's. */
#ifndef VPROF_SOURCE_XENOPROF_H
#define VPROF_SOURCE_XENOPROF_H

#include <linux/types.h>

#include "xenoprof_buffer.h"

struct vprof_event;
struct vprof_session;
struct vprof_xenoprof_control;

void vprof_source_xenoprof_take(const struct vprof_xenoprof_control *control);
const char *vprof_source_xenoprof_cpu_type(void);
int vprof_source_xenoprof_add_event(struct vprof_event *request,
				    unsigned int index, void **ret_event);
void vprof_source_xenoprof_remove_event(void *event);
void vprof_source_xenoprof_set_counting(struct vprof_session *session,
					bool is_counting);
bool vprof_source_xenoprof_is_counting(void *data, unsigned int cpu);
void vprof_source_xenoprof_get_events(const struct vprof_session *session,
				      struct vprof_xenoprof_event *events,
				      struct xenoprof_counter *counters);

#endif /* VPROF_SOURCE_XENOPROF_H */

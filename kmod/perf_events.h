/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the sources that ride the kernel's perf core share: an event of theirs is
 * a counter of perf's on each CPU.
 */
#ifndef VPROF_PERF_EVENTS_H
#define VPROF_PERF_EVENTS_H

#include <linux/perf_event.h>
#include <linux/types.h>
#include <uapi/vprof.h>

struct vprof_domain_buffer;
struct vprof_perf_counter;
struct vprof_session;

struct vprof_perf_event {
	struct vprof_event request;
	struct perf_event_attr attr;
	perf_overflow_handler_t handler;
	unsigned int index;
	struct vprof_perf_counter *counters[]; /* [nr_cpu_ids], NULL: never */
};

void vprof_perf_describe(struct vprof_info *info);
int vprof_perf_check_event(const struct vprof_event *event);
void vprof_perf_make_attr(const struct vprof_event *event,
			  struct perf_event_attr *ret_attr);
int vprof_perf_event_new(const struct vprof_event *request,
			 const struct perf_event_attr *attr, unsigned int index,
			 perf_overflow_handler_t handler, void **ret_event);

/* As struct vprof_source_ops has them. */
void vprof_perf_event_free(void *event);
bool vprof_perf_event_is_counting(void *event, unsigned int cpu);
int vprof_perf_add_guest(struct vprof_session *session,
			 struct vprof_domain_buffer *guest);
int vprof_perf_start(struct vprof_session *session);
void vprof_perf_stop(struct vprof_session *session);
void vprof_perf_count_on_cpu(struct vprof_session *session, unsigned int cpu);

#endif /* VPROF_PERF_EVENTS_H */

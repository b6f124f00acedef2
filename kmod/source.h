/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every source gives: something that programs counters, takes their
 * interrupts, and puts samples into lanes. The session calls it with its lock
 * held; the source keeps one struct of its own per event.
 */
#ifndef VPROF_SOURCE_H
#define VPROF_SOURCE_H

#include <linux/types.h>
#include <uapi/vprof.h>

struct vprof_session;

struct vprof_source_ops {
	const char *name;

	/* Fill in features, pmu. */
	void (*describe)(struct vprof_info *info);

	/*
	 * 0 or -EOPNOTSUPP. The rest of the request is checked already. nr_lanes
	 * is the number of CPUs; a source for which a lane is something else
	 * changes it.
	 */
	int (*check_domain)(struct vprof_domain *domain);

	/* May be NULL: only perf and the like take guests at any time. */
	int (*add_guest)(struct vprof_session *session,
			 struct vprof_domain_buffer *guest);

	/*
	 * Open an event, disabled, on every online CPU. min_period is written
	 * in success and in -EINVAL.
	 */
	int (*add_event)(struct vprof_event *event, unsigned int index,
			 void **ret_event);
	void (*remove_event)(void *event);

	/* On failure nothing runs. */
	int (*start)(struct vprof_session *session);
	/* When it returns, no handler runs and none will. */
	void (*stop)(struct vprof_session *session);

	/* A CPU came online, perhaps not for the first time. */
	void (*cpu_online)(struct vprof_session *session, unsigned int cpu);

	bool (*is_counting)(void *event, unsigned int cpu);
};

extern const struct vprof_source_ops vprof_source_perf;

#endif /* VPROF_SOURCE_H */

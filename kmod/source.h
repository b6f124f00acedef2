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

struct vprof_domain_buffer;
struct vprof_session;

struct vprof_source_ops {
	const char *name;
	bool takes_active; /* guests with VPROF_DOMAIN_ACTIVE */

	/* Fill in features, pmu. */
	void (*describe)(struct vprof_info *info);

	/* May be NULL. The module goes; nothing of it is used any more. */
	void (*exit)(void);

	/*
	 * 0 or -EOPNOTSUPP. The rest of the request is checked already. nr_lanes
	 * is the number of CPUs; a source for which a lane is something else
	 * changes it.
	 */
	int (*check_domain)(struct vprof_domain *domain);

	/*
	 * May be NULL. add_guest: 0, or why it can't be sampled; it may yet be
	 * given up. guest_added: it is one of the session's. remove_guest: its
	 * lanes must not be written to when it returns.
	 */
	int (*add_guest)(struct vprof_session *session,
			 struct vprof_domain_buffer *guest);
	void (*guest_added)(struct vprof_session *session,
			    struct vprof_domain_buffer *guest);
	void (*remove_guest)(struct vprof_session *session,
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
extern const struct vprof_source_ops vprof_source_xenoprof;
extern const struct vprof_source_ops vprof_source_xenoprof_active;
extern const struct vprof_source_ops vprof_source_xenpmu;

/* 0 where a source can work; before anything else of it is used. */
int vprof_source_xenoprof_probe(bool is_asked_for);
int vprof_source_xenoprof_active_probe(bool is_asked_for);
int vprof_source_xenpmu_probe(bool is_asked_for);

void vprof_source_xenpmu_init(void);
u32 vprof_source_xenpmu_unmet(void);

int vprof_source_init(void);
void vprof_source_exit(void);
u32 vprof_source_unmet(void);
const struct vprof_source_ops *vprof_source(void);

#endif /* VPROF_SOURCE_H */

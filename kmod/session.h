/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session: events x domains, from open to close.
 *
 * Locks, outermost first:
 *   session->lock      everything of the session that has no other rule
 *   mmap_lock          taken by copying to and from user space
 * mmap and poll take no lock of ours: they come with mmap_lock held, or often.
 */
#ifndef VPROF_SESSION_H
#define VPROF_SESSION_H

#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <uapi/vprof.h>

#include "domain_set.h"

struct vm_area_struct;
struct vprof_source_ops;

enum vprof_session_state {
	VPROF_SESSION_NEW,
	VPROF_SESSION_RUNNING,
	VPROF_SESSION_STOPPED,
};

struct vprof_session {
	const struct vprof_source_ops *source;

	struct mutex
		lock; /* protects the members down to the next blank line */
	enum vprof_session_state state; /* read without it in poll and tick */
	unsigned int nr_events;
	void *events[VPROF_MAX_EVENTS]; /* the source's */
	void *source_run;               /* likewise, while it runs */
	unsigned int wakeup_ms;         /* the shortest of the domains' */

	struct vprof_domain_set domains; /* has rules of its own */

	wait_queue_head_t wait;
	struct delayed_work tick; /* runs while a reader waits */
	struct list_head node;    /* hotplug.c, under its lock */
	struct work_struct cpus_work;
	cpumask_var_t new_cpus; /* came online; bits set and taken atomically */
};

int vprof_session_new(const struct vprof_source_ops *source,
		      struct vprof_session **ret_session);
void vprof_session_free(struct vprof_session *session);
int vprof_session_add_event(struct vprof_session *session,
			    struct vprof_event *event, void **ret_event);
int vprof_session_keep_event(struct vprof_session *session, void *event);
int vprof_session_add_domain(struct vprof_session *session,
			     struct vprof_domain *request,
			     struct vprof_domain_buffer **ret_domain);
int vprof_session_keep_domain(struct vprof_session *session,
			      struct vprof_domain_buffer *domain);
int vprof_session_remove_domain(struct vprof_session *session,
				unsigned int index);
int vprof_session_start(struct vprof_session *session);
int vprof_session_stop(struct vprof_session *session);
int vprof_session_stats(struct vprof_session *session,
			struct vprof_stats *stats);
__poll_t vprof_session_poll(struct vprof_session *session, struct file *file,
			    poll_table *table);
int vprof_session_mmap(struct vprof_session *session,
		       struct vm_area_struct *vma);

#endif /* VPROF_SESSION_H */

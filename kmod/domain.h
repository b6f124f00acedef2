/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A domain's buffer: its memory, its mapping, and inviting its reader.
 *
 * The buffer lives as long as its file, which the session holds and which each
 * mapping holds too (not the session's own file: closing that stops counters,
 * mapped or not). So munmap and close may come in any order.
 */
#ifndef VPROF_DOMAIN_H
#define VPROF_DOMAIN_H

#include <linux/cpumask.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "buffer.h"

struct file;
struct vm_area_struct;

enum {
	/* mmap offsets: index << SPAN_SHIFT, the consumer's half of it on top */
	VPROF_DOMAIN_SPAN_SHIFT = 38,
	VPROF_DOMAIN_CONSUMER_SHIFT = 37,
};

/* A lane as the kernel has it. There is one once its CPU was online. */
struct vprof_domain_lane {
	struct vprof_lane lane;
	struct irq_work invite;
	u64 invited; /* the reader is asked to read up to here */
	struct vprof_domain_buffer *domain;
};

struct vprof_domain_buffer {
	struct vprof_domain uapi; /* as ADD_DOMAIN returned it */
	struct file *file;
	wait_queue_head_t *wait; /* the session's; valid while counters exist */
	unsigned int index;
	struct hlist_node node; /* of a guest, in its vprof_domain_set */
	bool is_removed;        /* takes no samples any more */
	size_t bytes;           /* allocated */
	void *producers;        /* a page per lane */
	struct vprof_lane_consumer *consumers;
	/*
	 * [nr_lanes]. An entry is set once, under the session's lock, and read
	 * without it: release and acquire.
	 */
	struct vprof_domain_lane **lanes;
};

int vprof_domain_new(const struct vprof_domain *request, unsigned int index,
		     wait_queue_head_t *wait,
		     struct vprof_domain_buffer **ret_domain);
void vprof_domain_put(struct vprof_domain_buffer *domain);
int vprof_domain_open_lane(struct vprof_domain_buffer *domain, unsigned int cpu,
			   size_t max_bytes);
struct vprof_domain_lane *vprof_domain_lane(struct vprof_domain_buffer *domain,
					    unsigned int cpu);
int vprof_domain_mmap(struct vprof_domain_buffer *domain,
		      struct vm_area_struct *vma);
bool vprof_domain_invite_all(struct vprof_domain_buffer *domain);
bool vprof_domain_is_readable(struct vprof_domain_buffer *domain);
void vprof_domain_tell_lost(struct vprof_domain_buffer *domain);
void vprof_domain_quiesce(struct vprof_domain_buffer *domain);
void vprof_domain_add_stats(struct vprof_domain_buffer *domain,
			    unsigned int cpu, unsigned int event,
			    struct vprof_stats *stats);

/*
 * Is there a lane for each CPU of ours, or one for all vCPUs of the domain's?
 * Where we have one CPU only, the two are the same.
 */
static inline bool
vprof_domain_is_by_cpu(const struct vprof_domain_buffer *domain)
{
	return domain->uapi.nr_lanes == nr_cpu_ids;
}

/* NMI context: vprof_domain_invite. */
static inline void vprof_domain_invite(struct vprof_domain_lane *lane)
{
	irq_work_queue(&lane->invite);
}

#endif /* VPROF_DOMAIN_H */

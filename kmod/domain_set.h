/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The domains of a session: by index, and guests by id.
 *
 * Changed under the session's lock. Read under it, or: by index under the set's
 * own lock (poll, mmap, the tick), by id in an RCU read-side section (NMI).
 */
#ifndef VPROF_DOMAIN_SET_H
#define VPROF_DOMAIN_SET_H

#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>

#include "domain.h"

enum { VPROF_GUEST_HASH_BITS = 6 };

struct vprof_domain_set {
	spinlock_t lock;
	unsigned int nr; /* indices below it are or were in use */
	struct vprof_domain_buffer *domains[VPROF_MAX_DOMAINS]; /* or NULL */
	struct vprof_domain_buffer *host;
	struct vprof_domain_buffer *others;
	struct hlist_head guests[1 << VPROF_GUEST_HASH_BITS];
};

void vprof_domain_set_init(struct vprof_domain_set *set);
void vprof_domain_set_destroy(struct vprof_domain_set *set);
size_t vprof_domain_set_bytes_left(const struct vprof_domain_set *set,
				   size_t max_bytes);
int vprof_domain_set_make(struct vprof_domain_set *set,
			  const struct vprof_domain *request,
			  wait_queue_head_t *wait, size_t max_bytes,
			  struct vprof_domain_buffer **ret_domain);
unsigned int vprof_domain_set_keep(struct vprof_domain_set *set,
				   struct vprof_domain_buffer *domain);
int vprof_domain_set_remove(struct vprof_domain_set *set, unsigned int index);
struct vprof_domain_buffer *vprof_domain_set_hold(struct vprof_domain_set *set,
						  unsigned int index);
bool vprof_domain_set_invite_all(struct vprof_domain_set *set);
bool vprof_domain_set_is_readable(struct vprof_domain_set *set);

/* A domain that comes and goes. */
static inline bool vprof_domain_is_guest(u32 kind)
{
	return kind == VPROF_DOMAIN_KVM || kind == VPROF_DOMAIN_XEN;
}

/**
 * vprof_domain_set_guest_at() - The guest at an index
 * @set: the set; the caller holds the session's lock
 * @index: any
 *
 * Return: it, or NULL: none, removed, or no guest.
 */
static inline struct vprof_domain_buffer *
vprof_domain_set_guest_at(struct vprof_domain_set *set, unsigned int index)
{
	struct vprof_domain_buffer *domain =
		index < set->nr ? set->domains[index] : NULL;

	if (!domain || domain->is_removed ||
	    !vprof_domain_is_guest(domain->uapi.kind))
		return NULL;
	return domain;
}

/**
 * vprof_domain_set_find_guest() - The buffer of a guest. Any context, NMI too
 * @set: the set
 * @id: as in ADD_DOMAIN; a session's guests are of one kind
 *
 * The caller keeps preemption off while it uses the buffer.
 *
 * Return: it, or OTHERS, or NULL where the session has none of the two.
 */
static inline struct vprof_domain_buffer *
vprof_domain_set_find_guest(struct vprof_domain_set *set, u64 id)
{
	struct vprof_domain_buffer *domain;

	hlist_for_each_entry_rcu_notrace(
		domain, &set->guests[hash_64(id, VPROF_GUEST_HASH_BITS)],
		node) if (domain->uapi.id == id) return domain;
	return set->others;
}

#endif /* VPROF_DOMAIN_SET_H */

// SPDX-License-Identifier: GPL-2.0-only
/* Keeps the domains of a session: indices, guests that come and go. */
#include "domain_set.h"

#include <linux/cpumask.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/rcupdate.h>

/**
 * vprof_domain_set_init() - A set without domains
 * @set: zeroed memory
 */
void vprof_domain_set_init(struct vprof_domain_set *set)
{
	spin_lock_init(&set->lock);
}

static void let_go(struct vprof_domain_buffer *domain)
{
	vprof_domain_quiesce(domain);
	vprof_domain_put(domain);
}

/**
 * vprof_domain_set_destroy() - Let go of all; mappings may go on
 * @set: nobody else can reach it, and there is no producer any more
 */
void vprof_domain_set_destroy(struct vprof_domain_set *set)
{
	unsigned int i;

	for (i = 0; i < set->nr; i++)
		if (set->domains[i])
			let_go(set->domains[i]);
}

static bool has_domain(struct vprof_domain_set *set,
		       const struct vprof_domain *request)
{
	const struct vprof_domain_buffer *domain;
	unsigned int i;

	for (i = 0; i < set->nr; i++) {
		domain = set->domains[i];
		if (domain && !domain->is_removed &&
		    domain->uapi.kind == request->kind &&
		    domain->uapi.id == request->id)
			return true;
	}
	return false;
}

static void put_at(struct vprof_domain_set *set, unsigned int index,
		   struct vprof_domain_buffer *domain)
{
	spin_lock(&set->lock);
	set->domains[index] = domain;
	if (index == set->nr)
		set->nr = index + 1;
	spin_unlock(&set->lock);
}

/* The lowest index that is free, or has a removed domain. */
static int find_index(const struct vprof_domain_set *set)
{
	unsigned int i;

	for (i = 0; i < set->nr; i++)
		if (!set->domains[i] || set->domains[i]->is_removed)
			return i;
	return set->nr < VPROF_MAX_DOMAINS ? set->nr : -ENOSPC;
}

static size_t used_bytes(const struct vprof_domain_set *set)
{
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < set->nr; i++)
		if (set->domains[i])
			used += set->domains[i]->bytes;
	return used;
}

/**
 * vprof_domain_set_bytes_left() - What a new buffer may take
 * @set: the set
 * @max_bytes: what all of them may
 *
 * Return: bytes.
 */
size_t vprof_domain_set_bytes_left(const struct vprof_domain_set *set,
				   size_t max_bytes)
{
	size_t used = used_bytes(set);

	return used < max_bytes ? max_bytes - used : 0;
}

/* A lane for each CPU that is online; one that comes later is told of later. */
static int open_lanes(struct vprof_domain_buffer *domain, size_t most)
{
	bool is_by_cpu = vprof_domain_is_by_cpu(domain);
	unsigned int lane;
	int err;

	if (domain->bytes > most)
		return -ENOMEM;
	for (lane = 0; lane < domain->uapi.nr_lanes; lane++) {
		if (is_by_cpu && !cpu_online(lane))
			continue;
		err = vprof_domain_open_lane(domain, lane,
					     most - domain->bytes);
		if (err)
			return err;
	}
	return 0;
}

/**
 * vprof_domain_set_make() - Make a domain's buffer; nobody sees it yet
 * @set: the set
 * @request: a checked request, nr_lanes written by the source
 * @wait: the session's
 * @max_bytes: what all buffers of the set may take
 * @ret_domain: for vprof_domain_set_keep(), or vprof_domain_put()
 *
 * Return: 0, -EEXIST, -ENOSPC, -ENOMEM, -ENFILE.
 */
int vprof_domain_set_make(struct vprof_domain_set *set,
			  const struct vprof_domain *request,
			  wait_queue_head_t *wait, size_t max_bytes,
			  struct vprof_domain_buffer **ret_domain)
{
	const struct vprof_domain_buffer *removed;
	struct vprof_domain_buffer *domain;
	int index, err;

	if (has_domain(set, request))
		return -EEXIST;
	index = find_index(set);
	if (index < 0)
		return index;
	err = vprof_domain_new(request, index, wait, &domain);
	if (err)
		return err;
	removed = set->domains[index];
	if (removed)
		max_bytes += removed->bytes;
	err = open_lanes(domain, vprof_domain_set_bytes_left(set, max_bytes));
	if (err) {
		vprof_domain_put(domain);
		return err;
	}
	*ret_domain = domain;
	return 0;
}

/**
 * vprof_domain_set_keep() - Make it one of the set: found, mapped and polled
 * @set: the set, unchanged since vprof_domain_set_make()
 * @domain: what that gave
 *
 * Return: its index.
 */
unsigned int vprof_domain_set_keep(struct vprof_domain_set *set,
				   struct vprof_domain_buffer *domain)
{
	struct vprof_domain_buffer *removed = set->domains[domain->index];
	u64 id = domain->uapi.id;

	put_at(set, domain->index, domain);
	/* It goes for good. */
	if (removed)
		let_go(removed);
	if (domain->uapi.kind == VPROF_DOMAIN_HOST)
		set->host = domain;
	else if (domain->uapi.kind == VPROF_DOMAIN_OTHERS)
		set->others = domain;
	else
		hlist_add_head_rcu(
			&domain->node,
			&set->guests[hash_64(id, VPROF_GUEST_HASH_BITS)]);
	return domain->index;
}

/**
 * vprof_domain_set_remove() - No more samples for a guest
 * @set: the set
 * @index: the guest's
 *
 * When it returns, no handler has the buffer in its hands.
 *
 * Return: 0, -ENOENT, -EINVAL no guest.
 */
int vprof_domain_set_remove(struct vprof_domain_set *set, unsigned int index)
{
	struct vprof_domain_buffer *domain;

	if (index >= set->nr)
		return -ENOENT;
	domain = set->domains[index];
	if (!domain || domain->is_removed)
		return -ENOENT;
	if (!vprof_domain_is_guest(domain->uapi.kind))
		return -EINVAL;
	hlist_del_rcu(&domain->node);
	synchronize_rcu();
	domain->is_removed = true;
	vprof_domain_tell_lost(domain);
	return 0;
}

/**
 * vprof_domain_set_hold() - The domain at an index, held
 * @set: the set; no lock is needed
 * @index: any
 *
 * Return: the domain, for vprof_domain_put(), or NULL.
 */
struct vprof_domain_buffer *vprof_domain_set_hold(struct vprof_domain_set *set,
						  unsigned int index)
{
	struct vprof_domain_buffer *domain = NULL;

	spin_lock(&set->lock);
	if (index < set->nr)
		domain = set->domains[index];
	if (domain)
		get_file(domain->file);
	spin_unlock(&set->lock);
	return domain;
}

/**
 * vprof_domain_set_invite_all() - Invite the reader to all that is unread
 * @set: the set; no lock is needed
 *
 * Return: whether there is something. The caller wakes.
 */
bool vprof_domain_set_invite_all(struct vprof_domain_set *set)
{
	bool has_any = false;
	unsigned int i;

	spin_lock(&set->lock);
	for (i = 0; i < set->nr; i++)
		if (set->domains[i])
			has_any |= vprof_domain_invite_all(set->domains[i]);
	spin_unlock(&set->lock);
	return has_any;
}

/**
 * vprof_domain_set_is_readable() - Has the reader not read what it is invited to?
 * @set: the set; no lock is needed
 *
 * Return: whether it has not.
 */
bool vprof_domain_set_is_readable(struct vprof_domain_set *set)
{
	bool is_readable = false;
	unsigned int i;

	spin_lock(&set->lock);
	for (i = 0; i < set->nr && !is_readable; i++)
		if (set->domains[i])
			is_readable = vprof_domain_is_readable(set->domains[i]);
	spin_unlock(&set->lock);
	return is_readable;
}

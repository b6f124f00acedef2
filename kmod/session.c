// SPDX-License-Identifier: GPL-2.0-only
/* Runs a session: what may happen when, and giving everything back at the end. */
#include "session.h"
#include "domain.h"
#include "hotplug.h"
#include "source.h"

#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

static unsigned int max_buffer_mb = 256;
module_param(max_buffer_mb, uint, 0644);
MODULE_PARM_DESC(max_buffer_mb, "Most buffer memory of one session, in MiB");

/*
 * Runs once per wakeup_ms from when a reader begins to wait, or the session
 * starts, until nobody waits. Harmless: a reader that comes between the look and
 * the end; its poll queues us again.
 */
static void tick(struct work_struct *work)
{
	struct vprof_session *session =
		container_of(work, struct vprof_session, tick.work);

	if (vprof_domain_set_invite_all(&session->domains))
		wake_up_interruptible_all(&session->wait);
	if (READ_ONCE(session->state) == VPROF_SESSION_RUNNING &&
	    waitqueue_active(&session->wait))
		queue_delayed_work(
			system_wq, &session->tick,
			msecs_to_jiffies(READ_ONCE(session->wakeup_ms)));
}

static size_t max_bytes(void)
{
	return (size_t)READ_ONCE(max_buffer_mb) << 20;
}

/* No memory: this CPU is not sampled, nr_counting says so. */
static void open_lanes_of(struct vprof_domain_set *set, unsigned int cpu)
{
	struct vprof_domain_buffer *domain;
	unsigned int i;

	for (i = 0; i < set->nr; i++) {
		domain = set->domains[i];
		if (domain && vprof_domain_is_by_cpu(domain))
			vprof_domain_open_lane(
				domain, cpu,
				vprof_domain_set_bytes_left(set, max_bytes()));
	}
}

/* CPUs that came online since the last look get lanes and counters. */
static void take_new_cpus(struct vprof_session *session)
{
	unsigned int cpu;

	lockdep_assert_held(&session->lock);
	for_each_cpu(cpu, session->new_cpus)
	{
		if (!cpumask_test_and_clear_cpu(cpu, session->new_cpus))
			continue;
		open_lanes_of(&session->domains, cpu);
		session->source->cpu_online(session, cpu);
	}
}

static void run_cpus_work(struct work_struct *work)
{
	struct vprof_session *session =
		container_of(work, struct vprof_session, cpus_work);

	mutex_lock(&session->lock);
	take_new_cpus(session);
	mutex_unlock(&session->lock);
}

/**
 * vprof_session_new() - Make a session that does nothing yet
 * @source: where its samples come from
 * @ret_session: the session
 *
 * Return: 0 or -ENOMEM.
 */
int vprof_session_new(const struct vprof_source_ops *source,
		      struct vprof_session **ret_session)
{
	struct vprof_session *session;

	session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);
	if (!session)
		return -ENOMEM;
	if (!zalloc_cpumask_var(&session->new_cpus, GFP_KERNEL_ACCOUNT)) {
		kfree(session);
		return -ENOMEM;
	}
	session->source = source;
	vprof_domain_set_init(&session->domains);
	mutex_init(&session->lock);
	init_waitqueue_head(&session->wait);
	INIT_DELAYED_WORK(&session->tick, tick);
	INIT_WORK(&session->cpus_work, run_cpus_work);
	vprof_hotplug_add(session);
	*ret_session = session;
	return 0;
}

/**
 * vprof_session_free() - Stop and give everything back, in any state
 * @session: a session that nobody else can reach
 */
void vprof_session_free(struct vprof_session *session)
{
	unsigned int i;

	vprof_hotplug_remove(session);
	cancel_work_sync(&session->cpus_work);
	if (session->state == VPROF_SESSION_RUNNING)
		session->source->stop(session);
	session->state = VPROF_SESSION_STOPPED;
	cancel_delayed_work_sync(&session->tick);
	for (i = 0; i < session->nr_events; i++)
		session->source->remove_event(session->events[i]);
	vprof_domain_set_destroy(&session->domains);
	mutex_destroy(&session->lock);
	free_cpumask_var(session->new_cpus);
	kfree(session);
}

static int check_event(const struct vprof_event *event)
{
	if (event->flags & ~VPROF_EVENT_FLAGS_ALL)
		return -EINVAL;
	if (event->reserved[0] || event->reserved[1])
		return -EINVAL;
	return event->max_chain > VPROF_MAX_CHAIN ? -EINVAL : 0;
}

/**
 * vprof_session_add_event() - Open an event
 * @session: locked by the caller
 * @event: the request; min_period is written in success and in -EINVAL
 * @ret_event: for vprof_session_keep_event(), or the source's remove_event
 *
 * Return: 0 or what ADD_EVENT returns.
 */
int vprof_session_add_event(struct vprof_session *session,
			    struct vprof_event *event, void **ret_event)
{
	int err;

	lockdep_assert_held(&session->lock);
	if (session->state != VPROF_SESSION_NEW)
		return -EBUSY;
	err = check_event(event);
	if (err)
		return err;
	if (session->nr_events == VPROF_MAX_EVENTS)
		return -ENOSPC;
	return session->source->add_event(event, session->nr_events, ret_event);
}

/**
 * vprof_session_keep_event() - Make it the session's own
 * @session: locked by the caller, since vprof_session_add_event()
 * @event: what that gave
 *
 * Return: its index.
 */
int vprof_session_keep_event(struct vprof_session *session, void *event)
{
	lockdep_assert_held(&session->lock);
	session->events[session->nr_events] = event;
	return session->nr_events++;
}

static int check_domain(const struct vprof_domain *request)
{
	if (request->kind >= VPROF_NR_DOMAIN_KINDS ||
	    (request->id && !vprof_domain_is_guest(request->kind)))
		return -EINVAL;
	if (request->reserved0 || request->reserved ||
	    request->flags & ~VPROF_DOMAIN_FLAGS_ALL)
		return -EINVAL;
	if (!is_power_of_2(request->nr_slots) ||
	    request->nr_slots < VPROF_MIN_LANE_SLOTS ||
	    request->nr_slots > VPROF_MAX_LANE_SLOTS)
		return -EINVAL;
	return request->watermark > request->nr_slots ? -EINVAL : 0;
}

/**
 * vprof_session_add_domain() - Make a domain's buffer
 * @session: locked by the caller
 * @request: the request; its "out" members are written
 * @ret_domain: for vprof_session_keep_domain(), or vprof_domain_put()
 *
 * Return: 0 or what ADD_DOMAIN returns.
 */
int vprof_session_add_domain(struct vprof_session *session,
			     struct vprof_domain *request,
			     struct vprof_domain_buffer **ret_domain)
{
	int err = check_domain(request);

	lockdep_assert_held(&session->lock);
	if (err)
		return err;
	request->nr_lanes = nr_cpu_ids;
	err = session->source->check_domain(request);
	if (err)
		return err;
	if (request->flags & VPROF_DOMAIN_ACTIVE &&
	    !(session->source->takes_active &&
	      vprof_domain_is_guest(request->kind)))
		return -EOPNOTSUPP;
	if (session->state != VPROF_SESSION_NEW &&
	    !vprof_domain_is_guest(request->kind))
		return -EBUSY;
	err = vprof_domain_set_make(&session->domains, request, &session->wait,
				    max_bytes(), ret_domain);
	if (err)
		return err;
	if (session->source->add_guest && vprof_domain_is_guest(request->kind))
		err = session->source->add_guest(session, *ret_domain);
	if (err) {
		vprof_domain_put(*ret_domain);
		return err;
	}
	*request = (*ret_domain)->uapi;
	return 0;
}

/**
 * vprof_session_keep_domain() - Make it the session's own, open to mmap and poll
 * @session: locked by the caller, since vprof_session_add_domain()
 * @domain: what that gave
 *
 * Return: its index.
 */
int vprof_session_keep_domain(struct vprof_session *session,
			      struct vprof_domain_buffer *domain)
{
	unsigned int index, ms = domain->uapi.wakeup_ms;

	lockdep_assert_held(&session->lock);
	if (!session->wakeup_ms || ms < session->wakeup_ms)
		WRITE_ONCE(session->wakeup_ms, ms);
	index = vprof_domain_set_keep(&session->domains, domain);
	if (session->source->guest_added &&
	    session->state == VPROF_SESSION_RUNNING)
		session->source->guest_added(session, domain);
	return index;
}

/**
 * vprof_session_remove_domain() - A guest is gone
 * @session: locked by the caller
 * @index: its index
 *
 * Return: 0 or what REMOVE_DOMAIN returns.
 */
int vprof_session_remove_domain(struct vprof_session *session,
				unsigned int index)
{
	struct vprof_domain_buffer *domain;

	lockdep_assert_held(&session->lock);
	domain = vprof_domain_set_guest_at(&session->domains, index);
	if (domain && session->source->remove_guest &&
	    session->state == VPROF_SESSION_RUNNING)
		session->source->remove_guest(session, domain);
	return vprof_domain_set_remove(&session->domains, index);
}

/**
 * vprof_session_start() - Counters on
 * @session: locked by the caller
 *
 * Return: 0 or what START returns.
 */
int vprof_session_start(struct vprof_session *session)
{
	int err;

	lockdep_assert_held(&session->lock);
	if (session->state == VPROF_SESSION_RUNNING)
		return -EBUSY;
	if (!session->nr_events || !session->domains.host)
		return -EINVAL;
	take_new_cpus(session);
	err = session->source->start(session);
	if (err)
		return err;
	WRITE_ONCE(session->state, VPROF_SESSION_RUNNING);
	/* Who has waited since before asked for no tick, and may not ask again. */
	queue_delayed_work(system_wq, &session->tick,
			   msecs_to_jiffies(READ_ONCE(session->wakeup_ms)));
	return 0;
}

/**
 * vprof_session_stop() - Counters off; tell what was lost, invite to the rest
 * @session: locked by the caller
 *
 * Return: 0 or -EINVAL when not running.
 */
int vprof_session_stop(struct vprof_session *session)
{
	unsigned int i;

	lockdep_assert_held(&session->lock);
	if (session->state != VPROF_SESSION_RUNNING)
		return -EINVAL;
	session->source->stop(session);
	WRITE_ONCE(session->state, VPROF_SESSION_STOPPED);
	for (i = 0; i < session->domains.nr; i++)
		if (session->domains.domains[i])
			vprof_domain_tell_lost(session->domains.domains[i]);
	vprof_domain_set_invite_all(&session->domains);
	wake_up_interruptible_all(&session->wait);
	return 0;
}

static void add_stats(struct vprof_session *session, unsigned int event,
		      struct vprof_stats *stats)
{
	struct vprof_domain_buffer *domain =
		session->domains.domains[stats->domain];
	unsigned int cpu;

	for (cpu = 0; cpu < domain->uapi.nr_lanes; cpu++) {
		if (stats->cpu != VPROF_STATS_ALL_CPUS && stats->cpu != cpu)
			continue;
		vprof_domain_add_stats(domain, cpu, event, stats);
		stats->nr_counting += session->source->is_counting(
			session->events[event], cpu);
	}
}

/**
 * vprof_session_stats() - The accounts, now
 * @session: locked by the caller
 * @stats: which; the rest is zero and is added to
 *
 * Return: 0 or -ENOENT.
 */
int vprof_session_stats(struct vprof_session *session,
			struct vprof_stats *stats)
{
	struct vprof_domain_buffer *domain;
	unsigned int event;

	lockdep_assert_held(&session->lock);
	if (stats->domain >= session->domains.nr)
		return -ENOENT;
	domain = session->domains.domains[stats->domain];
	if (!domain)
		return -ENOENT;
	if (stats->event != VPROF_STATS_ALL_EVENTS &&
	    stats->event >= session->nr_events)
		return -ENOENT;
	if (stats->cpu != VPROF_STATS_ALL_CPUS &&
	    stats->cpu >= domain->uapi.nr_lanes)
		return -ENOENT;
	for (event = 0; event < session->nr_events; event++)
		if (stats->event == VPROF_STATS_ALL_EVENTS ||
		    stats->event == event)
			add_stats(session, event, stats);
	return 0;
}

/**
 * vprof_session_poll() - Is the reader invited?
 * @session: the session
 * @file: its file
 * @table: poll's
 *
 * Return: EPOLLIN | EPOLLRDNORM, EPOLLERR without domains, or 0.
 */
__poll_t vprof_session_poll(struct vprof_session *session, struct file *file,
			    poll_table *table)
{
	poll_wait(file, &session->wait, table);
	if (!READ_ONCE(session->domains.nr))
		return EPOLLERR;
	if (vprof_domain_set_is_readable(&session->domains))
		return EPOLLIN | EPOLLRDNORM;
	if (READ_ONCE(session->state) == VPROF_SESSION_RUNNING)
		queue_delayed_work(
			system_wq, &session->tick,
			msecs_to_jiffies(READ_ONCE(session->wakeup_ms)));
	return 0;
}

/**
 * vprof_session_mmap() - Map a piece of a domain's buffer
 * @session: the session
 * @vma: the mapping; its offset says which domain and piece
 *
 * Return: 0, -EINVAL, -EPERM.
 */
int vprof_session_mmap(struct vprof_session *session,
		       struct vm_area_struct *vma)
{
	u64 index = ((u64)vma->vm_pgoff << PAGE_SHIFT) >>
		    VPROF_DOMAIN_SPAN_SHIFT;
	struct vprof_domain_buffer *domain;
	int err;

	if (index >= VPROF_MAX_DOMAINS)
		return -EINVAL;
	domain = vprof_domain_set_hold(&session->domains, index);
	if (!domain)
		return -EINVAL;
	err = vprof_domain_mmap(domain, vma);
	vprof_domain_put(domain);
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells sessions which CPUs came online.
 *
 * perf takes a kernel counter off its context for good when its CPU goes away,
 * before the CPU stops: its handler is not called again, so the accounts stand
 * still and stay exact, and nothing is to do here. When the CPU is back, the
 * counter must be made anew. That happens in a work item: making some events
 * takes cpus_read_lock(), which a hotplug callback must not wait for.
 */
#include "hotplug.h"
#include "session.h"

#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

/* Protects sessions. Taken under the CPU hotplug lock; nothing is taken in it. */
static DEFINE_MUTEX(sessions_lock);
static LIST_HEAD(sessions);
static enum cpuhp_state online_state;

static int cpu_online_now(unsigned int cpu)
{
	struct vprof_session *session;

	mutex_lock(&sessions_lock);
	list_for_each_entry (session, &sessions, node) {
		cpumask_set_cpu(cpu, session->new_cpus);
		queue_work(system_wq, &session->cpus_work);
	}
	mutex_unlock(&sessions_lock);
	return 0;
}

/**
 * vprof_hotplug_add() - Tell this session from now on
 * @session: the session
 */
void vprof_hotplug_add(struct vprof_session *session)
{
	mutex_lock(&sessions_lock);
	list_add_tail(&session->node, &sessions);
	mutex_unlock(&sessions_lock);
}

/**
 * vprof_hotplug_remove() - Tell it no more; its work may still be queued
 * @session: the session
 */
void vprof_hotplug_remove(struct vprof_session *session)
{
	mutex_lock(&sessions_lock);
	list_del(&session->node);
	mutex_unlock(&sessions_lock);
}

/**
 * vprof_hotplug_init() - Listen to the kernel
 *
 * Return: 0 or a negative errno.
 */
int vprof_hotplug_init(void)
{
	int state = cpuhp_setup_state_nocalls(
		CPUHP_AP_ONLINE_DYN, "vprof:online", cpu_online_now, NULL);

	if (state < 0)
		return state;
	online_state = state;
	return 0;
}

/**
 * vprof_hotplug_exit() - Listen no more
 */
void vprof_hotplug_exit(void)
{
	cpuhp_remove_state_nocalls(online_state);
}

// SPDX-License-Identifier: GPL-2.0-only
/* The source of an active domain of Xen's: dom0 leads, this domain reads its own. */
#include "session.h"
#include "source.h"
#include "source_xenoprof.h"
#include "xenoprof_control.h"
#include "xenoprof_member.h"

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/xen.h>

/* A session's, while it runs. */
struct active_run {
	struct vprof_xenoprof_event events[XENOPROF_MAX_COUNTERS];
	struct vprof_xenoprof_membership membership;
};

/* The session that has this domain's only buffer. */
static struct vprof_session *owner;

/**
 * vprof_source_xenoprof_active_probe() - Can this domain be an active one?
 * @is_asked_for: only then: without dom0 nothing comes
 *
 * Return: 0, -ENODEV no PV domain of Xen's, or dom0, -ENOSYS no such Xen.
 */
int vprof_source_xenoprof_active_probe(bool is_asked_for)
{
	struct vprof_xenoprof_control control = {};
	int err;

	if (!is_asked_for || !xen_pv_domain() || xen_initial_domain())
		return -ENODEV;
	err = vprof_xenoprof_ask(&control);
	if (!err)
		vprof_source_xenoprof_take(&control);
	return err;
}

static void describe(struct vprof_info *info)
{
	info->features = VPROF_FEATURE_HW_PMU | VPROF_FEATURE_CHAIN |
			 VPROF_FEATURE_ACTIVE;
	strscpy(info->pmu, vprof_source_xenoprof_cpu_type(), sizeof(info->pmu));
}

static int check_domain(struct vprof_domain *domain)
{
	return domain->kind == VPROF_DOMAIN_HOST ? 0 : -EOPNOTSUPP;
}

static int start(struct vprof_session *session)
{
	struct xenoprof_counter counters[XENOPROF_MAX_COUNTERS] = {};
	struct vprof_xenoprof_membership *membership;
	struct active_run *run;
	int err = -ENOSPC;

	run = kzalloc(sizeof(*run), GFP_KERNEL_ACCOUNT);
	if (!run)
		return -ENOMEM;
	if (cmpxchg(&owner, NULL, session))
		goto err_free;
	vprof_source_xenoprof_get_events(session, run->events, counters);
	membership = &run->membership;
	membership->domains = &session->domains;
	membership->events = run->events;
	membership->nr_events = session->nr_events;
	vprof_xenoprof_events_text(counters, run->events, session->nr_events,
				   membership->text);
	session->source_run = run;
	vprof_source_xenoprof_set_counting(session, true);
	err = vprof_xenoprof_member_begin(membership);
	if (err)
		goto err_owner;
	return 0;

err_owner:
	vprof_source_xenoprof_set_counting(session, false);
	session->source_run = NULL;
	smp_store_release(&owner, NULL);
err_free:
	kfree(run);
	return err;
}

static void stop(struct vprof_session *session)
{
	vprof_xenoprof_member_end();
	vprof_source_xenoprof_set_counting(session, false);
	kfree(session->source_run);
	session->source_run = NULL;
	smp_store_release(&owner, NULL);
}

static void count_on_cpu(struct vprof_session *session, unsigned int cpu)
{
	if (session->source_run)
		vprof_xenoprof_member_cpu_online(cpu);
}

static bool is_counting(void *event, unsigned int cpu)
{
	return vprof_source_xenoprof_is_counting(event, cpu) &&
	       vprof_xenoprof_member_is_in();
}

const struct vprof_source_ops vprof_source_xenoprof_active = {
	.name = "xenoprof-active",
	.describe = describe,
	.exit = vprof_xenoprof_member_exit,
	.check_domain = check_domain,
	.add_event = vprof_source_xenoprof_add_event,
	.remove_event = vprof_source_xenoprof_remove_event,
	.start = start,
	.stop = stop,
	.cpu_online = count_on_cpu,
	.is_counting = is_counting,
};

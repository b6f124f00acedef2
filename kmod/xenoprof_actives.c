// SPDX-License-Identifier: GPL-2.0-only
/* Lets domains into our session and out, by what they say in xenstore. */
#include "xenoprof_actives.h"

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/xenbus.h>

enum { STEP_MS = 10, LEAVE_STEPS = 100, PATH_BYTES = 48 };

static void path_of(u16 domid, char *path)
{
	snprintf(path, PATH_BYTES, "/local/domain/%u/" VPROF_XENOPROF_STORE,
		 domid);
}

/**
 * vprof_xenoprof_active_check() - Does a domain wait to be let in?
 * @actives: what is to be counted
 * @domid: the domain
 *
 * One that does not come stays in Xen's list for good: it is asked before.
 *
 * Return: 0, -EAGAIN not yet, -EXDEV it wants other events.
 */
int vprof_xenoprof_active_check(const struct vprof_xenoprof_actives *actives,
				u16 domid)
{
	char path[PATH_BYTES], *wants;
	int err;

	path_of(domid, path);
	wants = xenbus_read(XBT_NIL, path, "wants", NULL);
	if (IS_ERR(wants))
		return -EAGAIN;
	err = strcmp(wants, actives->events) ? -EXDEV : 0;
	kfree(wants);
	return err;
}

/**
 * vprof_xenoprof_actives_invite() - They may come in
 * @actives: Xen has all of them in its list, and the events
 *
 * Return: 0 or what xenstore says.
 */
int vprof_xenoprof_actives_invite(const struct vprof_xenoprof_actives *actives)
{
	char path[PATH_BYTES];
	unsigned int i;
	int err = 0;

	for (i = 0; i < actives->nr && !err; i++) {
		path_of(actives->domids[i], path);
		err = xenbus_printf(XBT_NIL, path, "events", "%s",
				    actives->events);
	}
	return err;
}

static bool is_in(u16 domid)
{
	char path[PATH_BYTES], *state;
	bool is_joined;

	path_of(domid, path);
	state = xenbus_read(XBT_NIL, path, "state", NULL);
	if (IS_ERR(state))
		return false;
	is_joined = !strcmp(state, "joined");
	kfree(state);
	return is_joined;
}

/**
 * vprof_xenoprof_actives_dismiss() - They are to go out
 * @actives: that may have been invited; nothing is counted any more
 *
 * Waits for them, but not for long: what a domain does not give back it keeps.
 */
void vprof_xenoprof_actives_dismiss(
	const struct vprof_xenoprof_actives *actives)
{
	unsigned int i, step = 0;
	char path[PATH_BYTES];

	for (i = 0; i < actives->nr; i++) {
		path_of(actives->domids[i], path);
		xenbus_rm(XBT_NIL, path, "events");
	}
	for (i = 0; i < actives->nr; i++)
		while (is_in(actives->domids[i]) && step++ < LEAVE_STEPS)
			msleep(STEP_MS);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Takes part in the session of Xen's that another domain leads. */
#include "xenoprof_member.h"
#include "xenoprof_control.h"
#include "xenoprof_run.h"

#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/xenbus.h>

static void look(struct xenbus_watch *watch, const char *path,
		 const char *token);

static DEFINE_MUTEX(lock);
static struct xenbus_watch watch = {
	.node = VPROF_XENOPROF_STORE "/events",
	.callback = look,
};

/* Protected by lock. Being in may outlast the session: Xen lets nobody out. */
static struct {
	const struct vprof_xenoprof_membership *session; /* or NULL */
	struct vprof_xenoprof_run *run;                  /* of both, or NULL */
	struct vprof_xenoprof_frames frames;
	bool has_frames; /* Xen shares them with us */
	bool is_in;
	bool is_watching;
	char events[VPROF_XENOPROF_TEXT_MAX]; /* of what we are in */
} member;

static void say(const char *state)
{
	xenbus_printf(XBT_NIL, VPROF_XENOPROF_STORE, "state", "%s", state);
}

static int start_run(void)
{
	const struct vprof_xenoprof_membership *session = member.session;

	return vprof_xenoprof_run_join(&member.frames, session->domains,
				       session->events, session->nr_events,
				       &member.run);
}

static void end_run(void)
{
	if (member.run)
		vprof_xenoprof_run_end(member.run);
	member.run = NULL;
}

static int come_in(void)
{
	int err = 0;

	if (!member.has_frames)
		err = vprof_xenoprof_get_buffer(&member.frames);
	if (err)
		return err;
	member.has_frames = true;
	err = start_run() ?: vprof_xenoprof_enable();
	if (err)
		end_run();
	return err;
}

/* Refused: the leader did not wait for us, and we are listed no more. */
static void go_out(void)
{
	end_run();
	member.has_frames = vprof_xenoprof_disable() != 0;
	member.is_in = false;
	if (member.session) {
		say("waiting");
		return;
	}
	xenbus_rm(XBT_NIL, VPROF_XENOPROF_STORE, "state");
	module_put(THIS_MODULE);
}

static void join(const char *events)
{
	int err;

	if (strcmp(events, member.session->text))
		return;
	err = come_in();
	if (err) {
		pr_notice(
			"vprof: cannot take part in the session of Xen's profiler: error %d\n",
			-err);
		say("failed");
		return;
	}
	strscpy(member.events, events, sizeof(member.events));
	member.is_in = true;
	say("joined");
}

static void follow(void)
{
	char *events =
		xenbus_read(XBT_NIL, VPROF_XENOPROF_STORE, "events", NULL);

	if (IS_ERR(events)) {
		if (member.is_in)
			go_out();
		return;
	}
	if (!member.is_in && member.session)
		join(events);
	kfree(events);
}

static void look(struct xenbus_watch *unused, const char *path,
		 const char *token)
{
	mutex_lock(&lock);
	follow();
	mutex_unlock(&lock);
}

static int tell(const char *wants)
{
	int err = xenbus_printf(XBT_NIL, VPROF_XENOPROF_STORE, "wants", "%s",
				wants);

	if (!err && !member.is_watching) {
		err = register_xenbus_watch(&watch);
		member.is_watching = !err;
	}
	return err;
}

/* In since before: the session that was in it is gone, and samples go on. */
static int take_over(void)
{
	int err;

	if (strcmp(member.events, member.session->text))
		return -EXDEV;
	err = start_run();
	if (!err)
		module_put(THIS_MODULE);
	return err;
}

/**
 * vprof_xenoprof_member_begin() - From now on, come in when the leader lets us
 * @membership: what for; nobody else has begun
 *
 * Return: 0, -EXDEV still in a session of the leader's that has other events,
 * or what xenstore says.
 */
int vprof_xenoprof_member_begin(
	const struct vprof_xenoprof_membership *membership)
{
	int err = 0;

	mutex_lock(&lock);
	member.session = membership;
	if (member.is_in)
		err = take_over();
	if (!err) {
		say(member.is_in ? "joined" : "waiting");
		err = tell(membership->text);
		follow();
	}
	mutex_unlock(&lock);
	if (err)
		vprof_xenoprof_member_end();
	return err;
}

/**
 * vprof_xenoprof_member_end() - No more samples
 *
 * Xen takes its buffer back when the leader has stopped; until then the module
 * stays.
 */
void vprof_xenoprof_member_end(void)
{
	bool was_running;

	mutex_lock(&lock);
	was_running = member.run;
	end_run();
	member.session = NULL;
	if (member.is_in && was_running)
		__module_get(THIS_MODULE);
	xenbus_rm(XBT_NIL, VPROF_XENOPROF_STORE, "wants");
	if (!member.is_in)
		xenbus_rm(XBT_NIL, VPROF_XENOPROF_STORE, "state");
	follow();
	mutex_unlock(&lock);
}

/**
 * vprof_xenoprof_member_is_in() - Do samples come?
 *
 * Return: whether they do, as soon as the leader starts.
 */
bool vprof_xenoprof_member_is_in(void)
{
	return READ_ONCE(member.run);
}

/**
 * vprof_xenoprof_member_cpu_online() - A CPU came online
 * @cpu: the CPU, whose lane is open
 */
void vprof_xenoprof_member_cpu_online(unsigned int cpu)
{
	mutex_lock(&lock);
	if (member.run)
		vprof_xenoprof_run_cpu_online(member.run, cpu);
	mutex_unlock(&lock);
}

/**
 * vprof_xenoprof_member_exit() - The module goes
 */
void vprof_xenoprof_member_exit(void)
{
	if (member.is_watching)
		unregister_xenbus_watch(&watch);
}

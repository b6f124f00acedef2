// SPDX-License-Identifier: GPL-2.0-only
/* What vprofd may do: as little as sampling a whole machine takes. */
#include "privileges.h"

#include <errno.h>
#include <grp.h>
#include <stddef.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vprof/capture.h>
#include <vprof/log.h>

#include "message.h"

enum {
	WANTED_DESCRIPTORS = 65536,
	WANTED_LOCKED_BYTES = 256 << 20,
};

/* The last one only where the kernel asks for it, see needs_admin(). */
static const cap_value_t kept[] = {
	CAP_PERFMON,         CAP_SYS_PTRACE, CAP_CHECKPOINT_RESTORE,
	CAP_DAC_READ_SEARCH, CAP_SYSLOG,     CAP_SYS_ADMIN,
};

enum { NR_KEPT = sizeof(kept) / sizeof(kept[0]) };

static void raise_limit(int resource, rlim_t wanted)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) < 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted;
	if (limit.rlim_max < wanted)
		limit.rlim_max = wanted;
	if (setrlimit(resource, &limit) == 0)
		return;
	getrlimit(resource, &limit);
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(resource, &limit);
}

void vprof_privileges_raise_limits(void)
{
	raise_limit(RLIMIT_NOFILE, WANTED_DESCRIPTORS);
	raise_limit(RLIMIT_MEMLOCK, WANTED_LOCKED_BYTES);
}

int vprof_privileges_join_group(const char *name, gid_t *ret_gid,
				struct vprof_error *err)
{
	const struct group *group = getgrnam(name);

	if (!group)
		return vprof_error_set(
			err, -ENOENT,
			"there is no group \"%s\": only root can read the store and ask vprofd (sudo groupadd --system %s)",
			name, name);
	if (getegid() != group->gr_gid && setegid(group->gr_gid) < 0)
		return vprof_error_set(err, -errno,
				       "cannot make files group %s's: %s", name,
				       strerror(errno));
	*ret_gid = group->gr_gid;
	return 0;
}

/* Of the first @nr to keep, what is permitted. Return: how many, in @ret_held. */
static int find_held(cap_t caps, size_t nr, cap_value_t *ret_held)
{
	cap_flag_value_t value;
	int nr_held = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		if (cap_get_flag(caps, kept[i], CAP_PERMITTED, &value) == 0 &&
		    value == CAP_SET)
			ret_held[nr_held++] = kept[i];
	return nr_held;
}

static int leave_only(cap_t caps, cap_flag_t flag, const cap_value_t *held,
		      int nr_held)
{
	if (cap_clear_flag(caps, flag) < 0)
		return -errno;
	/* none at all is -EINVAL to libcap */
	if (nr_held && cap_set_flag(caps, flag, nr_held, held, CAP_SET) < 0)
		return -errno;
	return 0;
}

/* Have the first @nr in force; and no other, ever again, where @is_for_good. */
static int set_capabilities(size_t nr, bool is_for_good)
{
	cap_value_t held[NR_KEPT];
	cap_t caps = cap_get_proc();
	int nr_held, r;

	if (!caps)
		return -errno;
	nr_held = find_held(caps, nr, held);
	r = leave_only(caps, CAP_EFFECTIVE, held, nr_held);
	if (!r && is_for_good)
		r = leave_only(caps, CAP_PERMITTED, held, nr_held);
	if (!r && is_for_good)
		r = leave_only(caps, CAP_INHERITABLE, NULL, 0);
	if (!r && cap_set_proc(caps) < 0)
		r = -errno;
	cap_free(caps);
	return r;
}

static bool can_sample(void)
{
	struct vprof_source_info info;
	unsigned int i;

	for (i = 0; vprof_source_probe(i, &info) == 0; i++)
		if (!strcmp(info.name, "perf_event"))
			return info.is_available;
	return false;
}

/*
 * Linux asks for CAP_PERFMON. Debian's and Ubuntu's ask for CAP_SYS_ADMIN where
 * kernel.perf_event_paranoid is above 2, as it is there from the start. Trying
 * tells for sure.
 */
static bool needs_admin(void)
{
	if (set_capabilities(NR_KEPT - 1, false) < 0 || can_sample())
		return false;
	return set_capabilities(NR_KEPT, false) == 0 && can_sample();
}

int vprof_privileges_drop(struct vprof_error *err)
{
	bool is_admin = needs_admin();
	int r = set_capabilities(is_admin ? NR_KEPT : NR_KEPT - 1, true);

	if (r < 0)
		return vprof_error_set(err, r,
				       "cannot give up capabilities: %s",
				       strerror(-r));
	if (is_admin)
		vprof_message(
			VPROF_LOG_INFO,
			"keeping CAP_SYS_ADMIN: this kernel asks for it while kernel.perf_event_paranoid is above 2");
	/* Nothing is ever executed; this makes sure of it. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return vprof_error_set(err, -errno,
				       "cannot set no_new_privs: %s",
				       strerror(errno));
	return 0;
}

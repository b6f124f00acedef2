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

enum {
	WANTED_DESCRIPTORS = 65536,
	WANTED_LOCKED_BYTES = 256 << 20,
};

static const cap_value_t kept[] = {
	CAP_PERFMON,         CAP_SYS_PTRACE, CAP_CHECKPOINT_RESTORE,
	CAP_DAC_READ_SEARCH, CAP_SYSLOG,
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

/* Of those to keep, what this process has. Return: how many, in @ret_held. */
static int find_held(cap_t caps, cap_value_t *ret_held)
{
	cap_flag_value_t value;
	size_t i;
	int nr = 0;

	for (i = 0; i < NR_KEPT; i++)
		if (cap_get_flag(caps, kept[i], CAP_PERMITTED, &value) == 0 &&
		    value == CAP_SET)
			ret_held[nr++] = kept[i];
	return nr;
}

static int drop_capabilities(void)
{
	cap_value_t held[NR_KEPT];
	cap_t caps = cap_get_proc();
	int nr, r = 0;

	if (!caps)
		return -errno;
	nr = find_held(caps, held);
	if (cap_clear(caps) < 0 ||
	    cap_set_flag(caps, CAP_PERMITTED, nr, held, CAP_SET) < 0 ||
	    cap_set_flag(caps, CAP_EFFECTIVE, nr, held, CAP_SET) < 0 ||
	    cap_set_proc(caps) < 0)
		r = -errno;
	cap_free(caps);
	return r;
}

int vprof_privileges_drop(struct vprof_error *err)
{
	int r = drop_capabilities();

	if (r < 0)
		return vprof_error_set(err, r,
				       "cannot give up capabilities: %s",
				       strerror(-r));
	/* Nothing is ever executed; this makes sure of it. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return vprof_error_set(err, -errno,
				       "cannot set no_new_privs: %s",
				       strerror(errno));
	return 0;
}

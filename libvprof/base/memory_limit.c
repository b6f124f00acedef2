// SPDX-License-Identifier: LGPL-2.1-or-later
/* How much memory there is for this process. */
#include "base/memory_limit.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/small_file.h"

enum { LEAST_BYTES = 64 << 20, GROUPS_LEN = 8192, PATH_LEN = PATH_MAX + 64 };

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t read_machine(void)
{
	long pages = sysconf(_SC_PHYS_PAGES);

	return pages > 0 ? (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE)
			 : UINT64_MAX;
}

static uint64_t read_rlimit(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_DATA, &limit) ? UINT64_MAX : limit.rlim_cur;
}

/* "max": there is none. */
static uint64_t read_bound(const char *group, const char *name)
{
	char path[PATH_LEN], line[32];

	snprintf(path, sizeof(path), "/sys/fs/cgroup%s/%s", group, name);
	if (!vprof_read_line(path, line, sizeof(line)) || *line < '0' ||
	    *line > '9')
		return UINT64_MAX;
	return strtoull(line, NULL, 10);
}

/* "0::/system.slice/vprofd.service": version 2's line. */
static uint64_t read_group(void)
{
	char groups[GROUPS_LEN] = "\n";
	ssize_t got = vprof_read_file("/proc/self/cgroup", groups + 1,
				      sizeof(groups) - 2);
	char *group;

	if (got < 0)
		return UINT64_MAX;
	groups[1 + got] = '\0';
	group = strstr(groups, "\n0::/");
	if (!group)
		return UINT64_MAX;
	group += strlen("\n0::");
	group[strcspn(group, "\n")] = '\0';
	return least(read_bound(group, "memory.max"),
		     read_bound(group, "memory.high"));
}

uint64_t vprof_memory_limit(void)
{
	static _Atomic uint64_t known;
	uint64_t limit = atomic_load_explicit(&known, memory_order_relaxed);

	if (limit)
		return limit;
	limit = least(least(read_machine(), read_rlimit()), read_group());
	if (limit < LEAST_BYTES)
		limit = LEAST_BYTES;
	atomic_store_explicit(&known, limit, memory_order_relaxed);
	return limit;
}

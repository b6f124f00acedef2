// SPDX-License-Identifier: LGPL-2.1-or-later
/* The domains of this machine: a table of those who know some. */
#include <vprof/domain.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "domain/domain_xen.h"

typedef int domain_fn(void *data, const struct vprof_domain_info *info);

static int for_each_host(domain_fn *fn, void *data)
{
	struct vprof_domain_info info = {
		.kind = "host",
		.id = 0,
		.name = "host",
		.names_from = "this host",
	};
	struct utsname uts;

	if (!uname(&uts))
		snprintf(info.about, sizeof(info.about), "%.60s %.60s",
			 uts.sysname, uts.release);
	return fn(data, &info);
}

/* In the order of listing. One that needs a library of its own returns 0 where
 * that library, or what it talks to, is missing. */
static int (*const providers[])(domain_fn *fn, void *data) = {
	for_each_host,
	vprof_domain_xen_for_each,
};

int vprof_domain_for_each(domain_fn *fn, void *data)
{
	int stop;

	for (size_t i = 0; i < sizeof(providers) / sizeof(providers[0]); i++) {
		stop = providers[i](fn, data);
		if (stop)
			return stop;
	}
	return 0;
}

struct search {
	const char *kind;
	uint64_t id;
	struct vprof_domain_info *info;
};

static int compare(void *data, const struct vprof_domain_info *info)
{
	const struct search *search = data;

	if (info->id != search->id || strcmp(info->kind, search->kind))
		return 0;
	*search->info = *info;
	return 1;
}

int vprof_domain_find(const char *kind, uint64_t id,
		      struct vprof_domain_info *ret_info)
{
	struct search search = { .kind = kind, .id = id, .info = ret_info };
	int ret = vprof_domain_for_each(compare, &search);

	if (ret < 0)
		return ret;
	return ret ? 0 : -ENOENT;
}

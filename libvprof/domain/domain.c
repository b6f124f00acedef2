// SPDX-License-Identifier: LGPL-2.1-or-later
/* The domains of this machine: a table of those who know some. */
#include <vprof/domain.h>

#include <stddef.h>
#include <stdio.h>
#include <sys/utsname.h>

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

// SPDX-License-Identifier: LGPL-2.1-or-later
/* The domains of this machine: a table of those who know some. */
#include <vprof/domain.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/small_file.h"
#include "domain/domain_kvm.h"
#include "domain/domain_xen.h"

typedef int domain_fn(void *data, const struct vprof_domain_info *info);

/* Of a guest of Xen's; dom0's is all zeroes. */
static void read_own_uuid(char *uuid, size_t size)
{
	if (!vprof_read_line("/sys/hypervisor/uuid", uuid, size) ||
	    strlen(uuid) != VPROF_DOMAIN_UUID_MAX - 1 ||
	    strspn(uuid, "0-") == strlen(uuid))
		*uuid = '\0';
}

static void describe_host(struct vprof_domain_info *ret_info)
{
	struct vprof_domain_info info = {
		.kind = "host",
		.id = 0,
		.name = "host",
		.names_from = "this host",
	};
	struct utsname uts;

	read_own_uuid(info.uuid, sizeof(info.uuid));
	if (!uname(&uts))
		snprintf(info.about, sizeof(info.about), "%.60s %.60s",
			 uts.sysname, uts.release);
	*ret_info = info;
}

static int for_each_host(domain_fn *fn, void *data)
{
	struct vprof_domain_info info;

	describe_host(&info);
	return fn(data, &info);
}

static int for_each_kvm(domain_fn *fn, void *data)
{
	return vprof_domain_kvm_for_each("/proc", fn, data);
}

static int find_kvm(uint64_t id, struct vprof_domain_info *ret_info)
{
	return vprof_domain_kvm_find("/proc", id, ret_info);
}

/*
 * In the order of listing. One that needs a library of its own knows no domain
 * where that library, or what it talks to, is missing. find: NULL: by listing.
 */
static const struct {
	const char *kind;
	int (*for_each)(domain_fn *fn, void *data);
	int (*find)(uint64_t id, struct vprof_domain_info *ret_info);
} providers[] = {
	{ "host", for_each_host, NULL },
	{ "kvm", for_each_kvm, find_kvm },
	{ "xen", vprof_domain_xen_for_each, NULL },
};

int vprof_domain_for_each(const char *kind, domain_fn *fn, void *data)
{
	int stop;

	for (size_t i = 0; i < sizeof(providers) / sizeof(providers[0]); i++) {
		if (kind && strcmp(kind, providers[i].kind))
			continue;
		stop = providers[i].for_each(fn, data);
		if (stop)
			return stop;
	}
	return 0;
}

struct search {
	uint64_t id;
	struct vprof_domain_info *info;
};

static int compare(void *data, const struct vprof_domain_info *info)
{
	const struct search *search = data;

	if (info->id != search->id)
		return 0;
	*search->info = *info;
	return 1;
}

int vprof_domain_find(const char *kind, uint64_t id,
		      struct vprof_domain_info *ret_info)
{
	struct search search = { .id = id, .info = ret_info };
	int ret = 0;

	for (size_t i = 0; i < sizeof(providers) / sizeof(providers[0]); i++) {
		if (strcmp(kind, providers[i].kind))
			continue;
		if (providers[i].find)
			return providers[i].find(id, ret_info);
		ret = providers[i].for_each(compare, &search);
	}
	if (ret < 0)
		return ret;
	return ret ? 0 : -ENOENT;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* The domains of a recording: an entry for the host and for each guest. */
#include "record/domain_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- an entry ------------------------------------------------------------- */

void vprof_recorded_domain_clear(struct vprof_recorded_domain *domain)
{
	vprof_guest_names_destroy(&domain->names);
	free(domain->accounts);
	memset(domain, 0, sizeof(*domain));
}

bool vprof_recorded_domain_is_meant(const char *text,
				    const struct vprof_domain_info *info)
{
	char id[32];

	snprintf(id, sizeof(id), "%llu", (unsigned long long)info->id);
	return !strcmp(text, info->name) ||
	       (*info->uuid && !strcmp(text, info->uuid)) || !strcmp(text, id);
}

/* ---- all of them ---------------------------------------------------------- */

const char *vprof_domain_table_get_kind(const struct vprof_domain_table *table)
{
	static const char *const kinds[] = {
		[VPROF_GUEST_NONE] = "",
		[VPROF_GUEST_KVM] = "kvm",
		[VPROF_GUEST_XEN] = "xen",
	};

	return kinds[vprof_domain_table_get_guests(table)];
}

struct vprof_recorded_domain *
vprof_domain_table_get(const struct vprof_domain_table *table,
		       unsigned int index)
{
	return table->domains[index];
}

struct vprof_recorded_domain *
vprof_domain_table_next_guest(const struct vprof_domain_table *table,
			      size_t *index)
{
	while (++*index < table->nr_domains)
		if (!vprof_recorded_domain_is_free(table->domains[*index]))
			return table->domains[*index];
	return NULL;
}

int vprof_domain_table_make_entry(struct vprof_domain_table *table)
{
	struct vprof_recorded_domain **domains;
	size_t nr = table->nr_domains;

	for (size_t i = 1; i < nr; i++)
		if (vprof_recorded_domain_is_free(table->domains[i]))
			return (int)i;
	if (nr == VPROF_RECORD_MAX_DOMAINS)
		return -ENOSPC;
	domains = reallocarray(table->domains, nr + 1, sizeof(*domains));
	if (!domains)
		return -ENOMEM;
	table->domains = domains;
	domains[nr] = calloc(1, sizeof(*domains[nr]));
	if (!domains[nr])
		return -ENOMEM;
	table->nr_domains++;
	return (int)nr;
}

int vprof_domain_table_find_guest(const struct vprof_domain_table *table,
				  uint64_t id)
{
	const struct vprof_recorded_domain *domain;

	for (size_t i = 0; (domain = vprof_domain_table_next_guest(table, &i));)
		if (!domain->is_gone && domain->info.id == id)
			return (int)i;
	return -ENOENT;
}

int vprof_domain_table_add_unknown(struct vprof_domain_table *table,
				   uint64_t id)
{
	struct vprof_recorded_domain *domain;
	int index = vprof_domain_table_make_entry(table);

	if (index < 0)
		return index;
	domain = table->domains[index];
	domain->info.kind = vprof_domain_table_get_kind(table);
	domain->info.id = id;
	return index;
}

/* ---- life ----------------------------------------------------------------- */

static int add_host(struct vprof_domain_table *table)
{
	struct vprof_recorded_domain *host;
	int ret;

	ret = vprof_domain_table_make_entry(table);
	if (ret < 0)
		return ret;
	host = table->domains[ret];
	ret = vprof_domain_find("host", 0, &host->info);
	if (ret)
		return ret;
	host->is_known = true;
	host->accounts = calloc(table->nr_events, sizeof(*host->accounts));
	return host->accounts ? 0 : -ENOMEM;
}

int vprof_domain_table_init(struct vprof_domain_table *table,
			    struct vprof_capture *capture,
			    struct vprof_store *store, unsigned int nr_events)
{
	table->capture = capture;
	table->store = store;
	table->nr_events = nr_events;
	table->others = calloc(nr_events, sizeof(*table->others));
	if (!table->others)
		return -ENOMEM;
	return add_host(table);
}

void vprof_domain_table_destroy(struct vprof_domain_table *table)
{
	vprof_name_search_free(table->search);
	for (size_t i = 0; i < table->nr_domains; i++) {
		vprof_recorded_domain_clear(table->domains[i]);
		free(table->domains[i]);
	}
	free(table->domains);
	free(table->others);
	memset(table, 0, sizeof(*table));
}

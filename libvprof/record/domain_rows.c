// SPDX-License-Identifier: LGPL-2.1-or-later
/* The domains' rows in the store: who they are. */
#include "record/domain_rows.h"

#include <stdio.h>

enum { SURELY_SOME = 1000 };

#define HIDDEN \
	"no samples of its own: here events are not counted while a guest runs (exclude_guest)"

/* Gone before it was looked at: its id is all that is left to say. */
static void name_by_id(struct vprof_domain_info *info)
{
	snprintf(info->name, sizeof(info->name), "%s-%llu", info->kind,
		 (unsigned long long)info->id);
	snprintf(info->names_from, sizeof(info->names_from),
		 "nothing: it was gone before it was looked at");
}

/* We work for it all the time, and it does nothing itself: that cannot be. */
static bool is_hidden(const struct vprof_recorded_domain *guest)
{
	return !guest->has_own && guest->nr_hypervisor >= SURELY_SOME;
}

static int write_domain(struct vprof_domain_table *table,
			struct vprof_recorded_domain *domain)
{
	const struct vprof_store_domain row = {
		.kind = domain->info.kind,
		.number = domain->info.id,
		.name = domain->info.name,
		.uuid = domain->info.uuid,
		.names_from = is_hidden(domain) ? HIDDEN
						: domain->info.names_from,
	};
	int64_t id = vprof_store_add_domain(table->store, &row);

	if (id < 0)
		return (int)id;
	domain->store_id = id;
	return 0;
}

static void find_out(struct vprof_recorded_domain *domain)
{
	struct vprof_domain_info info;

	if (domain->is_known)
		return;
	if (vprof_domain_find(domain->info.kind, domain->info.id, &info)) {
		name_by_id(&domain->info);
		domain->is_gone = true;
		return;
	}
	domain->info = info;
	domain->is_known = true;
}

/* Where its names come from may be another place than before. */
int vprof_domain_table_write_guest(struct vprof_domain_table *table,
				   struct vprof_recorded_domain *guest)
{
	vprof_guest_names_say(&guest->names, guest->info.names_from,
			      sizeof(guest->info.names_from));
	return write_domain(table, guest);
}

int vprof_domain_table_name(struct vprof_domain_table *table)
{
	struct vprof_recorded_domain *host = table->domains[0], *guest;
	int ret = 0;

	if (!host->store_id)
		ret = write_domain(table, host);
	for (size_t i = 0;
	     !ret && (guest = vprof_domain_table_next_guest(table, &i));) {
		find_out(guest);
		if (guest->is_active)
			snprintf(guest->info.names_from,
				 sizeof(guest->info.names_from),
				 "itself: its own profile has its samples");
		if (!guest->store_id)
			ret = write_domain(table, guest);
	}
	return ret;
}

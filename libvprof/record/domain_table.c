// SPDX-License-Identifier: LGPL-2.1-or-later
/* The domains of a recording: the host, and guests as they come and go. */
#include "record/domain_table.h"

#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vprof/sample.h>

enum { SURELY_SOME = 1000 };

#define HIDDEN \
	"no samples of its own: here events are not counted while a guest runs (exclude_guest)"

static const char *const guest_kinds[] = {
	[VPROF_GUEST_NONE] = "",
	[VPROF_GUEST_KVM] = "kvm",
	[VPROF_GUEST_XEN] = "xen",
};

/* ---- entries -------------------------------------------------------------- */

static void clear(struct vprof_recorded_domain *domain)
{
	vprof_guest_names_destroy(&domain->names);
	free(domain->accounts);
	memset(domain, 0, sizeof(*domain));
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

/* A free entry, or one more. */
static int make_entry(struct vprof_domain_table *table)
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

/* Not one that has gone: what still comes with that id is another's. */
static int find_by_id(const struct vprof_domain_table *table, uint64_t id)
{
	const struct vprof_recorded_domain *domain;

	for (size_t i = 0; (domain = vprof_domain_table_next_guest(table, &i));)
		if (!domain->is_gone && domain->info.id == id)
			return (int)i;
	return -ENOENT;
}

static int add_unknown(struct vprof_domain_table *table, uint64_t id)
{
	struct vprof_recorded_domain *domain;
	int index = make_entry(table);

	if (index < 0)
		return index;
	domain = table->domains[index];
	domain->info.kind = guest_kinds[vprof_domain_table_get_guests(table)];
	domain->info.id = id;
	return index;
}

static int find_whose(struct vprof_domain_table *table,
		      const struct vprof_sample *sample)
{
	int index;

	if (sample->domain < VPROF_RECORD_MAX_NUMBERS &&
	    table->by_number[sample->domain])
		return table->by_number[sample->domain];
	index = find_by_id(table, sample->pid);
	return index == -ENOENT ? add_unknown(table, sample->pid) : index;
}

/*
 * One that has started anew is another: what is known of the kernel that it had
 * is of the samples up to now. The entry of those is forgotten with the slice.
 */
static int restart(struct vprof_domain_table *table, int index)
{
	struct vprof_recorded_domain *before = table->domains[index];
	struct vprof_recorded_domain *guest;
	int next = make_entry(table);

	if (next < 0)
		return next;
	guest = table->domains[next];
	*guest = *before;
	vprof_guest_names_restart(&before->names, &guest->names);
	if (before->number)
		table->by_number[before->number] = (uint16_t)next;
	before->number = 0;
	before->accounts = NULL;
	before->is_gone = true;
	return next;
}

/* The module tells vCPUs apart in what it has numbered. */
static int follow(struct vprof_domain_table *table, int index,
		  const struct vprof_sample *sample)
{
	struct vprof_recorded_domain *guest = table->domains[index];
	bool is_first_cpu = !guest->number || !sample->pid;

	if (!vprof_guest_names_follow(&guest->names, sample->ip,
				      sample->time_ns, is_first_cpu))
		return index;
	index = restart(table, index);
	if (index > 0)
		vprof_guest_names_follow(&table->domains[index]->names,
					 sample->ip, sample->time_ns,
					 is_first_cpu);
	return index;
}

int vprof_domain_table_find(struct vprof_domain_table *table,
			    const struct vprof_sample *sample)
{
	int index;

	if (!sample->domain)
		return 0;
	index = find_whose(table, sample);
	if (index <= 0)
		return index;
	if (sample->context == VPROF_SAMPLE_HYPERVISOR)
		table->domains[index]->nr_hypervisor++;
	else
		table->domains[index]->has_own = true;
	return sample->context == VPROF_SAMPLE_KERNEL
		       ? follow(table, index, sample)
		       : index;
}

struct vprof_recorded_domain *
vprof_domain_table_get(const struct vprof_domain_table *table,
		       unsigned int index)
{
	return table->domains[index];
}

/* ---- who they are --------------------------------------------------------- */

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

bool vprof_recorded_domain_is_meant(const char *text,
				    const struct vprof_domain_info *info)
{
	char id[32];

	snprintf(id, sizeof(id), "%llu", (unsigned long long)info->id);
	return !strcmp(text, info->name) ||
	       (*info->uuid && !strcmp(text, info->uuid)) || !strcmp(text, id);
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
	return ret ? ret : vprof_domain_table_look(table);
}

/* ---- coming and going ----------------------------------------------------- */

static int number_domain(struct vprof_domain_table *table, uint16_t index)
{
	struct vprof_recorded_domain *domain = table->domains[index];
	struct vprof_account_pair *accounts;
	struct vprof_error err = { 0 };
	int number;

	accounts = calloc(table->nr_events, sizeof(*accounts));
	if (!accounts)
		return -ENOMEM;
	domain->is_active = vprof_domain_table_is_active(table, &domain->info);
	number = domain->is_active
			 ? vprof_capture_add_active_guest(table->capture,
							  domain->info.id, &err)
			 : vprof_capture_add_guest(table->capture,
						   domain->info.id, &err);
	if (number <= 0 || number >= VPROF_RECORD_MAX_NUMBERS) {
		free(accounts);
		vprof_log(VPROF_LOG_DEBUG, "%s: %s", domain->info.name,
			  err.text);
		return number < 0 ? number : -EPROTO;
	}
	domain->accounts = accounts;
	domain->number = (unsigned int)number;
	table->by_number[number] = index;
	return 0;
}

/* Of the same id. */
static bool is_same(const struct vprof_domain_info *a,
		    const struct vprof_domain_info *b)
{
	return a->start == b->start && !strcmp(a->uuid, b->uuid);
}

static bool still_exists(const struct vprof_recorded_domain *domain)
{
	struct vprof_domain_info info;

	return domain->is_known &&
	       !vprof_domain_find(domain->info.kind, domain->info.id, &info) &&
	       is_same(&info, &domain->info);
}

/* Read to its end, and in the store. */
static void forget(struct vprof_domain_table *table,
		   struct vprof_recorded_domain *domain)
{
	if (domain->number)
		table->by_number[domain->number] = 0;
	if (table->searched == domain) {
		vprof_name_search_stop(table->search);
		table->searched = NULL;
	}
	/* Failing, it costs names, no samples. */
	if (domain->store_id)
		vprof_guest_names_write(&domain->names, table->store);
	clear(domain);
}

static int add_guest(struct vprof_domain_table *table,
		     const struct vprof_domain_info *info)
{
	struct vprof_recorded_domain *domain;
	int index;

	index = find_by_id(table, info->id);
	if (index > 0) {
		domain = table->domains[index];
		domain->is_listed = domain->is_known &&
				    is_same(info, &domain->info);
		return 0;
	}
	index = add_unknown(table, info->id);
	if (index < 0)
		return index;
	domain = table->domains[index];
	domain->info = *info;
	domain->is_known = true;
	domain->is_listed = true;
	return 0;
}

static int add_listed(void *data, const struct vprof_domain_info *info)
{
	return add_guest(data, info);
}

/* Whom Xen's libraries do not list: Xen, where it is not known for whom. */
static int add_hypervisor(struct vprof_domain_table *table)
{
	static const struct vprof_domain_info info = {
		.kind = "hypervisor",
		.id = VPROF_DOMAIN_ID_XEN,
		.name = "hypervisor",
		.about = "Xen, for guests and for nobody",
		.names_from = "this Xen",
	};

	return vprof_capture_get_info(table->capture)->has_hypervisor
		       ? add_guest(table, &info)
		       : 0;
}

static int list_guests(struct vprof_domain_table *table)
{
	enum vprof_guest_kind kind = vprof_domain_table_get_guests(table);
	int ret = vprof_domain_for_each(guest_kinds[kind], add_listed, table);

	return ret ? ret : add_hypervisor(table);
}

/* Xen's are asked for all at once; KVM's make themselves known by a sample. */
static void look_who_is_gone(struct vprof_domain_table *table)
{
	bool lists = vprof_domain_table_get_guests(table) == VPROF_GUEST_XEN;
	struct vprof_recorded_domain *guest;

	for (size_t i = 0; (guest = vprof_domain_table_next_guest(table, &i));)
		guest->is_listed = false;
	if (lists)
		list_guests(table);
	for (size_t i = 0; (guest = vprof_domain_table_next_guest(table, &i));)
		guest->is_gone = lists ? !guest->is_listed
				       : !still_exists(guest);
}

static void forget_gone(struct vprof_domain_table *table)
{
	struct vprof_recorded_domain *guest;
	bool has_room = false;

	for (size_t i = 0;
	     (guest = vprof_domain_table_next_guest(table, &i));) {
		if (!guest->is_gone)
			continue;
		forget(table, guest);
		has_room = true;
	}
	for (size_t i = 0;
	     has_room && (guest = vprof_domain_table_next_guest(table, &i));)
		guest->is_refused = false;
}

static void number_new(struct vprof_domain_table *table)
{
	struct vprof_recorded_domain *guest;

	for (size_t i = 0; (guest = vprof_domain_table_next_guest(table, &i));)
		if (!guest->is_gone && !guest->number && !guest->is_refused)
			guest->is_refused = number_domain(table, (uint16_t)i) !=
					    0;
}

/* One that has a buffer is forgotten a slice later: that is read first. */
static void remove_gone(struct vprof_domain_table *table)
{
	struct vprof_recorded_domain *guest;

	for (size_t i = 0;
	     (guest = vprof_domain_table_next_guest(table, &i));) {
		if (!guest->is_gone)
			continue;
		if (guest->number)
			vprof_capture_remove_guest(table->capture,
						   guest->number);
		else
			forget(table, guest);
	}
}

/*
 * In this order: the capture gives the number of a guest that was removed to the
 * next that is added, and it has to be read to its end before.
 */
void vprof_domain_table_update(struct vprof_domain_table *table)
{
	struct vprof_recorded_domain *guest;

	for (size_t i = 0; (guest = vprof_domain_table_next_guest(table, &i));)
		guest->names.nr_starts_in_slice = 0;
	forget_gone(table);
	look_who_is_gone(table);
	number_new(table);
	remove_gone(table);
}

/* ---- life ----------------------------------------------------------------- */

static int add_host(struct vprof_domain_table *table)
{
	struct vprof_recorded_domain *host;
	int ret;

	ret = make_entry(table);
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
	int ret;

	table->capture = capture;
	table->store = store;
	table->nr_events = nr_events;
	table->others = calloc(nr_events, sizeof(*table->others));
	if (!table->others)
		return -ENOMEM;
	ret = add_host(table);
	if (ret || !vprof_domain_table_get_guests(table))
		return ret;
	ret = list_guests(table);
	for (size_t i = 1; !ret && i < table->nr_domains; i++)
		number_domain(table, (uint16_t)i);
	return ret;
}

void vprof_domain_table_destroy(struct vprof_domain_table *table)
{
	vprof_name_search_free(table->search);
	for (size_t i = 0; i < table->nr_domains; i++) {
		clear(table->domains[i]);
		free(table->domains[i]);
	}
	free(table->domains);
	free(table->others);
	memset(table, 0, sizeof(*table));
}

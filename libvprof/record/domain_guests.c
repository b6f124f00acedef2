// SPDX-License-Identifier: LGPL-2.1-or-later
/* Guests as they come and go while a recording runs: the capture is told of them. */
#include "record/domain_guests.h"

#include "base/log.h"
#include "record/domain_actives.h"
#include "record/domain_names.h"
#include "store/store_session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <vprof/sample.h>

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

/* One that has started anew has the number of what it was before. */
static bool is_in_use(const struct vprof_domain_table *table, int64_t store_id)
{
	const struct vprof_recorded_domain *guest;

	for (size_t i = 0; (guest = vprof_domain_table_next_guest(table, &i));)
		if (guest->store_id == store_id)
			return true;
	return false;
}

/* Read to its end, and in the store. */
static void forget(struct vprof_domain_table *table,
		   struct vprof_recorded_domain *domain)
{
	int64_t store_id = domain->store_id;

	if (domain->number)
		table->by_number[domain->number] = 0;
	vprof_domain_table_leave_names(table, domain);
	vprof_recorded_domain_clear(domain);
	if (store_id && !is_in_use(table, store_id))
		vprof_store_forget_domain(table->store, store_id);
}

static int add_guest(struct vprof_domain_table *table,
		     const struct vprof_domain_info *info)
{
	struct vprof_recorded_domain *domain;
	int index;

	index = vprof_domain_table_find_guest(table, info->id);
	if (index > 0) {
		domain = table->domains[index];
		domain->is_listed = domain->is_known &&
				    is_same(info, &domain->info);
		return 0;
	}
	index = vprof_domain_table_add_unknown(table, info->id);
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
	int ret = vprof_domain_for_each(vprof_domain_table_get_kind(table),
					add_listed, table);

	return ret ? ret : add_hypervisor(table);
}

int vprof_domain_table_begin_guests(struct vprof_domain_table *table)
{
	int ret;

	if (!vprof_domain_table_get_guests(table))
		return 0;
	ret = list_guests(table);
	for (size_t i = 1; !ret && i < table->nr_domains; i++)
		number_domain(table, (uint16_t)i);
	return ret;
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
		if (!guest->is_gone || guest->is_kept)
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

/* Return: whether no more samples have its number, once it is read to its end. */
static bool take_leave(const struct vprof_domain_table *table,
		       const struct vprof_recorded_domain *guest)
{
	int ret = vprof_capture_remove_guest(table->capture, guest->number);

	if (!ret || ret == -ENOENT)
		return true;
	vprof_log(VPROF_LOG_DEBUG, "%s is gone, and the capture keeps it: %s",
		  guest->info.name, strerror(-ret));
	return false;
}

/*
 * One that has a buffer is forgotten a slice later: that is read first. One that
 * the capture keeps is tried again then.
 */
static void remove_gone(struct vprof_domain_table *table)
{
	struct vprof_recorded_domain *guest;

	for (size_t i = 0;
	     (guest = vprof_domain_table_next_guest(table, &i));) {
		if (!guest->is_gone)
			continue;
		if (guest->number)
			guest->is_kept = !take_leave(table, guest);
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

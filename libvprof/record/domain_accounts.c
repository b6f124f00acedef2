// SPDX-License-Identifier: LGPL-2.1-or-later
/* The accounts of a recording's domains: what of them is in the store. */
#include "record/domain_accounts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <vprof/sample.h>

static int look(struct vprof_domain_table *table, unsigned int domain,
		struct vprof_account_pair *accounts)
{
	int ret = 0;

	for (unsigned int i = 0; !ret && i < table->nr_events; i++)
		ret = vprof_capture_get_accounts(table->capture, domain, i,
						 &accounts[i].now);
	return ret;
}

static void subtract(const struct vprof_account_pair *pair,
		     struct vprof_accounts *ret_grown)
{
	ret_grown->taken = pair->now.taken - pair->written.taken;
	ret_grown->delivered = pair->now.delivered - pair->written.delivered;
	for (size_t i = 0; i < VPROF_NR_LOSSES; i++)
		ret_grown->lost[i] = pair->now.lost[i] - pair->written.lost[i];
}

static bool is_nothing(const struct vprof_accounts *accounts)
{
	static const struct vprof_accounts nothing;

	return !memcmp(accounts, &nothing, sizeof(nothing));
}

struct grown_list {
	struct vprof_store_account *items;
	size_t nr;
};

static void append(const struct vprof_domain_table *table,
		   const struct vprof_account_pair *accounts,
		   const int64_t *events, int64_t domain,
		   struct grown_list *list)
{
	struct vprof_store_account *item;

	for (unsigned int i = 0; i < table->nr_events; i++) {
		item = &list->items[list->nr];
		item->event = events[i];
		item->domain = domain;
		subtract(&accounts[i], &item->grown);
		if (!is_nothing(&item->grown))
			list->nr++;
	}
}

/*
 * Samples that were delivered and then could not be kept. Whose they were is not
 * written down: the sums are exact, and the first domains bear it.
 */
static void take_back(struct vprof_domain_table *table, const int64_t *events,
		      const uint64_t *nr_not_stored, struct grown_list *list)
{
	struct vprof_accounts *grown;
	uint64_t nr, part;

	for (unsigned int i = 0; i < table->nr_events; i++) {
		table->not_stored_now[i] = nr_not_stored[i];
		nr = nr_not_stored[i] - table->not_stored_written[i];
		for (size_t j = 0; nr && j < list->nr; j++) {
			if (list->items[j].event != events[i])
				continue;
			grown = &list->items[j].grown;
			part = nr < grown->delivered ? nr : grown->delivered;
			grown->delivered -= part;
			grown->lost[VPROF_LOSS_NOT_STORED] += part;
			nr -= part;
		}
	}
}

static int look_at_all(struct vprof_domain_table *table, const int64_t *events,
		       struct grown_list *list)
{
	struct vprof_recorded_domain *domain;
	int ret;

	ret = look(table, 0, table->domains[0]->accounts);
	if (ret == -EOPNOTSUPP) {
		ret = look(table, VPROF_CAPTURE_ALL, table->others);
		if (!ret)
			append(table, table->others, events, 0, list);
		return ret;
	}
	for (size_t i = 0; !ret && i < table->nr_domains; i++) {
		domain = table->domains[i];
		if (vprof_recorded_domain_is_free(domain) || !domain->accounts)
			continue;
		if (i)
			ret = look(table, domain->number, domain->accounts);
		if (!ret)
			append(table, domain->accounts, events,
			       domain->store_id, list);
	}
	if (ret || !vprof_domain_table_get_guests(table))
		return ret;
	ret = look(table, VPROF_SAMPLE_OTHERS, table->others);
	if (!ret)
		append(table, table->others, events, 0, list);
	return ret;
}

int vprof_domain_table_get_grown(struct vprof_domain_table *table,
				 const int64_t *events,
				 const uint64_t *nr_not_stored,
				 struct vprof_store_account **ret_accounts,
				 size_t *ret_nr_accounts)
{
	struct grown_list list = { 0 };
	int ret;

	list.items = calloc((table->nr_domains + 1) * table->nr_events + 1,
			    sizeof(*list.items));
	if (!list.items)
		return -ENOMEM;
	ret = look_at_all(table, events, &list);
	if (ret) {
		free(list.items);
		return ret;
	}
	take_back(table, events, nr_not_stored, &list);
	*ret_accounts = list.items;
	*ret_nr_accounts = list.nr;
	return 0;
}

static void settle(const struct vprof_domain_table *table,
		   struct vprof_account_pair *accounts)
{
	for (unsigned int i = 0; accounts && i < table->nr_events; i++)
		accounts[i].written = accounts[i].now;
}

void vprof_domain_table_note_written(struct vprof_domain_table *table)
{
	for (size_t i = 0; i < table->nr_domains; i++)
		settle(table, table->domains[i]->accounts);
	settle(table, table->others);
	memcpy(table->not_stored_written, table->not_stored_now,
	       sizeof(table->not_stored_written));
}

/* Those in use that the capture has accounts of, the host first, then others. */
int vprof_domain_table_describe(const struct vprof_domain_table *table,
				unsigned int index, const char **ret_name,
				struct vprof_accounts *ret_accounts)
{
	const struct vprof_recorded_domain *domain;
	unsigned int nr = 0;
	int ret;

	for (size_t i = 0; i < table->nr_domains; i++) {
		domain = table->domains[i];
		if (vprof_recorded_domain_is_free(domain) ||
		    !domain->accounts || nr++ != index)
			continue;
		*ret_name = domain->info.name;
		ret = vprof_capture_get_accounts(table->capture, domain->number,
						 VPROF_CAPTURE_ALL,
						 ret_accounts);
		if (ret != -EOPNOTSUPP)
			return ret;
		return vprof_capture_get_accounts(
			table->capture, VPROF_CAPTURE_ALL, VPROF_CAPTURE_ALL,
			ret_accounts);
	}
	if (nr != index || !vprof_domain_table_get_guests(table))
		return -ENOENT;
	*ret_name = "other guests";
	ret = vprof_capture_get_accounts(table->capture, VPROF_SAMPLE_OTHERS,
					 VPROF_CAPTURE_ALL, ret_accounts);
	return ret == -EOPNOTSUPP ? -ENOENT : ret;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the stores have told of a query: each event, domain and reason once. */
#include "query/query_tables.h"

#include "base/keyed.h"
#include "query/asked.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- life -------------------------------------------------------------- */

static int copy_domains(struct vprof_query *query)
{
	size_t nr = query->options.nr_domains;

	query->domain_names = calloc(nr + 1, sizeof(char *));
	query->is_domain_known = calloc(nr + 1, sizeof(bool));
	if (!query->domain_names || !query->is_domain_known)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		query->domain_names[i] = strdup(query->options.domains[i]);
		if (!query->domain_names[i])
			return -ENOMEM;
	}
	return 0;
}

int vprof_query_init(struct vprof_query *query,
		     const struct vprof_query_options *options)
{
	struct vprof_intern *const tables[] = {
		&query->domain_keys, &query->who_keys,   &query->where_keys,
		&query->line_keys,   &query->label_keys, &query->node_keys,
		&query->way_keys,
	};
	int ret;

	query->options = *options;
	query->events.item_size = sizeof(struct vprof_query_event);
	query->domains.item_size = sizeof(struct vprof_query_domain);
	query->hypervisor.item_size = sizeof(struct vprof_query_symbol);
	query->guests.item_size = sizeof(struct vprof_query_guest);
	query->sessions.item_size = sizeof(struct vprof_query_session);
	query->unnamed.item_size = sizeof(struct vprof_query_unnamed);
	query->whos.item_size = sizeof(struct vprof_query_who);
	query->lines.item_size = sizeof(struct vprof_query_line);
	query->labels.item_size = sizeof(struct vprof_query_label);
	query->nodes.item_size = sizeof(struct vprof_query_node);
	query->ways.item_size = sizeof(struct vprof_query_way);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		ret = vprof_intern_init(tables[i]);
		if (ret)
			return ret;
	}
	if (query->options.event) {
		query->event = strdup(query->options.event);
		if (!query->event)
			return -ENOMEM;
	}
	return copy_domains(query);
}

static void free_events(struct vprof_query *query)
{
	struct vprof_query_event *event;

	for (size_t i = 0; i < query->events.nr_items; i++) {
		event = vprof_vector_get(&query->events, i);
		vprof_vector_destroy(&event->losses);
		vprof_vector_destroy(&event->sums);
	}
}

void vprof_query_destroy(struct vprof_query *query)
{
	struct vprof_vector *const vectors[] = {
		&query->whos,
		&query->events,
		&query->domains,
		&query->sessions,
		&query->guests,
		&query->hypervisor,
		&query->unnamed,
		&query->lines,
		&query->labels,
		&query->nodes,
		&query->ways,
		&query->profile_events,
		&query->profile_domains,
		&query->profile_sessions,
		&query->profile_unnamed,
		&query->profile_lines,
		&query->profile_losses,
	};

	free_events(query);
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		vprof_vector_destroy(vectors[i]);
	vprof_intern_destroy(&query->domain_keys);
	vprof_intern_destroy(&query->who_keys);
	vprof_intern_destroy(&query->where_keys);
	vprof_intern_destroy(&query->line_keys);
	vprof_intern_destroy(&query->label_keys);
	vprof_intern_destroy(&query->node_keys);
	vprof_intern_destroy(&query->way_keys);
	vprof_names_destroy(&query->names);
	for (size_t i = 0; query->domain_names && query->domain_names[i]; i++)
		free(query->domain_names[i]);
	free(query->domain_names);
	free(query->is_domain_known);
	free(query->event);
}

/* ---- texts ------------------------------------------------------------- */

static const char *get_name(const struct vprof_query *query, uint32_t name)
{
	return vprof_names_get(&query->names, name);
}

int vprof_query_take_name(struct vprof_query *query, sqlite3_stmt *row,
			  int column, uint32_t *ret_name)
{
	const char *text = (const char *)sqlite3_column_text(row, column);
	int64_t name = vprof_names_add(&query->names, text ? text : "");

	if (name < 0)
		return (int)name;
	*ret_name = (uint32_t)name;
	return 0;
}

/* ---- events ------------------------------------------------------------ */

int64_t vprof_query_find_event(struct vprof_query *query,
			       const struct vprof_query_event *wanted)
{
	struct vprof_query_event *event;

	for (size_t i = 0; i < query->events.nr_items; i++) {
		event = vprof_vector_get(&query->events, i);
		if (event->name != wanted->name)
			continue;
		if (event->period != wanted->period ||
		    event->is_frequency != wanted->is_frequency)
			event->period = 0;
		return (int64_t)i;
	}
	if (query->events.nr_items == VPROF_QUERY_MAX_EVENTS)
		return -EBADMSG;
	event = vprof_vector_add(&query->events);
	if (!event)
		return -ENOMEM;
	*event = *wanted;
	event->is_wanted =
		!query->event ||
		!strcasecmp(query->event, get_name(query, event->name));
	event->losses.item_size = sizeof(struct vprof_query_loss);
	event->sums.item_size = sizeof(struct vprof_profile_sums);
	/* As many sums as domains, always. */
	for (size_t i = 0; i < query->domains.nr_items; i++)
		if (!vprof_vector_add(&event->sums))
			return -ENOMEM;
	return (int64_t)query->events.nr_items - 1;
}

int vprof_query_add_loss(struct vprof_query *query, uint32_t number,
			 uint32_t reason, uint64_t count)
{
	struct vprof_query_event *event =
		vprof_vector_get(&query->events, number);
	struct vprof_query_loss *loss;

	for (size_t i = 0; i < event->losses.nr_items; i++) {
		loss = vprof_vector_get(&event->losses, i);
		/* Past the last reason, in a foreign store, all are one. */
		if (loss->reason == reason || i == VPROF_QUERY_MAX_REASONS) {
			vprof_add_saturated(&loss->count, count);
			return 0;
		}
	}
	loss = vprof_vector_add(&event->losses);
	if (!loss)
		return -ENOMEM;
	loss->reason = reason;
	loss->count = count;
	return 0;
}

/* ---- domains ----------------------------------------------------------- */

static bool is_domain_wanted(struct vprof_query *query,
			     const struct vprof_query_domain *domain)
{
	bool is_wanted = !query->options.nr_domains;

	for (size_t i = 0; i < query->options.nr_domains; i++) {
		if (!vprof_is_asked_for(query->domain_names[i],
					get_name(query, domain->name),
					get_name(query, domain->kind),
					domain->number))
			continue;
		query->is_domain_known[i] = true;
		is_wanted = true;
	}
	return is_wanted;
}

static void add_uuid(const struct vprof_query *query,
		     struct vprof_query_domain *domain, uint32_t uuid)
{
	if (uuid == domain->uuid || !*get_name(query, uuid))
		return;
	if (*get_name(query, domain->uuid))
		domain->has_uuids = true;
	else
		domain->uuid = uuid;
}

/* -ENOENT: there is none of that name and kind yet. */
static int64_t find_same(struct vprof_query *query,
			 const struct vprof_query_domain *wanted)
{
	struct vprof_intern *keys = &query->domain_keys;
	struct vprof_query_domain *domain;
	int64_t number;
	bool is_new;

	if (!vprof_intern_has(keys, wanted->name, wanted->kind))
		return -ENOENT;
	number = vprof_intern_get(keys, wanted->name, wanted->kind, &is_new)
			 ->id -
		 1;
	domain = vprof_vector_get(&query->domains, number);
	add_uuid(query, domain, wanted->uuid);
	if (wanted->is_by_itself)
		domain->names_from = wanted->names_from;
	return number;
}

static int64_t add_domain(struct vprof_query *query,
			  const struct vprof_query_domain *wanted)
{
	struct vprof_query_domain *domain;
	struct vprof_query_event *event;
	void *item;

	if (query->domains.nr_items == VPROF_QUERY_MAX_DOMAINS)
		return -EBADMSG;
	if (vprof_keyed_get(&query->domain_keys, &query->domains, wanted->name,
			    wanted->kind, &item) < 0)
		return -ENOMEM;
	domain = item;
	*domain = *wanted;
	domain->is_wanted = is_domain_wanted(query, wanted);
	for (size_t i = 0; i < query->events.nr_items; i++) {
		event = vprof_vector_get(&query->events, i);
		if (!vprof_vector_add(&event->sums))
			return -ENOMEM;
	}
	return (int64_t)query->domains.nr_items - 1;
}

static bool is_guest(const struct vprof_query *query,
		     const struct vprof_query_domain *domain)
{
	const char *kind = get_name(query, domain->kind);

	return strcmp(kind, "host") != 0 && strcmp(kind, "hypervisor") != 0;
}

/* Those past the bound are one: a host may start a machine for each job. */
static int64_t find_others(struct vprof_query *query,
			   const struct vprof_query_domain *wanted)
{
	int64_t name = vprof_names_add(&query->names, "other guests");
	int64_t none = vprof_names_add(&query->names, "");
	struct vprof_query_domain others = { .kind = wanted->kind };
	int64_t number;

	if (name < 0 || none < 0)
		return -ENOMEM;
	others.name = (uint32_t)name;
	others.names_from = (uint32_t)none;
	others.uuid = (uint32_t)none;
	number = find_same(query, &others);
	return number == -ENOENT ? add_domain(query, &others) : number;
}

int64_t vprof_query_find_domain(struct vprof_query *query,
				const struct vprof_query_domain *wanted)
{
	int64_t number = find_same(query, wanted);

	if (number != -ENOENT)
		return number;
	if (query->domains.nr_items >=
		    VPROF_QUERY_MAX_DOMAINS - VPROF_QUERY_KEPT_DOMAINS &&
	    is_guest(query, wanted))
		return find_others(query, wanted);
	return add_domain(query, wanted);
}

/* ---- what has no names ------------------------------------------------- */

int vprof_query_add_unnamed(struct vprof_query *query, uint32_t image,
			    uint32_t why, uint64_t samples)
{
	struct vprof_query_unnamed *unnamed = NULL;
	bool is_found = false;

	/* Images are few, and those without names fewer. */
	for (size_t i = 0; i < query->unnamed.nr_items && !is_found; i++) {
		unnamed = vprof_vector_get(&query->unnamed, i);
		is_found = unnamed->image == image && unnamed->why == why;
	}
	/* A foreign store's many are one, past the bound. */
	if (!is_found && query->unnamed.nr_items < VPROF_QUERY_MAX_UNNAMED) {
		unnamed = vprof_vector_add(&query->unnamed);
		if (!unnamed)
			return -ENOMEM;
		unnamed->image = image;
		unnamed->why = why;
	}
	vprof_add_saturated(&unnamed->samples, samples);
	return 0;
}

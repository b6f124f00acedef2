// SPDX-License-Identifier: LGPL-2.1-or-later
/* Profiles that guests recorded of themselves: which guest of the host's it is. */
#include "query/query_guests.h"

#include "base/sorted.h"
#include "query/query_input.h"
#include "store/db.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

/* Clocks of one machine, and slices that begin at different times. */
enum { SLACK_NS = 2000000000 };

static int get_span(struct sqlite3 *db, int64_t *ret_start_ns,
		    int64_t *ret_end_ns)
{
	int ret = vprof_db_get(db, "SELECT ifnull(min(start_ns), 0) FROM slice",
			       ret_start_ns);

	if (ret)
		return ret;
	/* A foreign store's may be far below: nothing is taken from that. */
	if (*ret_start_ns < 0)
		*ret_start_ns = 0;
	return vprof_db_get(db, "SELECT ifnull(max(end_ns), 0) FROM slice",
			    ret_end_ns);
}

/* ---- the host's -------------------------------------------------------- */

/* What all guests of a store have in common. */
struct host {
	struct vprof_query *query;
	struct vprof_query_guest guest;
};

static int take_guest(void *data, sqlite3_stmt *row)
{
	const struct host *host = data;
	struct vprof_query *query = host->query;
	struct vprof_query_guest *guest;
	int ret;

	/* past the bound nobody's own profile is tied to it */
	if (query->guests.nr_items == VPROF_QUERY_MAX_DOMAINS)
		return 0;
	guest = vprof_vector_add(&query->guests);
	if (!guest)
		return -ENOMEM;
	*guest = host->guest;
	guest->domain.number = (uint64_t)sqlite3_column_int64(row, 1);
	ret = vprof_query_take_name(query, row, 0, &guest->domain.kind);
	if (!ret)
		ret = vprof_query_take_name(query, row, 2, &guest->domain.name);
	if (!ret)
		ret = vprof_query_take_name(query, row, 3, &guest->domain.uuid);
	guest->has_samples = sqlite3_column_int(row, 4);
	return ret;
}

static int take_symbol(void *data, sqlite3_stmt *row)
{
	struct vprof_query *query = data;
	struct vprof_query_symbol *symbol;

	symbol = vprof_vector_add(&query->hypervisor);
	if (!symbol)
		return -ENOMEM;
	symbol->offset = (uint64_t)sqlite3_column_int64(row, 0);
	symbol->size = (uint64_t)sqlite3_column_int64(row, 1);
	return vprof_query_take_name(query, row, 2, &symbol->name);
}

int vprof_query_take_guests(struct vprof_query *query, struct sqlite3 *db)
{
	struct host host = {
		.query = query,
		.guest.first_symbol = query->hypervisor.nr_items,
	};
	int ret;

	ret = get_span(db, &host.guest.start_ns, &host.guest.end_ns);
	/* SQLite's numbers are signed, offsets are not. */
	if (!ret)
		ret = vprof_db_select(db,
				      "SELECT offset, size, name FROM symbol "
				      "WHERE image IN (SELECT id FROM image "
				      "WHERE kind = 'hypervisor') "
				      "ORDER BY offset < 0, offset",
				      take_symbol, query);
	host.guest.nr_symbols =
		query->hypervisor.nr_items - host.guest.first_symbol;
	if (!ret)
		ret = vprof_db_select(db,
				      "SELECT kind, number, name, uuid, id IN "
				      "(SELECT domain FROM charge) FROM domain "
				      "WHERE kind <> 'host' AND uuid <> '' "
				      "ORDER BY id",
				      take_guest, &host);
	return ret;
}

/* ---- a guest's own ------------------------------------------------------ */

static void set_sessions_apart(struct vprof_input *input)
{
	struct vprof_vector *sessions = &input->query->sessions;
	struct vprof_query_session *session;

	for (size_t i = input->first_session; i < sessions->nr_items; i++) {
		session = vprof_vector_get(sessions, i);
		session->is_guests = true;
	}
}

static bool overlaps(const struct vprof_query_guest *guest, int64_t start_ns,
		     int64_t end_ns)
{
	return guest->start_ns - SLACK_NS < end_ns &&
	       start_ns - SLACK_NS < guest->end_ns;
}

static int tie(struct vprof_input *input, const struct vprof_query_guest *guest,
	       struct vprof_query_domain *domain)
{
	int64_t names_from;

	names_from = vprof_names_add(&input->query->names, "its own profile");
	if (names_from < 0)
		return (int)names_from;
	input->tied = guest;
	*domain = guest->domain;
	domain->names_from = (uint32_t)names_from;
	domain->is_by_itself = true;
	set_sessions_apart(input);
	return 0;
}

int vprof_query_tie_host(struct vprof_input *input,
			 struct vprof_query_domain *domain)
{
	struct vprof_query *query = input->query;
	const struct vprof_query_guest *guest;
	int64_t start_ns, end_ns;
	int ret;

	if (!query->guests.nr_items ||
	    strcmp(vprof_names_get(&query->names, domain->kind), "host") != 0 ||
	    !*vprof_names_get(&query->names, domain->uuid))
		return 0;
	ret = get_span(input->db, &start_ns, &end_ns);
	for (size_t i = 0; !ret && i < query->guests.nr_items; i++) {
		guest = vprof_vector_get(&query->guests, i);
		if (guest->domain.uuid != domain->uuid)
			continue;
		input->untied = guest;
		if (end_ns && !overlaps(guest, start_ns, end_ns))
			continue;
		if (guest->has_samples)
			break;
		return tie(input, guest, domain);
	}
	return ret ? ret : -EXDEV;
}

uint32_t vprof_query_name_hypervisor(const struct vprof_input *input,
				     uint64_t offset)
{
	const struct vprof_query_guest *guest = input->tied;
	const struct vprof_query_symbol *symbols;
	size_t i;

	if (!guest || !guest->nr_symbols)
		return 0;
	symbols = vprof_vector_get(&input->query->hypervisor,
				   guest->first_symbol);
	i = vprof_sorted_count_upto(
		VPROF_SORTED_BY(symbols, guest->nr_symbols, offset), offset);
	if (!i || offset - symbols[i - 1].offset >= symbols[i - 1].size)
		return 0;
	return symbols[i - 1].name;
}

int vprof_query_explain_untied(const struct vprof_input *input,
			       const char *path, struct vprof_error *err)
{
	const struct vprof_query_guest *guest = input->untied;
	const char *name;

	if (!guest)
		return vprof_error_set(err, -EXDEV,
				       "%s is what a guest recorded of itself, "
				       "and none of the other profiles is of "
				       "its host: they do not belong together",
				       path);
	name = vprof_names_get(&input->query->names, guest->domain.name);
	if (guest->has_samples)
		return vprof_error_set(err, -EXDEV,
				       "%s is what %s recorded of itself, and "
				       "its host's profile has samples of %s "
				       "too: one of them counts twice. Look at "
				       "each alone",
				       path, name, name);
	return vprof_error_set(err, -EXDEV,
			       "%s is what %s recorded of itself, but not when "
			       "its host's profile was recorded: give those of "
			       "one session",
			       path, name);
}

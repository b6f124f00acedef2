// SPDX-License-Identifier: LGPL-2.1-or-later
/* A rolling store: what only dropped slices mentioned goes after them. */
#include "store/store_sweep.h"

#include "store/db.h"
#include "store/store_last_use.h"

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>

struct sweep {
	struct vprof_store *store;
	uint32_t oldest_slice;
	const char *sql;
	struct sqlite3_stmt *drop;
	int ret;
};

/* Drops the row of an entry that was last used before the oldest slice. */
static bool sweep_entry(const struct vprof_intern_entry *entry, void *data)
{
	struct sweep *sweep = data;

	if (entry->stamp >= sweep->oldest_slice || sweep->ret)
		return false;
	sqlite3_bind_int64(sweep->drop, 1, entry->id);
	sweep->ret = vprof_db_run(sweep->drop);
	return !sweep->ret;
}

static int sweep_table(struct sweep *sweep, struct vprof_intern *table,
		       const char *sql)
{
	int ret;

	ret = vprof_db_prepare(sweep->store->db, sql, &sweep->drop);
	if (ret)
		return ret;
	ret = vprof_intern_remove_if(table, sweep_entry, sweep);
	sqlite3_finalize(sweep->drop);
	return ret ? ret : sweep->ret;
}

/* The node of each chain id, to walk from callees to callers. */
static struct vprof_intern_entry **index_chains(struct vprof_store *store)
{
	struct vprof_intern *chains = &store->chains;
	struct vprof_intern_entry **by_id;

	by_id = calloc(chains->next_id, sizeof(struct vprof_intern_entry *));
	for (size_t i = 0; by_id && i < chains->nr_slots; i++)
		if (chains->entries[i].id)
			by_id[chains->entries[i].id] = &chains->entries[i];
	return by_id;
}

static void raise_stamp(uint32_t *stamp, uint32_t other)
{
	if (*stamp < other)
		*stamp = other;
}

/*
 * What a chain in use mentions is in use: its callers, and the places of all.
 * A caller's id is below its callee's, so one pass downwards is enough.
 */
static int spread_stamps(struct vprof_store *store)
{
	struct vprof_intern_entry **by_id = index_chains(store);
	struct vprof_intern_entry *node;
	uint32_t *place_stamps;
	uint32_t parent;
	int ret = -ENOMEM;

	place_stamps = calloc(store->places.next_id, sizeof(*place_stamps));
	if (!by_id || !place_stamps)
		goto out;
	for (uint32_t id = store->chains.next_id; id-- > 1;) {
		node = by_id[id];
		if (!node)
			continue;
		parent = (uint32_t)node->a;
		if (parent && parent < id && by_id[parent])
			raise_stamp(&by_id[parent]->stamp, node->stamp);
		if (node->b < store->places.next_id)
			raise_stamp(&place_stamps[node->b], node->stamp);
	}
	for (size_t i = 0; i < store->places.nr_slots; i++)
		if (store->places.entries[i].id)
			raise_stamp(&store->places.entries[i].stamp,
				    place_stamps[store->places.entries[i].id]);
	ret = 0;
out:
	free(place_stamps);
	free(by_id);
	return ret;
}

/* An image is in use when a place is in it. */
static int stamp_images(struct vprof_store *store)
{
	const struct vprof_intern *places = &store->places;
	struct vprof_intern *images = &store->images;
	uint32_t *stamps;

	stamps = calloc(images->next_id, sizeof(*stamps));
	if (!stamps)
		return -ENOMEM;
	for (size_t i = 0; i < places->nr_slots; i++)
		if (places->entries[i].id &&
		    places->entries[i].a < images->next_id)
			raise_stamp(&stamps[places->entries[i].a],
				    places->entries[i].stamp);
	for (size_t i = 0; i < images->nr_slots; i++)
		raise_stamp(&images->entries[i].stamp,
			    stamps[images->entries[i].id]);
	free(stamps);
	return 0;
}

struct used_symbols {
	bool *is_used; /* by id */
	uint32_t nr;
};

static int note_symbol(void *data, sqlite3_stmt *row)
{
	const struct used_symbols *used = data;
	int64_t id = sqlite3_column_int64(row, 0);

	if (id > 0 && id < used->nr)
		used->is_used[id] = true;
	return 0;
}

/* A symbol is in use when a place has its name. */
static int stamp_symbols(struct vprof_store *store, uint32_t stamp)
{
	struct vprof_intern *symbols = &store->symbols;
	struct used_symbols used = { .nr = symbols->next_id };
	int ret;

	used.is_used = calloc(used.nr, sizeof(*used.is_used));
	if (!used.is_used)
		return -ENOMEM;
	ret = vprof_db_select(store->db, "SELECT symbol FROM place",
			      note_symbol, &used);
	for (size_t i = 0; i < symbols->nr_slots; i++)
		if (used.is_used[symbols->entries[i].id])
			symbols->entries[i].stamp = stamp;
	free(used.is_used);
	return ret;
}

static int sweep_process(void *data, sqlite3_stmt *row)
{
	sqlite3_stmt *drop = data;
	int64_t pid = sqlite3_column_int64(row, 1);

	if (pid <= 0 || pid > INT32_MAX || !kill((pid_t)pid, 0) ||
	    errno == EPERM)
		return 0;
	sqlite3_bind_int64(drop, 1, sqlite3_column_int64(row, 0));
	return vprof_db_run(drop);
}

/*
 * The recorder still knows a running process by its number, however long it was
 * idle; only the rows of processes that ended go. It may know one that just ended
 * too, and then the number must not be another's: the last one stays.
 */
static int sweep_processes(struct vprof_store *store)
{
	sqlite3_stmt *find = NULL, *drop = NULL;
	int ret;

	ret = vprof_db_prepare(store->db,
			       "SELECT id, pid FROM process WHERE id <= ? AND "
			       "id < (SELECT max(id) FROM process) AND "
			       "id NOT IN (SELECT process FROM charge)",
			       &find);
	if (!ret)
		ret = vprof_db_prepare(
			store->db, "DELETE FROM process WHERE id = ?", &drop);
	if (ret)
		goto out;
	sqlite3_bind_int64(find, 1, store->swept_process);
	ret = vprof_db_each(find, sweep_process, drop);
	if (!ret)
		ret = vprof_db_get(store->db,
				   "SELECT coalesce(max(id), 0) FROM process",
				   &store->swept_process);
out:
	sqlite3_finalize(drop);
	sqlite3_finalize(find);
	return ret;
}

struct sweep_domains {
	const struct vprof_store *store;
	sqlite3_stmt *drop;
};

static int sweep_domain(void *data, sqlite3_stmt *row)
{
	const struct sweep_domains *sweep = data;
	int64_t id = sqlite3_column_int64(row, 0);

	if (vprof_intern_has(&sweep->store->domains, (uint64_t)id, 0))
		return 0;
	sqlite3_bind_int64(sweep->drop, 1, id);
	return vprof_db_run(sweep->drop);
}

/* Guests come and go, and each start of one of KVM's is another. */
static int sweep_domains(struct vprof_store *store)
{
	struct sweep_domains sweep = { .store = store };
	int ret;

	ret = vprof_db_prepare(store->db, "DELETE FROM domain WHERE id = ?",
			       &sweep.drop);
	if (ret)
		return ret;
	ret = vprof_db_select(store->db,
			      "SELECT id FROM domain EXCEPT SELECT domain "
			      "FROM charge EXCEPT SELECT domain FROM process "
			      "EXCEPT SELECT domain FROM account "
			      "EXCEPT SELECT domain FROM loss",
			      sweep_domain, &sweep);
	sqlite3_finalize(sweep.drop);
	return ret;
}

/* The last one's number must not be given to the next: images are told by it. */
static int sweep_sessions(struct vprof_store *store)
{
	return vprof_db_exec(store->db, "DELETE FROM session WHERE id NOT IN "
					"(SELECT session FROM slice) AND "
					"id < (SELECT max(id) FROM session)");
}

int vprof_store_sweep(struct vprof_store *store, int64_t oldest_slice)
{
	struct sweep sweep = { .store = store, .oldest_slice = oldest_slice };
	int ret;

	ret = vprof_store_find_last_use(store);
	if (!ret)
		ret = spread_stamps(store);
	if (!ret)
		ret = sweep_table(&sweep, &store->charges,
				  "DELETE FROM charge WHERE id = ?");
	if (!ret)
		ret = sweep_table(&sweep, &store->chains,
				  "DELETE FROM chain WHERE id = ?");
	if (!ret)
		ret = sweep_table(&sweep, &store->places,
				  "DELETE FROM place WHERE id = ?");
	if (!ret)
		ret = stamp_images(store);
	if (!ret)
		ret = sweep_table(&sweep, &store->images,
				  "DELETE FROM image WHERE id = ?");
	if (!ret)
		ret = stamp_symbols(store, sweep.oldest_slice);
	if (!ret)
		ret = sweep_table(&sweep, &store->symbols,
				  "DELETE FROM symbol WHERE id = ?");
	if (!ret)
		ret = sweep_processes(store);
	if (!ret)
		ret = sweep_domains(store);
	return ret ? ret : sweep_sessions(store);
}

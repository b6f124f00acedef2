// SPDX-License-Identifier: LGPL-2.1-or-later
/* A rolling store: the oldest slices go as new ones come, within bytes and age. */
#include "store/store.h"

#include "store/db.h"

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * The bound is on the file and its write-ahead log together, in 16ths:
 *
 *   13  the file at most
 *    1  the log, before it is taken into the file (auto-checkpoint)
 *    2  what the log may grow to while a reader keeps that from happening
 *
 * Pages of dropped slices are used again; the file never shrinks, and need not.
 */
enum {
	PARTS = 16,
	FILE_PARTS = 13,
	LOG_PARTS = 1,
	BLOCKED_LOG_PARTS = 2,
	MIN_LOG_PAGES = 16,
	/* Of the file, kept free for the next slice. */
	SLACK_PARTS = 16,
	/* Names that no slice mentions any more go each time 1/n of all did. */
	SWEEP_PARTS = 4,
	SQL_MAX = 128,
	LOG_TIMEOUT_MS = 1000,
};

#define NS_PER_S 1000000000ll

static int64_t get_number(struct vprof_store *store,
			  enum vprof_store_statement which)
{
	sqlite3_stmt *statement = store->statements[which];
	int64_t value = 0;

	if (sqlite3_step(statement) == SQLITE_ROW)
		value = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return value;
}

static uint64_t count_used_pages(struct vprof_store *store)
{
	return get_number(store, VPROF_STORE_COUNT_PAGES) -
	       get_number(store, VPROF_STORE_COUNT_FREE_PAGES);
}

static uint64_t part_of_bound(const struct vprof_store *store, unsigned int n)
{
	return store->options.max_bytes / PARTS * n / VPROF_STORE_PAGE_BYTES;
}

void vprof_store_set_limits(struct vprof_store *store)
{
	uint64_t log_pages;
	char sql[SQL_MAX];

	if (!store->options.is_rolling || !store->options.max_bytes)
		return;
	store->limit_pages = part_of_bound(store, FILE_PARTS);
	log_pages = part_of_bound(store, LOG_PARTS);
	if (log_pages < MIN_LOG_PAGES)
		log_pages = MIN_LOG_PAGES;
	sqlite3_wal_autocheckpoint(store->db, (int)log_pages);
	snprintf(sql, sizeof(sql), "PRAGMA journal_size_limit = %llu",
		 (unsigned long long)log_pages * VPROF_STORE_PAGE_BYTES);
	vprof_db_exec(store->db, sql);
	/* The bound was larger before: once, the file has to shrink. */
	if ((uint64_t)get_number(store, VPROF_STORE_COUNT_PAGES) <=
	    store->limit_pages)
		return;
	if (!vprof_store_prune(store))
		vprof_db_exec(store->db, "VACUUM");
}

/* ---- slices ------------------------------------------------------------ */

struct slice {
	int64_t id;
	int64_t end_ns;
	int64_t first_sample;
	int64_t last_sample;
};

/* The oldest slice; -ENODATA where there is none. */
static int find_oldest(struct vprof_store *store, struct slice *ret_slice)
{
	sqlite3_stmt *find = store->statements[VPROF_STORE_FIND_OLDEST_SLICE];
	int code, ret;

	code = sqlite3_step(find);
	ret = vprof_db_errno(store->db, code);
	if (code == SQLITE_ROW)
		*ret_slice = (struct slice){
			.id = sqlite3_column_int64(find, 0),
			.end_ns = sqlite3_column_int64(find, 1),
			.first_sample = sqlite3_column_int64(find, 2),
			.last_sample = sqlite3_column_int64(find, 3),
		};
	else if (!ret)
		ret = -ENODATA;
	sqlite3_reset(find);
	return ret;
}

static int drop_slice(struct vprof_store *store, const struct slice *slice)
{
	const enum vprof_store_statement by_slice[] = {
		VPROF_STORE_DROP_ACCOUNTS,
		VPROF_STORE_DROP_LOSSES,
		VPROF_STORE_DROP_SLICE,
	};
	sqlite3_stmt *drop = store->statements[VPROF_STORE_DROP_SAMPLES];
	int ret;

	sqlite3_bind_int64(drop, 1, slice->first_sample);
	sqlite3_bind_int64(drop, 2, slice->last_sample);
	ret = vprof_db_run(drop);
	for (size_t i = 0; !ret && i < sizeof(by_slice) / sizeof(by_slice[0]);
	     i++) {
		drop = store->statements[by_slice[i]];
		sqlite3_bind_int64(drop, 1, slice->id);
		ret = vprof_db_run(drop);
	}
	if (!ret)
		store->nr_slices_dropped++;
	return ret;
}

static bool is_too_old(const struct vprof_store *store,
		       const struct slice *slice)
{
	struct timespec now;
	int64_t age_s;

	if (!store->options.max_age_s)
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	age_s = now.tv_sec - slice->end_ns / NS_PER_S;
	return age_s > (int64_t)store->options.max_age_s;
}

/* Is there room for one more slice, as large as the largest? */
static bool is_too_full(struct vprof_store *store)
{
	uint64_t slack = store->limit_pages / SLACK_PARTS;

	if (!store->limit_pages)
		return false;
	if (slack < 2 * store->largest_slice_pages)
		slack = 2 * store->largest_slice_pages;
	return count_used_pages(store) + slack > store->limit_pages;
}

static int drop_slices(struct vprof_store *store)
{
	struct slice oldest;
	int ret;

	for (;;) {
		ret = find_oldest(store, &oldest);
		if (ret == -ENODATA)
			return 0;
		if (ret)
			return ret;
		if (!is_too_old(store, &oldest) && !is_too_full(store))
			return 0;
		ret = drop_slice(store, &oldest);
		if (ret)
			return ret;
	}
}

/* ---- what only dropped slices mentioned -------------------------------- */

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

static uint32_t get_chain_stamp(const struct vprof_store *store, uint32_t id)
{
	return id < store->nr_chain_stamps ? store->chain_stamps[id] : 0;
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
		raise_stamp(&node->stamp, get_chain_stamp(store, id));
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

/*
 * The recorder still knows a running process by its number, however long it was
 * idle; only the rows of processes that ended go.
 */
static int sweep_processes(struct vprof_store *store)
{
	static const char find[] =
		"SELECT id, pid FROM process WHERE id <= ? AND id NOT IN "
		"(SELECT process FROM charge)";
	static const char drop[] = "DELETE FROM process WHERE id = ?";
	sqlite3_stmt *find_statement = NULL, *drop_statement = NULL;
	int64_t pid;
	int code = SQLITE_DONE, ret;

	ret = vprof_db_prepare(store->db, find, &find_statement);
	if (!ret)
		ret = vprof_db_prepare(store->db, drop, &drop_statement);
	if (ret)
		goto out;
	sqlite3_bind_int64(find_statement, 1, store->swept_process);
	while (!ret && (code = sqlite3_step(find_statement)) == SQLITE_ROW) {
		pid = sqlite3_column_int64(find_statement, 1);
		if (pid <= 0 || pid > INT32_MAX || !kill((pid_t)pid, 0) ||
		    errno == EPERM)
			continue;
		sqlite3_bind_int64(drop_statement, 1,
				   sqlite3_column_int64(find_statement, 0));
		ret = vprof_db_run(drop_statement);
	}
	if (!ret)
		ret = vprof_db_errno(store->db, code);
	if (!ret)
		ret = vprof_db_get(store->db,
				   "SELECT coalesce(max(id), 0) FROM process",
				   &store->swept_process);
out:
	sqlite3_finalize(drop_statement);
	sqlite3_finalize(find_statement);
	return ret;
}

/* A symbol is in use when a place has its name. */
static int stamp_symbols(struct vprof_store *store, uint32_t stamp)
{
	struct vprof_intern *symbols = &store->symbols;
	sqlite3_stmt *statement;
	bool *is_used;
	int64_t id;
	int code, ret;

	is_used = calloc(symbols->next_id, sizeof(*is_used));
	if (!is_used)
		return -ENOMEM;
	ret = vprof_db_prepare(store->db, "SELECT symbol FROM place",
			       &statement);
	if (ret)
		goto out;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		id = sqlite3_column_int64(statement, 0);
		if (id > 0 && id < symbols->next_id)
			is_used[id] = true;
	}
	ret = vprof_db_errno(store->db, code);
	sqlite3_finalize(statement);
	for (size_t i = 0; i < symbols->nr_slots; i++)
		if (is_used[symbols->entries[i].id])
			symbols->entries[i].stamp = stamp;
out:
	free(is_used);
	return ret;
}

static int sweep_names(struct vprof_store *store)
{
	struct sweep sweep = { .store = store };
	struct slice oldest = { .id = store->next_slice };
	int ret;

	ret = find_oldest(store, &oldest);
	if (ret && ret != -ENODATA)
		return ret;
	sweep.oldest_slice = oldest.id;
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
	store->nr_slices_dropped = 0;
	return ret;
}

static bool is_time_to_sweep(struct vprof_store *store)
{
	struct slice oldest;

	if (!store->nr_slices_dropped)
		return false;
	if (find_oldest(store, &oldest))
		return true;
	return store->nr_slices_dropped * SWEEP_PARTS >
	       (uint64_t)(store->next_slice - oldest.id);
}

/* ---- the log ----------------------------------------------------------- */

/* A reader that stays keeps the log from being settled: then nothing is added. */
static int check_log(struct vprof_store *store)
{
	uint64_t bound = part_of_bound(store, LOG_PARTS + BLOCKED_LOG_PARTS) *
			 VPROF_STORE_PAGE_BYTES;

	int ret;

	if (!store->limit_pages || vprof_store_get_log_size(store) < bound / 2)
		return 0;
	/* A report is over by then; meanwhile samples wait in their buffers. */
	sqlite3_busy_timeout(store->db, LOG_TIMEOUT_MS);
	ret = vprof_db_errno(
		store->db, sqlite3_wal_checkpoint_v2(store->db, NULL,
						     SQLITE_CHECKPOINT_TRUNCATE,
						     NULL, NULL));
	sqlite3_busy_timeout(store->db, VPROF_STORE_BUSY_TIMEOUT_MS);
	return ret;
}

int vprof_store_prune(struct vprof_store *store)
{
	uint64_t used, grown;
	int ret;

	if (!store->options.is_rolling)
		return 0;
	ret = check_log(store);
	if (ret)
		return ret;
	used = count_used_pages(store);
	grown = used > store->used_pages ? used - store->used_pages : 0;
	if (store->used_pages && grown > store->largest_slice_pages)
		store->largest_slice_pages = grown;
	ret = vprof_store_begin_write(store);
	if (!ret)
		ret = drop_slices(store);
	if (!ret && is_time_to_sweep(store))
		ret = sweep_names(store);
	if (!ret)
		ret = vprof_store_commit(store);
	if (ret)
		vprof_store_roll_back(store);
	store->used_pages = count_used_pages(store);
	return ret;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* A rolling store: the oldest slices go as new ones come, within bytes and age. */
#include "store/store_prune.h"

#include "base/now.h"
#include "store/db.h"
#include "store/store_size.h"
#include "store/store_sweep.h"
#include "store/store_transaction.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
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
	/* Of a machine that was off for a week all are too old: one second must
	 * not be spent on all of them. */
	MAX_OLD_AT_ONCE = 4096,
	SQL_MAX = 128,
	LOG_TIMEOUT_MS = 1000,
};

#define NS_PER_S 1000000000ll

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
	if (vprof_store_count_pages(store) <= store->limit_pages)
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

/* Return: 0; -ENODATA where there is none. */
static int find_slice(struct vprof_store *store, sqlite3_stmt *find,
		      struct slice *ret_slice)
{
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

static int find_oldest(struct vprof_store *store, struct slice *ret_slice)
{
	return find_slice(store,
			  store->statements[VPROF_STORE_FIND_OLDEST_SLICE],
			  ret_slice);
}

/* The first one that was not written while the clock was ahead. */
static int find_ended(struct vprof_store *store, int64_t now_ns,
		      struct slice *ret_slice)
{
	sqlite3_stmt *find = store->statements[VPROF_STORE_FIND_ENDED_SLICE];
	int ret;

	sqlite3_bind_int64(find, 1, store->ended_slice);
	sqlite3_bind_int64(find, 2, now_ns);
	ret = find_slice(store, find, ret_slice);
	if (!ret)
		store->ended_slice = ret_slice->id;
	else if (ret == -ENODATA)
		store->ended_slice = store->next_slice;
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

static bool is_past_age(const struct vprof_store *store,
			const struct slice *slice, int64_t now_ns)
{
	return (now_ns - slice->end_ns) / NS_PER_S >
	       (int64_t)store->options.max_age_s;
}

/* One that ends later than now is as old as the next that does not, at least. */
static bool is_too_old(struct vprof_store *store, const struct slice *slice)
{
	int64_t now_ns = (int64_t)vprof_now_ns(CLOCK_REALTIME);
	struct slice ended;

	if (!store->options.max_age_s)
		return false;
	if (slice->end_ns <= now_ns)
		return is_past_age(store, slice, now_ns);
	return !find_ended(store, now_ns, &ended) &&
	       is_past_age(store, &ended, now_ns);
}

/* Is there room for one more slice, as large as the largest? */
static bool is_too_full(struct vprof_store *store)
{
	uint64_t slack = store->limit_pages / SLACK_PARTS;

	if (!store->limit_pages)
		return false;
	if (slack < 2 * store->largest_slice_pages)
		slack = 2 * store->largest_slice_pages;
	return vprof_store_count_used_pages(store) + slack > store->limit_pages;
}

static int drop_slices(struct vprof_store *store)
{
	struct slice oldest;
	int nr, ret;

	for (nr = 0;; nr++) {
		ret = find_oldest(store, &oldest);
		if (ret == -ENODATA)
			return 0;
		if (ret)
			return ret;
		if ((nr >= MAX_OLD_AT_ONCE || !is_too_old(store, &oldest)) &&
		    !is_too_full(store))
			return 0;
		ret = drop_slice(store, &oldest);
		if (ret)
			return ret;
	}
}

static int sweep_if_due(struct vprof_store *store)
{
	struct slice oldest = { .id = store->next_slice };
	int ret;

	if (!store->nr_slices_dropped)
		return 0;
	ret = find_oldest(store, &oldest);
	if (ret && ret != -ENODATA)
		return ret;
	if (store->nr_slices_dropped * SWEEP_PARTS <=
	    (uint64_t)(store->next_slice - oldest.id))
		return 0;
	ret = vprof_store_sweep(store, oldest.id);
	store->nr_slices_dropped = 0;
	return ret;
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
	used = vprof_store_count_used_pages(store);
	grown = used > store->used_pages ? used - store->used_pages : 0;
	if (store->used_pages && grown > store->largest_slice_pages)
		store->largest_slice_pages = grown;
	ret = vprof_store_begin_write(store);
	if (!ret)
		ret = drop_slices(store);
	if (!ret)
		ret = sweep_if_due(store);
	if (!ret)
		ret = vprof_store_commit(store);
	if (ret)
		vprof_store_roll_back(store);
	store->used_pages = vprof_store_count_used_pages(store);
	return ret;
}

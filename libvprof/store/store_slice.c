// SPDX-License-Identifier: LGPL-2.1-or-later
/* A slice: one transaction, from its first row to its accounts. */
#include <vprof/store.h>

#include "store/db.h"
#include "store/store_places.h"
#include "store/store_prune.h"
#include "store/store_transaction.h"
#include "store/store_writer.h"

#include <errno.h>
#include <sqlite3.h>

int vprof_store_begin_slice(struct vprof_store *store, uint64_t start_ns)
{
	int ret;

	if (!store->session || store->is_in_slice)
		return -EINVAL;
	/* Who is in the session stays, should this slice be rolled back. */
	ret = vprof_store_commit(store);
	if (ret)
		return ret;
	ret = vprof_store_prune(store);
	if (ret)
		return ret;
	ret = vprof_store_begin_write(store);
	if (ret)
		return ret;
	store->is_in_slice = true;
	store->slice_start_ns = start_ns;
	vprof_store_rows_begin(&store->rows);
	return 0;
}

/* What a row without a weight counts; 0: the event is not of this session. */
static uint64_t get_usual_weight(const struct vprof_store *store,
				 const struct vprof_store_row *row)
{
	for (size_t i = 0; i < store->nr_events; i++)
		if (store->events[i].id == row->event)
			return store->events[i].weight_of_one * row->count;
	return 0;
}

int vprof_store_add_row(struct vprof_store *store,
			const struct vprof_store_row *row)
{
	struct vprof_store_numbers numbers = {
		.chain = (uint32_t)row->chain,
		.count = row->count,
		.weight = row->weight,
	};
	int64_t charge, place;

	if (!store->is_in_slice)
		return -EINVAL;
	charge = vprof_store_get_charge(store, row);
	if (charge < 0)
		return (int)charge;
	place = vprof_store_get_place(store, row->image, row->offset);
	if (place < 0)
		return (int)place;
	numbers.charge = (uint32_t)charge;
	numbers.place = (uint32_t)place;
	/* Most rows need none, and it is half of an item's bytes. */
	if (numbers.weight == get_usual_weight(store, row))
		numbers.weight = 0;
	return vprof_store_rows_add(&store->rows, &numbers);
}

static void bind_account(struct vprof_store *store, sqlite3_stmt *statement,
			 const struct vprof_store_account *account)
{
	sqlite3_bind_int64(statement, 1, store->next_slice);
	sqlite3_bind_int64(statement, 2, account->event);
	if (account->domain)
		sqlite3_bind_int64(statement, 3, account->domain);
	else
		sqlite3_bind_null(statement, 3);
}

static int add_losses(struct vprof_store *store,
		      const struct vprof_store_account *account)
{
	sqlite3_stmt *statement = store->statements[VPROF_STORE_ADD_LOSS];
	int ret;

	for (int i = 0; i < VPROF_NR_LOSSES; i++) {
		if (!account->grown.lost[i])
			continue;
		bind_account(store, statement, account);
		vprof_db_bind_text(statement, 4, vprof_loss_name(i));
		sqlite3_bind_int64(statement, 5, account->grown.lost[i]);
		ret = vprof_db_run(statement);
		if (ret)
			return ret;
	}
	return 0;
}

static int add_account(struct vprof_store *store,
		       const struct vprof_store_account *account)
{
	sqlite3_stmt *statement = store->statements[VPROF_STORE_ADD_ACCOUNT];
	int ret;

	bind_account(store, statement, account);
	sqlite3_bind_int64(statement, 4, account->grown.taken);
	sqlite3_bind_int64(statement, 5, account->grown.delivered);
	ret = vprof_db_run(statement);
	return ret ? ret : add_losses(store, account);
}

static int add_slice(struct vprof_store *store, uint64_t end_ns)
{
	sqlite3_stmt *statement = store->statements[VPROF_STORE_ADD_SLICE];

	sqlite3_bind_int64(statement, 1, store->next_slice);
	sqlite3_bind_int64(statement, 2, store->session);
	sqlite3_bind_int64(statement, 3,
			   store->slice_start_ns + store->wall_offset_ns);
	sqlite3_bind_int64(statement, 4, end_ns + store->wall_offset_ns);
	/* The ids of a transaction's rows follow each other. */
	sqlite3_bind_int64(statement, 5,
			   store->rows.last_id -
				   (int64_t)store->rows.nr_written + 1);
	sqlite3_bind_int64(statement, 6, store->rows.last_id);
	return vprof_db_run(statement);
}

static int write_end(struct vprof_store *store, uint64_t end_ns,
		     const struct vprof_store_account *accounts,
		     size_t nr_accounts)
{
	int ret;

	if (!store->is_in_slice)
		return -EINVAL;
	ret = vprof_store_rows_write(&store->rows,
				     store->statements[VPROF_STORE_ADD_SAMPLE]);
	if (ret)
		return ret;
	for (size_t i = 0; i < nr_accounts; i++) {
		ret = add_account(store, &accounts[i]);
		if (ret)
			return ret;
	}
	ret = add_slice(store, end_ns);
	if (ret)
		return ret;
	return vprof_store_commit(store);
}

int vprof_store_end_slice(struct vprof_store *store, uint64_t end_ns,
			  const struct vprof_store_account *accounts,
			  size_t nr_accounts, struct vprof_error *err)
{
	int ret;

	ret = write_end(store, end_ns, accounts, nr_accounts);
	if (ret) {
		vprof_store_cancel_slice(store);
		return vprof_db_explain(err, ret, store->path);
	}
	store->is_in_slice = false;
	store->next_slice++;
	return 0;
}

void vprof_store_cancel_slice(struct vprof_store *store)
{
	vprof_store_roll_back(store);
}

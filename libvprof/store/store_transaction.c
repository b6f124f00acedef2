// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is written becomes the store's, or was never there: in the file and in memory. */
#include "store/store_transaction.h"

#include "store/db.h"

#include <sqlite3.h>

int vprof_store_begin_write(struct vprof_store *store)
{
	if (store->error)
		return store->error;
	if (!sqlite3_get_autocommit(store->db))
		return 0;
	return vprof_db_run(store->statements[VPROF_STORE_BEGIN]);
}

void vprof_store_mark(struct vprof_store *store)
{
	struct vprof_store_marks *marks = &store->committed;

	marks->place = store->places.next_id;
	marks->chain = store->chains.next_id;
	marks->charge = store->charges.next_id;
	marks->symbol = store->symbols.next_id;
	marks->image = store->images.next_id;
	marks->last_row = store->rows.last_id;
}

int vprof_store_commit(struct vprof_store *store)
{
	int ret;

	if (sqlite3_get_autocommit(store->db))
		return 0;
	ret = vprof_db_run(store->statements[VPROF_STORE_COMMIT]);
	if (ret)
		return ret;
	vprof_store_mark(store);
	return 0;
}

static bool is_at_or_past(const struct vprof_intern_entry *entry, void *data)
{
	return entry->id >= *(uint32_t *)data;
}

/* Ids that were rolled back are forgotten, and not given out again. */
void vprof_store_roll_back(struct vprof_store *store)
{
	struct vprof_store_marks *marks = &store->committed;
	const struct {
		struct vprof_intern *table;
		uint32_t *mark;
	} tables[] = {
		{ &store->places, &marks->place },
		{ &store->chains, &marks->chain },
		{ &store->charges, &marks->charge },
		{ &store->symbols, &marks->symbol },
		{ &store->images, &marks->image },
	};
	int ret;

	if (!sqlite3_get_autocommit(store->db))
		vprof_db_exec(store->db, "ROLLBACK");
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		ret = vprof_intern_remove_if(tables[i].table, is_at_or_past,
					     tables[i].mark);
		if (ret)
			store->error = ret;
	}
	store->rows.last_id = marks->last_row;
	store->is_in_slice = false;
}

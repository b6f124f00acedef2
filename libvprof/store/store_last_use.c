// SPDX-License-Identifier: LGPL-2.1-or-later
/* A continued store: which slice was the last to mention what was there already. */
#include "store/store_last_use.h"

#include "store/db.h"
#include "store/places_text.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>

/* By id: the last slice that mentions it; 0: none does. */
struct last_use {
	uint32_t *stamps;
	uint32_t nr;
};

struct uses {
	struct last_use charges;
	struct last_use chains;
	struct last_use places;
};

static int init_use(struct last_use *use, const struct vprof_intern *table)
{
	use->nr = table->next_id;
	use->stamps = calloc(use->nr, sizeof(*use->stamps));
	return use->stamps ? 0 : -ENOMEM;
}

static void note(struct last_use *use, int64_t id, uint32_t slice)
{
	if (id > 0 && id < use->nr && use->stamps[id] < slice)
		use->stamps[id] = slice;
}

static int note_places(struct last_use *places, const char *text,
		       uint32_t slice)
{
	struct vprof_places_item item;
	int ret;

	ret = vprof_places_begin(&text);
	if (ret)
		return ret;
	while ((ret = vprof_places_next(&text, &item)) > 0)
		note(places, (int64_t)item.place, slice);
	return ret;
}

static int note_row(void *data, sqlite3_stmt *row)
{
	uint32_t slice = (uint32_t)sqlite3_column_int64(row, 0);
	struct uses *uses = data;

	note(&uses->charges, sqlite3_column_int64(row, 1), slice);
	note(&uses->chains, sqlite3_column_int64(row, 2), slice);
	return note_places(&uses->places,
			   (const char *)sqlite3_column_text(row, 3), slice);
}

static int scan(struct vprof_store *store, struct uses *uses)
{
	return vprof_db_select(store->db,
			       "SELECT slice.id, charge, chain, places "
			       "FROM slice CROSS JOIN sample ON sample.id "
			       "BETWEEN first_sample AND last_sample",
			       note_row, uses);
}

/* What was used since has a later stamp already. @use: NULL: none by itself. */
static void apply(struct vprof_intern *table, uint32_t loaded_slice,
		  const struct last_use *use)
{
	struct vprof_intern_entry *entry;

	for (size_t i = 0; i < table->nr_slots; i++) {
		entry = &table->entries[i];
		if (entry->id && entry->stamp == loaded_slice)
			entry->stamp = use ? use->stamps[entry->id] : 0;
	}
}

int vprof_store_find_last_use(struct vprof_store *store)
{
	struct uses uses = { 0 };
	uint32_t loaded = store->loaded_slice;
	int ret;

	if (!loaded)
		return 0;
	ret = init_use(&uses.charges, &store->charges);
	if (!ret)
		ret = init_use(&uses.chains, &store->chains);
	if (!ret)
		ret = init_use(&uses.places, &store->places);
	if (!ret)
		ret = scan(store, &uses);
	if (!ret) {
		apply(&store->charges, loaded, &uses.charges);
		apply(&store->chains, loaded, &uses.chains);
		apply(&store->places, loaded, &uses.places);
		apply(&store->images, loaded, NULL);
		apply(&store->symbols, loaded, NULL);
		store->loaded_slice = 0;
	}
	free(uses.charges.stamps);
	free(uses.chains.stamps);
	free(uses.places.stamps);
	/* Of rows that nobody can read it is not known: all stays. */
	return ret == -EBADMSG ? 0 : ret;
}

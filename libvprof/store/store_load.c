// SPDX-License-Identifier: LGPL-2.1-or-later
/* A continued store: what it holds already, taken into the writer's tables. */
#include "store/store_load.h"

#include "store/db.h"
#include "store/store_transaction.h"

#include <errno.h>
#include <sqlite3.h>

/* Beyond it so few numbers are left that it is better to begin a new store. */
enum { LAST_TO_BEGIN_WITH = VPROF_INTERN_MAX_ID - (64 << 20) };

/* A slice that went may have left accounts: they are in the order of slices. */
#define LAST_OF(table)                                                      \
	"coalesce((SELECT slice FROM " table " ORDER BY id DESC LIMIT 1), " \
	"0)"

/* The newest slice's number, as the time when what is there was last used. */
static int load_counters(struct vprof_store *store)
{
	int64_t slice;
	int ret;

	ret = vprof_db_get(store->db,
			   "SELECT max(coalesce((SELECT max(id) FROM slice), "
			   "0), " LAST_OF("account") ", " LAST_OF("loss") ")",
			   &slice);
	if (!ret)
		ret = vprof_db_get(store->db,
				   "SELECT coalesce(max(id), 0) FROM sample",
				   &store->rows.last_id);
	if (ret)
		return ret;
	if (slice < 0 || slice >= INT32_MAX || store->rows.last_id < 0 ||
	    store->rows.last_id >= INT64_MAX / 2)
		return -EBADMSG;
	store->next_slice = slice + 1;
	store->loaded_slice = (uint32_t)slice;
	return 0;
}

struct table {
	const struct vprof_store *store;
	struct vprof_intern *intern;
	const char *sql; /* id, and the pair */
};

static int load_row(void *data, sqlite3_stmt *row)
{
	const struct table *table = data;
	int64_t id = sqlite3_column_int64(row, 0);

	if (id <= 0 || id > VPROF_INTERN_MAX_ID)
		return -EBADMSG;
	return vprof_intern_put(table->intern, sqlite3_column_int64(row, 1),
				sqlite3_column_int64(row, 2), id,
				table->store->next_slice - 1);
}

int vprof_store_load(struct vprof_store *store)
{
	struct table tables[] = {
		{ store, &store->places,
		  "SELECT id, image, offset FROM place" },
		{ store, &store->chains,
		  "SELECT id, parent | context << 32, place FROM chain" },
		{ store, &store->charges,
		  "SELECT id, event << 40 | domain << 8 | context, process "
		  "FROM charge" },
		{ store, &store->symbols,
		  "SELECT id, image, offset FROM symbol" },
		{ store, &store->images, "SELECT id, id, 0 FROM image" },
	};
	int ret;

	ret = load_counters(store);
	for (size_t i = 0; !ret && i < sizeof(tables) / sizeof(tables[0]); i++)
		ret = vprof_db_select(store->db, tables[i].sql, load_row,
				      &tables[i]);
	for (size_t i = 0; !ret && i < sizeof(tables) / sizeof(tables[0]); i++)
		if (tables[i].intern->next_id > LAST_TO_BEGIN_WITH)
			ret = -EOVERFLOW;
	if (ret)
		return ret;
	vprof_store_mark(store);
	return 0;
}

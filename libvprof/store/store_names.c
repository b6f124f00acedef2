// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names for places, written into the store so that it reads the same anywhere. */
#include <vprof/store.h>

#include "base/vector.h"
#include "store/db.h"
#include "store/store_transaction.h"
#include "store/store_writer.h"

#include <errno.h>
#include <sqlite3.h>

/* A place that has no name yet. @symbol: -1 not tried, 0 there is none. */
struct unnamed {
	int64_t place;
	int64_t image;
	uint64_t offset;
	int64_t symbol;
};

/* Places of @image are being listed; 0: all. @list: struct unnamed */
struct listing {
	struct vprof_vector *list;
	int64_t image;
};

static int take_unnamed(void *data, sqlite3_stmt *row)
{
	const struct listing *listing = data;
	int64_t image = sqlite3_column_int64(row, 1);
	struct unnamed *item;

	if (listing->image && image != listing->image)
		return 0;
	item = vprof_vector_add(listing->list);
	if (!item)
		return -ENOMEM;
	item->place = sqlite3_column_int64(row, 0);
	item->image = image;
	item->offset = sqlite3_column_int64(row, 2);
	item->symbol = -1;
	return 0;
}

/* In the order of places, which is that of their numbers. */
static int list_unnamed(struct vprof_store *store, int64_t image,
			struct vprof_vector *list)
{
	sqlite3_stmt *statement = store->statements[VPROF_STORE_FIND_UNNAMED];
	struct listing listing = { list, image };

	sqlite3_bind_int64(statement, 1, store->named_upto);
	return vprof_db_each(statement, take_unnamed, &listing);
}

static int64_t get_symbol(struct vprof_store *store, int64_t image,
			  const struct vprof_symbol *symbol)
{
	sqlite3_stmt *statement = store->statements[VPROF_STORE_ADD_SYMBOL];
	struct vprof_intern_entry *entry;
	bool is_new;
	int ret;

	entry = vprof_intern_get(&store->symbols, image, symbol->offset,
				 &is_new);
	if (!entry)
		return -ENOMEM;
	if (!is_new)
		return entry->id;
	sqlite3_bind_int64(statement, 1, entry->id);
	sqlite3_bind_int64(statement, 2, image);
	sqlite3_bind_int64(statement, 3, symbol->offset);
	sqlite3_bind_int64(statement, 4, symbol->size);
	vprof_db_bind_text(statement, 5, symbol->name);
	ret = vprof_db_run(statement);
	return ret ? ret : (int64_t)entry->id;
}

static int explain_image(struct vprof_store *store, int64_t image,
			 const char *why)
{
	sqlite3_stmt *statement = store->statements[VPROF_STORE_EXPLAIN_IMAGE];

	sqlite3_bind_int64(statement, 1, image);
	vprof_db_bind_text(statement, 2, why);
	return vprof_db_run(statement);
}

static void await(struct vprof_store *store, int64_t place)
{
	if (!store->first_awaited || place < store->first_awaited)
		store->first_awaited = place;
}

/* Looks up the places of one image: @list's that carry its number. */
static int look_up(struct vprof_store *store, struct vprof_vector *list,
		   const struct vprof_store_names *names)
{
	struct vprof_symbol symbol;
	struct unnamed *item;
	int ret;

	ret = explain_image(store, names->image, names->why ? names->why : "");
	for (size_t i = 0; !ret && i < list->nr_items; i++) {
		item = vprof_vector_get(list, i);
		if (item->image != names->image)
			continue;
		if (!names->find ||
		    names->find(names->data, item->offset, &symbol)) {
			if (names->may_come)
				await(store, item->place);
			else
				item->symbol = 0;
			continue;
		}
		item->symbol = get_symbol(store, item->image, &symbol);
		if (item->symbol < 0)
			ret = item->symbol;
	}
	return ret;
}

/* Symbol 0: none covers the place. */
static int write_names(struct vprof_store *store,
		       const struct vprof_vector *list)
{
	sqlite3_stmt *statement = store->statements[VPROF_STORE_NAME_PLACE];
	const struct unnamed *item;
	int ret;

	for (size_t i = 0; i < list->nr_items; i++) {
		item = vprof_vector_get(list, i);
		if (item->symbol < 0)
			continue;
		sqlite3_bind_int64(statement, 1, item->place);
		sqlite3_bind_int64(statement, 2, item->symbol);
		ret = vprof_db_run(statement);
		if (ret)
			return ret;
	}
	return 0;
}

/* Outside of a slice names are a transaction of their own. */
static int end_names(struct vprof_store *store, int ret)
{
	if (store->is_in_slice)
		return ret;
	if (!ret)
		ret = vprof_store_commit(store);
	if (ret)
		vprof_store_roll_back(store);
	return ret;
}

int vprof_store_name_image(struct vprof_store *store,
			   const struct vprof_store_names *names)
{
	struct vprof_vector list = { .item_size = sizeof(struct unnamed) };
	int ret;

	ret = vprof_store_begin_write(store);
	if (ret)
		return ret;
	ret = list_unnamed(store, names->image, &list);
	if (!ret)
		ret = look_up(store, &list, names);
	if (!ret)
		ret = write_names(store, &list);
	vprof_vector_destroy(&list);
	return end_names(store, ret);
}

static int find_loaded(void *data, uint64_t offset,
		       struct vprof_symbol *ret_symbol)
{
	return vprof_symbols_find(data, offset, ret_symbol);
}

static bool has_unnamed(const struct vprof_vector *list, int64_t image)
{
	const struct unnamed *item;

	for (size_t i = 0; i < list->nr_items; i++) {
		item = vprof_vector_get(list, i);
		if (item->image == image)
			return true;
	}
	return false;
}

static int name_image(struct vprof_store *store, struct vprof_vector *list,
		      const struct vprof_image *image)
{
	struct vprof_symbols *symbols = NULL;
	struct vprof_error why = { 0 };
	struct vprof_store_names names = {
		.image = vprof_image_get_tag(image),
		.why = why.text,
	};
	int ret;

	if (!has_unnamed(list, names.image))
		return 0;
	if (!vprof_symbols_load(image, &symbols, &why)) {
		names.find = find_loaded;
		names.data = symbols;
		names.why = NULL;
	}
	ret = look_up(store, list, &names);
	vprof_symbols_free(symbols);
	return ret;
}

int vprof_store_name_places(struct vprof_store *store,
			    const struct vprof_image *const *images,
			    size_t nr_images, struct vprof_error *err)
{
	struct vprof_vector list = { .item_size = sizeof(struct unnamed) };
	int64_t last = store->places.next_id - 1;
	int ret;

	ret = vprof_store_begin_write(store);
	if (!ret)
		ret = list_unnamed(store, 0, &list);
	for (size_t i = 0; !ret && i < nr_images; i++)
		ret = name_image(store, &list, images[i]);
	if (!ret)
		ret = write_names(store, &list);
	vprof_vector_destroy(&list);
	ret = end_names(store, ret);
	if (ret)
		return vprof_db_explain(err, ret, store->path);
	store->named_upto = store->first_awaited ? store->first_awaited - 1
						 : last;
	store->first_awaited = 0;
	return 0;
}

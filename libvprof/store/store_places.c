// SPDX-License-Identifier: LGPL-2.1-or-later
/* Where samples are and whom they are charged to: places, chains, charges, each once. */
#include "store/store_places.h"

#include "store/db.h"
#include "store/store_transaction.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* Writes a new entry's row: its id and up to four numbers. */
static int add_numbers(struct vprof_store *store,
		       enum vprof_store_statement which, uint32_t id,
		       const int64_t *numbers, int nr_numbers)
{
	sqlite3_stmt *statement = store->statements[which];

	sqlite3_bind_int64(statement, 1, id);
	for (int i = 0; i < nr_numbers; i++)
		sqlite3_bind_int64(statement, 2 + i, numbers[i]);
	return vprof_db_run(statement);
}

int64_t vprof_store_get_place(struct vprof_store *store, int64_t image,
			      uint64_t offset)
{
	const int64_t numbers[] = { image, (int64_t)offset,
				    VPROF_STORE_NOT_LOOKED_UP };
	struct vprof_intern_entry *entry;
	bool is_new;
	int ret;

	entry = vprof_intern_get(&store->places, image, offset, &is_new);
	if (!entry)
		return -ENOMEM;
	entry->stamp = store->next_slice;
	if (!is_new)
		return entry->id;
	ret = add_numbers(store, VPROF_STORE_ADD_PLACE, entry->id, numbers, 3);
	return ret ? ret : (int64_t)entry->id;
}

/* Of a rolling store what no slice mentions goes when the process has ended. */
static int check_process(struct vprof_store *store, int64_t process)
{
	sqlite3_stmt *find = store->statements[VPROF_STORE_FIND_PROCESS];
	int64_t id;
	int ret;

	if (!process || !store->options.is_rolling)
		return 0;
	sqlite3_bind_int64(find, 1, process);
	ret = vprof_db_find(find, &id);
	return ret == -ENODATA ? -ESTALE : ret;
}

static bool is_of_id(const struct vprof_intern_entry *entry, void *data)
{
	return entry->id == *(const uint32_t *)data;
}

/* Return: @code. */
static int forget_charge(struct vprof_store *store, uint32_t id, int code)
{
	int ret = vprof_intern_remove_if(&store->charges, is_of_id, &id);

	return ret ? ret : code;
}

int64_t vprof_store_get_charge(struct vprof_store *store,
			       const struct vprof_store_row *row)
{
	const int64_t numbers[] = { row->event, row->domain, row->process,
				    row->context };
	struct vprof_intern_entry *entry;
	bool is_new;
	int ret;

	entry = vprof_intern_get(&store->charges,
				 (uint64_t)row->event << 40 |
					 (uint64_t)row->domain << 8 |
					 row->context,
				 row->process, &is_new);
	if (!entry)
		return -ENOMEM;
	entry->stamp = store->next_slice;
	if (!is_new)
		return entry->id;
	ret = check_process(store, row->process);
	if (ret)
		return forget_charge(store, entry->id, ret);
	ret = add_numbers(store, VPROF_STORE_ADD_CHARGE, entry->id, numbers, 4);
	return ret ? ret : (int64_t)entry->id;
}

/* A node of the tree of callers: @frame, called by @parent (0: by nobody). */
static int64_t get_node(struct vprof_store *store, int64_t parent,
			const struct vprof_store_frame *frame)
{
	struct vprof_intern_entry *entry;
	int64_t numbers[3] = { parent };
	int64_t place;
	bool is_new;
	int ret;

	place = vprof_store_get_place(store, frame->image, frame->offset);
	if (place < 0)
		return place;
	entry = vprof_intern_get(&store->chains,
				 parent | (uint64_t)frame->context << 32, place,
				 &is_new);
	if (!entry)
		return -ENOMEM;
	entry->stamp = store->next_slice;
	if (!is_new)
		return entry->id;
	numbers[1] = place;
	numbers[2] = frame->context;
	ret = add_numbers(store, VPROF_STORE_ADD_CHAIN, entry->id, numbers, 3);
	return ret ? ret : (int64_t)entry->id;
}

int64_t vprof_store_add_chain(struct vprof_store *store,
			      const struct vprof_store_frame *frames,
			      size_t nr_frames)
{
	int64_t node = 0;
	int ret;

	if (!nr_frames)
		return -EINVAL;
	ret = vprof_store_begin_write(store);
	if (ret)
		return ret;
	while (nr_frames--) {
		node = get_node(store, node, &frames[nr_frames]);
		if (node < 0)
			return node;
	}
	return node;
}

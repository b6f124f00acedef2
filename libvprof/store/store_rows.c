// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A slice's samples on their way into the store: those of one charge and chain
 * become one row, with its places as a JSON object.
 */
#include "store/store_rows.h"

#include "base/keyed.h"
#include "store/db.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

/*
 * A row of its own costs each place 17 bytes and 2,000 instructions; in a row
 * with others it is 10 and 100. A row ends at some 1,000 bytes: SQLite puts
 * several of these in a page, and needs no overflow pages, which are half empty.
 */
enum {
	TEXT_MAX = 1024,
	/* "2147483647":[count,weight], with 20 digits each */
	ITEM_MAX = 10 + 2 * 20 + 8,
	DIGITS_MAX = 20,
};

/* @next: index + 1 of the group's next, in the order they came; 0: none */
struct vprof_store_waiting {
	uint32_t place;
	uint32_t next;
	uint64_t count;
	uint64_t weight;
};

struct group {
	uint32_t charge;
	uint32_t chain;
	uint32_t first;
	uint32_t last;
};

int vprof_store_rows_init(struct vprof_store_rows *rows)
{
	rows->groups.item_size = sizeof(struct group);
	rows->waiting.item_size = sizeof(struct vprof_store_waiting);
	return vprof_intern_init(&rows->keys);
}

void vprof_store_rows_destroy(struct vprof_store_rows *rows)
{
	vprof_intern_destroy(&rows->keys);
	vprof_vector_destroy(&rows->groups);
	vprof_vector_destroy(&rows->waiting);
}

void vprof_store_rows_begin(struct vprof_store_rows *rows)
{
	vprof_intern_clear(&rows->keys);
	rows->groups.nr_items = 0;
	rows->waiting.nr_items = 0;
	rows->nr_written = 0;
}

static struct group *get_group(struct vprof_store_rows *rows, uint32_t charge,
			       uint32_t chain)
{
	struct group *group;
	int64_t id;
	void *new;

	id = vprof_keyed_get(&rows->keys, &rows->groups, charge, chain, &new);
	if (id < 0)
		return NULL;
	group = vprof_vector_get(&rows->groups, id - 1);
	group->charge = charge;
	group->chain = chain;
	return group;
}

int vprof_store_rows_add(struct vprof_store_rows *rows,
			 const struct vprof_store_numbers *numbers)
{
	struct vprof_store_waiting *item, *last;
	struct group *group;
	uint32_t number;

	group = get_group(rows, numbers->charge, numbers->chain);
	item = group ? vprof_vector_add(&rows->waiting) : NULL;
	if (!item || rows->waiting.nr_items > UINT32_MAX)
		return -ENOMEM;
	item->place = numbers->place;
	item->count = numbers->count;
	item->weight = numbers->weight;
	number = (uint32_t)rows->waiting.nr_items;
	if (group->last) {
		last = vprof_vector_get(&rows->waiting, group->last - 1);
		last->next = number;
	} else {
		group->first = number;
	}
	group->last = number;
	return 0;
}

/* ---- rows --------------------------------------------------------------- */

static char *put_number(char *out, uint64_t number)
{
	char digits[DIGITS_MAX];
	size_t at = DIGITS_MAX;

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	return mempcpy(out, digits + at, DIGITS_MAX - at);
}

/* "place":count, or "place":[count,weight] */
static char *put_item(char *out, const struct vprof_store_waiting *item)
{
	*out++ = '"';
	out = put_number(out, item->place);
	*out++ = '"';
	*out++ = ':';
	if (!item->weight)
		return put_number(out, item->count);
	*out++ = '[';
	out = put_number(out, item->count);
	*out++ = ',';
	out = put_number(out, item->weight);
	*out++ = ']';
	return out;
}

/* Puts as many of a group's places into a text as fit. Return: the first left. */
static uint32_t fill(const struct vprof_store_rows *rows, uint32_t number,
		     char *text, size_t *ret_length, uint64_t *ret_count)
{
	const struct vprof_store_waiting *item;
	char *out = text;

	*ret_count = 0;
	*out++ = '{';
	while (number && out - text < TEXT_MAX - ITEM_MAX) {
		item = vprof_vector_get(&rows->waiting, number - 1);
		if (out[-1] != '{')
			*out++ = ',';
		out = put_item(out, item);
		*ret_count += item->count;
		number = item->next;
	}
	*out++ = '}';
	*ret_length = (size_t)(out - text);
	return number;
}

static int write_group(struct vprof_store_rows *rows, const struct group *group,
		       sqlite3_stmt *insert)
{
	uint32_t number = group->first;
	char text[TEXT_MAX];
	uint64_t count;
	size_t length;
	int ret;

	while (number) {
		number = fill(rows, number, text, &length, &count);
		sqlite3_bind_int64(insert, 1, group->charge);
		if (group->chain)
			sqlite3_bind_int64(insert, 2, group->chain);
		else
			sqlite3_bind_null(insert, 2);
		sqlite3_bind_int64(insert, 3, (int64_t)count);
		sqlite3_bind_text(insert, 4, text, (int)length, SQLITE_STATIC);
		ret = vprof_db_run(insert);
		if (ret)
			return ret;
		rows->last_id =
			sqlite3_last_insert_rowid(sqlite3_db_handle(insert));
		rows->nr_written++;
	}
	return 0;
}

int vprof_store_rows_write(struct vprof_store_rows *rows, sqlite3_stmt *insert)
{
	int ret;

	for (size_t i = 0; i < rows->groups.nr_items; i++) {
		ret = write_group(rows, vprof_vector_get(&rows->groups, i),
				  insert);
		if (ret)
			return ret;
	}
	return 0;
}

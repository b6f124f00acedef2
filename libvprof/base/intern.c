// SPDX-License-Identifier: LGPL-2.1-or-later
/* Numbers for pairs of numbers: one id for each pair seen, and when it was last seen. */
#include "base/intern.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { FIRST_SLOTS = 256 };

/* Folds a 128-bit product: every bit of both halves reaches every result bit. */
static size_t hash(const struct vprof_intern *table, uint64_t a, uint64_t b)
{
	unsigned __int128 product;

	product = (unsigned __int128)(a ^ table->secret[0]) *
		  (b ^ table->secret[1]);
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The pair's place, or the empty one where it belongs. */
static struct vprof_intern_entry *find_slot(const struct vprof_intern *table,
					    uint64_t a, uint64_t b)
{
	size_t i = hash(table, a, b) & (table->nr_slots - 1);
	struct vprof_intern_entry *entry;

	for (;; i = (i + 1) & (table->nr_slots - 1)) {
		entry = &table->entries[i];
		if (!entry->id || (entry->a == a && entry->b == b))
			return entry;
	}
}

int vprof_intern_init(struct vprof_intern *table)
{
	memset(table, 0, sizeof(*table));
	table->entries = calloc(FIRST_SLOTS, sizeof(*table->entries));
	if (!table->entries)
		return -ENOMEM;
	table->nr_slots = FIRST_SLOTS;
	table->next_id = 1;
	/* Without entropy, at boot, the table is still right, only not keyed. */
	if (getrandom(table->secret, sizeof(table->secret), GRND_NONBLOCK) < 0)
		table->secret[0] = (uintptr_t)table->entries;
	table->secret[0] |= 1;
	table->secret[1] |= 1;
	return 0;
}

void vprof_intern_destroy(struct vprof_intern *table)
{
	if (!table)
		return;
	free(table->entries);
	memset(table, 0, sizeof(*table));
}

void vprof_intern_clear(struct vprof_intern *table)
{
	if (table->nr_used)
		memset(table->entries, 0,
		       table->nr_slots * sizeof(*table->entries));
	table->nr_used = 0;
	table->next_id = 1;
}

/* Moves the entries that are wanted to a table of @nr_slots. */
static int rebuild(struct vprof_intern *table, size_t nr_slots,
		   bool (*is_unwanted)(const struct vprof_intern_entry *entry,
				       void *data),
		   void *data)
{
	struct vprof_intern_entry *old = table->entries;
	size_t nr_old = table->nr_slots;

	table->entries = calloc(nr_slots, sizeof(*old));
	if (!table->entries) {
		table->entries = old;
		return -ENOMEM;
	}
	table->nr_slots = nr_slots;
	table->nr_used = 0;
	for (size_t i = 0; i < nr_old; i++) {
		if (!old[i].id || (is_unwanted && is_unwanted(&old[i], data)))
			continue;
		*find_slot(table, old[i].a, old[i].b) = old[i];
		table->nr_used++;
	}
	free(old);
	return 0;
}

/* At most two thirds full. */
static int make_room(struct vprof_intern *table)
{
	if (table->nr_used + 1 <= table->nr_slots / 3 * 2)
		return 0;
	return rebuild(table, table->nr_slots * 2, NULL, NULL);
}

static struct vprof_intern_entry *fill(struct vprof_intern *table, uint64_t a,
				       uint64_t b, uint32_t id)
{
	struct vprof_intern_entry *entry;

	if (make_room(table))
		return NULL;
	entry = find_slot(table, a, b);
	entry->a = a;
	entry->b = b;
	entry->id = id;
	entry->stamp = 0;
	table->nr_used++;
	return entry;
}

struct vprof_intern_entry *vprof_intern_get(struct vprof_intern *table,
					    uint64_t a, uint64_t b,
					    bool *ret_is_new)
{
	struct vprof_intern_entry *entry = find_slot(table, a, b);

	if (entry->id) {
		*ret_is_new = false;
		return entry;
	}
	if (table->next_id > VPROF_INTERN_MAX_ID)
		return NULL;
	entry = fill(table, a, b, table->next_id);
	if (!entry)
		return NULL;
	table->next_id++;
	*ret_is_new = true;
	return entry;
}

bool vprof_intern_has(const struct vprof_intern *table, uint64_t a, uint64_t b)
{
	return find_slot(table, a, b)->id != 0;
}

int vprof_intern_put(struct vprof_intern *table, uint64_t a, uint64_t b,
		     uint32_t id, uint32_t stamp)
{
	struct vprof_intern_entry *entry;

	if (!id || id > VPROF_INTERN_MAX_ID)
		return -EINVAL;
	if (id >= table->next_id)
		table->next_id = id + 1;
	entry = find_slot(table, a, b);
	if (!entry->id)
		entry = fill(table, a, b, id);
	if (!entry)
		return -ENOMEM;
	entry->id = id;
	entry->stamp = stamp;
	return 0;
}

int vprof_intern_remove_if(
	struct vprof_intern *table,
	bool (*is_unwanted)(const struct vprof_intern_entry *entry, void *data),
	void *data)
{
	return rebuild(table, table->nr_slots, is_unwanted, data);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* Numbers for call chains: equal ones get the same. */
#include "record/chain_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum {
	FIRST_INDEX_SIZE = 1024,
	FIRST_MAX_WORDS = 16384,
	MAX_INDEX_SIZE = 1u << 30,
};

/* Where in table->words a chain is. */
struct vprof_chain_entry {
	size_t first_word;
	uint32_t hash;
	uint16_t nr_kernel;
	uint16_t nr_user;
};

static int set_index_size(struct vprof_chain_table *table, size_t size)
{
	struct vprof_chain_entry *entries;
	uint32_t *index;

	index = calloc(size, sizeof(*index));
	if (!index)
		return -ENOMEM;
	entries = reallocarray(table->entries, size / 2, sizeof(*entries));
	if (!entries) {
		free(index);
		return -ENOMEM;
	}
	table->entries = entries;
	free(table->index);
	table->index = index;
	table->index_mask = size - 1;
	return 0;
}

static int reserve_words(struct vprof_chain_table *table, size_t nr)
{
	size_t max = table->max_words ? table->max_words : FIRST_MAX_WORDS;
	uint64_t *words;

	while (max < table->nr_words + nr)
		max *= 2;
	if (max == table->max_words)
		return 0;
	words = reallocarray(table->words, max, sizeof(*words));
	if (!words)
		return -ENOMEM;
	table->words = words;
	table->max_words = max;
	return 0;
}

static void put_index(struct vprof_chain_table *table, uint32_t hash,
		      uint32_t chain)
{
	size_t slot = hash & table->index_mask;

	while (table->index[slot])
		slot = (slot + 1) & table->index_mask;
	table->index[slot] = chain;
}

static int grow(struct vprof_chain_table *table)
{
	size_t size = (table->index_mask + 1) * 2;

	if (size > MAX_INDEX_SIZE || set_index_size(table, size))
		return -ENOMEM;
	for (size_t i = 0; i < table->nr_entries; i++)
		put_index(table, table->entries[i].hash, (uint32_t)i + 1);
	return 0;
}

int vprof_chain_table_init(struct vprof_chain_table *table)
{
	memset(table, 0, sizeof(*table));
	if (getrandom(&table->secret, sizeof(table->secret), 0) !=
	    sizeof(table->secret))
		return -EIO;
	return set_index_size(table, FIRST_INDEX_SIZE);
}

void vprof_chain_table_destroy(struct vprof_chain_table *table)
{
	free(table->words);
	free(table->entries);
	free(table->index);
	memset(table, 0, sizeof(*table));
}

static uint32_t add_chain(struct vprof_chain_table *table, uint32_t hash,
			  const uint64_t *ips, unsigned int nr_kernel,
			  unsigned int nr_user)
{
	struct vprof_chain_entry *entry;
	size_t nr = nr_kernel + nr_user;

	if (table->nr_entries > table->index_mask / 2 && grow(table))
		return 0;
	if (reserve_words(table, nr))
		return 0;
	entry = &table->entries[table->nr_entries++];
	entry->first_word = table->nr_words;
	entry->hash = hash;
	entry->nr_kernel = (uint16_t)nr_kernel;
	entry->nr_user = (uint16_t)nr_user;
	memcpy(table->words + table->nr_words, ips, nr * sizeof(*ips));
	table->nr_words += nr;
	put_index(table, hash, (uint32_t)table->nr_entries);
	return (uint32_t)table->nr_entries;
}

uint32_t vprof_chain_table_intern(struct vprof_chain_table *table,
				  const uint64_t *ips, unsigned int nr_kernel,
				  unsigned int nr_user)
{
	size_t size = (nr_kernel + nr_user) * sizeof(*ips);
	uint32_t hash = (uint32_t)XXH3_64bits_withSeed(
		ips, size, table->secret + nr_kernel);
	const struct vprof_chain_entry *entry;
	uint32_t chain;

	for (size_t slot = hash;; slot++) {
		chain = table->index[slot & table->index_mask];
		if (!chain)
			return add_chain(table, hash, ips, nr_kernel, nr_user);
		entry = &table->entries[chain - 1];
		if (entry->hash == hash && entry->nr_kernel == nr_kernel &&
		    entry->nr_user == nr_user &&
		    !memcmp(table->words + entry->first_word, ips, size))
			return chain;
	}
}

struct vprof_chain vprof_chain_table_get(const struct vprof_chain_table *table,
					 uint32_t chain)
{
	const struct vprof_chain_entry *entry = &table->entries[chain - 1];

	return (struct vprof_chain){
		.ips = table->words + entry->first_word,
		.nr_kernel = entry->nr_kernel,
		.nr_user = entry->nr_user,
	};
}

void vprof_chain_table_clear(struct vprof_chain_table *table)
{
	memset(table->index, 0,
	       (table->index_mask + 1) * sizeof(table->index[0]));
	table->nr_entries = 0;
	table->nr_words = 0;
}

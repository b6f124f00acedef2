/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers for call chains: equal ones get the same. */
#ifndef LIBVPROF_CHAIN_TABLE_H
#define LIBVPROF_CHAIN_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* A call chain, in the table's memory: good until the next clear. */
struct vprof_chain {
	const uint64_t *ips;
	unsigned int nr_kernel;
	unsigned int nr_user;
};

/** struct vprof_chain_table - all members are the implementation's */
struct vprof_chain_table {
	uint64_t *words;
	size_t nr_words;
	size_t max_words;
	struct vprof_chain_entry *entries;
	size_t nr_entries;
	uint32_t *index;
	size_t index_mask;
	uint64_t secret;
};

int vprof_chain_table_init(struct vprof_chain_table *table);
void vprof_chain_table_destroy(struct vprof_chain_table *table);

/**
 * vprof_chain_table_intern - the number of a chain
 * @ips: @nr_kernel addresses of the kernel, then @nr_user of user code
 *
 * Return: > 0, or 0 when there is no memory.
 */
uint32_t vprof_chain_table_intern(struct vprof_chain_table *table,
				  const uint64_t *ips, unsigned int nr_kernel,
				  unsigned int nr_user);

/** vprof_chain_table_get - the chain that has this number */
struct vprof_chain vprof_chain_table_get(const struct vprof_chain_table *table,
					 uint32_t chain);

/** vprof_chain_table_clear - forget all; memory is kept */
void vprof_chain_table_clear(struct vprof_chain_table *table);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pool of texts: equal texts are kept once and have one number. */
#ifndef VPROF_NAMES_H
#define VPROF_NAMES_H

#include <stddef.h>
#include <stdint.h>

enum { VPROF_NAME_MAX = 4096 }; /* longer ones are cut */

/** struct vprof_names - members are the implementation's; all 0 is an empty pool */
struct vprof_names {
	const char **texts; /* by number */
	uint32_t *slots;    /* hash table of numbers; 0: empty */
	uint32_t nr_texts;
	uint32_t nr_slots;
	struct vprof_names_block *blocks;
	size_t block_used;
};

void vprof_names_destroy(struct vprof_names *names);

/**
 * vprof_names_add - the number of a text
 *
 * Return: > 0; 0 for NULL, and -ENOMEM.
 */
int64_t vprof_names_add(struct vprof_names *names, const char *text);

/** vprof_names_get - the text; NULL for 0. It stays where it is. */
const char *vprof_names_get(const struct vprof_names *names, uint32_t number);

#endif

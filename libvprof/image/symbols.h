/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside the library: making a table of symbols. */
#ifndef LIBVPROF_SYMBOLS_H
#define LIBVPROF_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>
#include <vprof/image.h>

/* Which of several names for one address: a greater one wins. */
enum vprof_symbol_rank {
	VPROF_SYMBOL_LOCAL,
	VPROF_SYMBOL_WEAK,
	VPROF_SYMBOL_GLOBAL,
};

enum {
	VPROF_SYMBOLS_MAX = 8 << 20,      /* of one image */
	VPROF_SYMBOL_NAME_MAX = 64 << 10, /* longer ones are cut */
};

/**
 * struct vprof_new_symbol - a symbol to add
 * @size: 0: until the next one, or @limit
 * @limit: where its section ends; what has a size is cut there too
 */
struct vprof_new_symbol {
	const char *name;
	uint64_t offset;
	uint64_t size;
	uint64_t limit;
	enum vprof_symbol_rank rank;
};

/** vprof_symbols_new - an empty table; @is_mangled: C++, Rust and D names are read */
int vprof_symbols_new(bool is_mangled, struct vprof_symbols **ret_symbols);

/** vprof_symbols_add - -E2BIG, -ENOMEM; names of nothing are passed over */
int vprof_symbols_add(struct vprof_symbols *symbols,
		      const struct vprof_new_symbol *symbol);

/**
 * vprof_symbols_finish - after the last one: sort, choose among aliases
 *
 * Return: 0, -ENOENT nothing was added, -ENOMEM.
 */
int vprof_symbols_finish(struct vprof_symbols *symbols);

/** vprof_symbols_share - one more who frees it */
void vprof_symbols_share(struct vprof_symbols *symbols);

/** vprof_symbols_are_same - the same names for the same offsets, all of them */
bool vprof_symbols_are_same(const struct vprof_symbols *a,
			    const struct vprof_symbols *b);

size_t vprof_symbols_count(const struct vprof_symbols *symbols);

#endif

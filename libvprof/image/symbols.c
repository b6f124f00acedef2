// SPDX-License-Identifier: LGPL-2.1-or-later
/* A table of symbols: which name covers an offset. */
#include "image/symbols.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory_limit.h"
#include "image/demangle.h"
#include "base/text_arena.h"

struct symbol {
	uint64_t start;
	uint64_t end; /* of what it says itself; start: nothing said */
	uint64_t limit;
	uint32_t name;      /* in the arena */
	uint32_t demangled; /* in the other arena; 0: not asked for yet */
	uint8_t rank;
};

enum {
	NOBODY = UINT32_MAX,
	MEMORY_PARTS = 3, /* of memory: for a table */
	/* two of them while the array grows; two pieces, one open */
	SYMBOL_BYTES = 2 * sizeof(struct symbol) + 2 * 12 + 4,
};

/*
 * Symbols may lie within one another. The search goes over pieces that do not:
 * piece i reaches from starts[i] to starts[i + 1] and belongs to owners[i].
 */
struct vprof_symbols {
	unsigned int nr_others; /* who share it */
	struct symbol *symbols;
	size_t nr;
	size_t capacity;
	uint64_t bytes_left; /* of memory, for these */
	uint64_t *starts;
	uint32_t *owners;
	size_t nr_pieces;
	struct vprof_text_arena *names;
	struct vprof_text_arena *demangled; /* NULL: names are plain */
};

int vprof_symbols_new(bool is_mangled, struct vprof_symbols **ret_symbols)
{
	struct vprof_symbols *symbols = calloc(1, sizeof(*symbols));
	int ret;

	if (!symbols)
		return -ENOMEM;
	symbols->bytes_left = vprof_memory_limit() / MEMORY_PARTS;
	ret = vprof_text_arena_new(&symbols->names);
	if (!ret && is_mangled)
		ret = vprof_text_arena_new(&symbols->demangled);
	if (ret) {
		vprof_symbols_free(symbols);
		return ret;
	}
	*ret_symbols = symbols;
	return 0;
}

void vprof_symbols_free(struct vprof_symbols *symbols)
{
	if (!symbols || symbols->nr_others--)
		return;
	vprof_text_arena_free(symbols->names);
	vprof_text_arena_free(symbols->demangled);
	free(symbols->starts);
	free(symbols->owners);
	free(symbols->symbols);
	free(symbols);
}

void vprof_symbols_share(struct vprof_symbols *symbols)
{
	symbols->nr_others++;
}

size_t vprof_symbols_count(const struct vprof_symbols *symbols)
{
	return symbols->nr;
}

/* ---- adding -------------------------------------------------------------- */

static int reserve(struct vprof_symbols *symbols)
{
	size_t capacity = symbols->capacity ? symbols->capacity * 2 : 256;
	struct symbol *moved;

	if (symbols->nr < symbols->capacity)
		return 0;
	if (symbols->nr >= VPROF_SYMBOLS_MAX)
		return -E2BIG;
	moved = reallocarray(symbols->symbols, capacity, sizeof(*moved));
	if (!moved)
		return -ENOMEM;
	symbols->symbols = moved;
	symbols->capacity = capacity;
	return 0;
}

int vprof_symbols_add(struct vprof_symbols *symbols,
		      const struct vprof_new_symbol *symbol)
{
	size_t length = strnlen(symbol->name, VPROF_SYMBOL_NAME_MAX);
	struct symbol *added;
	int ret;

	if (!length || symbol->offset >= symbol->limit)
		return 0;
	if (symbols->bytes_left < SYMBOL_BYTES + length + 1)
		return -E2BIG;
	ret = reserve(symbols);
	if (ret)
		return ret;
	added = &symbols->symbols[symbols->nr];
	ret = vprof_text_arena_add(symbols->names, symbol->name, length,
				   &added->name);
	if (ret)
		return ret;
	added->start = symbol->offset;
	added->limit = symbol->limit;
	added->end = symbol->size < symbol->limit - symbol->offset
			     ? symbol->offset + symbol->size
			     : symbol->limit;
	added->rank = symbol->rank;
	added->demangled = 0;
	symbols->bytes_left -= SYMBOL_BYTES + length + 1;
	symbols->nr++;
	return 0;
}

/* ---- choosing ------------------------------------------------------------ */

static const char *name_of(const struct vprof_symbols *symbols,
			   const struct symbol *symbol)
{
	return vprof_text_arena_get(symbols->names, symbol->name);
}

bool vprof_symbols_are_same(const struct vprof_symbols *a,
			    const struct vprof_symbols *b)
{
	size_t i;

	if (a->nr != b->nr || a->nr_pieces != b->nr_pieces ||
	    !a->demangled != !b->demangled ||
	    memcmp(a->starts, b->starts, a->nr_pieces * sizeof(*a->starts)) ||
	    memcmp(a->owners, b->owners, a->nr_pieces * sizeof(*a->owners)))
		return false;
	for (i = 0; i < a->nr; i++)
		if (a->symbols[i].start != b->symbols[i].start ||
		    a->symbols[i].end != b->symbols[i].end ||
		    strcmp(name_of(a, &a->symbols[i]),
			   name_of(b, &b->symbols[i])))
			return false;
	return true;
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* Less than 0: @a's name is the better one. */
static int compare_names(const char *a, const char *b)
{
	size_t a_underscores = strspn(a, "_");
	size_t b_underscores = strspn(b, "_");

	if (a_underscores != b_underscores)
		return COMPARE(a_underscores, b_underscores);
	if (strlen(a) != strlen(b))
		return COMPARE(strlen(b), strlen(a));
	return strcmp(a, b);
}

/* By start; of those at one address the one to show comes first. */
static int compare(const void *left, const void *right, void *data)
{
	const struct symbol *a = left;
	const struct symbol *b = right;
	bool a_has_size = a->end > a->start;
	bool b_has_size = b->end > b->start;

	if (a->start != b->start)
		return COMPARE(a->start, b->start);
	if (a_has_size != b_has_size)
		return b_has_size - a_has_size;
	if (a->rank != b->rank)
		return COMPARE(b->rank, a->rank);
	if (a->end != b->end)
		return COMPARE(b->end, a->end);
	return compare_names(name_of(data, a), name_of(data, b));
}

/*
 * Most tables come nearly sorted: /proc/kallsyms is, but for aliases. Moving the
 * few that are out of place is quicker then; when they are many, it gives up.
 */
static bool sort_nearly_sorted(struct vprof_symbols *symbols)
{
	struct symbol *all = symbols->symbols;
	size_t budget = symbols->nr;
	size_t i;
	size_t j;

	for (i = 1; i < symbols->nr; i++) {
		struct symbol moving = all[i];

		for (j = i; j && compare(&all[j - 1], &moving, symbols) > 0;
		     j--) {
			if (!budget--) {
				all[j] = moving;
				return false;
			}
			all[j] = all[j - 1];
		}
		all[j] = moving;
	}
	return true;
}

static void drop_aliases(struct vprof_symbols *symbols)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < symbols->nr; i++) {
		if (kept && symbols->symbols[kept - 1].start ==
				    symbols->symbols[i].start)
			continue;
		symbols->symbols[kept++] = symbols->symbols[i];
	}
	symbols->nr = kept;
}

/* ---- pieces -------------------------------------------------------------- */

/* The symbols that a position lies in, the innermost last. */
struct sweep {
	struct vprof_symbols *symbols;
	uint32_t *open;
	size_t nr_open;
};

static void add_piece(struct vprof_symbols *symbols, uint64_t start,
		      uint32_t owner)
{
	size_t nr = symbols->nr_pieces;

	if (nr && symbols->starts[nr - 1] == start)
		nr--;
	if (nr && symbols->owners[nr - 1] == owner) {
		symbols->nr_pieces = nr;
		return;
	}
	symbols->starts[nr] = start;
	symbols->owners[nr] = owner;
	symbols->nr_pieces = nr + 1;
}

static uint32_t innermost(const struct sweep *sweep)
{
	return sweep->nr_open ? sweep->open[sweep->nr_open - 1] : NOBODY;
}

/* Closes what ends at or before @position. */
static void close_until(struct sweep *sweep, uint64_t position)
{
	while (sweep->nr_open) {
		uint64_t end = sweep->symbols->symbols[innermost(sweep)].end;

		if (end > position)
			return;
		sweep->nr_open--;
		/* an outer one may have ended before the inner */
		while (sweep->nr_open &&
		       sweep->symbols->symbols[innermost(sweep)].end <= end)
			sweep->nr_open--;
		add_piece(sweep->symbols, end, innermost(sweep));
	}
}

/* One without a size is a label: it names what nobody else does. */
static void open_symbol(struct sweep *sweep, size_t index)
{
	struct vprof_symbols *symbols = sweep->symbols;
	struct symbol *symbol = &symbols->symbols[index];

	close_until(sweep, symbol->start);
	if (symbol->end == symbol->start) {
		if (sweep->nr_open)
			return;
		symbol->end = symbol->limit;
		if (index + 1 < symbols->nr &&
		    symbols->symbols[index + 1].start < symbol->end)
			symbol->end = symbols->symbols[index + 1].start;
	}
	sweep->open[sweep->nr_open++] = index;
	add_piece(symbols, symbol->start, index);
}

static int cut_into_pieces(struct vprof_symbols *symbols)
{
	struct sweep sweep = { .symbols = symbols };
	size_t max_pieces = 2 * symbols->nr + 1;
	size_t i;

	symbols->starts = calloc(max_pieces, sizeof(*symbols->starts));
	symbols->owners = calloc(max_pieces, sizeof(*symbols->owners));
	sweep.open = calloc(symbols->nr, sizeof(*sweep.open));
	if (!symbols->starts || !symbols->owners || !sweep.open) {
		free(sweep.open);
		return -ENOMEM;
	}
	for (i = 0; i < symbols->nr; i++)
		open_symbol(&sweep, i);
	close_until(&sweep, UINT64_MAX);
	free(sweep.open);
	return 0;
}

int vprof_symbols_finish(struct vprof_symbols *symbols)
{
	if (!symbols->nr)
		return -ENOENT;
	if (!sort_nearly_sorted(symbols))
		qsort_r(symbols->symbols, symbols->nr,
			sizeof(*symbols->symbols), compare, symbols);
	drop_aliases(symbols);
	return cut_into_pieces(symbols);
}

/* ---- asking -------------------------------------------------------------- */

/*
 * The last piece that starts at or before @offset. The compiler makes a
 * conditional move of the step: there is no branch to mispredict.
 */
static size_t search(const uint64_t *starts, size_t nr, uint64_t offset)
{
	const uint64_t *base = starts;

	while (nr > 1) {
		size_t half = nr / 2;

		base = base[half] <= offset ? base + half : base;
		nr -= half;
	}
	return base - starts;
}

/* Names are demangled when they are asked for: few of them ever are. */
static const char *readable(const struct vprof_symbols *symbols,
			    struct symbol *symbol)
{
	const char *name = name_of(symbols, symbol);
	char *demangled;
	int ret;

	if (!symbols->demangled)
		return name;
	if (symbol->demangled)
		return vprof_text_arena_get(symbols->demangled,
					    symbol->demangled);
	demangled = vprof_demangle(name);
	if (!demangled)
		return name;
	ret = vprof_text_arena_add(symbols->demangled, demangled,
				   strlen(demangled), &symbol->demangled);
	free(demangled);
	if (ret) {
		symbol->demangled = 0;
		return name;
	}
	return vprof_text_arena_get(symbols->demangled, symbol->demangled);
}

int vprof_symbols_find(const struct vprof_symbols *symbols, uint64_t offset,
		       struct vprof_symbol *ret_symbol)
{
	struct symbol *symbol;
	size_t piece;

	if (!symbols->nr_pieces || offset < symbols->starts[0])
		return -ENOENT;
	piece = search(symbols->starts, symbols->nr_pieces, offset);
	if (symbols->owners[piece] == NOBODY)
		return -ENOENT;
	symbol = &symbols->symbols[symbols->owners[piece]];
	ret_symbol->name = readable(symbols, symbol);
	ret_symbol->offset = symbol->start;
	ret_symbol->size = symbol->end - symbol->start;
	return 0;
}

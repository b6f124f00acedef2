// SPDX-License-Identifier: LGPL-2.1-or-later
/* The kallsyms tables in a guest's memory: its kernel's names, compressed. */
#include "guest/tables.h"

#include <errno.h>
#include <string.h>

enum {
	NR_TOKENS = 256,
	TOKENS_MAX = 8 << 10, /* a real table has about one thousand bytes */
	LONG_NAME = 0x80,     /* of a length's first byte: there is a second */
};

/* How the table of addresses gives them. */
enum layout {
	ABSOLUTE,  /* as they are; Linux built without relative ones */
	TO_BASE,   /* bytes from the base */
	PERCPU,    /* negative: bytes from the base; else as they are */
	TO_ITSELF, /* signed bytes from where the entry is; Linux 7.0 */
};

/* One pass over the tables. */
struct tables {
	struct vprof_guest_reader *reader;
	const struct vprof_guest_note *note;
	struct vprof_guest_found *found;
	enum layout layout;
	uint64_t base;
	uint32_t nr_symbols;
	bool has_stext;
	uint16_t token_at[NR_TOKENS];
	uint16_t token_length[NR_TOKENS];
	char tokens[TOKENS_MAX + 1];
	struct vprof_guest_stream names;
	struct vprof_guest_stream addresses;
	char name[VPROF_GUEST_NAME_MAX + 2]; /* the type first */
	size_t name_length;
};

static enum vprof_guest_fault cannot_read(struct tables *tables,
					  const char *what)
{
	return vprof_guest_fail(tables->reader,
				tables->reader->error ? VPROF_GUEST_GONE
						      : VPROF_GUEST_BAD_TABLES,
				"its %s is not in memory", what);
}

/* ---- tokens ---------------------------------------------------------------------- */

/* Up to where the last one ends: nothing says how long the table is. */
static int read_token_table(struct tables *tables, size_t last)
{
	struct vprof_guest_stream stream;
	size_t i;
	int byte;

	vprof_guest_stream_init(&stream, tables->reader,
				tables->note->token_table, TOKENS_MAX);
	for (i = 0; i < TOKENS_MAX; i++) {
		byte = vprof_guest_stream_byte(&stream);
		if (byte < 0)
			return byte;
		tables->tokens[i] = byte;
		if (i >= last && !byte)
			return 0;
	}
	return -E2BIG;
}

static void take_token(struct tables *tables, size_t token)
{
	char *text = tables->tokens + tables->token_at[token];
	size_t length = strlen(text);

	tables->token_length[token] = length;
	vprof_guest_make_printable(text, length);
}

static enum vprof_guest_fault read_tokens(struct tables *tables)
{
	size_t last = 0;
	size_t i;

	if (vprof_guest_read(tables->reader, tables->note->token_index,
			     tables->token_at, sizeof(tables->token_at)))
		return cannot_read(tables, "token index");
	for (i = 0; i < NR_TOKENS; i++) {
		if (tables->token_at[i] > last)
			last = tables->token_at[i];
	}
	if (last >= TOKENS_MAX)
		return vprof_guest_fail(tables->reader, VPROF_GUEST_BAD_TABLES,
					"a token at %zu", last);
	if (read_token_table(tables, last))
		return cannot_read(tables, "token table");
	for (i = 0; i < NR_TOKENS; i++)
		take_token(tables, i);
	return VPROF_GUEST_OK;
}

/* ---- addresses -------------------------------------------------------------------- */

/* Where kernels have per-CPU symbols, their own are negative: all but a few. */
static enum vprof_guest_fault find_layout(struct tables *tables)
{
	const struct vprof_guest_note *note = tables->note;
	int32_t middle;

	if (note->addresses) {
		tables->layout = ABSOLUTE;
		return VPROF_GUEST_OK;
	}
	tables->layout = TO_ITSELF;
	if (!note->relative_base)
		return VPROF_GUEST_OK;
	if (vprof_guest_read(tables->reader, note->relative_base, &tables->base,
			     sizeof(tables->base)) ||
	    vprof_guest_read(tables->reader,
			     note->offsets + 4ULL * (tables->nr_symbols / 2),
			     &middle, sizeof(middle)))
		return cannot_read(tables, "table of addresses");
	tables->layout = middle < 0 ? PERCPU : TO_BASE;
	return VPROF_GUEST_OK;
}

static int next_address(struct tables *tables, uint32_t index,
			uint64_t *ret_address)
{
	uint64_t entry = tables->note->offsets + 4ULL * index;
	int32_t offset;
	int ret;

	if (tables->layout == ABSOLUTE)
		return vprof_guest_stream_read(&tables->addresses, ret_address,
					       sizeof(*ret_address));
	ret = vprof_guest_stream_read(&tables->addresses, &offset,
				      sizeof(offset));
	if (ret)
		return ret;
	if (tables->layout == TO_ITSELF)
		*ret_address = entry + (int64_t)offset;
	else if (tables->layout == TO_BASE)
		*ret_address = tables->base + (uint32_t)offset;
	else if (offset >= 0)
		*ret_address = offset;
	else
		*ret_address = tables->base - 1 - (int64_t)offset;
	return 0;
}

/* ---- names ------------------------------------------------------------------------ */

static int next_length(struct tables *tables)
{
	int length = vprof_guest_stream_byte(&tables->names);
	int high;

	if (length < 0 || !(length & LONG_NAME))
		return length;
	high = vprof_guest_stream_byte(&tables->names);
	return high < 0 ? high : (length & ~LONG_NAME) | high << 7;
}

/* Return: 0; -EBADMSG no name; -EFAULT, -EIO. */
static int next_name(struct tables *tables)
{
	int left = next_length(tables);
	int token;

	if (left < 0)
		return left;
	tables->name_length = 0;
	for (; left; left--) {
		token = vprof_guest_stream_byte(&tables->names);
		if (token < 0)
			return token;
		if (tables->name_length + tables->token_length[token] >
		    VPROF_GUEST_NAME_MAX + 1)
			return -EBADMSG;
		memcpy(tables->name + tables->name_length,
		       tables->tokens + tables->token_at[token],
		       tables->token_length[token]);
		tables->name_length += tables->token_length[token];
	}
	if (tables->name_length < 2)
		return -EBADMSG;
	tables->name[tables->name_length] = '\0';
	return 0;
}

/* What more is found by. */
static void take_found(struct tables *tables, uint64_t address)
{
	struct vprof_guest_found *found = tables->found;
	const struct {
		const char *name;
		uint64_t *address;
	} wanted[] = {
		{ "_etext", &found->etext },
		{ "_end", &found->end },
		{ "__start_BTF", &found->start_btf },
		{ "__stop_BTF", &found->stop_btf },
		{ "jiffies_64", &found->clock },
	};
	const char *name = tables->name + 1;
	size_t i;

	if (name[0] != '_' && name[0] != 'm' && name[0] != 'j')
		return;
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (!strcmp(name, wanted[i].name))
			*wanted[i].address = address;
	}
	if (!strcmp(name, "_stext") && address == tables->note->identity.stext)
		tables->has_stext = true;
	if (!strcmp(name, "modules") && found->nr_lists < VPROF_GUEST_MAX_LISTS)
		found->lists[found->nr_lists++] = address;
}

static enum vprof_guest_fault read_symbols(struct tables *tables)
{
	uint64_t address;
	uint32_t i;
	int ret;

	for (i = 0; i < tables->nr_symbols; i++) {
		ret = next_name(tables);
		if (ret == -EBADMSG)
			return vprof_guest_fail(
				tables->reader, VPROF_GUEST_BAD_TABLES,
				"name %u of %u", i + 1, tables->nr_symbols);
		if (ret || next_address(tables, i, &address))
			return cannot_read(tables, "whole table");
		take_found(tables, address);
		if (vprof_guest_result_symbol(tables->reader->result, address,
					      tables->name[0], tables->name + 1,
					      tables->name_length - 1))
			return vprof_guest_fail(
				tables->reader, VPROF_GUEST_TOO_MUCH,
				"%u symbols", tables->nr_symbols);
	}
	return VPROF_GUEST_OK;
}

/* ---- all of it ---------------------------------------------------------------------- */

static enum vprof_guest_fault check_note(struct tables *tables)
{
	const struct vprof_guest_note *note = tables->note;
	struct vprof_guest_reader *reader = tables->reader;

	if (!note->names || !note->num_syms || !note->token_table ||
	    !note->token_index || (!note->offsets && !note->addresses))
		return vprof_guest_fail(reader, VPROF_GUEST_NO_TABLES, "%s",
					note->identity.release);
	if (vprof_guest_read(reader, note->num_syms, &tables->nr_symbols,
			     sizeof(tables->nr_symbols)))
		return cannot_read(tables, "number of symbols");
	if (!tables->nr_symbols)
		return vprof_guest_fail(reader, VPROF_GUEST_BAD_TABLES,
					"no symbol");
	if (tables->nr_symbols > VPROF_GUEST_MAX_SYMBOLS)
		return vprof_guest_fail(reader, VPROF_GUEST_TOO_MUCH,
					"%u symbols", tables->nr_symbols);
	return VPROF_GUEST_OK;
}

/* The text that the symbols say must be that of the note. */
static enum vprof_guest_fault check_text(struct tables *tables)
{
	struct vprof_guest_found *found = tables->found;
	uint64_t stext = tables->note->identity.stext;

	if (!tables->has_stext)
		return vprof_guest_fail(tables->reader, VPROF_GUEST_BAD_TABLES,
					"_stext is not where it should be");
	if (found->etext <= stext)
		return vprof_guest_fail(tables->reader, VPROF_GUEST_BAD_TABLES,
					"_etext is not after _stext");
	if (found->end < found->etext)
		found->end = found->etext;
	return VPROF_GUEST_OK;
}

enum vprof_guest_fault
vprof_guest_tables_read(struct vprof_guest_reader *reader,
			const struct vprof_guest_note *note,
			struct vprof_guest_found *ret_found)
{
	struct tables tables = {
		.reader = reader,
		.note = note,
		.found = ret_found,
	};
	enum vprof_guest_fault fault;

	memset(ret_found, 0, sizeof(*ret_found));
	fault = check_note(&tables);
	if (fault == VPROF_GUEST_OK)
		fault = read_tokens(&tables);
	if (fault == VPROF_GUEST_OK)
		fault = find_layout(&tables);
	if (fault != VPROF_GUEST_OK)
		return fault;
	vprof_guest_stream_init(&tables.names, reader, note->names, UINT64_MAX);
	if (tables.layout == ABSOLUTE)
		vprof_guest_stream_init(&tables.addresses, reader,
					note->addresses,
					8ULL * tables.nr_symbols);
	else
		vprof_guest_stream_init(&tables.addresses, reader,
					note->offsets,
					4ULL * tables.nr_symbols);
	fault = read_symbols(&tables);
	return fault == VPROF_GUEST_OK ? check_text(&tables) : fault;
}

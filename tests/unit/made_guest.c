// SPDX-License-Identifier: GPL-2.0-only
/* A guest's kernel made up for tests: its note, tables, types and modules in memory. */
#include "made_guest.h"

#include <elf.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where modules' pages are in physical memory: one after another, backwards. */
enum {
	MODULES_PHYS = 0x800000,
	MODULE_PAGES = 16,
	TABLE_PHYS = 0x900000, /* page tables below the root */
	PAGE = 4096,
};

const struct made_symbol made_symbols[MADE_NR_SYMBOLS] = {
	{ 0, "Afixed_percpu_data", true },
	{ 0x6000, "Acpu_info", true },
	{ 0, "T_stext", false },
	{ 0, "T_text", false },
	{ 0x100, "tdo_one_initcall", false },
	{ 0x180, "Tstart_kernel", false },
	{ 0x200, "Wweak_one", false },
	{ 0x1000, "T_etext", false },
	{ 0x105800, "Djiffies_64", false },
	{ 0x106000, "R__start_BTF", false },
	{ 0x106000, "R__stop_BTF", false }, /* its address is made below */
	{ 0x110000, "Dmodules", false },
	{ 0x111000, "Dswapper_pg_dir", false },
	{ 0x200000, "B_end", false },
};

/* ---- pieces -------------------------------------------------------------------------- */

void made_guest_put_physical(struct made_guest *guest, uint64_t address,
			     const void *bytes, size_t size)
{
	uint8_t *to = guest->bytes + guest->size;
	uint16_t size16 = size;

	if (guest->size + sizeof(address) + sizeof(size16) + size >
	    sizeof(guest->bytes))
		abort();
	memcpy(to, &address, sizeof(address));
	memcpy(to + sizeof(address), &size16, sizeof(size16));
	memcpy(to + sizeof(address) + sizeof(size16), bytes, size);
	guest->size += sizeof(address) + sizeof(size16) + size;
}

/* Modules' pages lie in reverse: neighbours there are not neighbours here. */
uint64_t made_guest_physical(const struct made_guest *guest, uint64_t virtual)
{
	uint64_t page = (virtual - MADE_MODULE(0)) / PAGE;

	if (virtual < MADE_MODULE(0))
		return virtual - MADE_IMAGE + guest->phys;
	return MODULES_PHYS + (MODULE_PAGES - 1 - page) * PAGE + virtual % PAGE;
}

void made_guest_put(struct made_guest *guest, uint64_t virtual,
		    const void *bytes, size_t size)
{
	made_guest_put_physical(guest, made_guest_physical(guest, virtual),
				bytes, size);
}

void made_guest_put_u64(struct made_guest *guest, uint64_t virtual,
			uint64_t value)
{
	made_guest_put(guest, virtual, &value, sizeof(value));
}

static void put_u32(struct made_guest *guest, uint64_t virtual, uint32_t value)
{
	made_guest_put(guest, virtual, &value, sizeof(value));
}

/* ---- the note ------------------------------------------------------------------------- */

void made_guest_put_note(struct made_guest *guest, uint64_t address,
			 const char *text)
{
	uint32_t head[3] = { 11, strlen(text), 0 };
	uint8_t note[MADE_NOTE_MAX] = { 0 };

	memcpy(note, head, sizeof(head));
	memcpy(note + 12, "VMCOREINFO", 11);
	memcpy(note + 24, text, strlen(text));
	made_guest_put_physical(guest, address, note, 24 + strlen(text));
}

static void make_note(struct made_guest *guest)
{
	uint64_t k = guest->kaslr;
	char text[MADE_NOTE_MAX - 64];
	char table[256];

	if (guest->layout == MADE_ABSOLUTE)
		snprintf(table, sizeof(table),
			 "SYMBOL(kallsyms_addresses)=%llx\n", MADE_OFFSETS + k);
	else if (guest->layout == MADE_TO_ITSELF)
		snprintf(table, sizeof(table),
			 "SYMBOL(kallsyms_offsets)=%llx\n", MADE_OFFSETS + k);
	else
		snprintf(table, sizeof(table),
			 "SYMBOL(kallsyms_offsets)=%llx\n"
			 "SYMBOL(kallsyms_relative_base)=%llx\n",
			 MADE_OFFSETS + k, MADE_BASE + k);
	snprintf(text, sizeof(text),
		 "OSRELEASE=6.1.0-made\n"
		 "BUILD-ID=000102030405060708090a0b0c0d0e0f10111213\n"
		 "PAGESIZE=4096\n"
		 "SYMBOL(init_uts_ns)=%llx\n"
		 "SYMBOL(swapper_pg_dir)=%llx\n"
		 "SYMBOL(_stext)=%llx\n"
		 "SYMBOL(kallsyms_names)=%llx\n"
		 "SYMBOL(kallsyms_num_syms)=%llx\n"
		 "SYMBOL(kallsyms_token_table)=%llx\n"
		 "SYMBOL(kallsyms_token_index)=%llx\n"
		 "%s"
		 "NUMBER(phys_base)=%lld\n"
		 "SYMBOL(init_top_pgt)=%llx\n"
		 "NUMBER(pgtable_l5_enabled)=0\n"
		 "KERNELOFFSET=%llx\n"
		 "NUMBER(KERNEL_IMAGE_SIZE)=1073741824\n"
		 "NUMBER(sme_mask)=0\n"
		 "%s",
		 MADE_STEXT + 0x120000 + k, MADE_ROOT + k, MADE_STEXT + k,
		 MADE_NAMES + k, MADE_NUM_SYMS + k, MADE_TOKEN_TABLE + k,
		 MADE_TOKEN_INDEX + k, table, (long long)(guest->phys - k),
		 MADE_ROOT + k, (unsigned long long)k,
		 guest->extra_note ? guest->extra_note : "");
	made_guest_put_note(
		guest, guest->note_at ? guest->note_at : MADE_NOTE_AT, text);
}

/* ---- the tables -------------------------------------------------------------------------- */

/* A token for each character, and one for "mod", which "modules" is written with. */
enum { TOKEN_MOD = 1 };

static void make_tokens(struct made_guest *guest)
{
	uint16_t index[256];
	char table[1024];
	size_t at = 0;
	size_t i;

	for (i = 0; i < 256; i++) {
		index[i] = at;
		if (i == TOKEN_MOD)
			at += sprintf(table + at, "mod");
		else if (i > ' ' && i <= '~')
			table[at++] = i;
		table[at++] = '\0';
	}
	made_guest_put(guest, MADE_TOKEN_TABLE, table, at);
	made_guest_put(guest, MADE_TOKEN_INDEX, index, sizeof(index));
}

static void make_names(struct made_guest *guest)
{
	uint8_t names[1024];
	size_t at = 0;
	size_t i;

	for (i = 0; i < MADE_NR_SYMBOLS; i++) {
		const char *name = made_symbols[i].name;
		size_t length = strlen(name);

		if (!strcmp(name, "Dmodules")) {
			names[at] = 6;
			memcpy(names + at + 1, "D\1ules", 6);
			at += 7;
			continue;
		}
		names[at++] = length;
		memcpy(names + at, name, length);
		at += length;
	}
	made_guest_put(guest, MADE_NAMES, names, at);
	put_u32(guest, MADE_NUM_SYMS, MADE_NR_SYMBOLS);
}

static void make_addresses(struct made_guest *guest, size_t btf_size)
{
	uint64_t base = MADE_STEXT + guest->kaslr;
	uint64_t absolute[MADE_NR_SYMBOLS];
	uint32_t offsets[MADE_NR_SYMBOLS];
	size_t i;

	for (i = 0; i < MADE_NR_SYMBOLS; i++) {
		const struct made_symbol *symbol = &made_symbols[i];
		uint64_t offset = symbol->offset;
		uint64_t entry = MADE_OFFSETS + guest->kaslr + 4 * i;

		if (!strcmp(symbol->name, "R__stop_BTF"))
			offset += btf_size;
		absolute[i] = symbol->is_absolute ? offset : base + offset;
		if (guest->layout == MADE_TO_ITSELF)
			offsets[i] = absolute[i] - entry;
		else if (guest->layout == MADE_TO_BASE || symbol->is_absolute)
			offsets[i] = offset;
		else
			offsets[i] = -1 - offset;
	}
	if (guest->layout == MADE_ABSOLUTE)
		made_guest_put(guest, MADE_OFFSETS, absolute, sizeof(absolute));
	else
		made_guest_put(guest, MADE_OFFSETS, offsets, sizeof(offsets));
	made_guest_put_u64(guest, MADE_BASE, base);
	made_guest_put_u64(guest, MADE_CLOCK, 1);
}

/* ---- types --------------------------------------------------------------------------------- */

struct types {
	uint8_t types[1024];
	size_t types_size;
	char strings[512];
	size_t strings_size;
};

static uint32_t add_string(struct types *types, const char *text)
{
	size_t at = types->strings_size;

	strcpy(types->strings + at, text);
	types->strings_size += strlen(text) + 1;
	return at;
}

static void add_bytes(struct types *types, const void *bytes, size_t size)
{
	memcpy(types->types + types->types_size, bytes, size);
	types->types_size += size;
}

struct member {
	const char *name;
	uint32_t offset;
};

static void add_struct(struct types *types, const char *name,
		       const struct member *members, size_t nr)
{
	struct btf_type type = {
		.name_off = add_string(types, name),
		.info = BTF_KIND_STRUCT << 24 | nr,
		.size = 256,
	};
	size_t i;

	add_bytes(types, &type, sizeof(type));
	for (i = 0; i < nr; i++) {
		struct btf_member member = {
			.name_off = add_string(types, members[i].name),
			.offset = members[i].offset * 8,
		};

		add_bytes(types, &member, sizeof(member));
	}
}

static size_t make_btf(struct made_guest *guest)
{
	static const struct member modern[] = {
		{ "state", 0 },
		{ "list", MADE_MODULE_LIST },
		{ "name", MADE_MODULE_NAME },
		{ "kallsyms", MADE_MODULE_KALLSYMS },
		{ "mem", MADE_MODULE_MEM },
	};
	static const struct member old[] = {
		{ "state", 0 },
		{ "list", MADE_MODULE_LIST },
		{ "name", MADE_MODULE_NAME },
		{ "kallsyms", MADE_MODULE_KALLSYMS },
		{ "core_layout", MADE_MODULE_MEM },
	};
	static const struct member memory[] = { { "base", 0 }, { "size", 16 } };
	static const struct member layout[] = {
		{ "base", 0 },
		{ "size", 8 },
		{ "text_size", 12 },
	};
	static const struct member kallsyms[] = {
		{ "symtab", 0 },
		{ "num_symtab", 8 },
		{ "strtab", 16 },
		{ "typetab", 24 },
	};
	static const struct btf_type number = {
		.info = BTF_KIND_INT << 24,
		.size = 8,
	};
	struct btf_header header = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(header),
	};
	struct types types = { .strings_size = 1 };
	uint8_t section[2048];
	uint32_t bits = 64;

	add_bytes(&types, &number, sizeof(number));
	add_bytes(&types, &bits, sizeof(bits));
	add_struct(&types, "module", guest->has_core_layout ? old : modern, 5);
	if (guest->has_core_layout)
		add_struct(&types, "module_layout", layout, 3);
	else
		add_struct(&types, "module_memory", memory, 2);
	add_struct(&types, "mod_kallsyms", kallsyms, 4);
	header.type_len = types.types_size;
	header.str_off = types.types_size;
	header.str_len = types.strings_size;
	memcpy(section, &header, sizeof(header));
	memcpy(section + sizeof(header), types.types, types.types_size);
	memcpy(section + sizeof(header) + types.types_size, types.strings,
	       types.strings_size);
	made_guest_put(guest, MADE_BTF, section,
		       sizeof(header) + types.types_size + types.strings_size);
	return sizeof(header) + types.types_size + types.strings_size;
}

/* ---- modules --------------------------------------------------------------------------------- */

static void make_symbols(struct made_guest *guest, uint64_t module, int nr)
{
	const uint64_t at = module + MADE_KALLSYMS_AT;
	Elf64_Sym symbols[MADE_NR_MODULE_SYMBOLS + 1] = { { 0 } };
	char strings[128] = "";
	size_t end = 1;
	int i;

	for (i = 1; i <= MADE_NR_MODULE_SYMBOLS; i++) {
		symbols[i].st_name = end;
		symbols[i].st_shndx = 1;
		symbols[i].st_value = module + MADE_TEXT_AT + i * 0x100;
		end += sprintf(strings + end, "made%d_function%d", nr, i) + 1;
	}
	made_guest_put_u64(guest, module + MADE_MODULE_KALLSYMS, at);
	made_guest_put_u64(guest, at, at + 0x100);
	put_u32(guest, at + 8, MADE_NR_MODULE_SYMBOLS + 1);
	made_guest_put_u64(guest, at + 16, at + 0x200);
	made_guest_put_u64(guest, at + 24, at + 0x300);
	made_guest_put(guest, at + 0x100, symbols, sizeof(symbols));
	made_guest_put(guest, at + 0x200, strings, end);
	made_guest_put(guest, at + 0x300, "\0ttT", 4);
}

static void make_module(struct made_guest *guest, int nr, uint64_t next)
{
	uint64_t module = MADE_MODULE(nr);
	char name[16];

	sprintf(name, "made%d", nr);
	put_u32(guest, module, 0);
	made_guest_put_u64(guest, module + MADE_MODULE_LIST, next);
	made_guest_put(guest, module + MADE_MODULE_NAME, name, sizeof(name));
	made_guest_put_u64(guest, module + MADE_MODULE_MEM,
			   module + MADE_TEXT_AT);
	put_u32(guest,
		module + MADE_MODULE_MEM + (guest->has_core_layout ? 12 : 16),
		MADE_TEXT_SIZE);
	make_symbols(guest, module, nr);
}

static void make_modules(struct made_guest *guest)
{
	uint64_t list = MADE_LIST + guest->kaslr;

	made_guest_put_u64(guest, MADE_LIST, MADE_MODULE(0) + MADE_MODULE_LIST);
	make_module(guest, 0, MADE_MODULE(1) + MADE_MODULE_LIST);
	make_module(guest, 1, list);
}

/* Those of the modules' first 64 KiB: index 511, 511, 0, and the page. */
static void make_page_tables(struct made_guest *guest)
{
	uint64_t entry;
	int i;

	made_guest_put_u64(guest, MADE_ROOT + 511 * 8, TABLE_PHYS | 1);
	entry = (TABLE_PHYS + PAGE) | 1;
	made_guest_put_physical(guest, TABLE_PHYS + 511 * 8, &entry, 8);
	entry = (TABLE_PHYS + 2 * PAGE) | 1;
	made_guest_put_physical(guest, TABLE_PHYS + PAGE, &entry, 8);
	for (i = 0; i < MODULE_PAGES; i++) {
		entry = (MODULES_PHYS + (MODULE_PAGES - 1 - i) * PAGE) | 1;
		made_guest_put_physical(guest, TABLE_PHYS + 2 * PAGE + i * 8,
					&entry, 8);
	}
}

void made_guest_make(struct made_guest *guest)
{
	guest->size = 0;
	make_note(guest);
	make_tokens(guest);
	make_names(guest);
	make_addresses(guest, make_btf(guest));
	make_modules(guest);
	make_page_tables(guest);
}

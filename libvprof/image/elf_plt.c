// SPDX-License-Identifier: LGPL-2.1-or-later
/* The stubs that call other libraries, named after whom they call. */
#include "image/elf_symbols.h"

#include <errno.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/elf_file.h"
#include "image/symbols.h"

enum { MAX_SLOTS = 1 << 20, STUB_BYTES = 16 };

/* A word of the global offset table, and the name that the linker puts there. */
struct slot {
	uint64_t address;
	const char *name;
};

struct slots {
	struct slot *at;
	size_t nr;
	size_t capacity;
	uint64_t got; /* what %ebx holds in 32-bit position-independent code */
};

static int add_slot(struct slots *slots, uint64_t address, const char *name)
{
	size_t capacity = slots->capacity ? slots->capacity * 2 : 64;
	struct slot *moved;

	if (slots->nr == MAX_SLOTS)
		return -E2BIG;
	if (slots->nr == slots->capacity) {
		moved = reallocarray(slots->at, capacity, sizeof(*moved));
		if (!moved)
			return -ENOMEM;
		slots->at = moved;
		slots->capacity = capacity;
	}
	slots->at[slots->nr].address = address;
	slots->at[slots->nr++].name = name;
	return 0;
}

/* A relocation with or without an addend: what we want is in both. */
static bool get_relocation(Elf_Data *data, uint32_t section_type, int index,
			   uint64_t *ret_offset, uint64_t *ret_info)
{
	GElf_Rela with_addend;
	GElf_Rel without;

	if (section_type == SHT_RELA) {
		if (!gelf_getrela(data, index, &with_addend))
			return false;
		*ret_offset = with_addend.r_offset;
		*ret_info = with_addend.r_info;
		return true;
	}
	if (!gelf_getrel(data, index, &without))
		return false;
	*ret_offset = without.r_offset;
	*ret_info = without.r_info;
	return true;
}

/* The numbers are the same for both machines. */
static bool is_call_slot(uint64_t info)
{
	switch (GELF_R_TYPE(info)) {
	case R_X86_64_GLOB_DAT:
	case R_X86_64_JUMP_SLOT:
		return true;
	default:
		return false;
	}
}

static int add_relocations(struct slots *slots, const struct vprof_elf *elf,
			   Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Scn *names = elf_getscn(elf->elf, header->sh_link);
	Elf_Data *symbols, *data;
	GElf_Shdr names_header;
	uint64_t address;
	uint64_t info;
	int ret = 0;
	int i;

	if (!names || !gelf_getshdr(names, &names_header) ||
	    names_header.sh_type != SHT_DYNSYM)
		return 0;
	symbols = elf_getdata(names, NULL);
	data = elf_getdata(section, NULL);
	if (!symbols || !data)
		return 0;
	for (i = 0;
	     !ret && get_relocation(data, header->sh_type, i, &address, &info);
	     i++) {
		const char *name;
		GElf_Sym symbol;

		if (!is_call_slot(info) ||
		    !gelf_getsym(symbols, GELF_R_SYM(info), &symbol))
			continue;
		name = elf_strptr(elf->elf, names_header.sh_link,
				  symbol.st_name);
		if (name && name[0])
			ret = add_slot(slots, address, name);
	}
	return ret;
}

static const char *section_name(const struct vprof_elf *elf,
				const GElf_Shdr *header)
{
	size_t names;
	const char *name;

	if (elf_getshdrstrndx(elf->elf, &names))
		return "";
	name = elf_strptr(elf->elf, names, header->sh_name);
	return name ? name : "";
}

static int compare_slots(const void *left, const void *right)
{
	const struct slot *a = left;
	const struct slot *b = right;

	return (a->address > b->address) - (a->address < b->address);
}

static int collect(struct slots *slots, const struct vprof_elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	int ret = 0;

	while (!ret && (section = elf_nextscn(elf->elf, section))) {
		if (!gelf_getshdr(section, &header))
			continue;
		if (header.sh_type == SHT_RELA || header.sh_type == SHT_REL)
			ret = add_relocations(slots, elf, section, &header);
		else if (!strcmp(section_name(elf, &header), ".got.plt") ||
			 (!slots->got &&
			  !strcmp(section_name(elf, &header), ".got")))
			slots->got = header.sh_addr;
	}
	if (slots->nr)
		qsort(slots->at, slots->nr, sizeof(*slots->at), compare_slots);
	return ret;
}

/*
 * Every stub has one jump through its slot: ff 25 with the slot relative to the
 * next instruction (64 bits) or absolute (32 bits), or ff a3 relative to %ebx.
 */
static bool find_jump(const struct slots *slots, int machine,
		      const uint8_t *stub, size_t size, uint64_t address,
		      uint64_t *ret_slot)
{
	size_t i;

	for (i = 0; i + 6 <= size; i++) {
		int32_t displacement;

		if (stub[i] != 0xff ||
		    (stub[i + 1] != 0x25 && stub[i + 1] != 0xa3))
			continue;
		memcpy(&displacement, stub + i + 2, sizeof(displacement));
		if (machine == EM_X86_64)
			*ret_slot = address + i + 6 + (int64_t)displacement;
		else if (stub[i + 1] == 0x25)
			*ret_slot = (uint32_t)displacement;
		else
			*ret_slot = (uint32_t)(slots->got + displacement);
		return true;
	}
	return false;
}

static int add_stub(struct vprof_symbols *symbols, const struct vprof_elf *elf,
		    const char *name, uint64_t address, uint64_t size)
{
	char text[VPROF_SYMBOL_NAME_MAX];
	struct vprof_new_symbol new = {
		.name = text,
		.size = size,
		.rank = VPROF_SYMBOL_LOCAL,
	};

	snprintf(text, sizeof(text), "%.4096s@plt", name);
	if (vprof_elf_get_offset(elf, address, &new.offset) ||
	    new.offset > UINT64_MAX - size)
		return 0;
	new.limit = new.offset + size;
	return vprof_symbols_add(symbols, &new);
}

static int add_stubs(struct vprof_symbols *symbols, const struct vprof_elf *elf,
		     const struct slots *slots, Elf_Scn *section,
		     const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t step = header->sh_entsize == 8 ? 8 : STUB_BYTES;
	size_t at;
	int ret = 0;

	if (!data || !data->d_buf)
		return 0;
	for (at = 0; !ret && at + step <= data->d_size; at += step) {
		uint64_t address = header->sh_addr + at;
		struct slot key = { .name = NULL };
		struct slot *slot;

		if (!find_jump(slots, elf->machine,
			       (const uint8_t *)data->d_buf + at, step, address,
			       &key.address))
			continue;
		slot = bsearch(&key, slots->at, slots->nr, sizeof(*slots->at),
			       compare_slots);
		if (slot)
			ret = add_stub(symbols, elf, slot->name, address, step);
	}
	return ret;
}

int vprof_elf_plt_add(struct vprof_symbols *symbols,
		      const struct vprof_elf *elf)
{
	struct slots slots = { 0 };
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	int ret;

	if (elf->machine != EM_X86_64 && elf->machine != EM_386)
		return 0;
	ret = collect(&slots, elf);
	while (!ret && slots.nr && (section = elf_nextscn(elf->elf, section))) {
		if (gelf_getshdr(section, &header) &&
		    header.sh_type == SHT_PROGBITS &&
		    !strncmp(section_name(elf, &header), ".plt", 4))
			ret = add_stubs(symbols, elf, &slots, section, &header);
	}
	free(slots.at);
	return ret;
}

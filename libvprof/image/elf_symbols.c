// SPDX-License-Identifier: LGPL-2.1-or-later
/* The symbols of an ELF file, by their offset in it. */
#include "image/elf_symbols.h"

#include <errno.h>
#include <gelf.h>
#include <string.h>

#include "image/elf_file.h"
#include "image/symbols.h"

static enum vprof_symbol_rank rank_of(const GElf_Sym *symbol)
{
	switch (GELF_ST_BIND(symbol->st_info)) {
	case STB_LOCAL:
		return VPROF_SYMBOL_LOCAL;
	case STB_WEAK:
		return VPROF_SYMBOL_WEAK;
	default:
		return VPROF_SYMBOL_GLOBAL;
	}
}

/* Functions, and the labels of hand-written assembly. */
static bool is_code(const GElf_Sym *symbol, const char *name)
{
	switch (GELF_ST_TYPE(symbol->st_info)) {
	case STT_FUNC:
	case STT_GNU_IFUNC:
		return true;
	case STT_NOTYPE:
		return name[0] != '$' && name[0] != '.';
	default:
		return false;
	}
}

static int add(struct vprof_symbols *symbols, const struct vprof_elf *elf,
	       const struct vprof_elf *from, const GElf_Sym *symbol,
	       const char *name)
{
	struct vprof_new_symbol new = {
		.name = name,
		.size = symbol->st_size,
		.rank = rank_of(symbol),
	};
	uint64_t section_end;

	if (symbol->st_shndx == SHN_UNDEF ||
	    symbol->st_shndx >= from->nr_sections || !is_code(symbol, name))
		return 0;
	section_end = from->sections[symbol->st_shndx].end;
	if (symbol->st_value >= section_end ||
	    vprof_elf_get_offset(elf, symbol->st_value, &new.offset))
		return 0;
	if (section_end - symbol->st_value > UINT64_MAX - new.offset)
		return 0;
	new.limit = new.offset + (section_end - symbol->st_value);
	return vprof_symbols_add(symbols, &new);
}

int vprof_elf_symbols_add(struct vprof_symbols *symbols,
			  const struct vprof_elf *elf,
			  const struct vprof_elf *from)
{
	Elf_Scn *section = vprof_elf_find_section(from, SHT_SYMTAB);
	GElf_Shdr header;
	GElf_Sym symbol;
	Elf_Data *data;
	int ret = 0;
	int i;

	if (!section)
		section = vprof_elf_find_section(from, SHT_DYNSYM);
	if (!section || !gelf_getshdr(section, &header))
		return 0;
	data = elf_getdata(section, NULL);
	if (!data)
		return 0;
	for (i = 0; !ret && gelf_getsym(data, i, &symbol); i++) {
		const char *name =
			elf_strptr(from->elf, header.sh_link, symbol.st_name);

		if (name && name[0])
			ret = add(symbols, elf, from, &symbol, name);
	}
	return ret;
}

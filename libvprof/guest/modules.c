// SPDX-License-Identifier: LGPL-2.1-or-later
/* The modules in a guest's memory: its kernel's list of them, and their names. */
#include "guest/modules.h"

#include <elf.h>
#include <stddef.h>
#include <string.h>

#include "guest/btf.h"

enum {
	STATE_UNFORMED = 3, /* of enum module_state */
	MODULE_BYTES_MAX = 64 << 10,
	MAX_MODULE_SYMBOLS = 1 << 18,
	TEXT_SIZE_MAX = 256 << 20,
};

/* Where members are; UINT32_MAX: this kernel has no such member. */
struct layout {
	uint32_t state;
	uint32_t list;
	uint32_t name;
	uint32_t kallsyms;
	uint32_t core_layout; /* up to Linux 6.3 */
	uint32_t layout_base;
	uint32_t layout_text_size;
	uint32_t mem; /* since: an array, whose first is the text */
	uint32_t mem_base;
	uint32_t mem_size;
	uint32_t symtab;
	uint32_t num_symtab;
	uint32_t strtab;
	uint32_t typetab;
};

/* A look at one list of modules. */
struct modules {
	struct vprof_guest_reader *reader;
	struct layout layout;
	uint64_t address; /* of the struct module */
	const char *what; /* was being read */
	uint64_t nr_symbols;
};

static enum vprof_guest_fault fail(struct modules *modules, const char *what)
{
	return vprof_guest_fail(modules->reader,
				modules->reader->error ? VPROF_GUEST_GONE
						       : VPROF_GUEST_BAD_LIST,
				"%s", what);
}

/* ---- layouts -------------------------------------------------------------------------- */

static bool is_known(uint32_t offset)
{
	return offset < MODULE_BYTES_MAX;
}

static bool is_whole(const struct layout *layout)
{
	bool has_core_layout = is_known(layout->core_layout) &&
			       is_known(layout->layout_base) &&
			       is_known(layout->layout_text_size);
	bool has_mem = is_known(layout->mem) && is_known(layout->mem_base) &&
		       is_known(layout->mem_size);

	return is_known(layout->state) && is_known(layout->list) &&
	       is_known(layout->name) && is_known(layout->kallsyms) &&
	       is_known(layout->symtab) && is_known(layout->num_symtab) &&
	       is_known(layout->strtab) && is_known(layout->typetab) &&
	       (has_core_layout || has_mem);
}

static int find_layout(struct vprof_guest_reader *reader, size_t size,
		       struct layout *ret_layout)
{
	const struct vprof_btf_wanted wanted[] = {
		{ "module", "state", &ret_layout->state },
		{ "module", "list", &ret_layout->list },
		{ "module", "name", &ret_layout->name },
		{ "module", "kallsyms", &ret_layout->kallsyms },
		{ "module", "core_layout", &ret_layout->core_layout },
		{ "module_layout", "base", &ret_layout->layout_base },
		{ "module_layout", "text_size", &ret_layout->layout_text_size },
		{ "module", "mem", &ret_layout->mem },
		{ "module_memory", "base", &ret_layout->mem_base },
		{ "module_memory", "size", &ret_layout->mem_size },
		{ "mod_kallsyms", "symtab", &ret_layout->symtab },
		{ "mod_kallsyms", "num_symtab", &ret_layout->num_symtab },
		{ "mod_kallsyms", "strtab", &ret_layout->strtab },
		{ "mod_kallsyms", "typetab", &ret_layout->typetab },
	};

	return vprof_btf_find(reader->btf, size, wanted,
			      sizeof(wanted) / sizeof(wanted[0]));
}

static enum vprof_guest_fault read_layout(struct modules *modules,
					  const struct vprof_guest_found *found)
{
	struct vprof_guest_reader *reader = modules->reader;
	uint64_t size = found->stop_btf - found->start_btf;

	if (!found->start_btf || !found->stop_btf)
		return vprof_guest_fail(reader, VPROF_GUEST_NO_BTF, "%s", "");
	if (found->stop_btf < found->start_btf || size > VPROF_GUEST_BTF_MAX)
		return vprof_guest_fail(reader, VPROF_GUEST_BAD_BTF,
					"%llu bytes", (unsigned long long)size);
	if (vprof_guest_read(reader, found->start_btf, reader->btf, size))
		return vprof_guest_fail(reader,
					reader->error ? VPROF_GUEST_GONE
						      : VPROF_GUEST_BAD_BTF,
					"it is not in memory");
	if (find_layout(reader, size, &modules->layout))
		return vprof_guest_fail(reader, VPROF_GUEST_BAD_BTF,
					"its form");
	if (!is_whole(&modules->layout))
		return vprof_guest_fail(reader, VPROF_GUEST_BAD_BTF,
					"struct module");
	return VPROF_GUEST_OK;
}

/* ---- a module ----------------------------------------------------------------------------- */

struct module_text {
	uint64_t start;
	uint32_t size;
};

struct kallsyms {
	uint64_t symtab;
	uint64_t strtab;
	uint64_t typetab;
	uint32_t nr;
};

static int read_member(struct modules *modules, uint64_t base, uint32_t offset,
		       void *to, size_t size)
{
	return vprof_guest_read(modules->reader, base + offset, to, size);
}

static int read_text(struct modules *modules, struct module_text *ret_text)
{
	const struct layout *layout = &modules->layout;
	bool has_mem = is_known(layout->mem);
	uint64_t at = modules->address +
		      (has_mem ? layout->mem : layout->core_layout);
	int ret;

	ret = read_member(modules, at,
			  has_mem ? layout->mem_base : layout->layout_base,
			  &ret_text->start, sizeof(ret_text->start));
	if (ret)
		return ret;
	return read_member(modules, at,
			   has_mem ? layout->mem_size
				   : layout->layout_text_size,
			   &ret_text->size, sizeof(ret_text->size));
}

static int read_kallsyms(struct modules *modules, struct kallsyms *ret_kallsyms)
{
	const struct layout *layout = &modules->layout;
	uint64_t at;
	int ret;

	ret = read_member(modules, modules->address, layout->kallsyms, &at,
			  sizeof(at));
	if (!ret)
		ret = read_member(modules, at, layout->symtab,
				  &ret_kallsyms->symtab, 8);
	if (!ret)
		ret = read_member(modules, at, layout->strtab,
				  &ret_kallsyms->strtab, 8);
	if (!ret)
		ret = read_member(modules, at, layout->typetab,
				  &ret_kallsyms->typetab, 8);
	if (!ret)
		ret = read_member(modules, at, layout->num_symtab,
				  &ret_kallsyms->nr, 4);
	return ret;
}

static enum vprof_guest_fault add_symbol(struct modules *modules,
					 const Elf64_Sym *symbol,
					 const struct kallsyms *kallsyms,
					 char type)
{
	struct vprof_guest_reader *reader = modules->reader;
	char name[VPROF_GUEST_NAME_MAX + 1];

	if (symbol->st_shndx == SHN_UNDEF)
		return VPROF_GUEST_OK;
	if (vprof_guest_read_name(reader, kallsyms->strtab + symbol->st_name,
				  name, sizeof(name)))
		return fail(modules, "a name that is not in memory");
	if (!name[0])
		return VPROF_GUEST_OK;
	vprof_guest_make_printable(&type, 1);
	if (vprof_guest_result_symbol(reader->result, symbol->st_value, type,
				      name, strlen(name)))
		return vprof_guest_fail(reader, VPROF_GUEST_TOO_MUCH,
					"those of modules");
	return VPROF_GUEST_OK;
}

/* Linux has put them one behind the other: symbols, names, types. */
static void prefetch_tables(struct vprof_guest_reader *reader,
			    const struct kallsyms *kallsyms)
{
	uint64_t size = kallsyms->typetab - kallsyms->symtab + kallsyms->nr;

	if (size <= VPROF_GUEST_BATCH_PAGES * VPROF_GUEST_PAGE)
		vprof_guest_prefetch(reader, kallsyms->symtab, size);
}

static enum vprof_guest_fault add_symbols(struct modules *modules,
					  const struct kallsyms *kallsyms)
{
	enum vprof_guest_fault fault = VPROF_GUEST_OK;
	struct vprof_guest_stream symbols;
	struct vprof_guest_stream types;
	uint32_t i;

	if (kallsyms->nr > MAX_MODULE_SYMBOLS)
		return fail(modules, "a module with too many symbols");
	modules->nr_symbols += kallsyms->nr;
	if (modules->nr_symbols > VPROF_GUEST_MAX_SYMBOLS)
		return vprof_guest_fail(modules->reader, VPROF_GUEST_TOO_MUCH,
					"those of modules");
	prefetch_tables(modules->reader, kallsyms);
	vprof_guest_stream_init(&symbols, modules->reader, kallsyms->symtab,
				kallsyms->nr * sizeof(Elf64_Sym));
	vprof_guest_stream_init(&types, modules->reader, kallsyms->typetab,
				kallsyms->nr);
	for (i = 0; fault == VPROF_GUEST_OK && i < kallsyms->nr; i++) {
		Elf64_Sym symbol;
		int type = vprof_guest_stream_byte(&types);

		if (type < 0 ||
		    vprof_guest_stream_read(&symbols, &symbol, sizeof(symbol)))
			return fail(modules, "symbols that are not in memory");
		fault = add_symbol(modules, &symbol, kallsyms, type);
	}
	return fault;
}

static enum vprof_guest_fault add_module(struct modules *modules)
{
	struct vprof_guest_result *result = modules->reader->result;
	size_t used = result->used;
	char name[VPROF_GUEST_MODULE_MAX + 1];
	enum vprof_guest_fault fault;
	struct kallsyms kallsyms;
	struct module_text text;
	int32_t state;

	if (read_member(modules, modules->address, modules->layout.state,
			&state, sizeof(state)))
		return fail(modules, "a module that is not in memory");
	if (state == STATE_UNFORMED)
		return VPROF_GUEST_OK;
	if (vprof_guest_read_name(modules->reader,
				  modules->address + modules->layout.name, name,
				  sizeof(name)) ||
	    read_text(modules, &text) || read_kallsyms(modules, &kallsyms))
		return fail(modules, "a module that is not in memory");
	if (!name[0] || !text.start || text.size > TEXT_SIZE_MAX ||
	    text.start > UINT64_MAX - TEXT_SIZE_MAX)
		return fail(modules, "a module without a name or place");
	if (!text.size)
		return VPROF_GUEST_OK;
	if (vprof_guest_result_module(result, text.start, text.size, name))
		return vprof_guest_fail(modules->reader, VPROF_GUEST_TOO_MUCH,
					"those of modules");
	fault = add_symbols(modules, &kallsyms);
	if (fault != VPROF_GUEST_OK)
		result->used = used;
	return fault;
}

/* ---- the list ------------------------------------------------------------------------------ */

static enum vprof_guest_fault read_list(struct modules *modules, uint64_t list)
{
	enum vprof_guest_fault fault = VPROF_GUEST_OK;
	size_t used = modules->reader->result->used;
	unsigned int nr = 0;
	uint64_t at;

	if (vprof_guest_read(modules->reader, list, &at, sizeof(at)))
		return fail(modules, "it is not in memory");
	while (fault == VPROF_GUEST_OK && at != list) {
		if (nr++ == VPROF_GUEST_MAX_MODULES) {
			modules->reader->result->used = used;
			return fail(modules, "it has no end");
		}
		modules->address = at - modules->layout.list;
		vprof_guest_prefetch(modules->reader, modules->address,
				     VPROF_GUEST_PAGE);
		fault = add_module(modules);
		if (fault == VPROF_GUEST_OK &&
		    vprof_guest_read(modules->reader, at, &at, sizeof(at)))
			fault = fail(modules, "it breaks off");
	}
	return fault;
}

enum vprof_guest_fault
vprof_guest_modules_read(struct vprof_guest_reader *reader,
			 const struct vprof_guest_found *found)
{
	struct modules modules = { .reader = reader };
	size_t used = reader->result->used;
	enum vprof_guest_fault fault;
	size_t i;

	if (!found->nr_lists)
		return vprof_guest_fail(reader, VPROF_GUEST_NO_LIST, "%s", "");
	fault = read_layout(&modules, found);
	for (i = 0; fault == VPROF_GUEST_OK && i < found->nr_lists; i++) {
		/* another variable of that name is no list of modules */
		if (i)
			reader->result->used = used;
		modules.nr_symbols = 0;
		fault = read_list(&modules, found->lists[i]);
		if (fault == VPROF_GUEST_OK)
			break;
		if (fault == VPROF_GUEST_BAD_LIST && i + 1 < found->nr_lists)
			fault = VPROF_GUEST_OK;
	}
	return fault;
}

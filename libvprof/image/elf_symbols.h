/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The symbols of an ELF file, by their offset in it. */
#ifndef LIBVPROF_ELF_SYMBOLS_H
#define LIBVPROF_ELF_SYMBOLS_H

struct vprof_elf;
struct vprof_symbols;

/**
 * vprof_elf_symbols_add - the functions of a symbol table
 * @elf: what is loaded: its segments say where an address lies in the file
 * @from: has the table: @elf itself, or its separate debug file
 *
 * .symtab where there is one, else .dynsym.
 *
 * Return: 0 (also with nothing added), -E2BIG, -ENOMEM.
 */
int vprof_elf_symbols_add(struct vprof_symbols *symbols,
			  const struct vprof_elf *elf,
			  const struct vprof_elf *from);

/** vprof_elf_plt_add - the stubs that call other libraries, as "name@plt" */
int vprof_elf_plt_add(struct vprof_symbols *symbols,
		      const struct vprof_elf *elf);

#endif

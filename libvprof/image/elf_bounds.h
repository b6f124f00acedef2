/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libelf may be asked for: its users' files may be made to use up memory. */
#ifndef LIBVPROF_ELF_BOUNDS_H
#define LIBVPROF_ELF_BOUNDS_H

#include <libelf.h>

/**
 * vprof_elf_begin - elf_begin() for a file of anybody's, its notes within bounds
 *
 * Return: 0, -ENOEXEC no ELF file or none that a linker would make.
 */
int vprof_elf_begin(int fd, Elf **ret_elf);

/**
 * vprof_elf_check_symbols - before symbols are asked for
 *
 * Return: 0, -EFBIG: they take more memory than there is for them, -ENOEXEC: they
 * overlap, or are compressed.
 */
int vprof_elf_check_symbols(Elf *elf, int fd);

#endif

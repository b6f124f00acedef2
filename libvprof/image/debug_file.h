/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where distributions put the symbols that they stripped from a file. */
#ifndef LIBVPROF_DEBUG_FILE_H
#define LIBVPROF_DEBUG_FILE_H

#include <libelf.h>

/**
 * vprof_debug_file_open - the separate debug file of a stripped one
 * @elf: the stripped file
 * @path: where it was
 *
 * By build-id under /usr/lib/debug/.build-id, else by .gnu_debuglink beside it,
 * in .debug, and under /usr/lib/debug.
 *
 * Return: a descriptor, or -ENOENT.
 */
int vprof_debug_file_open(Elf *elf, const char *path);

#endif

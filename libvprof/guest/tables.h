/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kallsyms tables in a guest's memory: its kernel's names, compressed. */
#ifndef LIBVPROF_GUEST_TABLES_H
#define LIBVPROF_GUEST_TABLES_H

#include "guest/note.h"

enum { VPROF_GUEST_MAX_LISTS = 4 };

/**
 * struct vprof_guest_found - addresses that more is found by; 0: no such symbol
 * @clock: jiffies, which go as long as the kernel runs
 * @lists: what is called "modules"
 */
struct vprof_guest_found {
	uint64_t etext;
	uint64_t end;
	uint64_t start_btf;
	uint64_t stop_btf;
	uint64_t clock;
	uint64_t lists[VPROF_GUEST_MAX_LISTS];
	size_t nr_lists;
};

/**
 * vprof_guest_tables_read - every symbol to the reader's result
 *
 * Return: VPROF_GUEST_OK, VPROF_GUEST_NO_TABLES, VPROF_GUEST_BAD_TABLES,
 * VPROF_GUEST_TOO_MUCH.
 */
enum vprof_guest_fault
vprof_guest_tables_read(struct vprof_guest_reader *reader,
			const struct vprof_guest_note *note,
			struct vprof_guest_found *ret_found);

#endif

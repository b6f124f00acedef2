/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMCOREINFO: the note in which a Linux kernel says where things are. */
#ifndef LIBVPROF_GUEST_NOTE_H
#define LIBVPROF_GUEST_NOTE_H

#include "guest/reader.h"

enum { VPROF_GUEST_NOTE_MAX = 16 << 10 };

/* Where every kernel's image is, at its random offset too. */
#define VPROF_GUEST_IMAGE_START 0xffffffff80000000ULL
#define VPROF_GUEST_IMAGE_MAX (1ULL << 30)

/**
 * struct vprof_guest_note - what it says; 0 where it says nothing
 *
 * Addresses are of the kernel that runs, its random offset included.
 */
struct vprof_guest_note {
	struct vprof_guest_identity identity;
	uint64_t names;
	uint64_t num_syms;
	uint64_t token_table;
	uint64_t token_index;
	uint64_t offsets;
	uint64_t relative_base;
	uint64_t addresses;
	uint64_t root; /* swapper_pg_dir */
	uint64_t phys_base;
	uint64_t image_size;
	uint64_t has_5_levels;
	uint64_t encryption_mask;
};

/**
 * vprof_guest_note_parse - read the text of a note
 *
 * Return: VPROF_GUEST_OK, VPROF_GUEST_BAD_NOTE.
 */
enum vprof_guest_fault
vprof_guest_note_parse(struct vprof_guest_reader *reader, const char *text,
		       size_t size, struct vprof_guest_note *ret_note);

/**
 * vprof_guest_note_find - try every note in the memory, until one is good
 * @try: VPROF_GUEST_OK takes it; with anything else the next one is tried
 *
 * A note can be an older kernel's, that of a guest of the guest, or forged. Where
 * memory translates, pages are looked at first that the kernel's data points to.
 *
 * Return: what @try returned of the last, or VPROF_GUEST_NO_NOTE,
 * VPROF_GUEST_BAD_NOTE, VPROF_GUEST_GONE.
 */
enum vprof_guest_fault vprof_guest_note_find(
	struct vprof_guest_reader *reader,
	enum vprof_guest_fault (*try)(struct vprof_guest_reader *reader,
				      const struct vprof_guest_note *note));

#endif

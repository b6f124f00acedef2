/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's memory in one piece: a file, or a mapping of its VMM. */
#ifndef LIBVPROF_GUEST_MEMORY_H
#define LIBVPROF_GUEST_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct vprof_guest_memory;

/**
 * struct vprof_guest_flat - one piece
 * @start: where it begins: a file's offset, an address of the VMM's
 * @below_4g: bytes of it that lie below the hole before 4 GiB; the others
 *            begin at 4 GiB
 */
struct vprof_guest_flat {
	int fd;
	pid_t pid;
	uint64_t start;
	uint64_t size;
	uint64_t below_4g;
};

/** vprof_guest_flat_open - @flat is copied; @fd is the memory's from now on */
int vprof_guest_flat_open(const struct vprof_guest_flat *flat,
			  const char *about,
			  struct vprof_guest_memory **ret_memory);

/** vprof_guest_flat_find - where a physical address lies in the piece; -EFAULT */
int vprof_guest_flat_find(const struct vprof_guest_flat *flat, uint64_t address,
			  size_t size, uint64_t *ret_offset);

/**
 * vprof_guest_memory_set_layout - another place for the hole
 * @nr: 0 is how it was opened
 *
 * VMMs do not say where they leave the hole; the names that are found tell
 * which is right.
 *
 * Return: 0; -ENOENT: there is no other.
 */
int vprof_guest_memory_set_layout(struct vprof_guest_memory *memory,
				  unsigned int nr);

#endif

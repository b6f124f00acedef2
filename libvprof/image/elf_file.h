/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An ELF file as far as symbols need it: segments, executable sections. */
#ifndef LIBVPROF_ELF_FILE_H
#define LIBVPROF_ELF_FILE_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A loaded part of the file. */
struct vprof_elf_segment {
	uint64_t vaddr;
	uint64_t offset;
	uint64_t size;
};

/* @end: address past the section; 0: it holds no code. */
struct vprof_elf_section {
	uint64_t end;
};

/**
 * struct vprof_elf - an open ELF file, 32 or 64 bits
 * @segments: in the file's own order
 */
struct vprof_elf {
	Elf *elf;
	int machine;
	struct vprof_elf_segment *segments;
	size_t nr_segments;
	struct vprof_elf_section *sections;
	size_t nr_sections;
};

/** vprof_elf_open - @fd stays the caller's, and open as long; -ENOEXEC, -EFBIG, -ENOMEM */
int vprof_elf_open(int fd, struct vprof_elf *ret_elf);
/** vprof_elf_open_memory - an image in memory */
int vprof_elf_open_memory(const void *bytes, size_t size,
			  struct vprof_elf *ret_elf);
void vprof_elf_close(struct vprof_elf *elf);

/** vprof_elf_get_offset - where in the file an address is loaded from; -ENOENT */
int vprof_elf_get_offset(const struct vprof_elf *elf, uint64_t vaddr,
			 uint64_t *ret_offset);

/** vprof_elf_find_section - the first of a type, or NULL */
Elf_Scn *vprof_elf_find_section(const struct vprof_elf *elf, uint32_t type);

#endif

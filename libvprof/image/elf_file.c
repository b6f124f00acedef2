// SPDX-License-Identifier: LGPL-2.1-or-later
/* An ELF file as far as symbols need it: segments, executable sections. */
#include "image/elf_file.h"

#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "image/elf_bounds.h"

enum { MAX_SEGMENTS = 4096, MAX_SECTIONS = 1 << 20 };

static int read_segments(struct vprof_elf *elf)
{
	size_t nr;
	size_t i;

	if (elf_getphdrnum(elf->elf, &nr) || nr > MAX_SEGMENTS)
		return -ENOEXEC;
	elf->segments = calloc(nr + 1, sizeof(*elf->segments));
	if (!elf->segments)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		struct vprof_elf_segment *segment =
			&elf->segments[elf->nr_segments];
		GElf_Phdr header;

		if (!gelf_getphdr(elf->elf, i, &header))
			return -ENOEXEC;
		if (header.p_type != PT_LOAD)
			continue;
		segment->vaddr = header.p_vaddr;
		segment->offset = header.p_offset;
		segment->size = header.p_filesz;
		elf->nr_segments++;
	}
	return 0;
}

static int read_sections(struct vprof_elf *elf)
{
	size_t i;

	if (elf_getshdrnum(elf->elf, &elf->nr_sections) ||
	    elf->nr_sections > MAX_SECTIONS)
		return -ENOEXEC;
	elf->sections = calloc(elf->nr_sections + 1, sizeof(*elf->sections));
	if (!elf->sections)
		return -ENOMEM;
	for (i = 0; i < elf->nr_sections; i++) {
		Elf_Scn *section = elf_getscn(elf->elf, i);
		GElf_Shdr header;

		if (section && gelf_getshdr(section, &header) &&
		    (header.sh_flags & SHF_EXECINSTR) &&
		    header.sh_addr + header.sh_size > header.sh_addr)
			elf->sections[i].end = header.sh_addr + header.sh_size;
	}
	return 0;
}

static int read_headers(struct vprof_elf *elf)
{
	GElf_Ehdr header;
	int ret;

	if (elf_kind(elf->elf) != ELF_K_ELF ||
	    !gelf_getehdr(elf->elf, &header) ||
	    (header.e_type != ET_EXEC && header.e_type != ET_DYN))
		return -ENOEXEC;
	elf->machine = header.e_machine;
	ret = read_segments(elf);
	return ret ? ret : read_sections(elf);
}

static int take(Elf *handle, struct vprof_elf *ret_elf)
{
	struct vprof_elf elf = { .elf = handle };
	int ret;

	if (!handle)
		return -ENOEXEC;
	ret = read_headers(&elf);
	if (ret) {
		vprof_elf_close(&elf);
		return ret;
	}
	*ret_elf = elf;
	return 0;
}

int vprof_elf_open(int fd, struct vprof_elf *ret_elf)
{
	Elf *elf;
	int ret = vprof_elf_begin(fd, &elf);

	if (ret)
		return ret;
	ret = vprof_elf_check_symbols(elf, fd);
	if (ret) {
		elf_end(elf);
		return ret;
	}
	return take(elf, ret_elf);
}

int vprof_elf_open_memory(const void *bytes, size_t size,
			  struct vprof_elf *ret_elf)
{
	elf_version(EV_CURRENT);
	return take(elf_memory((char *)bytes, size), ret_elf);
}

void vprof_elf_close(struct vprof_elf *elf)
{
	elf_end(elf->elf);
	free(elf->segments);
	free(elf->sections);
	memset(elf, 0, sizeof(*elf));
}

int vprof_elf_get_offset(const struct vprof_elf *elf, uint64_t vaddr,
			 uint64_t *ret_offset)
{
	size_t i;

	for (i = 0; i < elf->nr_segments; i++) {
		const struct vprof_elf_segment *segment = &elf->segments[i];

		if (vaddr >= segment->vaddr &&
		    vaddr - segment->vaddr < segment->size) {
			*ret_offset = vaddr - segment->vaddr + segment->offset;
			return 0;
		}
	}
	return -ENOENT;
}

Elf_Scn *vprof_elf_find_section(const struct vprof_elf *elf, uint32_t type)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf->elf, section))) {
		if (gelf_getshdr(section, &header) && header.sh_type == type)
			return section;
	}
	return NULL;
}

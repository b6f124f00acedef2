// SPDX-License-Identifier: LGPL-2.1-or-later
/* What libelf may be asked for: its users' files may be made to use up memory. */
#include "image/elf_bounds.h"

#include <errno.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory_limit.h"

enum {
	MAX_NOTE_BYTES = 32 << 20,
	LOADED_PARTS = 4, /* of memory: for what libelf reads */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	OUR_ORDER = ELFDATA2LSB,
#else
	OUR_ORDER = ELFDATA2MSB,
#endif
};

/* ---- before libelf looks at it --------------------------------------------- */

/* Of more sections than a header can count the first says how many. */
static int check_first_section(int fd, bool is_64, uint64_t at)
{
	union {
		Elf64_Shdr of_64;
		Elf32_Shdr of_32;
	} first = { 0 };

	if (at > INT64_MAX || pread(fd, &first, sizeof(first), (off_t)at) < 0)
		return -ENOEXEC;
	return (is_64 ? first.of_64.sh_size : first.of_32.sh_size) ? -ENOEXEC
								   : 0;
}

/* libelf makes room for every section before it can be asked for their number. */
static int check_header(int fd)
{
	union {
		unsigned char ident[EI_NIDENT];
		Elf64_Ehdr of_64;
		Elf32_Ehdr of_32;
	} header = { 0 };
	uint64_t sections;
	uint16_t nr;
	bool is_64;

	if (pread(fd, &header, sizeof(header), 0) < EI_NIDENT ||
	    memcmp(header.ident, ELFMAG, SELFMAG) != 0 ||
	    header.ident[EI_DATA] != OUR_ORDER)
		return -ENOEXEC;
	is_64 = header.ident[EI_CLASS] == ELFCLASS64;
	sections = is_64 ? header.of_64.e_shoff : header.of_32.e_shoff;
	nr = is_64 ? header.of_64.e_shnum : header.of_32.e_shnum;
	return sections && !nr ? check_first_section(fd, is_64, sections) : 0;
}

/* ---- notes ------------------------------------------------------------------ */

static bool are_notes_bounded(Elf *elf)
{
	uint64_t left = MAX_NOTE_BYTES;
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	GElf_Phdr segment;
	size_t nr, i;

	if (elf_getphdrnum(elf, &nr) || nr >= PN_XNUM)
		return false;
	for (i = 0; i < nr && gelf_getphdr(elf, (int)i, &segment); i++) {
		if (segment.p_type != PT_NOTE)
			continue;
		if (segment.p_filesz > left)
			return false;
		left -= segment.p_filesz;
	}
	left = MAX_NOTE_BYTES;
	while ((section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &header) ||
		    header.sh_type != SHT_NOTE)
			continue;
		if (header.sh_size > left)
			return false;
		left -= header.sh_size;
	}
	return true;
}

int vprof_elf_begin(int fd, Elf **ret_elf)
{
	Elf *elf;

	elf_version(EV_CURRENT);
	if (check_header(fd))
		return -ENOEXEC;
	/* Not mapped: its owner could cut the file short under us. */
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf)
		return -ENOEXEC;
	if (elf_kind(elf) != ELF_K_ELF || !are_notes_bounded(elf)) {
		elf_end(elf);
		return -ENOEXEC;
	}
	*ret_elf = elf;
	return 0;
}

/* ---- symbols ---------------------------------------------------------------- */

static bool is_for_dynamic(Elf *elf, const GElf_Shdr *header)
{
	Elf_Scn *symbols = elf_getscn(elf, header->sh_link);
	GElf_Shdr linked;

	return symbols && gelf_getshdr(symbols, &linked) &&
	       linked.sh_type == SHT_DYNSYM;
}

static bool is_of_symbols(Elf *elf, const GElf_Shdr *header)
{
	switch (header->sh_type) {
	case SHT_SYMTAB:
	case SHT_DYNSYM:
	case SHT_STRTAB:
		return true;
	case SHT_REL:
	case SHT_RELA:
		return is_for_dynamic(elf, header);
	default:
		return false;
	}
}

/* What is looked for by its name. */
static bool is_of_names(Elf *elf, const GElf_Shdr *header)
{
	const char *name;
	size_t names;

	if (header->sh_type != SHT_PROGBITS || elf_getshdrstrndx(elf, &names))
		return false;
	name = elf_strptr(elf, names, header->sh_name);
	return name &&
	       (!strncmp(name, ".plt", 4) || !strcmp(name, ".gnu_debuglink"));
}

static int add_sizes(Elf *elf, bool (*is_meant)(Elf *, const GElf_Shdr *),
		     uint64_t file_bytes, uint64_t *sum)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &header) || !is_meant(elf, &header))
			continue;
		if (header.sh_flags & SHF_COMPRESSED ||
		    header.sh_size > file_bytes - *sum)
			return -ENOEXEC;
		*sum += header.sh_size;
	}
	return *sum > vprof_memory_limit() / LOADED_PARTS ? -EFBIG : 0;
}

int vprof_elf_check_symbols(Elf *elf, int fd)
{
	uint64_t sum = 0;
	struct stat stat;
	int ret;

	if (fstat(fd, &stat))
		return -errno;
	/* the names of sections are read for the second, and bounded by the first */
	ret = add_sizes(elf, is_of_symbols, (uint64_t)stat.st_size, &sum);
	return ret ? ret
		   : add_sizes(elf, is_of_names, (uint64_t)stat.st_size, &sum);
}

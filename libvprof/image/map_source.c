// SPDX-License-Identifier: LGPL-2.1-or-later
/* The symbols of a map that somebody gave: System.map, kallsyms, vmlinux, xen-syms. */
#include "image/map_source.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lines.h"
#include "image/build_id.h"
#include "image/elf_file.h"
#include "image/kallsyms.h"

enum {
	MAX_BYTES = 1 << 30,
	BZIMAGE_MAGIC_AT = 0x202,
};

typedef int symbol_fn(void *data, const struct vprof_kallsym *symbol);

/* ---- ELF ------------------------------------------------------------------------------ */

/* As nm(1) has it, as far as code goes: what is no code is 'd'. */
static char type_of(const struct vprof_elf *elf, const GElf_Sym *symbol)
{
	bool is_code = symbol->st_shndx < elf->nr_sections &&
		       elf->sections[symbol->st_shndx].end;

	if (symbol->st_shndx == SHN_ABS)
		return 'a';
	if (!is_code || GELF_ST_TYPE(symbol->st_info) == STT_OBJECT)
		return 'd';
	switch (GELF_ST_BIND(symbol->st_info)) {
	case STB_LOCAL:
		return 't';
	case STB_WEAK:
		return 'W';
	default:
		return 'T';
	}
}

static int for_each_elf_symbol(const struct vprof_elf *elf, symbol_fn *fn,
			       void *data)
{
	Elf_Scn *section = vprof_elf_find_section(elf, SHT_SYMTAB);
	Elf_Data *symbols = section ? elf_getdata(section, NULL) : NULL;
	GElf_Shdr header;
	GElf_Sym symbol;
	int ret = 0;
	int i;

	if (!symbols || !gelf_getshdr(section, &header))
		return 0;
	for (i = 0; !ret && gelf_getsym(symbols, i, &symbol); i++) {
		const struct vprof_kallsym found = {
			.address = symbol.st_value,
			.type = type_of(elf, &symbol),
			.name = elf_strptr(elf->elf, header.sh_link,
					   symbol.st_name),
			.module = "",
		};
		int type = GELF_ST_TYPE(symbol.st_info);

		if (symbol.st_shndx == SHN_UNDEF || !found.name ||
		    !found.name[0] || type == STT_FILE || type == STT_SECTION)
			continue;
		ret = fn(data, &found);
	}
	return ret;
}

static int for_each_in_elf(int fd, symbol_fn *fn, void *data)
{
	struct vprof_elf elf;
	int ret = vprof_elf_open(fd, &elf);

	if (ret)
		return ret;
	ret = for_each_elf_symbol(&elf, fn, data);
	vprof_elf_close(&elf);
	return ret;
}

/* "Linux version 6.1.0-56-amd64 (...", of which the release is kept. */
static void take_banner(struct vprof_map_source *source, const char *bytes,
			size_t size)
{
	static const char banner[] = "Linux version ";
	const size_t length = sizeof(banner) - 1;
	const char *at;
	size_t i;

	for (;;) {
		at = memmem(bytes, size, banner, length);
		if (!at || (size_t)(at - bytes) + length >= size)
			return;
		size -= at - bytes + length;
		bytes = at + length;
		for (i = 0; i < size && i < sizeof(source->release) - 1; i++) {
			if (bytes[i] <= ' ' || bytes[i] > '~')
				break;
			source->release[i] = bytes[i];
		}
		source->release[i] = '\0';
		if (i && i < size && bytes[i] == ' ')
			return;
		source->release[0] = '\0';
	}
}

static void find_banner(struct vprof_map_source *source)
{
	struct vprof_elf elf;
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	if (vprof_elf_open(source->fd, &elf))
		return;
	while (!source->release[0] &&
	       (section = elf_nextscn(elf.elf, section))) {
		Elf_Data *data;

		if (!gelf_getshdr(section, &header) ||
		    header.sh_type != SHT_PROGBITS ||
		    header.sh_flags & SHF_EXECINSTR)
			continue;
		data = elf_rawdata(section, NULL);
		if (data && data->d_buf)
			take_banner(source, data->d_buf, data->d_size);
	}
	vprof_elf_close(&elf);
}

static void identify_elf(struct vprof_map_source *source)
{
	struct vprof_build_id build_id;

	if (!vprof_build_id_read(source->fd, &build_id)) {
		memcpy(source->build_id, build_id.bytes,
		       sizeof(source->build_id));
		source->build_id_size = build_id.size;
	}
	find_banner(source);
}

/* ---- text ------------------------------------------------------------------------------- */

struct lines {
	symbol_fn *fn;
	void *data;
	size_t nr_good;
	size_t nr_bad;
};

enum { MAX_BAD_LINES = 16 };

static int take_line(void *data, char *line)
{
	struct lines *lines = data;
	struct vprof_kallsym symbol;

	if (vprof_kallsyms_parse_line(line, &symbol))
		return ++lines->nr_bad > MAX_BAD_LINES + lines->nr_good
			       ? -ENOEXEC
			       : 0;
	lines->nr_good++;
	return lines->fn(lines->data, &symbol);
}

static int for_each_line(int fd, symbol_fn *fn, void *data)
{
	struct lines lines = { .fn = fn, .data = data };
	int ret;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	ret = vprof_lines_read(fd, MAX_BYTES, take_line, &lines);
	if (!ret && !lines.nr_good)
		return -ENOEXEC;
	return ret;
}

/* ---- both --------------------------------------------------------------------------------- */

int vprof_map_source_for_each(struct vprof_map_source *source, symbol_fn *fn,
			      void *data)
{
	return source->is_elf ? for_each_in_elf(source->fd, fn, data)
			      : for_each_line(source->fd, fn, data);
}

static int look_at_start(struct vprof_map_source *source,
			 struct vprof_error *err)
{
	char start[BZIMAGE_MAGIC_AT + 4] = { 0 };
	ssize_t got = pread(source->fd, start, sizeof(start), 0);

	if (got < 0)
		return vprof_error_set(err, -errno, "cannot read \"%s\": %s",
				       source->path, strerror(errno));
	if (!memcmp(start + BZIMAGE_MAGIC_AT, "HdrS", 4))
		return vprof_error_set(
			err, -ENOEXEC,
			"\"%s\" is a packed kernel, without names: give its System.map, vmlinux, or a copy of the guest's /proc/kallsyms",
			source->path);
	source->is_elf = got >= SELFMAG && !memcmp(start, ELFMAG, SELFMAG);
	return 0;
}

int vprof_map_source_open(const char *path, struct vprof_map_source *ret_source,
			  struct vprof_error *err)
{
	struct vprof_map_source source = { .path = path };
	struct stat status;
	int ret;

	/* not to wait for a FIFO's writer */
	source.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (source.fd < 0)
		return vprof_error_set(err, -errno,
				       "cannot open the map \"%s\": %s", path,
				       strerror(errno));
	if (fstat(source.fd, &status) || !S_ISREG(status.st_mode))
		ret = vprof_error_set(err, -EINVAL,
				      "the map \"%s\" is no regular file",
				      path);
	else
		ret = look_at_start(&source, err);
	if (ret) {
		close(source.fd);
		return ret;
	}
	if (source.is_elf)
		identify_elf(&source);
	*ret_source = source;
	return 0;
}

void vprof_map_source_close(struct vprof_map_source *source)
{
	close(source->fd);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* Build-ids: the number a linker gives to what it made. */
#include "image/build_id.h"

#include <elf.h>
#include <elfutils/libdwelf.h>
#include <errno.h>
#include <libelf.h>
#include <stdio.h>
#include <string.h>

#include "base/small_file.h"
#include "image/elf_bounds.h"

static int take(struct vprof_build_id *ret_id, const void *bytes, size_t size)
{
	if (!size || size > sizeof(ret_id->bytes))
		return -ENOENT;
	memset(ret_id, 0, sizeof(*ret_id));
	memcpy(ret_id->bytes, bytes, size);
	ret_id->size = size;
	return 0;
}

int vprof_build_id_read(int fd, struct vprof_build_id *ret_id)
{
	const void *bytes;
	ssize_t size;
	Elf *elf;
	int ret;

	ret = vprof_elf_begin(fd, &elf);
	if (ret)
		return ret;
	size = dwelf_elf_gnu_build_id(elf, &bytes);
	ret = size > 0 ? take(ret_id, bytes, size) : -ENOENT;
	elf_end(elf);
	return ret;
}

static size_t align4(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

int vprof_build_id_from_notes(const void *notes, size_t size,
			      struct vprof_build_id *ret_id)
{
	const uint8_t *at = notes;
	Elf64_Nhdr note; /* the 32-bit one is the same */

	while (size >= sizeof(note)) {
		size_t name_size;
		size_t desc_size;

		memcpy(&note, at, sizeof(note));
		at += sizeof(note);
		size -= sizeof(note);
		name_size = align4(note.n_namesz);
		desc_size = align4(note.n_descsz);
		if (name_size > size || desc_size > size - name_size)
			return -ENOENT;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
		    !memcmp(at, "GNU", 4))
			return take(ret_id, at + name_size, note.n_descsz);
		at += name_size + desc_size;
		size -= name_size + desc_size;
	}
	return -ENOENT;
}

int vprof_build_id_read_notes(const char *path, struct vprof_build_id *ret_id)
{
	uint8_t notes[4096];
	ssize_t got = vprof_read_file(path, notes, sizeof(notes));

	if (got < 0)
		return got;
	return vprof_build_id_from_notes(notes, got, ret_id);
}

void vprof_build_id_format(const uint8_t *bytes, size_t size,
			   char text[VPROF_BUILD_ID_TEXT])
{
	size_t i;

	text[0] = '\0';
	for (i = 0; i < size && i < 20; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

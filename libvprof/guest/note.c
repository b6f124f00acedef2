// SPDX-License-Identifier: LGPL-2.1-or-later
/* VMCOREINFO: the note in which a Linux kernel says where things are. */
#include "guest/note.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 128 };

static const uint64_t image_default = 512ULL << 20;

static int take_hex(const char *value, uint64_t *ret_number)
{
	char *end;

	errno = 0;
	*ret_number = strtoull(value, &end, 16);
	return errno || end == value || *end ? -EINVAL : 0;
}

/* Signed, or not: what is above 2^63 is written either way. */
static int take_decimal(const char *value, uint64_t *ret_number)
{
	char *end;

	errno = 0;
	if (value[0] == '-')
		*ret_number = strtoll(value, &end, 10);
	else
		*ret_number = strtoull(value, &end, 0);
	return errno || end == value || *end ? -EINVAL : 0;
}

#define NUMBER(member) offsetof(struct vprof_guest_note, member)
#define LANDMARK(nr) NUMBER(identity.landmarks[nr])

static const struct key {
	const char *name;
	int (*take)(const char *value, uint64_t *ret_number);
	size_t offset;
} keys[] = {
	{ "SYMBOL(_stext)", take_hex, NUMBER(identity.stext) },
	{ "SYMBOL(init_uts_ns)", take_hex, LANDMARK(0) },
	{ "SYMBOL(swapper_pg_dir)", take_hex, LANDMARK(1) },
	{ "SYMBOL(node_online_map)", take_hex, LANDMARK(2) },
	{ "KERNELOFFSET", take_hex, NUMBER(identity.kaslr_offset) },
	{ "SYMBOL(kallsyms_names)", take_hex, NUMBER(names) },
	{ "SYMBOL(kallsyms_num_syms)", take_hex, NUMBER(num_syms) },
	{ "SYMBOL(kallsyms_token_table)", take_hex, NUMBER(token_table) },
	{ "SYMBOL(kallsyms_token_index)", take_hex, NUMBER(token_index) },
	{ "SYMBOL(kallsyms_offsets)", take_hex, NUMBER(offsets) },
	{ "SYMBOL(kallsyms_relative_base)", take_hex, NUMBER(relative_base) },
	{ "SYMBOL(kallsyms_addresses)", take_hex, NUMBER(addresses) },
	{ "SYMBOL(init_top_pgt)", take_hex, NUMBER(root) },
	{ "NUMBER(phys_base)", take_decimal, NUMBER(phys_base) },
	{ "NUMBER(KERNEL_IMAGE_SIZE)", take_decimal, NUMBER(image_size) },
	{ "NUMBER(pgtable_l5_enabled)", take_decimal, NUMBER(has_5_levels) },
	{ "NUMBER(sme_mask)", take_decimal, NUMBER(encryption_mask) },
};

static int take_release(struct vprof_guest_note *note, const char *value)
{
	char *to = note->identity.release;
	size_t length = strlen(value);

	if (!length || length >= sizeof(note->identity.release))
		return -EINVAL;
	memcpy(to, value, length + 1);
	vprof_guest_make_printable(to, length);
	return 0;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int take_build_id(struct vprof_guest_note *note, const char *value)
{
	size_t size = strlen(value) / 2;
	size_t i;

	if (!size || size > sizeof(note->identity.build_id))
		return -EINVAL;
	for (i = 0; i < size; i++) {
		int high = digit_of(value[2 * i]);
		int low = digit_of(value[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		note->identity.build_id[i] = high << 4 | low;
	}
	note->identity.build_id_size = size;
	return 0;
}

static int take_value(struct vprof_guest_note *note, const char *name,
		      const char *value)
{
	size_t i;

	if (!strcmp(name, "OSRELEASE"))
		return take_release(note, value);
	if (!strcmp(name, "BUILD-ID"))
		return take_build_id(note, value);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		uint64_t number;

		if (strcmp(name, keys[i].name))
			continue;
		if (keys[i].take(value, &number))
			return -EINVAL;
		memcpy((char *)note + keys[i].offset, &number, sizeof(number));
	}
	return 0;
}

/* FNV-1a: it is only held against notes of the same guest. 0: none. */
static uint64_t number_note(const char *text, size_t size)
{
	uint64_t number = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < size; i++)
		number = (number ^ (uint8_t)text[i]) * 0x100000001b3;
	return number ? number : 1;
}

/* The first line of @text, of which nothing is left out but its newline. */
static int take_line(struct vprof_guest_note *note, const char *text,
		     size_t length)
{
	char line[LINE_MAX_BYTES];
	char *value;

	if (length >= sizeof(line))
		return 0;
	memcpy(line, text, length);
	line[length] = '\0';
	value = strchr(line, '=');
	if (!value)
		return 0;
	*value++ = '\0';
	return take_value(note, line, value);
}

static enum vprof_guest_fault check(struct vprof_guest_reader *reader,
				    struct vprof_guest_note *note)
{
	if (!note->root)
		note->root = note->identity.landmarks[1];
	if (!note->image_size)
		note->image_size = image_default;
	if (note->image_size > VPROF_GUEST_IMAGE_MAX)
		return vprof_guest_fail(reader, VPROF_GUEST_BAD_NOTE,
					"a kernel of 0x%llx bytes",
					(unsigned long long)note->image_size);
	if (!note->identity.release[0])
		return vprof_guest_fail(reader, VPROF_GUEST_BAD_NOTE,
					"no OSRELEASE");
	if (note->identity.stext - VPROF_GUEST_IMAGE_START >= note->image_size)
		return vprof_guest_fail(
			reader, VPROF_GUEST_BAD_NOTE, "_stext at 0x%llx",
			(unsigned long long)note->identity.stext);
	return VPROF_GUEST_OK;
}

enum vprof_guest_fault vprof_guest_note_parse(struct vprof_guest_reader *reader,
					      const char *text, size_t size,
					      struct vprof_guest_note *ret_note)
{
	memset(ret_note, 0, sizeof(*ret_note));
	ret_note->identity.note = number_note(text, size);
	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size;

		if (take_line(ret_note, text, length))
			return vprof_guest_fail(reader, VPROF_GUEST_BAD_NOTE,
						"a line of its VMCOREINFO");
		length += end ? 1 : 0;
		text += length;
		size -= length;
	}
	return check(reader, ret_note);
}

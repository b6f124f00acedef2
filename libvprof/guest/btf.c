// SPDX-License-Identifier: LGPL-2.1-or-later
/* BTF: where the members of a kernel's structures are, as the kernel says. */
#include "guest/btf.h"

#include <errno.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <string.h>

enum { MAX_KIND = BTF_KIND_ENUM64 };

struct section {
	const uint8_t *types;
	size_t types_size;
	const char *strings; /* the last byte is NUL */
	size_t strings_size;
	const struct vprof_btf_wanted *wanted;
	size_t nr_wanted;
};

static const char *string_at(const struct section *section, uint32_t at)
{
	return at < section->strings_size ? section->strings + at : "";
}

/* What follows a type: @per for each of its vlen, and @fixed. */
static const struct {
	uint8_t fixed;
	uint8_t per;
} follows[MAX_KIND + 1] = {
	[BTF_KIND_INT] = { 4, 0 },
	[BTF_KIND_ARRAY] = { sizeof(struct btf_array), 0 },
	[BTF_KIND_STRUCT] = { 0, sizeof(struct btf_member) },
	[BTF_KIND_UNION] = { 0, sizeof(struct btf_member) },
	[BTF_KIND_ENUM] = { 0, sizeof(struct btf_enum) },
	[BTF_KIND_FUNC_PROTO] = { 0, sizeof(struct btf_param) },
	[BTF_KIND_VAR] = { sizeof(struct btf_var), 0 },
	[BTF_KIND_DATASEC] = { 0, sizeof(struct btf_var_secinfo) },
	[BTF_KIND_DECL_TAG] = { 4, 0 },
	[BTF_KIND_ENUM64] = { 0, 12 },
};

static void look_at_members(const struct section *section,
			    const struct vprof_btf_wanted *wanted,
			    const struct btf_type *type, const uint8_t *members)
{
	uint32_t i;

	for (i = 0; i < BTF_INFO_VLEN(type->info); i++) {
		struct btf_member member;
		uint32_t bits;

		memcpy(&member, members + i * sizeof(member), sizeof(member));
		if (strcmp(string_at(section, member.name_off), wanted->member))
			continue;
		bits = member.offset;
		if (BTF_INFO_KFLAG(type->info))
			bits = BTF_MEMBER_BIT_OFFSET(bits);
		*wanted->ret_offset = bits / 8;
		return;
	}
}

static void look_at_struct(const struct section *section,
			   const struct btf_type *type, const uint8_t *members)
{
	const char *name = string_at(section, type->name_off);
	size_t i;

	for (i = 0; i < section->nr_wanted; i++) {
		const struct vprof_btf_wanted *wanted = &section->wanted[i];

		if (*wanted->ret_offset == UINT32_MAX &&
		    !strcmp(name, wanted->structure))
			look_at_members(section, wanted, type, members);
	}
}

static int look_at_types(const struct section *section)
{
	const uint8_t *at = section->types;
	size_t left = section->types_size;
	struct btf_type type;
	uint32_t kind;
	size_t size;

	while (left) {
		if (left < sizeof(type))
			return -EBADMSG;
		memcpy(&type, at, sizeof(type));
		at += sizeof(type);
		left -= sizeof(type);
		kind = BTF_INFO_KIND(type.info);
		if (!kind || kind > MAX_KIND)
			return -EBADMSG;
		size = follows[kind].fixed +
		       (size_t)follows[kind].per * BTF_INFO_VLEN(type.info);
		if (size > left)
			return -EBADMSG;
		if (kind == BTF_KIND_STRUCT)
			look_at_struct(section, &type, at);
		at += size;
		left -= size;
	}
	return 0;
}

/* A part of the section after its header. */
static bool is_within(size_t size, uint32_t offset, uint32_t length)
{
	return offset <= size && length <= size - offset;
}

int vprof_btf_find(const uint8_t *bytes, size_t size,
		   const struct vprof_btf_wanted *wanted, size_t nr_wanted)
{
	struct section section = { .wanted = wanted, .nr_wanted = nr_wanted };
	struct btf_header header;
	size_t i;

	for (i = 0; i < nr_wanted; i++)
		*wanted[i].ret_offset = UINT32_MAX;
	if (size < sizeof(header))
		return -EBADMSG;
	memcpy(&header, bytes, sizeof(header));
	if (header.magic != BTF_MAGIC || header.version != BTF_VERSION ||
	    header.hdr_len < sizeof(header) || header.hdr_len > size)
		return -EBADMSG;
	bytes += header.hdr_len;
	size -= header.hdr_len;
	if (!is_within(size, header.type_off, header.type_len) ||
	    !is_within(size, header.str_off, header.str_len) || !header.str_len)
		return -EBADMSG;
	section.types = bytes + header.type_off;
	section.types_size = header.type_len;
	section.strings = (const char *)bytes + header.str_off;
	section.strings_size = header.str_len;
	if (section.strings[section.strings_size - 1])
		return -EBADMSG;
	return look_at_types(&section);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BTF: where the members of a kernel's structures are, as the kernel says. */
#ifndef LIBVPROF_GUEST_BTF_H
#define LIBVPROF_GUEST_BTF_H

#include <stddef.h>
#include <stdint.h>

/** struct vprof_btf_wanted - a member to find; @ret_offset in bytes, UINT32_MAX: none */
struct vprof_btf_wanted {
	const char *structure;
	const char *member;
	uint32_t *ret_offset;
};

/**
 * vprof_btf_find - the offsets of members
 * @bytes: a whole BTF section, not trusted
 *
 * Of several structures with one name, the first that has the member.
 *
 * Return: 0 (also where some were not found), -EBADMSG.
 */
int vprof_btf_find(const uint8_t *bytes, size_t size,
		   const struct vprof_btf_wanted *wanted, size_t nr_wanted);

#endif

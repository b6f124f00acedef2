// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why there are no names, in sentences. */
#include "guest/result.h"

#include <errno.h>

/* @sentence: takes whose memory it was, and the detail. */
static const struct {
	int code;
	const char *sentence;
} faults[VPROF_GUEST_NR_FAULTS] = {
	[VPROF_GUEST_NO_NOTE] = {
		-ENOENT,
		"found no kernel in %s%s: it still boots, or is no Linux with CONFIG_VMCORE_INFO (or CONFIG_CRASH_CORE), or its memory is encrypted; give its map: --map NAME=FILE",
	},
	[VPROF_GUEST_BAD_NOTE] = {
		-EBADMSG,
		"the kernel in %s says of itself what is not valid (%s): its names are not taken; give its map: --map NAME=FILE",
	},
	[VPROF_GUEST_NO_TABLES] = {
		-ENOENT,
		"the kernel in %s does not say where its names are (%s: Linux before 6.0, or without CONFIG_KALLSYMS): give its map: --map NAME=FILE",
	},
	[VPROF_GUEST_BAD_TABLES] = {
		-EBADMSG,
		"the table of names in %s is not valid (%s): it is not taken; give a map: --map NAME=FILE",
	},
	[VPROF_GUEST_OTHER_KERNEL] = {
		-ENOENT,
		"the kernel found in %s is not the one that runs (%s): give its map: --map NAME=FILE",
	},
	[VPROF_GUEST_NO_BTF] = {
		-ENOENT,
		"the kernel in %s does not describe its structures%s (CONFIG_DEBUG_INFO_BTF)",
	},
	[VPROF_GUEST_BAD_BTF] = {
		-EBADMSG,
		"the description of structures in %s is not valid (%s)",
	},
	[VPROF_GUEST_NO_LIST] = {
		-ENOENT,
		"the kernel in %s has no list of modules%s (CONFIG_MODULES, CONFIG_KALLSYMS_ALL)",
	},
	[VPROF_GUEST_BAD_LIST] = {
		-EBADMSG,
		"the list of modules in %s is not valid (%s)",
	},
	[VPROF_GUEST_TOO_MUCH] = {
		-E2BIG,
		"there are more names in %s than a kernel has (%s): they are not taken; give its map: --map NAME=FILE",
	},
	[VPROF_GUEST_GONE] = {
		-EIO,
		"%s could not be read%s any more",
	},
};

int vprof_guest_explain(enum vprof_guest_fault fault, const char *about,
			const char *detail, struct vprof_error *err)
{
	if (fault == VPROF_GUEST_OK || fault >= VPROF_GUEST_NR_FAULTS)
		return vprof_error_set(err, -EBADMSG,
				       "the reader of %s broke its own rules",
				       about);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	return vprof_error_set(err, faults[fault].code, faults[fault].sentence,
			       about, detail);
#pragma GCC diagnostic pop
}

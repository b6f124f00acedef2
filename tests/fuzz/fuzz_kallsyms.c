// SPDX-License-Identifier: GPL-2.0-only
/* /proc/kallsyms: any bytes give symbols in order of address, or an errno. */
#include "bytes_fd.h"

#include <stdio.h>
#include <string.h>

#include "image/kallsyms.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct walk {
	const struct vprof_kallsyms *kallsyms;
	uint64_t last;
};

static int check(void *data, const struct vprof_kallsym *symbol)
{
	struct walk *walk = data;
	struct vprof_kallsym found;

	require(symbol->address >= walk->last);
	walk->last = symbol->address;
	require(symbol->name[0] && strchr("tTwW", symbol->type));
	require(!vprof_kallsyms_find(walk->kallsyms, symbol->address, &found));
	require(found.address == symbol->address);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	int fd = bytes_fd(bytes, size);
	struct vprof_kallsyms *kallsyms = vprof_kallsyms_new();
	struct walk walk = { .kallsyms = kallsyms };
	uint64_t start;
	uint64_t stext;
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!vprof_kallsyms_read(kallsyms, path)) {
		vprof_kallsyms_for_each(kallsyms, "", check, &walk);
		walk.last = 0;
		vprof_kallsyms_for_each(kallsyms, "m", check, &walk);
		walk.last = 0;
		vprof_kallsyms_for_each(kallsyms, NULL, check, &walk);
	}
	if (!vprof_kallsyms_find_text(path, &start, &stext))
		require(start && stext);
	vprof_kallsyms_put(kallsyms);
	close(fd);
	return 0;
}

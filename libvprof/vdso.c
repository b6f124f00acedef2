// SPDX-License-Identifier: LGPL-2.1-or-later
/* The vDSO: code that the kernel maps into processes, read from memory. */
#include "vdso.h"

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "image.h"

enum { VDSO_MAX_BYTES = 64 * 1024 };

static bool is_own(const struct vprof_image *image)
{
	return !strcmp(image->name, "[vdso]");
}

void vprof_vdso_keep(struct vprof_image *image)
{
	size_t size = image->map_end - image->map_start;
	char path[32];
	void *code;
	int fd;

	if (image->code || is_own(image) || size > VDSO_MAX_BYTES ||
	    strcmp(image->name, "[vdso32]"))
		return;
	snprintf(path, sizeof(path), "/proc/%d/mem", image->holders[0]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	code = malloc(size);
	if (code && pread(fd, code, size, image->map_start) == (ssize_t)size) {
		image->code = code;
		image->code_size = size;
	} else {
		free(code);
	}
	close(fd);
}

/* Its section headers are the last thing in it. */
static size_t size_of(const Elf64_Ehdr *header)
{
	size_t end =
		header->e_shoff + (size_t)header->e_shnum * header->e_shentsize;

	return end >= sizeof(*header) && end <= VDSO_MAX_BYTES ? end : 0;
}

const void *vprof_vdso_get(const struct vprof_image *image, size_t *ret_size)
{
	const Elf64_Ehdr *own = (const void *)getauxval(AT_SYSINFO_EHDR);

	if (!is_own(image)) {
		*ret_size = image->code_size;
		return image->code;
	}
	if (!own)
		return NULL;
	*ret_size = size_of(own);
	return *ret_size ? own : NULL;
}

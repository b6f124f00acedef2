/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /proc/kallsyms: a snapshot of the names of the kernel and its modules. */
#ifndef LIBVPROF_KALLSYMS_H
#define LIBVPROF_KALLSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vprof_kallsyms;

/**
 * struct vprof_kallsym - one line
 * @module: "" for the kernel proper
 * @type: as nm(1) has it
 */
struct vprof_kallsym {
	uint64_t address;
	char type;
	const char *name;
	const char *module;
};

/**
 * vprof_kallsyms_parse_line - read "ffffffff81000000 T _text\t[module]"
 * @line: written to
 *
 * Return: 0, or -EINVAL.
 */
int vprof_kallsyms_parse_line(char *line, struct vprof_kallsym *ret_symbol);

/**
 * vprof_kallsyms_load - read every code symbol
 * @path: "/proc/kallsyms"
 *
 * Return: 0, with a reference for the caller; -EPERM the kernel hides the
 * addresses; -ENOENT there is none (CONFIG_KALLSYMS); -E2BIG, -ENOMEM.
 */
int vprof_kallsyms_load(const char *path, struct vprof_kallsyms **ret_kallsyms);
struct vprof_kallsyms *vprof_kallsyms_get(struct vprof_kallsyms *kallsyms);
void vprof_kallsyms_put(struct vprof_kallsyms *kallsyms);

/** vprof_kallsyms_get_text - where the kernel proper lies; _stext is offset 0 */
void vprof_kallsyms_get_text(const struct vprof_kallsyms *kallsyms,
			     uint64_t *ret_start, uint64_t *ret_stext,
			     uint64_t *ret_end);

/**
 * vprof_kallsyms_for_each - the symbols of @module, by address
 * @module: "" for the kernel proper
 */
int vprof_kallsyms_for_each(
	const struct vprof_kallsyms *kallsyms, const char *module,
	int (*fn)(void *data, const struct vprof_kallsym *symbol), void *data);

/** vprof_kallsyms_find - the last symbol at or before @address; -ENOENT */
int vprof_kallsyms_find(const struct vprof_kallsyms *kallsyms, uint64_t address,
			struct vprof_kallsym *ret_symbol);

#endif

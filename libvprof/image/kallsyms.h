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
 * vprof_kallsyms_find_text - where the kernel begins, without reading it all
 * @path: "/proc/kallsyms"
 * @ret_start: _text
 * @ret_stext: _stext, which is offset 0
 *
 * Return: 0; -EPERM the kernel hides the addresses; -ENOENT there is none
 * (CONFIG_KALLSYMS); or another negative errno.
 */
int vprof_kallsyms_find_text(const char *path, uint64_t *ret_start,
			     uint64_t *ret_stext);

/** vprof_kallsyms_new - nothing is read yet; NULL: no memory */
struct vprof_kallsyms *vprof_kallsyms_new(void);
struct vprof_kallsyms *vprof_kallsyms_get(struct vprof_kallsyms *kallsyms);
void vprof_kallsyms_put(struct vprof_kallsyms *kallsyms);

/**
 * vprof_kallsyms_read - read every code symbol, the first time it is called
 *
 * Takes some tens of milliseconds.
 *
 * Return: 0; -EPERM, -ENOENT as above; -E2BIG, -ENOMEM.
 */
int vprof_kallsyms_read(struct vprof_kallsyms *kallsyms, const char *path);

/** vprof_kallsyms_get_stext - the address of offset 0 of the kernel proper */
uint64_t vprof_kallsyms_get_stext(const struct vprof_kallsyms *kallsyms);

/**
 * vprof_kallsyms_for_each - the symbols of @module, by address
 * @module: "" for the kernel proper, NULL for everything but it
 */
int vprof_kallsyms_for_each(
	const struct vprof_kallsyms *kallsyms, const char *module,
	int (*fn)(void *data, const struct vprof_kallsym *symbol), void *data);

/** vprof_kallsyms_find - the last symbol at or before @address; -ENOENT */
int vprof_kallsyms_find(const struct vprof_kallsyms *kallsyms, uint64_t address,
			struct vprof_kallsym *ret_symbol);

#endif

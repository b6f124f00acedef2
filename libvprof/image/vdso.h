/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The vDSO: code that the kernel maps into processes, read from memory. */
#ifndef LIBVPROF_VDSO_H
#define LIBVPROF_VDSO_H

#include <stddef.h>

/**
 * vprof_vdso_read - the running kernel's vDSO
 * @name: "[vdso]", or "[vdso32]" as 32-bit processes have it
 * @ret_bytes: malloc'ed
 *
 * The 32-bit one is taken from a child of ours that has it mapped for a moment.
 *
 * Return: 0, -ENOENT this kernel has none such, or another negative errno.
 */
int vprof_vdso_read(const char *name, void **ret_bytes, size_t *ret_size);

#endif

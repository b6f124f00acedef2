/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The vDSO: code that the kernel maps into processes, read from memory. */
#ifndef LIBVPROF_VDSO_H
#define LIBVPROF_VDSO_H

#include <stddef.h>

struct vprof_image;

/**
 * vprof_vdso_keep - keep a copy of a vDSO that is not this process's own
 *
 * Reads it out of the process that was sampled, while that lives. Nothing is
 * kept where that is not possible.
 */
void vprof_vdso_keep(struct vprof_image *image);

/**
 * vprof_vdso_get - the bytes of an image's vDSO
 * @ret_size: as large as its ELF headers say
 *
 * Return: NULL when there are none.
 */
const void *vprof_vdso_get(const struct vprof_image *image, size_t *ret_size);

#endif

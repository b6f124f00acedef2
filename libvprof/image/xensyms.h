/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /proc/xen/xensyms: the names in the hypervisor below a dom0. */
#ifndef LIBVPROF_XENSYMS_H
#define LIBVPROF_XENSYMS_H

#include <vprof/error.h>

struct vprof_symbols;

/**
 * vprof_xensyms_open - the file of this machine's hypervisor
 *
 * Return: a descriptor; -ENOENT no Xen, or its file system is not mounted,
 * -EPERM; the sentence says what to do.
 */
int vprof_xensyms_open(struct vprof_error *err);

/**
 * vprof_xensyms_read - add every code symbol; offsets are addresses
 *
 * Return: 0, -E2BIG, -ENOMEM, or a negative errno of read(2).
 */
int vprof_xensyms_read(int fd, struct vprof_symbols *symbols);

#endif

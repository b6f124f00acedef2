/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names in the hypervisor below a dom0: /proc/xen/xensyms, or a file of them. */
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

/** VPROF_XEN_BUILD_ID - that of the Xen below */
#define VPROF_XEN_BUILD_ID "/sys/hypervisor/properties/buildid"

/**
 * vprof_xensyms_read_file - the same from a file, and finish @symbols
 * @path: xen-syms, Xen's System.map, or what nm(1) writes
 * @running_path: VPROF_XEN_BUILD_ID; one that is not there is not compared
 *
 * Return: 0; -ESTALE another Xen's; -ENOEXEC no list; -ENOENT no symbols; or
 * another negative errno. Each with a sentence.
 */
int vprof_xensyms_read_file(const char *path, const char *running_path,
			    struct vprof_symbols *symbols,
			    struct vprof_error *err);

#endif

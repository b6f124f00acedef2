/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's kernel from a map that somebody gave. */
#ifndef LIBVPROF_GUEST_MAP_H
#define LIBVPROF_GUEST_MAP_H

struct vprof_error;
struct vprof_guest_identity;
struct vprof_guest_kernel;

/**
 * vprof_guest_map_read - fill @kernel from the map that its options name
 * @running: what the guest's memory says of its kernel: the map has to be
 *           that kernel's, and is moved to where it runs. NULL: nothing is known
 *
 * Return: 0; -ESTALE another kernel's; -ENOEXEC no map; -EPERM a copy without
 * addresses; or another negative errno. Each with a sentence.
 */
int vprof_guest_map_read(struct vprof_guest_kernel *kernel,
			 const struct vprof_guest_identity *running,
			 struct vprof_error *err);

#endif

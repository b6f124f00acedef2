/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /dev/vprof: opening it, and in words why that can't be. */
#ifndef LIBVPROF_KMOD_DEVICE_H
#define LIBVPROF_KMOD_DEVICE_H

#include <uapi/vprof.h>
#include <vprof/error.h>

/* What to do about another version of the module. */
#define VPROF_KMOD_REINSTALL                              \
	"Install module and tools of one version, then: " \
	"sudo modprobe -r vprof && sudo modprobe vprof"

/**
 * vprof_kmod_open - a new session, of a module that we understand
 *
 * Return: a descriptor, or -ENOENT the module is not loaded, -EACCES or -EPERM
 * not for this user, -EPROTO it is of another version, or another errno.
 */
int vprof_kmod_open(struct vprof_info *ret_info, struct vprof_error *err);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The modules in a guest's memory: its kernel's list of them, and their names. */
#ifndef LIBVPROF_GUEST_MODULES_H
#define LIBVPROF_GUEST_MODULES_H

#include "guest/tables.h"

/**
 * vprof_guest_modules_read - each module, and its symbols, to the reader's result
 *
 * What was read before a fault stays in the result: whole modules.
 *
 * Return: VPROF_GUEST_OK, VPROF_GUEST_NO_BTF, VPROF_GUEST_BAD_BTF,
 * VPROF_GUEST_NO_LIST, VPROF_GUEST_BAD_LIST, VPROF_GUEST_TOO_MUCH,
 * VPROF_GUEST_GONE.
 */
enum vprof_guest_fault
vprof_guest_modules_read(struct vprof_guest_reader *reader,
			 const struct vprof_guest_found *found);

#endif

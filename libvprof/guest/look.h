/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One look at a guest's memory, from the note to the last module. */
#ifndef LIBVPROF_GUEST_LOOK_H
#define LIBVPROF_GUEST_LOOK_H

#include <stdbool.h>

struct vprof_guest_reader;

/**
 * vprof_guest_look - find the kernel, put what it says into the reader's result
 * @identity_only: not its names
 *
 * The result ends with its last record, whatever was found.
 */
void vprof_guest_look(struct vprof_guest_reader *reader, bool identity_only);

#endif

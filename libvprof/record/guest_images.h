/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's addresses: which image of the store they are in. */
#ifndef LIBVPROF_GUEST_IMAGES_H
#define LIBVPROF_GUEST_IMAGES_H

#include "record/guest_names.h"

/**
 * vprof_guest_names_place - where an address of the guest's is
 * @context: VPROF_SAMPLE_KERNEL or VPROF_SAMPLE_USER
 * @ret_frame: image and offset are written
 *
 * User code of a guest cannot be told apart from outside: it is one place. So is
 * address 0, which is all that an encrypted guest shows.
 */
int vprof_guest_names_place(struct vprof_guest_names *names,
			    struct vprof_store *store,
			    const struct vprof_domain_info *domain,
			    uint8_t context, uint64_t address,
			    struct vprof_store_frame *ret_frame);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The call chain of a guest's kernel, along its frame pointers, by its own page
 * tables. Both are the guest's: every word of them may be a lie.
 *
 * Pure: reads memory only by the function that it is given, and is built in user
 * space too.
 */
#ifndef VPROF_GUEST_WALK_H
#define VPROF_GUEST_WALK_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include "buffer_shim.h"
#endif

/* Where a guest stopped. */
struct vprof_guest_stop {
	u64 frame; /* its frame pointer */
	u64 root;  /* physical, of its page tables */
	bool has_5_levels;
	/* Of its physical memory: 8 bytes, which lie in one page. */
	bool (*read)(void *data, u64 physical, u64 *ret_word);
	void *data;
};

unsigned int vprof_guest_walk(const struct vprof_guest_stop *stop,
			      u64 *addresses, unsigned int most,
			      bool *ret_is_cut);

#endif /* VPROF_GUEST_WALK_H */

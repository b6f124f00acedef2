/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A look at a guest's memory by a sandboxed child, within a bounded time. */
#ifndef LIBVPROF_GUEST_FIND_H
#define LIBVPROF_GUEST_FIND_H

#include <stdbool.h>
#include <vprof/guest.h>

struct vprof_guest_result_ops;

/**
 * struct vprof_guest_search - what to look for
 * @identity_only: which kernel it is, but not its names
 * @is_stopped: as struct vprof_guest_options has it
 */
struct vprof_guest_search {
	unsigned int timeout_ms;
	uint64_t kernel_address;
	const uint64_t *old_notes;
	size_t nr_old_notes;
	bool identity_only;
	bool (*is_stopped)(void *data);
	void *data;
};

/**
 * vprof_guest_find - hand out what was found
 *
 * Return: 0, a negative errno with its sentence, or what an op returned.
 */
int vprof_guest_find(const struct vprof_guest_memory *memory,
		     const struct vprof_guest_search *search,
		     const struct vprof_guest_result_ops *ops, void *data,
		     struct vprof_error *err);

#endif

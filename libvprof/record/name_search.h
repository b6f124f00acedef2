/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of a guest's kernel, looked for in a thread beside the recording. */
#ifndef LIBVPROF_NAME_SEARCH_H
#define LIBVPROF_NAME_SEARCH_H

#include <stdbool.h>
#include <vprof/domain.h>
#include <vprof/error.h>
#include <vprof/guest.h>
#include <vprof/recorder.h>

struct vprof_name_search;

enum { VPROF_OLD_NOTES = 32 };

/**
 * struct vprof_name_request - whose names, and how
 * @map: of its own or for every guest; NULL: none. With one, memory is only
 *       asked which kernel runs, and where it was put. One for every guest that
 *       is another kernel's than this guest's leaves it to memory
 * @kernel_address, @old_notes, @timeout_ms: see struct vprof_guest_options
 */
struct vprof_name_request {
	struct vprof_domain_info domain;
	const struct vprof_guest_map *map;
	uint64_t kernel_address;
	uint64_t old_notes[VPROF_OLD_NOTES];
	size_t nr_old_notes;
	unsigned int timeout_ms;
};

/**
 * vprof_name_search_start - begin to look
 * @request: copied; what it points to has to stay until the search is freed
 *
 * The thread takes no signal. What a guest has in its memory is read by a child
 * of its own, which ends with it, however this process ends.
 *
 * Return: 0 or a negative errno.
 */
int vprof_name_search_start(const struct vprof_name_request *request,
			    struct vprof_name_search **ret_search);

/** vprof_name_search_is_over - whether taking the result does not wait */
bool vprof_name_search_is_over(const struct vprof_name_search *search);

/** vprof_name_search_stop - nobody wants the result any more: make an end soon */
void vprof_name_search_stop(struct vprof_name_search *search);

/**
 * vprof_name_search_take - the result, once
 * @ret_kernel: the caller's
 *
 * Return: 0, or as vprof_guest_kernel_read(), with a sentence.
 */
int vprof_name_search_take(struct vprof_name_search *search,
			   struct vprof_guest_kernel **ret_kernel,
			   struct vprof_error *err);

/** vprof_name_search_free - stops it, and waits for it; NULL is allowed */
void vprof_name_search_free(struct vprof_name_search *search);

#endif

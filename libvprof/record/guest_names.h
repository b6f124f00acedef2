/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's addresses: which image of the store, and what is there. */
#ifndef LIBVPROF_GUEST_NAMES_H
#define LIBVPROF_GUEST_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vprof/domain.h>
#include <vprof/error.h>
#include <vprof/guest.h>
#include <vprof/store.h>

/* An image of the guest's kernel in the store. */
struct vprof_named_image {
	const char *name; /* the kernel's own, or NULL */
	int64_t id;
};

/**
 * struct vprof_guest_names - what is known of a guest's code; zeroed: nothing
 * @kernel: NULL: not found (yet)
 * @images: of @kernel that samples fell into
 * @user, @unknown: user code; kernel code while there is no @kernel; 0: none
 * @nr_misses: kernel samples that @kernel does not explain
 * @kernel_address: where the latest of them was
 * @wait: slices to wait before looking again; then @next_wait, which doubles
 * @timeout_ms: of the CPU, that the latest look might take; 0: there was none
 * @why: why there is no @kernel; code 0: it was not looked for, or is there
 */
struct vprof_guest_names {
	struct vprof_guest_kernel *kernel;
	struct vprof_named_image *images;
	size_t nr_images;
	int64_t user;
	int64_t unknown;
	uint64_t kernel_address;
	uint64_t nr_misses;
	unsigned int wait;
	unsigned int next_wait;
	unsigned int timeout_ms;
	struct vprof_error why;
};

/**
 * vprof_guest_names_place - where an address of the guest's is
 * @context: VPROF_SAMPLE_KERNEL or VPROF_SAMPLE_USER
 * @ret_frame: image and offset are written
 *
 * User code of a guest cannot be told apart from outside: it is one place.
 */
int vprof_guest_names_place(struct vprof_guest_names *names,
			    struct vprof_store *store,
			    const struct vprof_domain_info *domain,
			    uint8_t context, uint64_t address,
			    struct vprof_store_frame *ret_frame);

/**
 * vprof_guest_names_is_due - whether to look for the guest's kernel now
 *
 * Asked once a slice: what was of no use is tried again after some of them.
 */
bool vprof_guest_names_is_due(struct vprof_guest_names *names);

/** vprof_guest_names_is_due_at_last - the same at the end of the recording */
bool vprof_guest_names_is_due_at_last(const struct vprof_guest_names *names);

/** vprof_guest_names_begin - how many ms of CPU time the look may take that begins now */
unsigned int vprof_guest_names_begin(struct vprof_guest_names *names);

/**
 * vprof_guest_names_take - what a look for the kernel found
 * @kernel: @names' from now on; NULL: @why there is none
 *
 * Return: 1 when the kernel is another than before, else 0, or the store's
 * negative errno.
 */
int vprof_guest_names_take(struct vprof_guest_names *names,
			   struct vprof_store *store,
			   struct vprof_guest_kernel *kernel,
			   const struct vprof_error *why);

/** vprof_guest_names_write - give names to what is in the store and has none */
int vprof_guest_names_write(struct vprof_guest_names *names,
			    struct vprof_store *store);

/** vprof_guest_names_say - where names come from, for a report */
void vprof_guest_names_say(const struct vprof_guest_names *names,
			   char *ret_text, size_t size);

void vprof_guest_names_destroy(struct vprof_guest_names *names);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of a guest's code: its kernel, when it started anew, its names. */
#ifndef LIBVPROF_GUEST_NAMES_H
#define LIBVPROF_GUEST_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vprof/domain.h>
#include <vprof/error.h>
#include <vprof/guest.h>
#include <vprof/store.h>

#include "record/name_search.h"

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
 * @encrypted: all of a guest that shows no address; 0: none
 * @doubtful: image of kernel code of which nobody can say whose it is; 0: none
 * @nr_misses: kernel samples that @kernel does not explain
 * @kernel_address: where the latest of them was
 * @wait: slices to wait before looking again; then @next_wait, which doubles
 * @timeout_ms: of the CPU, that the latest look might take; 0: there was none
 * @nr_looks: for this kernel
 * @nr_starts: how often the guest has started anew; @nr_starts_in_slice of them
 *             since the last slice
 * @old_notes: of the kernels that ran before, the latest
 * @first_ns, @latest_ns: samples of this kernel; 0: there is none yet
 * @has_hits: @kernel explained a sample
 * @is_doubtful: the guest starts anew in this slice, and it is not known which
 *               of its samples came before
 * @why: why there is no @kernel; code 0: it was not looked for, or is there
 */
struct vprof_guest_names {
	struct vprof_guest_kernel *kernel;
	struct vprof_named_image *images;
	size_t nr_images;
	int64_t user;
	int64_t unknown;
	int64_t encrypted;
	int64_t doubtful;
	uint64_t kernel_address;
	uint64_t nr_misses;
	unsigned int wait;
	unsigned int next_wait;
	unsigned int timeout_ms;
	unsigned int nr_looks;
	unsigned int nr_starts;
	unsigned int nr_starts_in_slice;
	uint64_t old_notes[VPROF_OLD_NOTES];
	unsigned int nr_old_notes;
	uint64_t first_ns;
	uint64_t latest_ns;
	bool has_hits;
	bool is_doubtful;
	struct vprof_error why;
};

/** vprof_guest_is_firmware - does no kernel lie there, as those are usually built? */
static inline bool vprof_guest_is_firmware(uint64_t address)
{
	/* No 64-bit one, and no 32-bit one either. */
	return address < 0xc0000000;
}

/**
 * vprof_guest_names_follow - look what a sample of the guest's kernel tells of it
 * @is_first_cpu: it is of the CPU that starts a machine, or of none that is known
 *
 * A machine begins with firmware, at low addresses and in no user's mode. A
 * kernel at a random address is not where the last one was, in most cases.
 *
 * Return: whether the guest has started anew before this sample.
 */
bool vprof_guest_names_follow(struct vprof_guest_names *names, uint64_t ip,
			      uint64_t time_ns, bool is_first_cpu);

/** vprof_guest_names_restart - what is known of a guest that has started anew */
void vprof_guest_names_restart(const struct vprof_guest_names *before,
			       struct vprof_guest_names *ret_names);

/**
 * vprof_guest_names_get_old_notes - what the next look is not to take
 * @ret_notes: [VPROF_OLD_NOTES]
 *
 * Return: how many there are.
 */
size_t vprof_guest_names_get_old_notes(const struct vprof_guest_names *names,
				       uint64_t *ret_notes);

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

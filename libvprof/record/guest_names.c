// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is known of a guest's code: its kernel, when it started anew, its names. */
#include "record/guest_names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_WAIT = 64, /* slices between two looks, at most */
	MISSES_WORTH_A_LOOK = 16,
	FIRST_TIMEOUT_MS = 1000,
	LONGER = 8, /* a look that took too long may take so much longer */
	MAX_TIMEOUT_MS = FIRST_TIMEOUT_MS * LONGER * LONGER,
	LOOKS_FOR_ANOTHER = 3,
	MAX_STARTS_IN_SLICE = 2, /* a guest must not fill the store with them */
};

/* A kernel that has run so long has its note in memory. */
static const uint64_t settled_ns = 10000000000;

#define USER_CODE "(user code: a profile taken in the guest names it)"
#define ENCRYPTED "(encrypted: where it runs is not seen, nor in which mode)"

/* ---- starting anew -------------------------------------------------------- */

/*
 * In the addresses that kernels are put at, and not in this one: modules and
 * other late code lie behind them, a random place there is makes them more.
 */
static bool lies_elsewhere(const struct vprof_guest_names *names, uint64_t ip)
{
	static const uint64_t first = 0xffffffff80000000, usual = 0x1000000;
	const struct vprof_guest_info *info;
	const char *image;
	uint64_t offset;

	if (!names->has_hits)
		return false;
	info = vprof_guest_kernel_get_info(names->kernel);
	if (!info->note)
		return false; /* it is a map's word that it lies there */
	if (ip - info->text_start < info->text_end - info->text_start)
		return false;
	if (ip - first >=
	    (info->text_start == first + usual ? 512ull << 20 : 1ull << 30))
		return false;
	return vprof_guest_kernel_resolve(names->kernel, ip, &image, &offset) !=
	       0;
}

bool vprof_guest_names_follow(struct vprof_guest_names *names, uint64_t ip,
			      uint64_t time_ns, bool is_first_cpu)
{
	if (vprof_guest_is_firmware(ip)) {
		if (!names->latest_ns || !is_first_cpu ||
		    names->nr_starts_in_slice >= MAX_STARTS_IN_SLICE)
			return false;
		names->is_doubtful |= time_ns < names->latest_ns;
		return true;
	}
	if (lies_elsewhere(names, ip) &&
	    names->nr_starts_in_slice < MAX_STARTS_IN_SLICE) {
		names->is_doubtful = true;
		return true;
	}
	if (!names->first_ns)
		names->first_ns = time_ns;
	if (names->latest_ns < time_ns)
		names->latest_ns = time_ns;
	return false;
}

/* The latest ones: the guest may have many. */
static void keep_note(struct vprof_guest_names *names,
		      const struct vprof_guest_kernel *kernel)
{
	uint64_t note = kernel ? vprof_guest_kernel_get_info(kernel)->note : 0;

	if (note)
		names->old_notes[names->nr_old_notes++ % VPROF_OLD_NOTES] =
			note;
}

size_t vprof_guest_names_get_old_notes(const struct vprof_guest_names *names,
				       uint64_t *ret_notes)
{
	size_t nr = names->nr_old_notes < VPROF_OLD_NOTES ? names->nr_old_notes
							  : VPROF_OLD_NOTES;

	/* No other was found: it only looked as if the guest started anew. */
	if (names->nr_looks > LOOKS_FOR_ANOTHER &&
	    names->latest_ns - names->first_ns > settled_ns)
		return 0;
	memcpy(ret_notes, names->old_notes, nr * sizeof(*ret_notes));
	return nr;
}

/* The store has the image of user code; it is the same. */
void vprof_guest_names_restart(const struct vprof_guest_names *before,
			       struct vprof_guest_names *ret_names)
{
	memset(ret_names, 0, sizeof(*ret_names));
	ret_names->nr_starts = before->nr_starts + 1;
	ret_names->nr_starts_in_slice = before->nr_starts_in_slice + 1;
	ret_names->nr_old_notes = before->nr_old_notes;
	memcpy(ret_names->old_notes, before->old_notes,
	       sizeof(ret_names->old_notes));
	keep_note(ret_names, before->kernel);
}

/* ---- the kernel ----------------------------------------------------------- */

bool vprof_guest_names_is_due(struct vprof_guest_names *names)
{
	if (!names->nr_misses ||
	    (names->kernel && names->nr_misses < MISSES_WORTH_A_LOOK))
		return false;
	if (names->wait) {
		names->wait--;
		return false;
	}
	names->next_wait = names->next_wait ? 2 * names->next_wait : 1;
	if (names->next_wait > MAX_WAIT)
		names->next_wait = MAX_WAIT;
	names->wait = names->next_wait;
	return true;
}

/* What failed for good would again. */
bool vprof_guest_names_is_due_at_last(const struct vprof_guest_names *names)
{
	if (names->kernel || !names->nr_misses)
		return false;
	return !names->timeout_ms || (names->why.code == -ETIMEDOUT &&
				      names->timeout_ms < MAX_TIMEOUT_MS);
}

unsigned int vprof_guest_names_begin(struct vprof_guest_names *names)
{
	names->nr_looks++;
	if (names->why.code != -ETIMEDOUT)
		names->timeout_ms = FIRST_TIMEOUT_MS;
	else if (names->timeout_ms < MAX_TIMEOUT_MS)
		names->timeout_ms *= LONGER;
	return names->timeout_ms;
}

/* ---- names ---------------------------------------------------------------- */

struct lookup {
	const struct vprof_guest_kernel *kernel;
	const char *image;
};

static int find_symbol(void *data, uint64_t offset,
		       struct vprof_symbol *ret_symbol)
{
	const struct lookup *lookup = data;

	return vprof_guest_kernel_find(lookup->kernel, lookup->image, offset,
				       ret_symbol);
}

/* Sampled before the kernel was found: what lies there is the same. */
static int find_by_address(void *data, uint64_t address,
			   struct vprof_symbol *ret_symbol)
{
	const struct lookup *lookup = data;
	const char *image;
	uint64_t offset;
	int ret;

	ret = vprof_guest_kernel_resolve(lookup->kernel, address, &image,
					 &offset);
	if (!ret)
		ret = vprof_guest_kernel_find(lookup->kernel, image, offset,
					      ret_symbol);
	if (!ret)
		ret_symbol->offset += address - offset;
	return ret;
}

/* Of all of an image: @data. */
static int find_text(void *data, uint64_t offset,
		     struct vprof_symbol *ret_symbol)
{
	(void)offset;
	*ret_symbol = (struct vprof_symbol){ .name = data };
	return 0;
}

/* Of what lies in no image of the kernel's: a module's, or all of it. */
static const char *say_why(const struct vprof_guest_names *names)
{
	if (names->kernel)
		return vprof_guest_kernel_get_info(names->kernel)->no_modules;
	return names->why.code ? names->why.text
			       : "not looked at when it was sampled";
}

static int write_text(struct vprof_store *store, int64_t image,
		      const char *text)
{
	const struct vprof_store_names row = {
		.image = image,
		.find = find_text,
		.data = (void *)text,
	};

	return image > 0 ? vprof_store_name_image(store, &row) : 0;
}

static int write_doubtful(const struct vprof_guest_names *names,
			  struct vprof_store *store)
{
	const struct vprof_store_names row = {
		.image = names->doubtful,
		.why = "the guest started anew in that moment: its old kernel may have been there, or its new one",
	};

	return names->doubtful > 0 ? vprof_store_name_image(store, &row) : 0;
}

/* @may_come: a name for what has none now. */
static int write_names(struct vprof_guest_names *names,
		       struct vprof_store *store, bool may_come)
{
	struct lookup lookup = { .kernel = names->kernel };
	struct vprof_store_names row = { .find = find_symbol };
	int ret;

	ret = write_text(store, names->user, USER_CODE);
	if (!ret)
		ret = write_text(store, names->encrypted, ENCRYPTED);
	row.data = &lookup;
	for (size_t i = 0; !ret && i < names->nr_images; i++) {
		lookup.image = names->images[i].name;
		row.image = names->images[i].id;
		ret = vprof_store_name_image(store, &row);
	}
	if (!ret)
		ret = write_doubtful(names, store);
	if (ret || names->unknown <= 0)
		return ret;
	row.image = names->unknown;
	row.find = names->kernel ? find_by_address : NULL;
	row.may_come = may_come || !names->kernel;
	row.why = say_why(names);
	return vprof_store_name_image(store, &row);
}

int vprof_guest_names_write(struct vprof_guest_names *names,
			    struct vprof_store *store)
{
	return write_names(names, store, false);
}

/* It was booted again: the next time need not wait. */
static bool is_another(const struct vprof_guest_kernel *a,
		       const struct vprof_guest_kernel *b)
{
	return !a || vprof_guest_kernel_get_info(a)->text_start !=
			     vprof_guest_kernel_get_info(b)->text_start;
}

int vprof_guest_names_take(struct vprof_guest_names *names,
			   struct vprof_store *store,
			   struct vprof_guest_kernel *kernel,
			   const struct vprof_error *why)
{
	int ret;

	if (!kernel) {
		names->why = *why;
		return 0;
	}
	/* What the old one knows is lost with it. */
	ret = write_names(names, store, true);
	if (is_another(names->kernel, kernel)) {
		keep_note(names, names->kernel);
		names->next_wait = 0;
	}
	vprof_guest_kernel_free(names->kernel);
	names->kernel = kernel;
	names->nr_images = 0;
	names->nr_misses = 0;
	names->why.code = 0;
	return ret ? ret : 1;
}

void vprof_guest_names_say(const struct vprof_guest_names *names,
			   char *ret_text, size_t size)
{
	if (names->kernel)
		snprintf(
			ret_text, size, "%s",
			vprof_guest_kernel_get_info(names->kernel)->names_from);
	else if (names->why.code)
		snprintf(ret_text, size, "nothing: see below");
}

void vprof_guest_names_destroy(struct vprof_guest_names *names)
{
	vprof_guest_kernel_free(names->kernel);
	free(names->images);
	memset(names, 0, sizeof(*names));
}

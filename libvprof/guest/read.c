// SPDX-License-Identifier: LGPL-2.1-or-later
/* The names of a guest's kernel, from its memory or from a map. */
#include <vprof/guest.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "guest/find.h"
#include "guest/kernel.h"
#include "guest/map.h"
#include "guest/memory.h"
#include "guest/result.h"

enum {
	DEFAULT_TIMEOUT_MS = 1000,
	/* Of what other starts of the guest have left in memory. */
	MAX_DEAD = 16,
	MAX_NOTES = 64,
	NAP_NS = 10000000,
	MAX_NAPS = 15,
};

/* A clock that goes goes by less than this meanwhile. */
static const uint64_t max_jump = 1 << 20;

/* ---- from memory ------------------------------------------------------------------------- */

struct reading {
	struct vprof_guest_kernel *kernel;
	struct vprof_guest_identity identity;
	const char *about;
};

static int take_identity(void *data,
			 const struct vprof_guest_identity *identity)
{
	struct reading *reading = data;

	reading->identity = *identity;
	if (!reading->kernel)
		return 0;
	vprof_guest_kernel_set_identity(reading->kernel, identity);
	return vprof_guest_kernel_add_image(reading->kernel, "kernel",
					    identity->stext,
					    UINT64_MAX - identity->stext);
}

/* A child that follows the rules says who it is before anything else. */
static bool has_image(const struct reading *reading)
{
	return reading->kernel && reading->kernel->nr_images;
}

static int take_text(void *data, const struct vprof_guest_text *text)
{
	struct reading *reading = data;

	if (!has_image(reading) || text->stext != reading->identity.stext)
		return -EBADMSG;
	reading->kernel->info.text_end = text->etext;
	reading->kernel->images[0].size = text->end - text->stext;
	reading->kernel->clock = text->clock;
	return 0;
}

static int take_module(void *data, uint64_t start, uint64_t size,
		       const char *name)
{
	struct reading *reading = data;

	if (!has_image(reading))
		return -EBADMSG;
	return vprof_guest_kernel_add_image(reading->kernel, name, start, size);
}

static int take_symbol(void *data, uint64_t address, char type,
		       const char *name)
{
	struct reading *reading = data;

	if (!has_image(reading))
		return -EBADMSG;
	return vprof_guest_kernel_add_symbol(reading->kernel,
					     reading->kernel->nr_images - 1,
					     address, type, name);
}

static int take_no_modules(void *data, enum vprof_guest_fault fault,
			   const char *detail)
{
	struct reading *reading = data;
	struct vprof_error why;

	if (!has_image(reading))
		return -EBADMSG;
	vprof_guest_explain(fault, reading->about, detail, &why);
	snprintf(reading->kernel->info.no_modules,
		 sizeof(reading->kernel->info.no_modules), "%.300s", why.text);
	return 0;
}

static int take_end(void *data, enum vprof_guest_fault fault,
		    const char *detail)
{
	(void)data, (void)fault, (void)detail;
	return 0;
}

static const struct vprof_guest_result_ops reading_ops = {
	.identity = take_identity,
	.text = take_text,
	.module = take_module,
	.symbol = take_symbol,
	.no_modules = take_no_modules,
	.end = take_end,
};

static int explain_own(int code, const char *about, struct vprof_error *err)
{
	return vprof_error_set(err, code, "cannot take the names of %s: %s",
			       about, strerror(-code));
}

/* Where the hole in a guest's addresses is, only its kernel can tell. */
static int find(struct vprof_guest_memory *memory,
		const struct vprof_guest_search *search,
		struct reading *reading, struct vprof_error *err)
{
	unsigned int layout;
	int ret = -ENOENT;

	for (layout = 0; ret == -ENOENT || ret == -EBADMSG; layout++) {
		if (vprof_guest_memory_set_layout(memory, layout))
			break;
		ret = vprof_guest_find(memory, search, &reading_ops, reading,
				       err);
	}
	return ret;
}

static int read_memory(struct vprof_guest_memory *memory,
		       const struct vprof_guest_search *search,
		       struct vprof_guest_kernel *kernel,
		       struct vprof_error *err)
{
	struct reading reading = { .kernel = kernel, .about = memory->about };
	struct vprof_error why = { 0 };
	int ret;

	ret = find(memory, search, &reading, &why);
	if (!ret)
		ret = vprof_guest_kernel_finish(kernel);
	if (ret && !why.code)
		explain_own(ret, memory->about, &why);
	if (ret && err)
		*err = why;
	return ret;
}

static int read_identity(struct vprof_guest_memory *memory,
			 const struct vprof_guest_search *search,
			 struct vprof_guest_identity *ret_identity)
{
	struct vprof_guest_search only = *search;
	struct reading reading = { .about = memory->about };
	int ret;

	only.identity_only = true;
	ret = find(memory, &only, &reading, NULL);
	if (!ret)
		*ret_identity = reading.identity;
	return ret;
}

/* ---- from a map ----------------------------------------------------------------------------- */

static int read_map(struct vprof_guest_memory *memory,
		    const struct vprof_guest_search *search,
		    struct vprof_guest_kernel *kernel, struct vprof_error *err)
{
	struct vprof_guest_identity running;
	bool is_known = memory && !read_identity(memory, search, &running);
	int ret;

	/* Where it was put before says nothing of where it is now. */
	if (!is_known && search->nr_old_notes)
		return vprof_error_set(
			err, -ENOENT,
			"the guest has started anew, and where its kernel was put this time is not to be found in %s",
			memory ? memory->about : "its memory");
	ret = vprof_guest_map_read(kernel, is_known ? &running : NULL, err);
	if (!ret && is_known)
		kernel->info.note = running.note;
	return ret;
}

/* ---- either ---------------------------------------------------------------------------------- */

static int read_once(struct vprof_guest_memory *memory,
		     const struct vprof_guest_search *search,
		     const struct vprof_guest_options *options,
		     struct vprof_guest_kernel **ret_kernel,
		     struct vprof_error *err)
{
	struct vprof_guest_kernel *kernel = vprof_guest_kernel_new(options);
	int ret;

	if (!kernel)
		return vprof_error_set(err, -ENOMEM, "no memory");
	ret = options->map ? read_map(memory, search, kernel, err)
			   : read_memory(memory, search, kernel, err);
	if (ret) {
		vprof_guest_kernel_free(kernel);
		return ret;
	}
	*ret_kernel = kernel;
	return 0;
}

/* ---- that runs ---------------------------------------------------------------------------- */

/* Of one without a clock nobody knows. */
static bool may_run(const struct vprof_guest_memory *memory,
		    const struct vprof_guest_kernel *kernel)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };
	uint64_t first, now;
	int i;

	if (kernel->clock == VPROF_GUEST_NO_CLOCK ||
	    memory->read(memory->data, kernel->clock, &first, sizeof(first)))
		return true;
	for (i = 0; i < MAX_NAPS; i++) {
		nanosleep(&nap, NULL);
		if (memory->read(memory->data, kernel->clock, &now,
				 sizeof(now)))
			return true;
		if (now != first)
			return now - first < max_jump;
	}
	return false;
}

/*
 * A guest that sleeps has no clock that goes: the first kernel that was found is
 * it, unless it is known that others ran before.
 */
static int read_running(struct vprof_guest_memory *memory,
			const struct vprof_guest_search *given,
			const struct vprof_guest_options *options,
			struct vprof_guest_kernel **ret_kernel,
			struct vprof_error *err)
{
	struct vprof_guest_search search = *given;
	struct vprof_guest_kernel *first = NULL, *kernel = NULL;
	uint64_t notes[MAX_NOTES + MAX_DEAD];
	int ret, i;

	if (search.nr_old_notes > MAX_NOTES)
		search.nr_old_notes = MAX_NOTES;
	if (search.nr_old_notes)
		memcpy(notes, search.old_notes,
		       search.nr_old_notes * sizeof(*notes));
	search.old_notes = notes;
	for (i = 0; i < MAX_DEAD; i++) {
		ret = read_once(memory, &search, options, &kernel,
				first ? NULL : err);
		if (ret || may_run(memory, kernel))
			break;
		notes[search.nr_old_notes++] = kernel->info.note;
		if (first)
			vprof_guest_kernel_free(kernel);
		else
			first = kernel;
		kernel = NULL;
	}
	if (!kernel && first && !given->nr_old_notes) {
		kernel = first;
		first = NULL;
	} else if (!kernel && first) {
		ret = vprof_error_set(
			err, -ENOENT,
			"the guest has started anew, and no kernel that was found in %s runs",
			memory->about);
	}
	vprof_guest_kernel_free(first);
	if (!kernel)
		return ret;
	*ret_kernel = kernel;
	return 0;
}

static int take_options(const struct vprof_guest_options *given,
			struct vprof_guest_options *ret_options)
{
	const size_t size = sizeof(*ret_options);

	memset(ret_options, 0, size);
	if (given && given->size > size)
		return -EINVAL;
	if (given)
		memcpy(ret_options, given, given->size);
	if (!ret_options->timeout_ms)
		ret_options->timeout_ms = DEFAULT_TIMEOUT_MS;
	return 0;
}

int vprof_guest_kernel_read(struct vprof_guest_memory *memory,
			    const struct vprof_guest_options *given,
			    struct vprof_guest_kernel **ret_kernel,
			    struct vprof_error *err)
{
	struct vprof_guest_options options;
	struct vprof_guest_search search = { 0 };

	if (take_options(given, &options) || (!memory && !options.map))
		return vprof_error_set(err, -EINVAL,
				       "no guest's memory and no map");
	search.timeout_ms = options.timeout_ms;
	search.kernel_address = options.kernel_address;
	search.old_notes = options.old_notes;
	search.nr_old_notes = options.nr_old_notes;
	search.is_stopped = options.is_stopped;
	search.data = options.data;
	if (options.must_run && memory && !memory->translate && !options.map)
		return read_running(memory, &search, &options, ret_kernel, err);
	return read_once(memory, &search, &options, ret_kernel, err);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* A guest's addresses: which image of the store, and what is there. */
#include "record/guest_names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vprof/sample.h>

enum {
	MAX_WAIT = 64, /* slices between two looks, at most */
	MISSES_WORTH_A_LOOK = 16,
	FIRST_TIMEOUT_MS = 1000,
	LONGER = 8, /* a look that took too long may take so much longer */
	MAX_TIMEOUT_MS = FIRST_TIMEOUT_MS * LONGER * LONGER,
	PATH_LEN = 256,
};

#define USER_CODE "(user code: a profile taken in the guest names it)"

/* ---- images --------------------------------------------------------------- */

/* Two guests' images are two, also where both are called "[kernel]". */
static void say_where(const struct vprof_domain_info *domain, char *ret_path,
		      size_t size)
{
	snprintf(ret_path, size, "guest %s%s%s", domain->name,
		 *domain->uuid ? " " : "", domain->uuid);
}

/*
 * Never another's image: what a guest says of itself, its build-id too, is not
 * proof, and must not name the code of others.
 */
static int64_t put_image(struct vprof_store *store,
			 const struct vprof_domain_info *domain,
			 struct vprof_store_image image)
{
	char path[PATH_LEN];

	say_where(domain, path, sizeof(path));
	image.path = path;
	return vprof_store_put_image(store, &image);
}

static int64_t put_kernel_image(const struct vprof_guest_names *names,
				struct vprof_store *store,
				const struct vprof_domain_info *domain,
				const char *name)
{
	const struct vprof_guest_info *info =
		vprof_guest_kernel_get_info(names->kernel);
	const struct vprof_store_image image = {
		.name = name,
		.kind = strcmp(name, "[kernel]") ? VPROF_IMAGE_MODULE
						 : VPROF_IMAGE_KERNEL,
		.build_id = info->build_id,
		.build_id_size = info->build_id_size,
	};

	return put_image(store, domain, image);
}

/* The kernel gives a name as one pointer, always the same. */
static int64_t find_image(struct vprof_guest_names *names,
			  struct vprof_store *store,
			  const struct vprof_domain_info *domain,
			  const char *name)
{
	struct vprof_named_image *images;
	int64_t id;

	for (size_t i = 0; i < names->nr_images; i++)
		if (names->images[i].name == name)
			return names->images[i].id;
	images = reallocarray(names->images, names->nr_images + 1,
			      sizeof(*images));
	if (!images)
		return -ENOMEM;
	names->images = images;
	id = put_kernel_image(names, store, domain, name);
	if (id < 0)
		return id;
	images[names->nr_images++] = (struct vprof_named_image){ name, id };
	return id;
}

static int place_user(struct vprof_guest_names *names,
		      struct vprof_store *store,
		      const struct vprof_domain_info *domain,
		      struct vprof_store_frame *ret_frame)
{
	if (!names->user)
		names->user = put_image(store, domain,
					(struct vprof_store_image){
						.name = "[user]",
						.kind = VPROF_IMAGE_GUEST,
					});
	ret_frame->image = names->user;
	ret_frame->offset = 0;
	return names->user < 0 ? (int)names->user : 0;
}

static int place_unknown(struct vprof_guest_names *names,
			 struct vprof_store *store,
			 const struct vprof_domain_info *domain,
			 uint64_t address, struct vprof_store_frame *ret_frame)
{
	names->kernel_address = address;
	names->nr_misses++;
	if (!names->unknown)
		names->unknown = put_image(store, domain,
					   (struct vprof_store_image){
						   .name = "[kernel]",
						   .kind = VPROF_IMAGE_KERNEL,
					   });
	ret_frame->image = names->unknown;
	ret_frame->offset = address;
	return names->unknown < 0 ? (int)names->unknown : 0;
}

int vprof_guest_names_place(struct vprof_guest_names *names,
			    struct vprof_store *store,
			    const struct vprof_domain_info *domain,
			    uint8_t context, uint64_t address,
			    struct vprof_store_frame *ret_frame)
{
	const char *name;
	uint64_t offset;
	int64_t image;

	if (context == VPROF_SAMPLE_USER)
		return place_user(names, store, domain, ret_frame);
	if (!names->kernel ||
	    vprof_guest_kernel_resolve(names->kernel, address, &name, &offset))
		return place_unknown(names, store, domain, address, ret_frame);
	image = find_image(names, store, domain, name);
	ret_frame->image = image;
	ret_frame->offset = offset;
	return image < 0 ? (int)image : 0;
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

static int find_user(void *data, uint64_t offset,
		     struct vprof_symbol *ret_symbol)
{
	(void)data;
	(void)offset;
	*ret_symbol = (struct vprof_symbol){ .name = USER_CODE };
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

int vprof_guest_names_write(struct vprof_guest_names *names,
			    struct vprof_store *store)
{
	struct lookup lookup = { .kernel = names->kernel };
	struct vprof_store_names row = { .image = names->user };
	int ret = 0;

	row.find = find_user;
	if (names->user > 0)
		ret = vprof_store_name_image(store, &row);
	row.find = find_symbol;
	row.data = &lookup;
	for (size_t i = 0; !ret && i < names->nr_images; i++) {
		lookup.image = names->images[i].name;
		row.image = names->images[i].id;
		ret = vprof_store_name_image(store, &row);
	}
	if (ret || names->unknown <= 0)
		return ret;
	row.image = names->unknown;
	row.find = names->kernel ? find_by_address : NULL;
	row.may_come = !names->kernel;
	row.why = say_why(names);
	return vprof_store_name_image(store, &row);
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
	ret = vprof_guest_names_write(names, store);
	if (is_another(names->kernel, kernel))
		names->next_wait = 0;
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

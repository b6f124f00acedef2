// SPDX-License-Identifier: LGPL-2.1-or-later
/* A guest's addresses: which image of the store they are in. */
#include "record/guest_images.h"

#include "store/store_session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vprof/sample.h>

enum {
	LIFE_LEN = 128,
	PATH_LEN = VPROF_DOMAIN_TEXT_MAX + VPROF_DOMAIN_UUID_MAX + LIFE_LEN,
};

/*
 * Two guests' images are two, also where both are called "[kernel]". A uuid says
 * which guest it is, for as long as the store lives; a name does not.
 */
static void say_where(const struct vprof_domain_info *domain, const char *life,
		      char *ret_path, size_t size)
{
	char which[VPROF_DOMAIN_UUID_MAX + LIFE_LEN] = "";

	if (*domain->uuid)
		snprintf(which, sizeof(which), " %s", domain->uuid);
	if (!*domain->uuid || *life)
		snprintf(which + strlen(which), sizeof(which) - strlen(which),
			 ", %s %llu since %llu%s", domain->kind,
			 (unsigned long long)domain->id,
			 (unsigned long long)domain->start, life);
	snprintf(ret_path, size, "guest %s%s", domain->name, which);
}

/*
 * Never another's image: what a guest says of itself, its build-id too, is not
 * proof, and must not name the code of others.
 */
static int64_t put_image(struct vprof_store *store,
			 const struct vprof_domain_info *domain,
			 const char *life, struct vprof_store_image image)
{
	char path[PATH_LEN];

	say_where(domain, life, path, sizeof(path));
	image.path = path;
	return vprof_store_put_image(store, &image);
}

/*
 * An address means one thing from one start of the guest to the next, and nobody
 * counts those between two recordings.
 */
static int64_t put_image_of_life(const struct vprof_guest_names *names,
				 struct vprof_store *store,
				 const struct vprof_domain_info *domain,
				 struct vprof_store_image image)
{
	char life[LIFE_LEN];

	snprintf(life, sizeof(life), ", session %lld, start %u",
		 (long long)vprof_store_get_session(store),
		 1 + names->nr_starts);
	return put_image(store, domain, life, image);
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

	return info->build_id_size
		       ? put_image(store, domain, "", image)
		       : put_image_of_life(names, store, domain, image);
}

/* The kernel gives a name as one pointer, always the same. */
static struct vprof_named_image *get_entry(struct vprof_guest_names *names,
					   const char *name)
{
	struct vprof_named_image *images;

	for (size_t i = 0; i < names->nr_images; i++)
		if (names->images[i].name == name)
			return &names->images[i];
	images = reallocarray(names->images, names->nr_images + 1,
			      sizeof(*images));
	if (!images)
		return NULL;
	names->images = images;
	images[names->nr_images] = (struct vprof_named_image){ .name = name };
	return &images[names->nr_images++];
}

static int64_t find_image(struct vprof_guest_names *names,
			  struct vprof_store *store,
			  const struct vprof_domain_info *domain,
			  const char *name)
{
	struct vprof_named_image *entry = get_entry(names, name);

	if (!entry)
		return -ENOMEM;
	if (!vprof_store_has_image(store, entry->id))
		entry->id = put_kernel_image(names, store, domain, name);
	return entry->id;
}

/* All of one kind of code: where in it is not known. @image: of that kind. */
static int place_whole(struct vprof_store *store,
		       const struct vprof_domain_info *domain, const char *name,
		       int64_t *image, struct vprof_store_frame *ret_frame)
{
	if (!vprof_store_has_image(store, *image))
		*image = put_image(store, domain, "",
				   (struct vprof_store_image){
					   .name = name,
					   .kind = VPROF_IMAGE_GUEST,
				   });
	ret_frame->image = *image;
	ret_frame->offset = 0;
	return *image < 0 ? (int)*image : 0;
}

/* Of a guest's start: "@image", where offsets are addresses. */
static int place_by_address(const struct vprof_guest_names *names,
			    struct vprof_store *store,
			    const struct vprof_domain_info *domain,
			    int64_t *image, uint64_t address,
			    struct vprof_store_frame *ret_frame)
{
	bool is_doubtful = image == &names->doubtful;

	if (!vprof_store_has_image(store, *image))
		*image = put_image_of_life(
			names, store, domain,
			(struct vprof_store_image){
				.name = is_doubtful ? "[kernel or next]"
						    : "[kernel]",
				.kind = VPROF_IMAGE_KERNEL,
			});
	ret_frame->image = *image;
	ret_frame->offset = address;
	return *image < 0 ? (int)*image : 0;
}

static int place_unknown(struct vprof_guest_names *names,
			 struct vprof_store *store,
			 const struct vprof_domain_info *domain,
			 uint64_t address, struct vprof_store_frame *ret_frame)
{
	if (!vprof_guest_is_firmware(address)) {
		names->kernel_address = address;
		names->nr_misses++;
	}
	return place_by_address(names, store, domain, &names->unknown, address,
				ret_frame);
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

	/* A guest whose registers are encrypted (SEV-ES, SNP, TDX) is at 0. */
	if (!address)
		return place_whole(store, domain, "[encrypted]",
				   &names->encrypted, ret_frame);
	if (context == VPROF_SAMPLE_USER)
		return place_whole(store, domain, "[user]", &names->user,
				   ret_frame);
	if (!names->kernel ||
	    vprof_guest_kernel_resolve(names->kernel, address, &name, &offset))
		return place_unknown(names, store, domain, address, ret_frame);
	if (names->is_doubtful)
		return place_by_address(names, store, domain, &names->doubtful,
					address, ret_frame);
	names->has_hits = true;
	image = find_image(names, store, domain, name);
	ret_frame->image = image;
	ret_frame->offset = offset;
	return image < 0 ? (int)image : 0;
}

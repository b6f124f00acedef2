// SPDX-License-Identifier: LGPL-2.1-or-later
/* A guest's kernel as we know it: its code, its modules, their names. */
#include "guest/kernel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sorted.h"
#include "image/symbols.h"

/* Of code: a kernel's last function does not reach to the end of addresses, which
 * is elsewhere in each start. */
static const uint64_t longest = 1 << 30;

struct vprof_guest_kernel *
vprof_guest_kernel_new(const struct vprof_guest_options *options)
{
	struct vprof_guest_kernel *kernel = calloc(1, sizeof(*kernel));

	if (!kernel)
		return NULL;
	kernel->options = *options;
	kernel->clock = VPROF_GUEST_NO_CLOCK;
	return kernel;
}

void vprof_guest_kernel_free(struct vprof_guest_kernel *kernel)
{
	size_t i;

	if (!kernel)
		return;
	for (i = 0; i < kernel->nr_images; i++)
		vprof_symbols_free(kernel->images[i].symbols);
	free(kernel->images);
	free(kernel);
}

const struct vprof_guest_info *
vprof_guest_kernel_get_info(const struct vprof_guest_kernel *kernel)
{
	return &kernel->info;
}

/* ---- making -------------------------------------------------------------------------- */

void vprof_guest_kernel_set_identity(
	struct vprof_guest_kernel *kernel,
	const struct vprof_guest_identity *identity)
{
	struct vprof_guest_info *info = &kernel->info;

	info->note = identity->note;
	strcpy(info->release, identity->release);
	memcpy(info->build_id, identity->build_id, sizeof(info->build_id));
	info->build_id_size = identity->build_id_size;
	info->text_start = identity->stext;
}

int vprof_guest_kernel_add_image(struct vprof_guest_kernel *kernel,
				 const char *name, uint64_t start,
				 uint64_t size)
{
	size_t nr = kernel->nr_allocated ? kernel->nr_allocated * 2 : 64;
	struct vprof_guest_image *image;

	if (kernel->nr_images > VPROF_GUEST_MAX_MODULES)
		return -E2BIG;
	if (kernel->nr_images == kernel->nr_allocated) {
		image = reallocarray(kernel->images, nr, sizeof(*image));
		if (!image)
			return -ENOMEM;
		kernel->images = image;
		kernel->nr_allocated = nr;
	}
	image = &kernel->images[kernel->nr_images];
	snprintf(image->name, sizeof(image->name), "[%.*s]",
		 VPROF_GUEST_MODULE_MAX, name);
	image->start = start;
	image->size = size;
	image->symbols = NULL;
	if (vprof_symbols_new(false, &image->symbols))
		return -ENOMEM;
	kernel->info.nr_modules = kernel->nr_images++;
	return 0;
}

static void tell(const struct vprof_guest_kernel *kernel,
		 const struct vprof_guest_symbol *symbol)
{
	if (kernel->options.each_symbol)
		kernel->options.each_symbol(kernel->options.data, symbol);
}

/* The module of "[ext4]", or "" of "[kernel]", which is the first. */
static const char *module_of(const struct vprof_guest_kernel *kernel,
			     const struct vprof_guest_image *image,
			     char name[VPROF_GUEST_MODULE_MAX + 1])
{
	size_t length = strlen(image->name) - 2;

	if (image == kernel->images)
		return "";
	memcpy(name, image->name + 1, length);
	name[length] = '\0';
	return name;
}

int vprof_guest_kernel_add_symbol(struct vprof_guest_kernel *kernel,
				  size_t index, uint64_t address, char type,
				  const char *name)
{
	struct vprof_guest_image *image = &kernel->images[index];
	char module[VPROF_GUEST_MODULE_MAX + 1];
	const struct vprof_guest_symbol symbol = {
		.address = address,
		.type = type,
		.name = name,
		.module = module_of(kernel, image, module),
	};
	struct vprof_new_symbol new = {
		.name = name,
		.offset = address - image->start,
		.limit = image->size < longest ? image->size : longest,
		.rank = type == 'T'   ? VPROF_SYMBOL_GLOBAL
			: type == 't' ? VPROF_SYMBOL_LOCAL
				      : VPROF_SYMBOL_WEAK,
	};

	kernel->info.nr_symbols++;
	tell(kernel, &symbol);
	if (!strchr("tTwW", type) || address < image->start)
		return 0;
	return vprof_symbols_add(image->symbols, &new);
}

static void share_image(struct vprof_guest_image *image,
			const struct vprof_guest_image *other)
{
	if (!image->symbols || !other->symbols ||
	    image->symbols == other->symbols ||
	    !vprof_symbols_are_same(image->symbols, other->symbols))
		return;
	vprof_symbols_free(image->symbols);
	image->symbols = other->symbols;
	vprof_symbols_share(image->symbols);
}

/* The first of that name: a guest may say that it has thousands. */
static const struct vprof_guest_image *
find_by_name(const struct vprof_guest_kernel *kernel, const char *name)
{
	size_t i;

	for (i = 0; i < kernel->nr_images; i++)
		if (!strcmp(kernel->images[i].name, name))
			return &kernel->images[i];
	return NULL;
}

void vprof_guest_kernel_share(struct vprof_guest_kernel *kernel,
			      const struct vprof_guest_kernel *other)
{
	const struct vprof_guest_image *image;
	size_t i;

	for (i = 0; i < kernel->nr_images; i++) {
		image = find_by_name(other, kernel->images[i].name);
		if (image)
			share_image(&kernel->images[i], image);
	}
}

static int compare_images(const void *left, const void *right)
{
	const struct vprof_guest_image *a = left;
	const struct vprof_guest_image *b = right;

	return (a->start > b->start) - (a->start < b->start);
}

static void set_names_from(struct vprof_guest_kernel *kernel)
{
	struct vprof_guest_info *info = &kernel->info;
	const char *map = kernel->options.map;
	const char *file = map ? strrchr(map, '/') : NULL;

	snprintf(info->names_from, sizeof(info->names_from), "%.80s%s%.64s",
		 map ? (file ? file + 1 : map) : "guest memory",
		 info->release[0] ? ", " : "", info->release);
}

int vprof_guest_kernel_finish(struct vprof_guest_kernel *kernel)
{
	size_t i;
	int ret;

	for (i = 0; i < kernel->nr_images; i++) {
		struct vprof_guest_image *image = &kernel->images[i];

		ret = vprof_symbols_finish(image->symbols);
		if (ret == -ENOENT && i) {
			vprof_symbols_free(image->symbols);
			image->symbols = NULL;
		} else if (ret) {
			return ret;
		}
	}
	qsort(kernel->images + 1, kernel->nr_images - 1,
	      sizeof(*kernel->images), compare_images);
	set_names_from(kernel);
	return 0;
}

/* ---- asking --------------------------------------------------------------------------- */

static bool covers(const struct vprof_guest_image *image, uint64_t address)
{
	return address - image->start < image->size;
}

/* The last module that begins at or before @address; the kernel if none does. */
static const struct vprof_guest_image *
find_by_address(const struct vprof_guest_kernel *kernel, uint64_t address)
{
	const struct vprof_guest_image *modules = kernel->images + 1;

	return &kernel->images[vprof_sorted_count_upto(
		VPROF_SORTED_BY(modules, kernel->nr_images - 1, start),
		address)];
}

int vprof_guest_kernel_resolve(const struct vprof_guest_kernel *kernel,
			       uint64_t address, const char **ret_image,
			       uint64_t *ret_offset)
{
	const struct vprof_guest_image *image = kernel->images;

	if (!covers(image, address))
		image = find_by_address(kernel, address);
	if (!covers(image, address))
		return -ENOENT;
	*ret_image = image->name;
	*ret_offset = address - image->start;
	return 0;
}

int vprof_guest_kernel_find(const struct vprof_guest_kernel *kernel,
			    const char *image, uint64_t offset,
			    struct vprof_symbol *ret_symbol)
{
	size_t i;

	for (i = 0; i < kernel->nr_images; i++) {
		if (strcmp(kernel->images[i].name, image))
			continue;
		if (!kernel->images[i].symbols ||
		    offset >= kernel->images[i].size)
			return -ENOENT;
		return vprof_symbols_find(kernel->images[i].symbols, offset,
					  ret_symbol);
	}
	return -ENOENT;
}

void vprof_guest_kernel_for_each_module(const struct vprof_guest_kernel *kernel,
					void (*fn)(void *data,
						   const char *image,
						   uint64_t start,
						   uint64_t size),
					void *data)
{
	size_t i;

	for (i = 1; i < kernel->nr_images; i++)
		fn(data, kernel->images[i].name, kernel->images[i].start,
		   kernel->images[i].size);
}

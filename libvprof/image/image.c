// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is known of an image: its kind, name, path and build-id. */
#include "image/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/kallsyms.h"

int vprof_image_new(enum vprof_image_kind kind, const char *name,
		    const char *path, const uint8_t *build_id,
		    size_t build_id_size, struct vprof_image **ret_image)
{
	struct vprof_image *image;

	if ((unsigned int)kind > VPROF_IMAGE_GUEST ||
	    build_id_size > VPROF_BUILD_ID_MAX)
		return -EINVAL;
	image = calloc(1, sizeof(*image));
	if (!image)
		return -ENOMEM;
	image->kind = kind;
	image->kept_fd = -1;
	image->name = strdup(name);
	image->path = strdup(path);
	if (!image->name || !image->path) {
		vprof_image_free(image);
		return -ENOMEM;
	}
	if (build_id_size)
		memcpy(image->build_id, build_id, build_id_size);
	image->build_id_size = build_id_size;
	*ret_image = image;
	return 0;
}

void vprof_image_free(struct vprof_image *image)
{
	if (!image)
		return;
	vprof_kallsyms_put(image->kallsyms);
	if (image->kept_fd >= 0)
		close(image->kept_fd);
	free(image->name);
	free(image->path);
	free(image);
}

const char *vprof_image_get_name(const struct vprof_image *image)
{
	return image->name;
}

const char *vprof_image_get_path(const struct vprof_image *image)
{
	return image->path;
}

enum vprof_image_kind vprof_image_get_kind(const struct vprof_image *image)
{
	return image->kind;
}

const uint8_t *vprof_image_get_build_id(const struct vprof_image *image,
					size_t *ret_size)
{
	*ret_size = image->build_id_size;
	return image->build_id;
}

uint64_t vprof_image_get_tag(const struct vprof_image *image)
{
	return image->tag;
}

void vprof_image_set_tag(struct vprof_image *image, uint64_t tag)
{
	image->tag = tag;
}

bool vprof_image_is_memory_name(const char *path)
{
	static const char *const names[] = {
		"//",    "/dev/zero",   "/anon_hugepage", "[",
		"/SYSV", "anon_inode:", "/[aio]",         "/memfd:",
	};
	size_t i;

	if (!path[0])
		return true;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strncmp(path, names[i], strlen(names[i])))
			return true;
	}
	return false;
}

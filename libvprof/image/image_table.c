// SPDX-License-Identifier: LGPL-2.1-or-later
/* The images that processes map: equal ones are one object. */
#include "image/image.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_KEPT_OPEN = 64 };

/* A balanced tree: users choose paths, and can't make it slow. */
struct vprof_image_table {
	void *tree;
	size_t nr_images;
	struct vprof_image *kept_open[MAX_KEPT_OPEN];
	size_t nr_kept_open; /* since the beginning */
};

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static size_t key_size(const struct vprof_image *image)
{
	return image->is_looked_up ? 0 : image->build_id_size;
}

static int compare_builds(const struct vprof_image *a,
			  const struct vprof_image *b)
{
	if (key_size(a) != key_size(b))
		return COMPARE(key_size(a), key_size(b));
	if (key_size(a))
		return memcmp(a->build_id, b->build_id, key_size(a));
	if (a->inode != b->inode)
		return COMPARE(a->inode, b->inode);
	return COMPARE(a->dev, b->dev);
}

static int compare(const void *left, const void *right)
{
	const struct vprof_image *a = left;
	const struct vprof_image *b = right;
	int order;

	if (a->kind != b->kind)
		return COMPARE(a->kind, b->kind);
	if (a->generation != b->generation)
		return COMPARE(a->generation, b->generation);
	order = compare_builds(a, b);
	if (order)
		return order;
	order = strcmp(a->path, b->path);
	return order ? order : strcmp(a->name, b->name);
}

int vprof_image_table_new(struct vprof_image_table **ret_table)
{
	struct vprof_image_table *table = calloc(1, sizeof(*table));

	if (!table)
		return -ENOMEM;
	*ret_table = table;
	return 0;
}

static void free_node(void *node)
{
	vprof_image_free(node);
}

void vprof_image_table_free(struct vprof_image_table *table)
{
	if (!table)
		return;
	tdestroy(table->tree, free_node);
	free(table);
}

size_t vprof_image_table_count(const struct vprof_image_table *table)
{
	return table->nr_images;
}

static struct vprof_image *copy_image(const struct vprof_image *like)
{
	struct vprof_image *image;

	if (vprof_image_new(like->kind, like->name, like->path, like->build_id,
			    like->build_id_size, &image))
		return NULL;
	image->dev = like->dev;
	image->inode = like->inode;
	image->generation = like->generation;
	image->map_pid = like->map_pid;
	return image;
}

struct vprof_image *vprof_image_table_get(struct vprof_image_table *table,
					  const struct vprof_image *like)
{
	struct vprof_image **found = tfind(like, &table->tree, compare);
	struct vprof_image *image;

	if (found) {
		(*found)->nr_references++;
		return *found;
	}
	image = copy_image(like);
	if (!image)
		return NULL;
	if (!tsearch(image, &table->tree, compare)) {
		vprof_image_free(image);
		return NULL;
	}
	image->table = table;
	image->nr_references = 1;
	table->nr_images++;
	return image;
}

static void leave_open(const struct vprof_image *image)
{
	struct vprof_image **place = image->table->kept_open;

	for (size_t i = 0; i < MAX_KEPT_OPEN; i++)
		if (place[i] == image)
			place[i] = NULL;
}

void vprof_image_put(struct vprof_image *image)
{
	if (!image || --image->nr_references)
		return;
	leave_open(image);
	vprof_image_put(image->same);
	tdelete(image, &image->table->tree, compare);
	image->table->nr_images--;
	vprof_image_free(image);
}

void vprof_image_keep(struct vprof_image *image)
{
	if (image->is_handed_out)
		return;
	image->is_handed_out = true;
	image->nr_references++;
}

bool vprof_image_let_go(struct vprof_image *image)
{
	if (!image->is_handed_out || image->nr_references > 1)
		return false;
	vprof_image_put(image);
	return true;
}

void vprof_image_keep_open(struct vprof_image *image, int fd)
{
	struct vprof_image_table *table = image->table;
	struct vprof_image **place =
		&table->kept_open[table->nr_kept_open++ % MAX_KEPT_OPEN];

	vprof_image_keep(image);
	if (*place) {
		close((*place)->kept_fd);
		(*place)->kept_fd = -1;
	}
	*place = image;
	image->kept_fd = fd;
}

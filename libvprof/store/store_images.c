// SPDX-License-Identifier: LGPL-2.1-or-later
/* Images in the profile store. */
#include <vprof/store.h>

#include "store/db.h"
#include "store/store_transaction.h"
#include "store/store_writer.h"

#include <errno.h>
#include <sqlite3.h>

static const char *const kind_names[] = {
	[VPROF_IMAGE_FILE] = "file",
	[VPROF_IMAGE_KERNEL] = "kernel",
	[VPROF_IMAGE_MODULE] = "module",
	[VPROF_IMAGE_VDSO] = "vdso",
	[VPROF_IMAGE_JIT] = "jit",
	[VPROF_IMAGE_HYPERVISOR] = "hypervisor",
	[VPROF_IMAGE_GUEST] = "guest",
};

static void bind_image(sqlite3_stmt *statement,
		       const struct vprof_store_image *image)
{
	vprof_db_bind_text(statement, 1, kind_names[image->kind]);
	vprof_db_bind_text(statement, 2, image->name);
	vprof_db_bind_text(statement, 3, image->path);
	/* A blob of no bytes, not NULL: NULL equals nothing. */
	if (image->build_id_size)
		sqlite3_bind_blob(statement, 4, image->build_id,
				  (int)image->build_id_size, SQLITE_STATIC);
	else
		sqlite3_bind_zeroblob(statement, 4, 0);
}

static int64_t add_row(struct vprof_store *store,
		       const struct vprof_store_image *image)
{
	sqlite3_stmt *add = store->statements[VPROF_STORE_ADD_IMAGE];
	uint32_t id = store->images.next_id;
	int ret;

	ret = vprof_intern_put(&store->images, id, 0, id, store->next_slice);
	if (ret)
		return ret;
	bind_image(add, image);
	sqlite3_bind_int64(add, 5, id);
	ret = vprof_db_run(add);
	return ret ? ret : (int64_t)id;
}

int64_t vprof_store_put_image(struct vprof_store *store,
			      const struct vprof_store_image *image)
{
	sqlite3_stmt *find = store->statements[VPROF_STORE_FIND_IMAGE];
	int64_t id;
	int ret;

	if ((size_t)image->kind >= sizeof(kind_names) / sizeof(kind_names[0]) ||
	    image->build_id_size > VPROF_BUILD_ID_MAX)
		return -EINVAL;
	ret = vprof_store_begin_write(store);
	if (ret)
		return ret;
	bind_image(find, image);
	ret = vprof_db_find(find, &id);
	if (ret)
		return ret == -ENODATA ? add_row(store, image) : ret;
	ret = vprof_intern_put(&store->images, id, 0, id, store->next_slice);
	return ret ? ret : id;
}

bool vprof_store_has_image(const struct vprof_store *store, int64_t id)
{
	return vprof_intern_has(&store->images, (uint64_t)id, 0);
}

int64_t vprof_store_add_image(struct vprof_store *store,
			      const struct vprof_image *image)
{
	struct vprof_store_image parts = {
		.name = vprof_image_get_name(image),
		.path = vprof_image_get_path(image),
		.kind = vprof_image_get_kind(image),
	};

	parts.build_id = vprof_image_get_build_id(image, &parts.build_id_size);
	return vprof_store_put_image(store, &parts);
}

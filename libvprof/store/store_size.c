// SPDX-License-Identifier: LGPL-2.1-or-later
/* How large a store is. */
#include "store/store_size.h"

#include "store/db.h"
#include "store/store_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static uint64_t file_bytes(const char *path, const char *suffix)
{
	struct stat st;
	uint64_t bytes = 0;
	char *name;

	if (asprintf(&name, "%s%s", path, suffix) < 0)
		return 0;
	if (!stat(name, &st))
		bytes = st.st_size;
	free(name);
	return bytes;
}

uint64_t vprof_store_get_log_size(const struct vprof_store *store)
{
	return file_bytes(store->path, "-wal");
}

uint64_t vprof_store_get_size(const struct vprof_store *store)
{
	return file_bytes(store->path, "") + vprof_store_get_log_size(store);
}

static uint64_t get_number(const struct vprof_store *store,
			   enum vprof_store_statement which)
{
	int64_t value = 0;

	vprof_db_find(store->statements[which], &value);
	return (uint64_t)value;
}

uint64_t vprof_store_count_pages(const struct vprof_store *store)
{
	return get_number(store, VPROF_STORE_COUNT_PAGES);
}

uint64_t vprof_store_count_used_pages(const struct vprof_store *store)
{
	return vprof_store_count_pages(store) -
	       get_number(store, VPROF_STORE_COUNT_FREE_PAGES);
}

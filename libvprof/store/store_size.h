/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How large a store is. */
#ifndef VPROF_STORE_SIZE_H
#define VPROF_STORE_SIZE_H

#include <stdint.h>
#include <vprof/store.h>

/** vprof_store_get_log_size - bytes of the write-ahead log */
uint64_t vprof_store_get_log_size(const struct vprof_store *store);

/** vprof_store_count_pages - of the file; those that are free count */
uint64_t vprof_store_count_pages(const struct vprof_store *store);
/** vprof_store_count_used_pages - they do not */
uint64_t vprof_store_count_used_pages(const struct vprof_store *store);

#endif

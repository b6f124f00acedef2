/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A rolling store: the oldest slices go as new ones come, within bytes and age. */
#ifndef VPROF_STORE_PRUNE_H
#define VPROF_STORE_PRUNE_H

#include "store/store_writer.h"

/** vprof_store_set_limits - from options.max_bytes */
void vprof_store_set_limits(struct vprof_store *store);
/** vprof_store_prune - rolling: drop what is too old or too much */
int vprof_store_prune(struct vprof_store *store);

#endif

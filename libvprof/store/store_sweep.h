/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A rolling store: what only dropped slices mentioned goes after them. */
#ifndef VPROF_STORE_SWEEP_H
#define VPROF_STORE_SWEEP_H

#include "store/store_writer.h"

/**
 * vprof_store_sweep - drop what no slice from @oldest_slice on mentions
 *
 * Images, places, symbols, chains, charges, processes that ended, sessions, and
 * domains that nobody has asked for since the store was opened.
 */
int vprof_store_sweep(struct vprof_store *store, int64_t oldest_slice);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A continued store: which slice was the last to mention what was there already. */
#ifndef VPROF_STORE_LAST_USE_H
#define VPROF_STORE_LAST_USE_H

#include "store/store_writer.h"

/**
 * vprof_store_find_last_use - stamp what a continued store had as its samples say
 *
 * Reads all of them, once: before names go for the first time. A machine that is
 * started each day would never lose one otherwise.
 */
int vprof_store_find_last_use(struct vprof_store *store);

#endif

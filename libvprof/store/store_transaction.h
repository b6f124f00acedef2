/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is written becomes the store's, or was never there: in the file and in memory. */
#ifndef VPROF_STORE_TRANSACTION_H
#define VPROF_STORE_TRANSACTION_H

#include "store/store_writer.h"

/** vprof_store_begin_write - open a transaction unless one is open */
int vprof_store_begin_write(struct vprof_store *store);
int vprof_store_commit(struct vprof_store *store);
/** vprof_store_roll_back - undo to the last commit, in the file and in memory */
void vprof_store_roll_back(struct vprof_store *store);

/** vprof_store_mark - what memory holds now is what the file holds */
void vprof_store_mark(struct vprof_store *store);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where samples are and whom they are charged to: places, chains, charges, each once. */
#ifndef VPROF_STORE_PLACES_H
#define VPROF_STORE_PLACES_H

#include "store/store_writer.h"

/** vprof_store_get_place - the id of a place, noted as used now */
int64_t vprof_store_get_place(struct vprof_store *store, int64_t image,
			      uint64_t offset);

/** vprof_store_get_charge - the id of whom a row is charged to, likewise */
int64_t vprof_store_get_charge(struct vprof_store *store,
			       const struct vprof_store_row *row);
#endif

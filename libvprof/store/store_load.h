/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A continued store: what it holds already, taken into the writer's tables. */
#ifndef VPROF_STORE_LOAD_H
#define VPROF_STORE_LOAD_H

#include "store/store_writer.h"

/** vprof_store_load - what a continued store holds, into memory */
int vprof_store_load(struct vprof_store *store);

#endif

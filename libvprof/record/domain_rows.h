/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The domains' rows in the store: who they are. */
#ifndef LIBVPROF_DOMAIN_ROWS_H
#define LIBVPROF_DOMAIN_ROWS_H

#include "record/domain_table.h"

/**
 * vprof_domain_table_name - find out about guests that samples told of, and
 * give every domain its row in the store
 *
 * Before a slice is written.
 */
int vprof_domain_table_name(struct vprof_domain_table *table);

/** vprof_domain_table_write_guest - its row, with where its names come from now */
int vprof_domain_table_write_guest(struct vprof_domain_table *table,
				   struct vprof_recorded_domain *guest);

#endif

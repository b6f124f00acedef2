/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Guests as they come and go while a recording runs: the capture is told of them. */
#ifndef LIBVPROF_DOMAIN_GUESTS_H
#define LIBVPROF_DOMAIN_GUESTS_H

#include "record/domain_table.h"

/** vprof_domain_table_begin_guests - take in those that there are before it runs */
int vprof_domain_table_begin_guests(struct vprof_domain_table *table);

/**
 * vprof_domain_table_update - tell the capture of guests that came and went
 *
 * After a slice was written: all of them have been read up to it.
 */
void vprof_domain_table_update(struct vprof_domain_table *table);

#endif

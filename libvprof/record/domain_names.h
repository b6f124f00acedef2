/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of guests' kernels: looked for beside the recording, one at a time. */
#ifndef LIBVPROF_DOMAIN_NAMES_H
#define LIBVPROF_DOMAIN_NAMES_H

#include "record/domain_table.h"

/**
 * vprof_domain_table_look - for names of kernels: take what was found, begin anew
 *
 * Once a slice; does not wait.
 */
int vprof_domain_table_look(struct vprof_domain_table *table);

/**
 * vprof_domain_table_look_on - for names of kernels, after the last slice
 *
 * Return: 1: it goes on, ask again; 0: nothing is left to be found; or the
 * store's negative errno.
 */
int vprof_domain_table_look_on(struct vprof_domain_table *table);

/** vprof_domain_table_end_looking - take what was found up to now */
int vprof_domain_table_end_looking(struct vprof_domain_table *table);

/** vprof_domain_table_name_places - give names to guests' code in the store */
int vprof_domain_table_name_places(struct vprof_domain_table *table);

/** vprof_domain_table_leave_names - write what is known of a guest's; it is to be cleared */
void vprof_domain_table_leave_names(struct vprof_domain_table *table,
				    struct vprof_recorded_domain *guest);

#endif

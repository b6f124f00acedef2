/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which domain a sample is charged to; a guest that starts anew is another. */
#ifndef LIBVPROF_DOMAIN_CHARGE_H
#define LIBVPROF_DOMAIN_CHARGE_H

#include "record/domain_table.h"

/**
 * vprof_domain_table_charge - which domain a sample is charged to
 *
 * A guest that was never heard of gets an entry.
 *
 * Return: its index, or -ENOMEM.
 */
int vprof_domain_table_charge(struct vprof_domain_table *table,
			      const struct vprof_sample *sample);

#endif

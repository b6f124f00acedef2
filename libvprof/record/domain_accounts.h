/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The accounts of a recording's domains: what of them is in the store. */
#ifndef LIBVPROF_DOMAIN_ACCOUNTS_H
#define LIBVPROF_DOMAIN_ACCOUNTS_H

#include "record/domain_table.h"

/**
 * vprof_domain_table_describe - the @index-th that there is; -ENOENT past the last
 *
 * See struct vprof_recorder_domain.
 */
int vprof_domain_table_describe(const struct vprof_domain_table *table,
				unsigned int index, const char **ret_name,
				struct vprof_accounts *ret_accounts);

/**
 * vprof_domain_table_get_grown - what the accounts grew by since the last
 * vprof_domain_table_note_written()
 * @events: ids in the store
 * @nr_not_stored: of each event: delivered, but lost since
 * @ret_accounts: for free()
 */
int vprof_domain_table_get_grown(struct vprof_domain_table *table,
				 const int64_t *events,
				 const uint64_t *nr_not_stored,
				 struct vprof_store_account **ret_accounts,
				 size_t *ret_nr_accounts);
void vprof_domain_table_note_written(struct vprof_domain_table *table);

#endif

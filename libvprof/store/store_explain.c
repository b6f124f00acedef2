// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why a call of the store's failed, in words. */
#include "store/store_explain.h"

#include "store/db.h"
#include "store/store_writer.h"

int vprof_store_explain(const struct vprof_store *store, int errnum,
			struct vprof_error *err)
{
	return vprof_db_explain(err, errnum, store->path);
}

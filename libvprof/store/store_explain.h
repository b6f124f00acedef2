/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a call of the store's failed, in words. */
#ifndef VPROF_STORE_EXPLAIN_H
#define VPROF_STORE_EXPLAIN_H

#include <vprof/error.h>

struct vprof_store;

/**
 * vprof_store_explain - fill in the sentence for a call that says only a code
 * @errnum: negative errno
 *
 * Return: @errnum.
 */
int vprof_store_explain(const struct vprof_store *store, int errnum,
			struct vprof_error *err);

#endif

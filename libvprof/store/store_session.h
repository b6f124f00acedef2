/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions and who is in them: events, domains, processes. */
#ifndef VPROF_STORE_SESSION_H
#define VPROF_STORE_SESSION_H

#include <stdint.h>

struct vprof_store;

/** vprof_store_get_session - the number that vprof_store_begin_session() gave */
int64_t vprof_store_get_session(const struct vprof_store *store);

/** vprof_store_forget_domain - nobody knows its number any more; its row stays as
 * long as a slice mentions it */
void vprof_store_forget_domain(struct vprof_store *store, int64_t id);

#endif

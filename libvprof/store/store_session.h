/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions and who is in them: events, domains, processes. */
#ifndef VPROF_STORE_SESSION_H
#define VPROF_STORE_SESSION_H

#include <stdint.h>

struct vprof_store;

/** vprof_store_get_session - the number that vprof_store_begin_session() gave */
int64_t vprof_store_get_session(const struct vprof_store *store);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A profile store opened for reading, by someone who does not trust it. */
#ifndef VPROF_STORE_READER_H
#define VPROF_STORE_READER_H

#include <vprof/error.h>

struct sqlite3;

/**
 * vprof_store_reader_open - open read-only, check, begin to read
 *
 * The tables are exactly those of our schema (no views, no triggers, no virtual
 * tables in their names), and a read transaction is open: what is read later is
 * of one moment, whatever a recorder does meanwhile.
 */
int vprof_store_reader_open(const char *path, struct sqlite3 **ret_db,
			    struct vprof_error *err);
void vprof_store_reader_close(struct sqlite3 *db);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a file that claims to be a profile store is, from its first 100 bytes. */
#ifndef VPROF_STORE_HEADER_H
#define VPROF_STORE_HEADER_H

#include <vprof/error.h>

/**
 * vprof_store_check_header - is this file a store that we can read?
 *
 * Looks before SQLite does: its own sentences name neither file nor cause.
 *
 * Return: 0; -ENOENT, -EACCES, ... it can't be opened, -EISDIR, -ENODATA it is
 * empty, -ENOTTY it is no profile store, -EPROTO a newer version's, -EBADMSG cut
 * off within the header.
 */
int vprof_store_check_header(const char *path, struct vprof_error *err);

/**
 * vprof_store_explain_damage - the sentence for a store that SQLite gave up on
 * @err: gets -EBADMSG, and how much of the file is missing where that is known
 *
 * Return: -EBADMSG.
 */
int vprof_store_explain_damage(const char *path, struct vprof_error *err);

#endif

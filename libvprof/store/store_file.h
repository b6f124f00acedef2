/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file that is to be a store: what is there already, and who writes to it. */
#ifndef VPROF_STORE_FILE_H
#define VPROF_STORE_FILE_H

#include <stdbool.h>
#include <vprof/error.h>

/**
 * vprof_store_clear_way - make sure that a store can be made, or continued, there
 *
 * An older store is moved aside, unless a rolling one goes on with it.
 *
 * Return: 0, -EEXIST a file that is no store: it is left alone, -EPROTO a newer
 * version's, -EBUSY in use, or another negative errno.
 */
int vprof_store_clear_way(const char *path, bool is_rolling,
			  struct vprof_error *err);

/** vprof_store_move_aside - to PATH.old, with what is in its log */
int vprof_store_move_aside(const char *path);

/**
 * vprof_store_lock - keep a second writer out, from a file that is made here if need be
 * @ret_fd: until it is closed. Not what SQLite locks with: that is flock()
 *
 * Return: 0, -EBUSY there is another writer, or negative errno.
 */
int vprof_store_lock(const char *path, bool is_rolling, int *ret_fd);

#endif

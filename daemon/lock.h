/* SPDX-License-Identifier: GPL-2.0-only */
/* One vprofd to a file: a lock that goes when its holder does, kill -9 included. */
#ifndef VPROFD_LOCK_H
#define VPROFD_LOCK_H

#include <vprof/error.h>

struct vprof_lock;

/**
 * vprof_lock_take - lock PATH.lock, made where it does not exist
 * @path: what is to have one user
 * @what: what it is, for the sentence: "the store"
 *
 * Return: 0; -EBUSY another process holds it (the sentence names its pid); what
 * opening the file gave.
 */
int vprof_lock_take(const char *path, const char *what,
		    struct vprof_lock **ret_lock, struct vprof_error *err);

/** vprof_lock_free - let go; the file stays, as removing it would be a race */
void vprof_lock_free(struct vprof_lock *lock);

#endif

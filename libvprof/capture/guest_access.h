/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether this machine lets its host sample guests, and in words why not. */
#ifndef LIBVPROF_GUEST_ACCESS_H
#define LIBVPROF_GUEST_ACCESS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * vprof_guest_access_explain - why guests cannot be sampled here
 * @root: before "/sys" and "/proc": "" for this machine
 *
 * Return: whether they can; if not, a sentence in @ret_why.
 */
bool vprof_guest_access_explain(const char *root, char *ret_why, size_t size);

#endif

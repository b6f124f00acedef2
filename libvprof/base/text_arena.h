/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many short texts, one after another; what was added never moves. */
#ifndef LIBVPROF_TEXT_ARENA_H
#define LIBVPROF_TEXT_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct vprof_text_arena;

int vprof_text_arena_new(struct vprof_text_arena **ret_arena);
void vprof_text_arena_free(struct vprof_text_arena *arena);

/**
 * vprof_text_arena_add - keep a copy
 * @length: without its end; at most 65535
 * @ret_at: where to find it again, never 0
 *
 * Return: 0, -E2BIG (4 GiB of text), -ENOMEM.
 */
int vprof_text_arena_add(struct vprof_text_arena *arena, const char *text,
			 size_t length, uint32_t *ret_at);

/** vprof_text_arena_get - NUL-terminated; valid as long as the arena */
const char *vprof_text_arena_get(const struct vprof_text_arena *arena,
				 uint32_t at);

#endif

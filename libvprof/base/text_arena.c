// SPDX-License-Identifier: LGPL-2.1-or-later
/* Many short texts, one after another; what was added never moves. */
#include "base/text_arena.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHUNK_SHIFT = 18,
	CHUNK_BYTES = 1 << CHUNK_SHIFT,
	TEXT_MAX = 65535,
	MAX_CHUNKS = 1 << (32 - CHUNK_SHIFT),
};

struct vprof_text_arena {
	char **chunks;
	size_t nr_chunks;
	size_t used; /* of the last chunk */
};

int vprof_text_arena_new(struct vprof_text_arena **ret_arena)
{
	struct vprof_text_arena *arena = calloc(1, sizeof(*arena));

	if (!arena)
		return -ENOMEM;
	*ret_arena = arena;
	return 0;
}

void vprof_text_arena_free(struct vprof_text_arena *arena)
{
	size_t i;

	if (!arena)
		return;
	for (i = 0; i < arena->nr_chunks; i++)
		free(arena->chunks[i]);
	free(arena->chunks);
	free(arena);
}

static int add_chunk(struct vprof_text_arena *arena)
{
	char **chunks;
	char *chunk;

	if (arena->nr_chunks == MAX_CHUNKS)
		return -E2BIG;
	chunks = reallocarray(arena->chunks, arena->nr_chunks + 1,
			      sizeof(*chunks));
	if (!chunks)
		return -ENOMEM;
	arena->chunks = chunks;
	chunk = malloc(CHUNK_BYTES);
	if (!chunk)
		return -ENOMEM;
	/* so that no text is at 0 */
	arena->used = arena->nr_chunks ? 0 : 1;
	chunks[arena->nr_chunks++] = chunk;
	return 0;
}

int vprof_text_arena_add(struct vprof_text_arena *arena, const char *text,
			 size_t length, uint32_t *ret_at)
{
	char *to;
	int ret;

	if (length > TEXT_MAX)
		return -E2BIG;
	if (!arena->nr_chunks || CHUNK_BYTES - arena->used <= length) {
		ret = add_chunk(arena);
		if (ret)
			return ret;
	}
	to = arena->chunks[arena->nr_chunks - 1] + arena->used;
	memcpy(to, text, length);
	to[length] = '\0';
	*ret_at = ((arena->nr_chunks - 1) << CHUNK_SHIFT) + arena->used;
	arena->used += length + 1;
	return 0;
}

const char *vprof_text_arena_get(const struct vprof_text_arena *arena,
				 uint32_t at)
{
	return arena->chunks[at >> CHUNK_SHIFT] + (at & (CHUNK_BYTES - 1));
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* A pool of texts: equal texts are kept once and have one number. */
#include "query/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLOCK_BYTES = 64 * 1024,
	FIRST_SLOTS = 1024,
};

struct vprof_names_block {
	struct vprof_names_block *next;
	char bytes[BLOCK_BYTES];
};

/* FNV-1a. A store can hold texts that collide; it only slows its own report. */
static uint32_t hash(const char *text, size_t length)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < length; i++)
		h = (h ^ (unsigned char)text[i]) * 0x100000001b3;
	return (uint32_t)(h ^ h >> 32);
}

void vprof_names_destroy(struct vprof_names *names)
{
	struct vprof_names_block *next;

	for (struct vprof_names_block *b = names->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	free(names->texts);
	free(names->slots);
	memset(names, 0, sizeof(*names));
}

static uint32_t *find_slot(const struct vprof_names *names, const char *text,
			   size_t length)
{
	uint32_t i = hash(text, length) & (names->nr_slots - 1);
	const char *other;

	for (;; i = (i + 1) & (names->nr_slots - 1)) {
		if (!names->slots[i])
			return &names->slots[i];
		other = names->texts[names->slots[i]];
		if (!strncmp(other, text, length) && !other[length])
			return &names->slots[i];
	}
}

static int grow(struct vprof_names *names)
{
	uint32_t nr = names->nr_slots ? names->nr_slots * 2 : FIRST_SLOTS;
	uint32_t *old = names->slots;
	const char **texts;

	if (nr > INT32_MAX / 2)
		return -ENOMEM;
	texts = reallocarray(names->texts, nr, sizeof(*texts));
	if (!texts)
		return -ENOMEM;
	names->texts = texts;
	texts[0] = NULL;
	names->slots = calloc(nr, sizeof(*names->slots));
	if (!names->slots) {
		names->slots = old;
		return -ENOMEM;
	}
	names->nr_slots = nr;
	free(old);
	for (uint32_t i = 1; i <= names->nr_texts; i++)
		*find_slot(names, texts[i], strlen(texts[i])) = i;
	return 0;
}

static char *allocate(struct vprof_names *names, size_t bytes)
{
	struct vprof_names_block *block = names->blocks;

	if (!block || names->block_used + bytes > BLOCK_BYTES) {
		block = malloc(sizeof(*block));
		if (!block)
			return NULL;
		block->next = names->blocks;
		names->blocks = block;
		names->block_used = 0;
	}
	names->block_used += bytes;
	return block->bytes + names->block_used - bytes;
}

int64_t vprof_names_add(struct vprof_names *names, const char *text)
{
	uint32_t *slot, number;
	size_t length;
	char *copy;

	if (!text)
		return 0;
	if (names->nr_texts + 1 > names->nr_slots / 2 && grow(names))
		return -ENOMEM;
	length = strnlen(text, VPROF_NAME_MAX);
	slot = find_slot(names, text, length);
	number = *slot;
	if (number)
		return number;
	copy = allocate(names, length + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, length);
	copy[length] = '\0';
	names->texts[++names->nr_texts] = copy;
	*slot = names->nr_texts;
	return names->nr_texts;
}

const char *vprof_names_get(const struct vprof_names *names, uint32_t number)
{
	return number ? names->texts[number] : NULL;
}

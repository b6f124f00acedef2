// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which image lies where in one address space. */
#include "process/maps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sorted.h"
#include "image/image.h"

/* Sorted by start, never overlapping. */
struct vprof_maps {
	unsigned int nr_references;
	size_t nr;
	size_t capacity;
	struct vprof_mapping *at;
};

struct vprof_maps *vprof_maps_new(void)
{
	struct vprof_maps *maps = calloc(1, sizeof(*maps));

	if (maps)
		maps->nr_references = 1;
	return maps;
}

struct vprof_maps *vprof_maps_get(struct vprof_maps *maps)
{
	maps->nr_references++;
	return maps;
}

void vprof_maps_put(struct vprof_maps *maps)
{
	size_t i;

	if (!maps || --maps->nr_references)
		return;
	for (i = 0; i < maps->nr; i++)
		vprof_image_put(maps->at[i].image);
	free(maps->at);
	free(maps);
}

static int reserve(struct vprof_maps *maps, size_t nr)
{
	struct vprof_mapping *at;
	size_t capacity = maps->capacity ? maps->capacity : 8;

	if (nr <= maps->capacity)
		return 0;
	while (capacity < nr)
		capacity *= 2;
	at = reallocarray(maps->at, capacity, sizeof(*at));
	if (!at)
		return -ENOMEM;
	maps->at = at;
	maps->capacity = capacity;
	return 0;
}

static struct vprof_maps *copy_maps(const struct vprof_maps *maps)
{
	struct vprof_maps *copy = vprof_maps_new();
	size_t i;

	if (!copy || reserve(copy, maps->nr + 2)) {
		vprof_maps_put(copy);
		return NULL;
	}
	for (i = 0; i < maps->nr; i++) {
		copy->at[i] = maps->at[i];
		copy->at[i].image->nr_references++;
	}
	copy->nr = maps->nr;
	return copy;
}

/* The first mapping that ends past @address. */
static size_t lower_bound(const struct vprof_maps *maps, uint64_t address)
{
	return vprof_sorted_count_upto(VPROF_SORTED_BY(maps->at, maps->nr, end),
				       address);
}

static bool is_same_place(const struct vprof_mapping *a,
			  const struct vprof_mapping *b)
{
	return a->image == b->image &&
	       (a->image->kind == VPROF_IMAGE_JIT ||
		a->start - a->pgoff == b->start - b->pgoff);
}

bool vprof_maps_contradicts(const struct vprof_maps *maps,
			    const struct vprof_mapping *mapping)
{
	size_t i = lower_bound(maps, mapping->start);

	for (; i < maps->nr && maps->at[i].start < mapping->end; i++) {
		if (!is_same_place(&maps->at[i], mapping))
			return true;
	}
	return false;
}

static struct vprof_mapping cut(const struct vprof_mapping *mapping,
				uint64_t start, uint64_t end)
{
	struct vprof_mapping piece = *mapping;

	piece.start = start;
	piece.end = end;
	piece.pgoff += start - mapping->start;
	piece.image->nr_references++;
	return piece;
}

/*
 * Put @nr_new pieces in the place of the @nr_old mappings from @index on. Their
 * references are the pieces' already.
 */
static void replace(struct vprof_maps *maps, size_t index, size_t nr_old,
		    const struct vprof_mapping *pieces, size_t nr_new)
{
	size_t i;

	for (i = 0; i < nr_old; i++)
		vprof_image_put(maps->at[index + i].image);
	memmove(maps->at + index + nr_new, maps->at + index + nr_old,
		(maps->nr - index - nr_old) * sizeof(*maps->at));
	memcpy(maps->at + index, pieces, nr_new * sizeof(*pieces));
	maps->nr += nr_new - nr_old;
}

static int insert(struct vprof_maps *maps, const struct vprof_mapping *mapping)
{
	size_t first = lower_bound(maps, mapping->start);
	size_t last = first;
	struct vprof_mapping pieces[3];
	size_t nr = 0;

	while (last < maps->nr && maps->at[last].start < mapping->end)
		last++;
	if (maps->nr + 2 > VPROF_MAPS_MAX)
		return -E2BIG;
	if (reserve(maps, maps->nr + 2))
		return -ENOMEM;
	if (first < last && maps->at[first].start < mapping->start)
		pieces[nr++] = cut(&maps->at[first], maps->at[first].start,
				   mapping->start);
	pieces[nr++] = cut(mapping, mapping->start, mapping->end);
	if (first < last && maps->at[last - 1].end > mapping->end)
		pieces[nr++] = cut(&maps->at[last - 1], mapping->end,
				   maps->at[last - 1].end);
	replace(maps, first, last - first, pieces, nr);
	return 0;
}

int vprof_maps_insert(struct vprof_maps **maps,
		      const struct vprof_mapping *mapping)
{
	struct vprof_maps *target = *maps;
	int ret;

	if (mapping->start >= mapping->end)
		return -EINVAL;
	if (target->nr_references > 1) {
		target = copy_maps(*maps);
		if (!target)
			return -ENOMEM;
	}
	ret = insert(target, mapping);
	if (target != *maps)
		vprof_maps_put(ret ? target : *maps);
	if (!ret)
		*maps = target;
	return ret;
}

const struct vprof_mapping *vprof_maps_find(const struct vprof_maps *maps,
					    uint64_t address)
{
	size_t i = lower_bound(maps, address);

	if (i == maps->nr || maps->at[i].start > address)
		return NULL;
	return &maps->at[i];
}

size_t vprof_maps_count(const struct vprof_maps *maps)
{
	return maps->nr;
}

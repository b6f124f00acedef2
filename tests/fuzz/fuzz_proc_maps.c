// SPDX-License-Identifier: GPL-2.0-only
/* /proc/PID/maps: any bytes give an address space without overlaps. */
#include "bytes_fd.h"

#include <string.h>

#include "image/image.h"
#include "process/maps.h"
#include "image/proc_maps.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct space {
	struct vprof_image_table *images;
	struct vprof_maps *maps;
};

static int map_line(void *data, const struct vprof_proc_map *map)
{
	struct space *space = data;
	char path[16];
	struct vprof_image like = {
		.name = path,
		.path = path,
		.inode = map->inode & 3,
	};
	struct vprof_mapping mapping = {
		.start = map->start,
		.end = map->end,
		.pgoff = map->pgoff,
	};
	const struct vprof_mapping *found;
	int ret;

	require(map->start < map->end);
	memset(path, 0, sizeof(path));
	strncpy(path, map->path, sizeof(path) - 1);
	mapping.image = vprof_image_table_get(space->images, &like);
	ret = vprof_maps_insert(&space->maps, &mapping);
	if (!ret) {
		found = vprof_maps_find(space->maps, map->end - 1);
		require(found && found->image == mapping.image);
		require(found->start == map->start && found->end == map->end);
		require(!vprof_maps_contradicts(space->maps, &mapping));
	}
	vprof_image_put(mapping.image);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	int fd = bytes_fd(bytes, size);
	struct space space = { .maps = vprof_maps_new() };
	struct vprof_maps *shared;
	size_t nr;

	require(!vprof_image_table_new(&space.images));
	vprof_proc_maps_read(fd, map_line, &space);
	/* again, over a copy that someone else has too */
	shared = vprof_maps_get(space.maps);
	nr = vprof_maps_count(shared);
	require(!lseek(fd, 0, SEEK_SET));
	vprof_proc_maps_read(fd, map_line, &space);
	require(vprof_maps_count(shared) == nr);
	vprof_maps_put(shared);
	vprof_maps_put(space.maps);
	require(!vprof_image_table_count(space.images));
	vprof_image_table_free(space.images);
	close(fd);
	return 0;
}

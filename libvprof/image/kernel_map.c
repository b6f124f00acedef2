// SPDX-License-Identifier: LGPL-2.1-or-later
/* Where in this machine's kernel an address lies: itself, a module, BPF. */
#include "image/kernel_map.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "image/build_id.h"
#include "image/image.h"
#include "image/kallsyms.h"
#include "base/lines.h"
#include "base/sorted.h"

enum {
	MAX_MODULES = 4096,
	NAME_MAX_BYTES = 64,
	READ_AGAIN_S = 1,
};

#ifdef __x86_64__
/* MODULES_VADDR: modules and code made at run time lie above the kernel. */
static const uint64_t kernel_end = 0xffffffffc0000000;
#else
static const uint64_t kernel_end = UINT64_MAX;
#endif

struct module {
	uint64_t start;
	uint64_t end;
	char name[NAME_MAX_BYTES];
	struct vprof_image *image;
};

struct module_list {
	struct module *modules; /* by start */
	size_t nr;
};

/* @before: as they were a second ago: one that is gone has samples yet */
struct vprof_kernel_map {
	struct vprof_image_table *images;
	struct vprof_image *kernel;
	struct vprof_image *generated;
	struct vprof_kallsyms *kallsyms;
	struct module_list now;
	struct module_list before;
	uint64_t start; /* 0: addresses are hidden from us */
	uint64_t stext;
	time_t read_s;
};

/* ---- /proc/modules --------------------------------------------------------- */

int vprof_module_parse(char *line, struct vprof_module *ret_module)
{
	struct vprof_module module;
	char *address;
	char *end;
	size_t length = strcspn(line, " ");

	if (!length || line[length] != ' ' ||
	    !isdigit((unsigned char)line[length + 1]))
		return -EINVAL;
	errno = 0;
	module.size = strtoull(line + length, &end, 10);
	if (errno || *end != ' ')
		return -EINVAL;
	address = strstr(end, " 0x");
	if (!address)
		return -EINVAL;
	module.start = strtoull(address + 1, &end, 16);
	if (errno || (*end && *end != ' ') ||
	    module.start + module.size < module.start)
		return -EINVAL;
	line[length] = '\0';
	module.name = line;
	*ret_module = module;
	return 0;
}

static int take_module(void *data, char *line)
{
	struct module_list *list = data;
	struct vprof_module module;
	struct module *modules;
	struct module *added;

	if (vprof_module_parse(line, &module) || !module.start ||
	    strlen(module.name) >= NAME_MAX_BYTES)
		return 0;
	if (list->nr == MAX_MODULES)
		return -E2BIG;
	modules = reallocarray(list->modules, list->nr + 1, sizeof(*modules));
	if (!modules)
		return -ENOMEM;
	list->modules = modules;
	added = &modules[list->nr++];
	added->start = module.start;
	added->end = module.start + module.size;
	added->image = NULL;
	strcpy(added->name, module.name);
	return 0;
}

static int compare_modules(const void *left, const void *right)
{
	const struct module *a = left;
	const struct module *b = right;

	return (a->start > b->start) - (a->start < b->start);
}

static void drop_modules(struct module_list *list)
{
	size_t i;

	for (i = 0; i < list->nr; i++)
		vprof_image_put(list->modules[i].image);
	free(list->modules);
	memset(list, 0, sizeof(*list));
}

static void read_modules(struct vprof_kernel_map *map)
{
	int fd = open("/proc/modules", O_RDONLY | O_CLOEXEC);

	drop_modules(&map->before);
	map->before = map->now;
	memset(&map->now, 0, sizeof(map->now));
	if (fd < 0)
		return;
	vprof_lines_read(fd, 0, take_module, &map->now);
	close(fd);
	if (map->now.nr)
		qsort(map->now.modules, map->now.nr, sizeof(*map->now.modules),
		      compare_modules);
}

struct search {
	const char *name;
	uint64_t start;
};

static int match_module(void *data, char *line)
{
	struct search *search = data;
	struct vprof_module module;

	if (vprof_module_parse(line, &module) ||
	    strcmp(module.name, search->name))
		return 0;
	search->start = module.start;
	return 1;
}

uint64_t vprof_module_get_start(const char *name)
{
	struct search search = { .name = name };
	int fd = open("/proc/modules", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	vprof_lines_read(fd, 0, match_module, &search);
	close(fd);
	return search.start;
}

/* ---- images ---------------------------------------------------------------- */

static void give_names(const struct vprof_kernel_map *map,
		       struct vprof_image *image)
{
	if (image->kallsyms == map->kallsyms)
		return;
	vprof_kallsyms_put(image->kallsyms);
	image->kallsyms = vprof_kallsyms_get(map->kallsyms);
}

static struct vprof_image *make_image(struct vprof_kernel_map *map,
				      enum vprof_image_kind kind,
				      const char *name, const char *notes)
{
	struct vprof_build_id id = { 0 };
	struct vprof_image *image;
	char brackets[NAME_MAX_BYTES + 2];
	char path[] = "";
	struct vprof_image like;

	if (notes && vprof_build_id_read_notes(notes, &id))
		id.size = 0;
	snprintf(brackets, sizeof(brackets), "[%s]", name);
	memset(&like, 0, sizeof(like));
	like.kind = kind;
	like.name = brackets;
	like.path = path;
	like.build_id_size = id.size;
	memcpy(like.build_id, id.bytes, id.size);
	image = vprof_image_table_get(map->images, &like);
	if (!image)
		return NULL;
	vprof_image_keep(image);
	give_names(map, image);
	return image;
}

static struct vprof_image *module_image(struct vprof_kernel_map *map,
					struct module *module)
{
	char notes[128];

	if (module->image)
		return module->image;
	snprintf(notes, sizeof(notes),
		 "/sys/module/%s/notes/.note.gnu.build-id", module->name);
	module->image =
		make_image(map, VPROF_IMAGE_MODULE, module->name, notes);
	return module->image;
}

/* ---- reading and asking ------------------------------------------------------ */

static bool are_same(const struct module_list *a, const struct module_list *b)
{
	size_t i;

	if (a->nr != b->nr)
		return false;
	for (i = 0; i < a->nr; i++)
		if (a->modules[i].start != b->modules[i].start ||
		    a->modules[i].end != b->modules[i].end ||
		    strcmp(a->modules[i].name, b->modules[i].name) != 0)
			return false;
	return true;
}

/* Of a module that was loaded anew the names read before are of another place. */
static void renew_names(struct vprof_kernel_map *map)
{
	struct vprof_kallsyms *kallsyms = vprof_kallsyms_new();

	if (!kallsyms)
		return;
	vprof_kallsyms_put(map->kallsyms);
	map->kallsyms = kallsyms;
	give_names(map, map->kernel);
	give_names(map, map->generated);
}

/* Another module may lie where one lay: no address tells. */
static void read_modules_if_due(struct vprof_kernel_map *map)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec - map->read_s < READ_AGAIN_S)
		return;
	map->read_s = now.tv_sec;
	read_modules(map);
	if (!are_same(&map->before, &map->now))
		renew_names(map);
}

/*
 * The last that begins at or before @ip. Since Linux 6.4 a module's parts lie
 * apart and the size shown is their sum, so ranges may seem to overlap.
 */
static struct module *find_module(const struct module_list *list, uint64_t ip)
{
	size_t nr = vprof_sorted_count_upto(
		VPROF_SORTED_BY(list->modules, list->nr, start), ip);

	if (!nr || ip >= list->modules[nr - 1].end)
		return NULL;
	return &list->modules[nr - 1];
}

static int find(struct vprof_kernel_map *map, uint64_t ip,
		struct vprof_image **ret_image, uint64_t *ret_offset)
{
	struct module *module;
	struct vprof_image *image;

	if (ip >= map->start && ip < kernel_end) {
		*ret_image = map->kernel;
		*ret_offset = ip - map->stext;
		return 0;
	}
	read_modules_if_due(map);
	module = find_module(&map->now, ip);
	if (!module)
		module = find_module(&map->before, ip);
	image = module ? module_image(map, module) : NULL;
	if (!image)
		return -ENOENT;
	*ret_image = image;
	*ret_offset = ip - module->start;
	return 0;
}

/*
 * What lies among the modules and is none was made at run time: a BPF program,
 * or a trampoline. Where addresses are hidden all of it is just "the kernel".
 */
int vprof_kernel_map_resolve(struct vprof_kernel_map *map, uint64_t ip,
			     struct vprof_image **ret_image,
			     uint64_t *ret_offset)
{
	if (!map->start) {
		*ret_image = map->kernel;
		*ret_offset = ip;
		return 0;
	}
	if (!find(map, ip, ret_image, ret_offset))
		return 0;
	if (ip < kernel_end)
		return -ENOENT;
	*ret_image = map->generated;
	*ret_offset = ip;
	return 0;
}

int vprof_kernel_map_new(struct vprof_image_table *images,
			 struct vprof_kernel_map **ret_map)
{
	struct vprof_kernel_map *map = calloc(1, sizeof(*map));

	if (!map)
		return -ENOMEM;
	map->images = images;
	map->kallsyms = vprof_kallsyms_new();
	if (map->kallsyms) {
		map->kernel = make_image(map, VPROF_IMAGE_KERNEL, "kernel",
					 "/sys/kernel/notes");
		map->generated =
			make_image(map, VPROF_IMAGE_MODULE, "bpf", NULL);
	}
	if (!map->kernel || !map->generated) {
		vprof_kernel_map_free(map);
		return -ENOMEM;
	}
	if (!vprof_kallsyms_find_text("/proc/kallsyms", &map->start,
				      &map->stext))
		read_modules_if_due(map);
	*ret_map = map;
	return 0;
}

void vprof_kernel_map_free(struct vprof_kernel_map *map)
{
	if (!map)
		return;
	drop_modules(&map->now);
	drop_modules(&map->before);
	vprof_image_put(map->kernel);
	vprof_image_put(map->generated);
	vprof_kallsyms_put(map->kallsyms);
	free(map);
}

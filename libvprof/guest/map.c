// SPDX-License-Identifier: LGPL-2.1-or-later
/* A guest's kernel from a map that somebody gave. */
#include "guest/map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/lines.h"
#include "guest/kernel.h"
#include "image/map_source.h"
#include "image/build_id.h"
#include "image/kernel_map.h"

enum { PAGE = 4096, MAX_MODULES_BYTES = 4 << 20 };

/* What the first pass over the map finds. @shift: from the map's addresses to
 * those of the kernel that runs. */
struct map {
	struct vprof_map_source source;
	struct vprof_guest_kernel *kernel;
	struct vprof_guest_identity identity;
	uint64_t etext;
	uint64_t end;
	uint64_t any_address;
	uint64_t shift;
};

/* ---- what is in it ---------------------------------------------------------------------- */

static void take_landmark(struct map *map, const struct vprof_kallsym *symbol)
{
	size_t i;

	for (i = 0; i < VPROF_GUEST_NR_LANDMARKS; i++) {
		if (!strcmp(symbol->name, vprof_guest_landmarks[i]))
			map->identity.landmarks[i] = symbol->address;
	}
	if (!strcmp(symbol->name, "_stext"))
		map->identity.stext = symbol->address;
	else if (!strcmp(symbol->name, "_etext"))
		map->etext = symbol->address;
	else if (!strcmp(symbol->name, "_end"))
		map->end = symbol->address;
}

static bool is_code(const struct vprof_kallsym *symbol)
{
	return strchr("tTwW", symbol->type) && symbol->address;
}

/* Modules come one after another: the last one is asked first. */
static struct vprof_guest_image *find_image(struct map *map, const char *module)
{
	struct vprof_guest_kernel *kernel = map->kernel;
	size_t length = strlen(module);
	size_t i;

	for (i = kernel->nr_images; i-- > 1;) {
		struct vprof_guest_image *image = &kernel->images[i];

		if (!strncmp(image->name + 1, module, length) &&
		    image->name[1 + length] == ']')
			return image;
	}
	return NULL;
}

/* A module begins with the page of its first function, as far as we know. */
static int take_module(struct map *map, const struct vprof_kallsym *symbol)
{
	struct vprof_guest_image *image = find_image(map, symbol->module);
	uint64_t page = symbol->address & ~(PAGE - 1ULL);

	if (strlen(symbol->module) > VPROF_GUEST_MODULE_MAX ||
	    symbol->address > UINT64_MAX - PAGE)
		return 0;
	if (!image)
		return vprof_guest_kernel_add_image(map->kernel, symbol->module,
						    page, PAGE);
	if (page < image->start) {
		image->size += image->start - page;
		image->start = page;
	} else if (page - image->start >= image->size) {
		image->size = page - image->start + PAGE;
	}
	return 0;
}

static int first_look(void *data, const struct vprof_kallsym *symbol)
{
	struct map *map = data;

	map->any_address |= symbol->address;
	if (!symbol->module[0])
		take_landmark(map, symbol);
	else if (is_code(symbol))
		return take_module(map, symbol);
	return 0;
}

/* ---- a copy of /proc/modules ------------------------------------------------------------- */

struct module_lines {
	struct map *map;
	size_t nr_good;
	uint64_t any_address;
};

/* Better than what was made of their symbols: where they begin, and are. */
static int take_module_line(void *data, char *line)
{
	struct module_lines *lines = data;
	struct map *map = lines->map;
	struct vprof_guest_image *image;
	struct vprof_module module;

	if (vprof_module_parse(line, &module))
		return 0;
	lines->nr_good++;
	lines->any_address |= module.start;
	if (!module.start || !module.size ||
	    strlen(module.name) > VPROF_GUEST_MODULE_MAX)
		return 0;
	image = find_image(map, module.name);
	if (!image)
		return vprof_guest_kernel_add_image(map->kernel, module.name,
						    module.start, module.size);
	image->start = module.start;
	image->size = module.size;
	return 0;
}

static int explain_modules(const char *path, int code, struct vprof_error *err)
{
	switch (code) {
	case -ENOEXEC:
		return vprof_error_set(
			err, code,
			"\"%s\" is no list of modules: give a copy of the guest's /proc/modules",
			path);
	case -EPERM:
		return vprof_error_set(
			err, code,
			"in \"%s\" every address is 0: it was copied without rights; copy the guest's /proc/modules as its root",
			path);
	default:
		return vprof_error_set(err, code,
				       "cannot read the modules in \"%s\": %s",
				       path, strerror(-code));
	}
}

static int read_modules(struct map *map, struct vprof_error *err)
{
	const char *path = map->kernel->options.modules;
	struct module_lines lines = { .map = map };
	int fd, ret;

	if (!path)
		return 0;
	/* not to wait for a FIFO's writer */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return explain_modules(path, -errno, err);
	ret = vprof_lines_read(fd, MAX_MODULES_BYTES, take_module_line, &lines);
	close(fd);
	if (!ret && !lines.nr_good)
		ret = -ENOEXEC;
	else if (!ret && !lines.any_address)
		ret = -EPERM;
	return ret ? explain_modules(path, ret, err) : 0;
}

/* ---- whose it is -------------------------------------------------------------------------- */

static int refuse(const struct map *map,
		  const struct vprof_guest_identity *running, const char *what,
		  const char *map_has, const char *guest_has,
		  struct vprof_error *err)
{
	return vprof_error_set(
		err, -ESTALE,
		"the map \"%s\" is another kernel's than %s, which runs in the guest: %s is %s there, %s in the guest",
		map->source.path, running->release, what, map_has, guest_has);
}

static int check_build_id(const struct map *map,
			  const struct vprof_guest_identity *running,
			  struct vprof_error *err)
{
	const struct vprof_map_source *source = &map->source;
	char ours[VPROF_BUILD_ID_TEXT];
	char theirs[VPROF_BUILD_ID_TEXT];

	if (!source->build_id_size || !running->build_id_size ||
	    (source->build_id_size == running->build_id_size &&
	     !memcmp(source->build_id, running->build_id,
		     source->build_id_size)))
		return 0;
	vprof_build_id_format(source->build_id, source->build_id_size, ours);
	vprof_build_id_format(running->build_id, running->build_id_size,
			      theirs);
	return refuse(map, running, "its build-id", ours, theirs, err);
}

static int check_release(const struct map *map,
			 const struct vprof_guest_identity *running,
			 struct vprof_error *err)
{
	const char *release = map->source.release;

	if (!release[0] || !strcmp(release, running->release))
		return 0;
	return refuse(map, running, "its release", release, running->release,
		      err);
}

/* Distances within the kernel are its own, wherever it runs. */
static int check_landmarks(const struct map *map,
			   const struct vprof_guest_identity *running,
			   struct vprof_error *err)
{
	const struct vprof_guest_identity *ours = &map->identity;
	char map_has[32];
	char guest_has[32];
	size_t i;

	for (i = 0; i < VPROF_GUEST_NR_LANDMARKS; i++) {
		uint64_t here = ours->landmarks[i] - ours->stext;
		uint64_t there = running->landmarks[i] - running->stext;

		if (!ours->landmarks[i] || !running->landmarks[i] ||
		    here == there)
			continue;
		snprintf(map_has, sizeof(map_has), "_stext+0x%llx",
			 (unsigned long long)here);
		snprintf(guest_has, sizeof(guest_has), "_stext+0x%llx",
			 (unsigned long long)there);
		return refuse(map, running, vprof_guest_landmarks[i], map_has,
			      guest_has, err);
	}
	return 0;
}

static int check_running(struct map *map,
			 const struct vprof_guest_identity *running,
			 struct vprof_error *err)
{
	int ret = check_build_id(map, running, err);

	if (!ret)
		ret = check_release(map, running, err);
	if (!ret)
		ret = check_landmarks(map, running, err);
	if (ret)
		return ret;
	map->shift = running->stext - map->identity.stext;
	vprof_guest_kernel_set_identity(map->kernel, running);
	return 0;
}

/* ---- taking it ------------------------------------------------------------------------------ */

static void set_text(struct map *map)
{
	struct vprof_guest_info *info = &map->kernel->info;
	struct vprof_guest_image *image = &map->kernel->images[0];
	uint64_t stext = map->identity.stext;

	if (map->etext <= stext)
		map->etext = stext + 1;
	if (map->end < map->etext)
		map->end = map->etext;
	image->start = info->text_start = stext + map->shift;
	image->size = map->end - stext;
	info->text_end = map->etext + map->shift;
}

/* Modules lie elsewhere at every boot. */
static void drop_modules(struct map *map)
{
	struct vprof_guest_kernel *kernel = map->kernel;

	if (kernel->nr_images == 1 || !map->shift)
		return;
	for (; kernel->nr_images > 1; kernel->nr_images--)
		vprof_symbols_free(
			kernel->images[kernel->nr_images - 1].symbols);
	kernel->info.nr_modules = 0;
	snprintf(
		kernel->info.no_modules, sizeof(kernel->info.no_modules),
		"\"%.100s\" was copied in another boot: its modules lie elsewhere now",
		map->source.path);
}

static int second_look(void *data, const struct vprof_kallsym *symbol)
{
	struct map *map = data;
	struct vprof_guest_kernel *kernel = map->kernel;
	struct vprof_guest_image *image = &kernel->images[0];
	uint64_t address = symbol->address;

	if (symbol->module[0]) {
		image = find_image(map, symbol->module);
		if (!image)
			return 0;
	} else if (address >= map->identity.stext) {
		address += map->shift;
	}
	return vprof_guest_kernel_add_symbol(kernel, image - kernel->images,
					     address, symbol->type,
					     symbol->name);
}

/* ---- all of it -------------------------------------------------------------------------------- */

static int explain(const struct map *map, int code, struct vprof_error *err)
{
	switch (code) {
	case -ENOEXEC:
		return vprof_error_set(
			err, code,
			"\"%s\" is no map of a kernel: give its System.map, vmlinux, or a copy of the guest's /proc/kallsyms",
			map->source.path);
	case -EPERM:
		return vprof_error_set(
			err, code,
			"in \"%s\" every address is 0: it was copied without rights; copy the guest's /proc/kallsyms as its root",
			map->source.path);
	case -ENOENT:
		return vprof_error_set(
			err, code,
			"\"%s\" has no symbols of a kernel (_stext): it is stripped, or another program's",
			map->source.path);
	default:
		return vprof_error_set(err, code,
				       "cannot read the map \"%s\": %s",
				       map->source.path, strerror(-code));
	}
}

static int look_first(struct map *map, struct vprof_error *err)
{
	int ret = vprof_guest_kernel_add_image(map->kernel, "kernel", 0, 0);

	if (!ret)
		ret = vprof_map_source_for_each(&map->source, first_look, map);
	if (!ret && !map->any_address && !map->source.is_elf)
		ret = -EPERM;
	if (!ret && !map->identity.stext)
		ret = -ENOENT;
	return ret ? explain(map, ret, err) : 0;
}

static int look_again(struct map *map, struct vprof_error *err)
{
	int ret;

	set_text(map);
	drop_modules(map);
	ret = vprof_map_source_for_each(&map->source, second_look, map);
	if (!ret)
		ret = vprof_guest_kernel_finish(map->kernel);
	return ret ? explain(map, ret, err) : 0;
}

int vprof_guest_map_read(struct vprof_guest_kernel *kernel,
			 const struct vprof_guest_identity *running,
			 struct vprof_error *err)
{
	struct map map = { .kernel = kernel };
	struct vprof_guest_info *info = &kernel->info;
	int ret;

	ret = vprof_map_source_open(kernel->options.map, &map.source, err);
	if (ret)
		return ret;
	memcpy(info->build_id, map.source.build_id, sizeof(info->build_id));
	info->build_id_size = map.source.build_id_size;
	strcpy(info->release, map.source.release);
	ret = look_first(&map, err);
	if (!ret)
		ret = read_modules(&map, err);
	if (!ret && running)
		ret = check_running(&map, running, err);
	if (!ret)
		ret = look_again(&map, err);
	vprof_map_source_close(&map.source);
	return ret;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* The symbols of an image, from wherever its kind has them. */
#include "image/symbols.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory_limit.h"
#include "image/debug_file.h"
#include "image/elf_file.h"
#include "image/elf_symbols.h"
#include "image/image.h"
#include "image/image_file.h"
#include "image/kallsyms.h"
#include "image/kernel_map.h"
#include "image/perf_map.h"
#include "image/vdso.h"
#include "image/xensyms.h"

/* ---- files and the vDSO ------------------------------------------------------ */

/* The symbols of a debug file go by the addresses of the file it was taken from. */
static int add_separate(struct vprof_symbols *symbols,
			const struct vprof_elf *elf, const char *path)
{
	int fd = vprof_debug_file_open(elf->elf, path);
	struct vprof_elf debug;
	int ret;

	if (fd < 0)
		return fd;
	ret = vprof_elf_open(fd, &debug);
	if (!ret) {
		ret = vprof_elf_symbols_add(symbols, elf, &debug);
		vprof_elf_close(&debug);
	}
	close(fd);
	return ret;
}

static int add_elf(struct vprof_symbols *symbols, const struct vprof_elf *elf,
		   const char *path)
{
	int ret = -ENOENT;

	if (!vprof_elf_find_section(elf, SHT_SYMTAB))
		ret = add_separate(symbols, elf, path);
	if (ret && ret != -ENOMEM)
		ret = vprof_elf_symbols_add(symbols, elf, elf);
	return ret ? ret : vprof_elf_plt_add(symbols, elf);
}

static int explain_elf(const struct vprof_image *image, int code,
		       struct vprof_error *err)
{
	switch (code) {
	case -ENOENT:
		return vprof_error_set(
			err, code,
			"\"%s\" is stripped: install the package with its debug symbols",
			image->path[0] ? image->path : image->name);
	case -ENOEXEC:
		return vprof_error_set(err, code, "\"%s\" is no valid ELF file",
				       image->path[0] ? image->path
						      : image->name);
	case -EFBIG:
	case -E2BIG:
		return vprof_error_set(
			err, -EFBIG,
			"\"%s\" has more symbols than fit into a part of the %" PRIu64
			" MB that this process may have: raise its limit, of a service MemoryHigh=",
			image->path[0] ? image->path : image->name,
			vprof_memory_limit() >> 20);
	default:
		return vprof_error_set(err, code,
				       "cannot read the symbols of \"%s\": %s",
				       image->name, strerror(-code));
	}
}

static int load_elf(const struct vprof_image *image,
		    const struct vprof_elf *elf, struct vprof_symbols *symbols,
		    struct vprof_error *err)
{
	int ret = add_elf(symbols, elf, image->path);

	if (!ret)
		ret = vprof_symbols_finish(symbols);
	return ret ? explain_elf(image, ret, err) : 0;
}

static int load_file(const struct vprof_image *image,
		     struct vprof_symbols *symbols, struct vprof_error *err)
{
	int fd = vprof_image_open(image, err);
	struct vprof_elf elf;
	int ret;

	if (fd < 0)
		return fd;
	ret = vprof_elf_open(fd, &elf);
	if (ret) {
		ret = explain_elf(image, ret, err);
	} else {
		ret = load_elf(image, &elf, symbols, err);
		vprof_elf_close(&elf);
	}
	close(fd);
	return ret;
}

static int load_vdso(const struct vprof_image *image,
		     struct vprof_symbols *symbols, struct vprof_error *err)
{
	struct vprof_elf elf;
	void *bytes;
	size_t size;
	int ret = vprof_vdso_read(image->name, &bytes, &size);

	if (ret)
		return vprof_error_set(
			err, -ENOENT,
			"the code of \"%s\" could not be read from this kernel",
			image->name);
	ret = vprof_elf_open_memory(bytes, size, &elf);
	if (ret) {
		ret = explain_elf(image, ret, err);
	} else {
		ret = load_elf(image, &elf, symbols, err);
		vprof_elf_close(&elf);
	}
	free(bytes);
	return ret;
}

/* ---- the kernel ---------------------------------------------------------------- */

/* Where offsets of the image count from, and where its code ends. */
struct kernel_part {
	struct vprof_symbols *symbols;
	uint64_t start;
	uint64_t origin;
	uint64_t end;
};

static int add_kernel_symbol(void *data, const struct vprof_kallsym *symbol)
{
	static const struct {
		char type;
		enum vprof_symbol_rank rank;
	} ranks[] = {
		{ 'T', VPROF_SYMBOL_GLOBAL },
		{ 'W', VPROF_SYMBOL_WEAK },
		{ 'w', VPROF_SYMBOL_WEAK },
		{ 't', VPROF_SYMBOL_LOCAL },
	};
	const struct kernel_part *part = data;
	struct vprof_new_symbol new = {
		.name = symbol->name,
		.offset = symbol->address - part->origin,
		.limit = part->end - part->origin,
	};
	size_t i;

	if (symbol->address < part->start || symbol->address >= part->end)
		return 0;
	for (i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++) {
		if (ranks[i].type == symbol->type)
			new.rank = ranks[i].rank;
	}
	return vprof_symbols_add(part->symbols, &new);
}

static int explain_kernel(const struct vprof_image *image, int code,
			  struct vprof_error *err)
{
	switch (code) {
	case -EPERM:
		return vprof_error_set(
			err, code,
			"/proc/kallsyms hides the kernel's addresses from you: run as root, or sudo sysctl kernel.kptr_restrict=0 kernel.perf_event_paranoid=1");
	case -ENOENT:
		return vprof_error_set(
			err, code,
			"/proc/kallsyms has no names for \"%s\": it is not loaded any more, or the kernel was built without CONFIG_KALLSYMS",
			image->name);
	default:
		return vprof_error_set(err, code,
				       "cannot read /proc/kallsyms: %s",
				       strerror(-code));
	}
}

/* "[bpf]" is whatever lies outside the kernel and is shown by its address. */
static const char *find_origin(const struct vprof_image *image,
			       const struct vprof_kallsyms *kallsyms,
			       struct kernel_part *part, char name[64])
{
	if (image->kind == VPROF_IMAGE_KERNEL) {
		part->origin = vprof_kallsyms_get_stext(kallsyms);
		return "";
	}
	if (sscanf(image->name, "[%63[^]]", name) != 1)
		return image->name;
	part->origin = vprof_module_get_start(name);
	part->start = part->origin;
	return strcmp(name, "bpf") ? name : NULL;
}

static int add_kernel_symbols(const struct vprof_image *image,
			      struct vprof_kallsyms *kallsyms,
			      struct vprof_symbols *symbols)
{
	struct kernel_part part = { .symbols = symbols, .end = UINT64_MAX };
	const char *module;
	char name[64];
	int ret = vprof_kallsyms_read(kallsyms, "/proc/kallsyms");

	if (ret)
		return ret;
	module = find_origin(image, kallsyms, &part, name);
	ret = vprof_kallsyms_for_each(kallsyms, module, add_kernel_symbol,
				      &part);
	return ret ? ret : vprof_symbols_finish(symbols);
}

static int load_kernel_now(const struct vprof_image *image,
			   struct vprof_symbols *symbols)
{
	struct vprof_kallsyms *kallsyms = vprof_kallsyms_new();
	int ret;

	if (!kallsyms)
		return -ENOMEM;
	ret = add_kernel_symbols(image, kallsyms, symbols);
	vprof_kallsyms_put(kallsyms);
	return ret;
}

/* A module that was loaded after the snapshot is not in it. */
static int load_kernel(const struct vprof_image *image,
		       struct vprof_symbols *symbols, struct vprof_error *err)
{
	int ret = -ENOENT;

	if (image->kallsyms)
		ret = add_kernel_symbols(image, image->kallsyms, symbols);
	if (ret == -ENOENT)
		ret = load_kernel_now(image, symbols);
	return ret ? explain_kernel(image, ret, err) : 0;
}

/* ---- the others ------------------------------------------------------------------ */

static int load_jit(const struct vprof_image *image,
		    struct vprof_symbols *symbols, struct vprof_error *err)
{
	int fd = vprof_perf_map_open(image, err);
	int ret;

	if (fd < 0)
		return fd;
	ret = vprof_perf_map_read(fd, symbols);
	close(fd);
	if (!ret)
		ret = vprof_symbols_finish(symbols);
	if (ret)
		return vprof_error_set(err, ret,
				       "\"/tmp/perf-%d.map\" names nothing",
				       image->map_pid);
	return 0;
}

static int load_hypervisor(const struct vprof_image *image,
			   struct vprof_symbols *symbols,
			   struct vprof_error *err)
{
	int fd, ret;

	if (image->path[0])
		return vprof_xensyms_read_file(image->path, VPROF_XEN_BUILD_ID,
					       symbols, err);
	fd = vprof_xensyms_open(err);
	if (fd < 0)
		return fd;
	ret = vprof_xensyms_read(fd, symbols);
	close(fd);
	if (!ret)
		ret = vprof_symbols_finish(symbols);
	if (ret)
		return vprof_error_set(err, ret,
				       "/proc/xen/xensyms names nothing: %s",
				       strerror(-ret));
	return 0;
}

static int load_guest(const struct vprof_image *image,
		      struct vprof_symbols *symbols, struct vprof_error *err)
{
	(void)symbols;
	return vprof_error_set(err, -ENOENT,
			       "the code of \"%s\" is named by its guest",
			       image->name);
}

static const struct kind {
	bool is_mangled;
	int (*load)(const struct vprof_image *image,
		    struct vprof_symbols *symbols, struct vprof_error *err);
} kinds[] = {
	[VPROF_IMAGE_FILE] = { true, load_file },
	[VPROF_IMAGE_KERNEL] = { false, load_kernel },
	[VPROF_IMAGE_MODULE] = { false, load_kernel },
	[VPROF_IMAGE_VDSO] = { false, load_vdso },
	[VPROF_IMAGE_JIT] = { false, load_jit },
	[VPROF_IMAGE_HYPERVISOR] = { false, load_hypervisor },
	[VPROF_IMAGE_GUEST] = { false, load_guest },
};

int vprof_symbols_load(const struct vprof_image *image,
		       struct vprof_symbols **ret_symbols,
		       struct vprof_error *err)
{
	const struct kind *kind = &kinds[image->kind];
	struct vprof_symbols *symbols;
	int ret = vprof_symbols_new(kind->is_mangled, &symbols);

	if (ret)
		return vprof_error_set(err, ret, "no memory");
	ret = kind->load(image, symbols, err);
	if (ret) {
		vprof_symbols_free(symbols);
		return ret;
	}
	*ret_symbols = symbols;
	return 0;
}

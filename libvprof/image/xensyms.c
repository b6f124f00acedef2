// SPDX-License-Identifier: LGPL-2.1-or-later
/* The names in the hypervisor below a dom0: /proc/xen/xensyms, or a file of them. */
#include "image/xensyms.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/lines.h"
#include "base/small_file.h"
#include "base/text_arena.h"
#include "base/vector.h"
#include "image/build_id.h"
#include "image/kallsyms.h"
#include "image/map_source.h"
#include "image/symbols.h"

enum {
	MAX_BYTES = 64 << 20, /* of the file */
	MAX_SAME = 16,        /* names of one address */
	NAME_BYTES = 128,     /* Xen's own limit */
	STUB_BYTES = 4096,    /* of each CPU */
	MAX_CPUS = 4095,
	MAX_SYMBOLS = 1 << 18, /* forty times those of Xen 4.17 */
};

/* Xen's image and what belongs to it have so much of addresses, aligned. */
#define IMAGE_SPAN (1ull << 30)

int vprof_xensyms_open(struct vprof_error *err)
{
	int fd = open("/proc/xen/xensyms", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == EACCES || errno == EPERM)
		return vprof_error_set(
			err, -EPERM,
			"/proc/xen/xensyms is for root: run as root to see the hypervisor's names");
	if (access("/proc/xen", F_OK) ||
	    (!access("/proc/xen/capabilities", F_OK) && !vprof_is_xen_dom0()))
		return vprof_error_set(
			err, -ENOENT,
			"the hypervisor's names are known on its dom0 only, and this is none: --xen-syms FILE gives them");
	return vprof_error_set(
		err, -ENOENT,
		"/proc/xen/xensyms is not there: mount -t xenfs xenfs /proc/xen (dom0), or --xen-syms FILE");
}

/*
 * Lines come by address. The names of one address wait until the next address
 * says where they end, be it code or data: the last code symbol is a mark behind
 * the code, and what Xen runs far beyond it (its entry stubs, made at run time)
 * is none of it.
 */
struct reader {
	struct vprof_symbols *symbols;
	struct vprof_new_symbol waiting[MAX_SAME];
	char names[MAX_SAME][NAME_BYTES];
	unsigned int nr_waiting;
	bool has_code;
	uint64_t address;
};

static int flush(struct reader *reader, uint64_t end)
{
	int ret = 0;

	for (unsigned int i = 0; i < reader->nr_waiting && !ret; i++) {
		reader->waiting[i].limit = end;
		ret = vprof_symbols_add(reader->symbols, &reader->waiting[i]);
	}
	reader->nr_waiting = 0;
	return ret;
}

static void wait_for_end(struct reader *reader,
			 const struct vprof_kallsym *symbol)
{
	unsigned int i = reader->nr_waiting;

	if (i == MAX_SAME || !strchr("tTwW", symbol->type))
		return;
	snprintf(reader->names[i], NAME_BYTES, "%s", symbol->name);
	reader->waiting[i] = (struct vprof_new_symbol){
		.name = reader->names[i],
		.offset = symbol->address,
		.rank = symbol->type == 't' ? VPROF_SYMBOL_LOCAL
					    : VPROF_SYMBOL_GLOBAL,
	};
	reader->nr_waiting++;
	reader->has_code = true;
}

static int take(struct reader *reader, const struct vprof_kallsym *symbol)
{
	int ret = 0;

	if (symbol->address > reader->address)
		ret = flush(reader, symbol->address);
	else if (symbol->address < reader->address)
		reader->nr_waiting = 0;
	reader->address = symbol->address;
	if (!ret)
		wait_for_end(reader, symbol);
	return ret;
}

/* "ffff82d040204010 t common/domain.c#name": the file is part of the name. */
static int take_line(void *data, char *line)
{
	struct vprof_kallsym symbol;

	if (vprof_kallsyms_parse_line(line, &symbol) || !symbol.address)
		return 0;
	return take(data, &symbol);
}

/*
 * Where guests' system calls enter Xen: code made at run time, a page for each
 * CPU below the end of its image's addresses (alloc_stub_page() in smpboot.c).
 */
static int add_stubs(struct reader *reader)
{
	uint64_t end = (reader->address | (IMAGE_SPAN - 1)) + 1;
	const struct vprof_new_symbol stubs = {
		.name = "(entry stubs)",
		.offset = end - (uint64_t)MAX_CPUS * STUB_BYTES,
		.limit = end,
		.rank = VPROF_SYMBOL_LOCAL,
	};

	if (!reader->has_code || stubs.offset <= reader->address)
		return 0;
	return vprof_symbols_add(reader->symbols, &stubs);
}

static int read_all(struct vprof_symbols *symbols, void *from,
		    int (*for_each)(void *from, struct reader *reader))
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int ret;

	if (!reader)
		return -ENOMEM;
	reader->symbols = symbols;
	ret = for_each(from, reader);
	if (!ret)
		ret = add_stubs(reader);
	free(reader);
	return ret;
}

static int for_each_line(void *fd, struct reader *reader)
{
	return vprof_lines_read(*(int *)fd, MAX_BYTES, take_line, reader);
}

int vprof_xensyms_read(int fd, struct vprof_symbols *symbols)
{
	return read_all(symbols, &fd, for_each_line);
}

/* ---- a file that somebody gave ------------------------------------------------------- */

/* nm(1) sorts by name, and an ELF file does not sort at all. */
struct kept {
	uint64_t address;
	uint32_t name;
	char type;
};

struct list {
	struct vprof_vector kept;
	struct vprof_text_arena *names;
	bool any_address;
};

static int keep(void *data, const struct vprof_kallsym *symbol)
{
	struct list *list = data;
	struct kept *kept;

	list->any_address |= symbol->address != 0;
	if (!symbol->address || symbol->type == 'a' || symbol->type == 'A')
		return 0;
	if (list->kept.nr_items == MAX_SYMBOLS)
		return -E2BIG;
	kept = vprof_vector_add(&list->kept);
	if (!kept)
		return -ENOMEM;
	kept->address = symbol->address;
	kept->type = symbol->type;
	return vprof_text_arena_add(list->names, symbol->name,
				    strnlen(symbol->name, NAME_BYTES - 1),
				    &kept->name);
}

static int compare(const void *left, const void *right)
{
	const struct kept *a = left;
	const struct kept *b = right;

	return (a->address > b->address) - (a->address < b->address);
}

static int for_each_kept(void *data, struct reader *reader)
{
	struct list *list = data;
	int ret = 0;

	for (size_t i = 0; !ret && i < list->kept.nr_items; i++) {
		const struct kept *kept = vprof_vector_get(&list->kept, i);
		const struct vprof_kallsym symbol = {
			.address = kept->address,
			.type = kept->type,
			.name = vprof_text_arena_get(list->names, kept->name),
			.module = "",
		};

		ret = take(reader, &symbol);
	}
	return ret;
}

static int explain(const char *path, int code, struct vprof_error *err)
{
	switch (code) {
	case -ENOEXEC:
		return vprof_error_set(
			err, code,
			"\"%s\" has no list of Xen's names: give xen-syms of this very Xen, or what nm writes of it",
			path);
	case -EPERM:
		return vprof_error_set(err, code,
				       "in \"%s\" every address is 0", path);
	case -ENOENT:
		return vprof_error_set(
			err, code,
			"\"%s\" has no symbols of code: it is stripped, or no hypervisor's",
			path);
	default:
		return vprof_error_set(err, code,
				       "cannot read Xen's names in \"%s\": %s",
				       path, strerror(-code));
	}
}

/*
 * Of the Xen that runs, as text. Linux 6 shows it as bytes, up to the first that
 * is 0, and "<denied>" to a domain that may not know.
 *
 * Return: whether there is one.
 */
static bool read_running(const char *path, char text[VPROF_BUILD_ID_TEXT])
{
	char shown[VPROF_BUILD_ID_TEXT] = "";
	ssize_t got = vprof_read_file(path, shown, sizeof(shown) - 1);

	if (got <= 0 || !strcmp(shown, "<denied>"))
		return false;
	if (strspn(shown, "0123456789abcdef") == sizeof(shown) - 1)
		memcpy(text, shown, sizeof(shown));
	else
		vprof_build_id_format((const uint8_t *)shown,
				      got < VPROF_BUILD_ID_MAX
					      ? (size_t)got
					      : VPROF_BUILD_ID_MAX,
				      text);
	return true;
}

static int check_build_id(const struct vprof_map_source *source,
			  const char *running_path, struct vprof_error *err)
{
	char ours[VPROF_BUILD_ID_TEXT], theirs[VPROF_BUILD_ID_TEXT];

	if (!source->build_id_size || !read_running(running_path, theirs))
		return 0;
	vprof_build_id_format(source->build_id, source->build_id_size, ours);
	if (!strncmp(ours, theirs, strlen(theirs)))
		return 0;
	return vprof_error_set(
		err, -ESTALE,
		"\"%s\" is another Xen's than the one that runs: its build-id is %s, that of the running one %s",
		source->path, ours, theirs);
}

static int read_list(struct vprof_map_source *source, struct list *list,
		     struct vprof_symbols *symbols)
{
	int ret;

	list->kept.item_size = sizeof(struct kept);
	ret = vprof_text_arena_new(&list->names);
	if (!ret)
		ret = vprof_map_source_for_each(source, keep, list);
	if (ret)
		return ret;
	if (!list->kept.nr_items)
		return list->any_address || source->is_elf ? -ENOENT : -EPERM;
	qsort(list->kept.items, list->kept.nr_items, sizeof(struct kept),
	      compare);
	ret = read_all(symbols, list, for_each_kept);
	return ret ? ret : vprof_symbols_finish(symbols);
}

int vprof_xensyms_read_file(const char *path, const char *running_path,
			    struct vprof_symbols *symbols,
			    struct vprof_error *err)
{
	struct vprof_map_source source;
	struct list list = { 0 };
	int ret;

	ret = vprof_map_source_open(path, &source, err);
	if (ret)
		return ret;
	ret = check_build_id(&source, running_path, err);
	if (!ret) {
		ret = read_list(&source, &list, symbols);
		if (ret)
			explain(path, ret, err);
	}
	vprof_vector_destroy(&list.kept);
	vprof_text_arena_free(list.names);
	vprof_map_source_close(&source);
	return ret;
}

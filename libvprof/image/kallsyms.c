// SPDX-License-Identifier: LGPL-2.1-or-later
/* /proc/kallsyms: a snapshot of the names of the kernel and its modules. */
#include "image/kallsyms.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/lines.h"
#include "base/sorted.h"

enum {
	MAX_SYMBOLS = 4 << 20,
	MAX_BYTES = 1 << 30, /* of the file */
	MAX_MODULES = 4096,
	MODULE_NAME_MAX = 64,
};

struct entry {
	uint64_t address;
	uint32_t name; /* in the arena */
	uint16_t module;
	char type;
};

struct vprof_kallsyms {
	unsigned int nr_references;
	struct entry *entries;
	size_t nr_entries;
	size_t capacity;
	char *names;
	size_t names_size;
	size_t names_capacity;
	char (*modules)[MODULE_NAME_MAX]; /* [0] is the kernel proper */
	size_t nr_modules;
	size_t nr_sorted; /* of the entries, from the first */
	uint64_t stext;
	uint64_t any_address; /* all of them or'ed: 0 when they are hidden */
	bool was_read;
};

/* ---- a line --------------------------------------------------------------- */

static int parse_module(char *at, const char **ret_module)
{
	char *close;

	if (*at == '\0') {
		*ret_module = at;
		return 0;
	}
	if (at[0] != '\t' || at[1] != '[')
		return -EINVAL;
	close = strchr(at, ']');
	if (!close || close == at + 2)
		return -EINVAL;
	*close = '\0';
	*ret_module = at + 2;
	return 0;
}

/* There are a hundred thousand of them: strtoull() would take the most time. */
static const char *parse_address(const char *at, uint64_t *ret_address)
{
	const char *end = at + 16;
	uint64_t address = 0;

	for (; at < end; at++) {
		unsigned int digit = (unsigned char)*at - '0';

		if (digit > 9) {
			digit = (unsigned char)*at - 'a' + 10u;
			if (digit < 10 || digit > 15)
				break;
		}
		address = address << 4 | digit;
	}
	*ret_address = address;
	return at;
}

int vprof_kallsyms_parse_line(char *line, struct vprof_kallsym *ret_symbol)
{
	struct vprof_kallsym symbol;
	size_t length;
	char *end;
	char *name;

	end = (char *)parse_address(line, &symbol.address);
	if (end == line || end[0] != ' ' || !isgraph((unsigned char)end[1]) ||
	    end[2] != ' ')
		return -EINVAL;
	symbol.type = end[1];
	name = end + 3;
	length = strcspn(name, "\t");
	if (!length || parse_module(name + length, &symbol.module))
		return -EINVAL;
	name[length] = '\0';
	symbol.name = name;
	*ret_symbol = symbol;
	return 0;
}

/* ---- where the kernel begins ------------------------------------------------ */

struct text {
	uint64_t start;
	uint64_t stext;
	bool is_any;
};

static int take_text(void *data, char *line)
{
	struct text *text = data;
	struct vprof_kallsym symbol;

	if (vprof_kallsyms_parse_line(line, &symbol))
		return 0;
	text->is_any = true;
	if (!strcmp(symbol.name, "_text"))
		text->start = symbol.address;
	else if (!strcmp(symbol.name, "_stext"))
		text->stext = symbol.address;
	return text->start && text->stext;
}

static int open_kallsyms(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == EACCES ? -EPERM : -errno;
	return fd;
}

int vprof_kallsyms_find_text(const char *path, uint64_t *ret_start,
			     uint64_t *ret_stext)
{
	struct text text = { 0 };
	int fd = open_kallsyms(path);
	int ret;

	if (fd < 0)
		return fd;
	ret = vprof_lines_read(fd, MAX_BYTES, take_text, &text);
	close(fd);
	if (ret < 0)
		return ret;
	if (!text.stext)
		return text.is_any ? -EPERM : -ENOENT;
	*ret_start = text.start ? text.start : text.stext;
	*ret_stext = text.stext;
	return 0;
}

/* ---- the snapshot --------------------------------------------------------- */

static int grow(void **array, size_t *capacity, size_t want, size_t size)
{
	size_t bigger = *capacity ? *capacity : 1024;
	void *moved;

	if (want <= *capacity)
		return 0;
	while (bigger < want)
		bigger *= 2;
	moved = reallocarray(*array, bigger, size);
	if (!moved)
		return -ENOMEM;
	*array = moved;
	*capacity = bigger;
	return 0;
}

static int add_name(struct vprof_kallsyms *kallsyms, const char *name,
		    uint32_t *ret_at)
{
	size_t length = strlen(name) + 1;

	if (kallsyms->names_size + length > UINT32_MAX)
		return -E2BIG;
	if (grow((void **)&kallsyms->names, &kallsyms->names_capacity,
		 kallsyms->names_size + length, 1))
		return -ENOMEM;
	memcpy(kallsyms->names + kallsyms->names_size, name, length);
	*ret_at = kallsyms->names_size;
	kallsyms->names_size += length;
	return 0;
}

/* Modules come one after another: the last one is asked first. */
static int find_module(const struct vprof_kallsyms *kallsyms, const char *name)
{
	size_t i = kallsyms->nr_modules;

	while (i--) {
		if (!strcmp(kallsyms->modules[i], name))
			return i;
	}
	return -ENOENT;
}

static int add_module(struct vprof_kallsyms *kallsyms, const char *name)
{
	int found = find_module(kallsyms, name);
	char(*modules)[MODULE_NAME_MAX];

	if (found >= 0)
		return found;
	if (kallsyms->nr_modules == MAX_MODULES ||
	    strlen(name) >= MODULE_NAME_MAX)
		return -E2BIG;
	modules = reallocarray(kallsyms->modules, kallsyms->nr_modules + 1,
			       sizeof(*modules));
	if (!modules)
		return -ENOMEM;
	kallsyms->modules = modules;
	strcpy(modules[kallsyms->nr_modules], name);
	return kallsyms->nr_modules++;
}

static bool is_code(char type)
{
	return strchr("tTwW", type);
}

static int take_line(void *data, char *line)
{
	struct vprof_kallsyms *kallsyms = data;
	struct vprof_kallsym symbol;
	struct entry *entry;
	int module;
	int ret;

	if (vprof_kallsyms_parse_line(line, &symbol))
		return 0;
	kallsyms->any_address |= symbol.address;
	if (!symbol.module[0] && !strcmp(symbol.name, "_stext"))
		kallsyms->stext = symbol.address;
	if (!is_code(symbol.type) || !symbol.address)
		return 0;
	if (kallsyms->nr_entries == MAX_SYMBOLS)
		return -E2BIG;
	module = add_module(kallsyms, symbol.module);
	if (module == -E2BIG)
		return 0;
	ret = module < 0
		      ? module
		      : grow((void **)&kallsyms->entries, &kallsyms->capacity,
			     kallsyms->nr_entries + 1, sizeof(*entry));
	if (ret)
		return ret;
	entry = &kallsyms->entries[kallsyms->nr_entries];
	ret = add_name(kallsyms, symbol.name, &entry->name);
	if (ret)
		return ret;
	entry->address = symbol.address;
	entry->module = module;
	entry->type = symbol.type;
	if (!module && kallsyms->nr_sorted == kallsyms->nr_entries &&
	    (!kallsyms->nr_sorted || entry[-1].address <= entry->address))
		kallsyms->nr_sorted++;
	kallsyms->nr_entries++;
	return 0;
}

static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left;
	const struct entry *b = right;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return (a->name > b->name) - (a->name < b->name);
}

/* The kernel proper comes first and in order, and mostly below the modules. */
static void sort(struct vprof_kallsyms *kallsyms)
{
	struct entry *tail = kallsyms->entries + kallsyms->nr_sorted;
	size_t nr_tail = kallsyms->nr_entries - kallsyms->nr_sorted;

	if (!nr_tail)
		return;
	qsort(tail, nr_tail, sizeof(*tail), compare_entries);
	if (kallsyms->nr_sorted && tail[-1].address > tail->address)
		qsort(kallsyms->entries, kallsyms->nr_entries,
		      sizeof(*kallsyms->entries), compare_entries);
}

static int read_lines(struct vprof_kallsyms *kallsyms, int fd)
{
	int ret = add_module(kallsyms, "");

	if (ret < 0)
		return ret;
	ret = vprof_lines_read(fd, MAX_BYTES, take_line, kallsyms);
	if (ret)
		return ret;
	if (!kallsyms->any_address)
		return -EPERM;
	if (!kallsyms->nr_entries)
		return -ENOENT;
	sort(kallsyms);
	return 0;
}

static void drop_lines(struct vprof_kallsyms *kallsyms)
{
	unsigned int nr_references = kallsyms->nr_references;

	free(kallsyms->entries);
	free(kallsyms->names);
	free(kallsyms->modules);
	memset(kallsyms, 0, sizeof(*kallsyms));
	kallsyms->nr_references = nr_references;
}

int vprof_kallsyms_read(struct vprof_kallsyms *kallsyms, const char *path)
{
	int fd;
	int ret;

	if (kallsyms->was_read)
		return 0;
	fd = open_kallsyms(path);
	if (fd < 0)
		return fd;
	ret = read_lines(kallsyms, fd);
	close(fd);
	if (ret)
		drop_lines(kallsyms);
	kallsyms->was_read = !ret;
	return ret;
}

struct vprof_kallsyms *vprof_kallsyms_new(void)
{
	struct vprof_kallsyms *kallsyms = calloc(1, sizeof(*kallsyms));

	if (kallsyms)
		kallsyms->nr_references = 1;
	return kallsyms;
}

struct vprof_kallsyms *vprof_kallsyms_get(struct vprof_kallsyms *kallsyms)
{
	if (kallsyms)
		kallsyms->nr_references++;
	return kallsyms;
}

void vprof_kallsyms_put(struct vprof_kallsyms *kallsyms)
{
	if (!kallsyms || --kallsyms->nr_references)
		return;
	drop_lines(kallsyms);
	free(kallsyms);
}

/* ---- asking --------------------------------------------------------------- */

uint64_t vprof_kallsyms_get_stext(const struct vprof_kallsyms *kallsyms)
{
	return kallsyms->stext;
}

static struct vprof_kallsym symbol_of(const struct vprof_kallsyms *kallsyms,
				      const struct entry *entry)
{
	struct vprof_kallsym symbol = {
		.address = entry->address,
		.type = entry->type,
		.name = kallsyms->names + entry->name,
		.module = kallsyms->modules[entry->module],
	};

	return symbol;
}

int vprof_kallsyms_for_each(
	const struct vprof_kallsyms *kallsyms, const char *module,
	int (*fn)(void *data, const struct vprof_kallsym *symbol), void *data)
{
	int wanted = module ? find_module(kallsyms, module) : 0;
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < kallsyms->nr_entries; i++) {
		struct vprof_kallsym symbol;

		if ((kallsyms->entries[i].module == wanted) == !module)
			continue;
		symbol = symbol_of(kallsyms, &kallsyms->entries[i]);
		ret = fn(data, &symbol);
	}
	return ret;
}

int vprof_kallsyms_find(const struct vprof_kallsyms *kallsyms, uint64_t address,
			struct vprof_kallsym *ret_symbol)
{
	size_t nr = vprof_sorted_count_upto(
		VPROF_SORTED_BY(kallsyms->entries, kallsyms->nr_entries,
				address),
		address);

	if (!nr)
		return -ENOENT;
	*ret_symbol = symbol_of(kallsyms, &kallsyms->entries[nr - 1]);
	return 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* /proc/kallsyms: a snapshot of the names of the kernel and its modules. */
#include "kallsyms.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lines.h"

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
	uint64_t start;
	uint64_t stext;
	uint64_t end;
	uint64_t any_address; /* all of them or'ed: 0 when they are hidden */
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

int vprof_kallsyms_parse_line(char *line, struct vprof_kallsym *ret_symbol)
{
	struct vprof_kallsym symbol;
	size_t length;
	char *end;
	char *name;

	if (!isxdigit((unsigned char)line[0]))
		return -EINVAL;
	errno = 0;
	symbol.address = strtoull(line, &end, 16);
	if (errno || end[0] != ' ' || !isgraph((unsigned char)end[1]) ||
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

static void note_limits(struct vprof_kallsyms *kallsyms,
			const struct vprof_kallsym *symbol)
{
	if (symbol->module[0])
		return;
	if (!strcmp(symbol->name, "_stext"))
		kallsyms->stext = symbol->address;
	else if (!strcmp(symbol->name, "_text"))
		kallsyms->start = symbol->address;
	else if (!strcmp(symbol->name, "_etext") && !kallsyms->end)
		kallsyms->end = symbol->address;
	else if (!strcmp(symbol->name, "_einittext"))
		kallsyms->end = symbol->address;
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
	note_limits(kallsyms, &symbol);
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

static int check(struct vprof_kallsyms *kallsyms)
{
	if (!kallsyms->any_address)
		return -EPERM;
	if (!kallsyms->nr_entries)
		return -ENOENT;
	if (!kallsyms->start)
		kallsyms->start = kallsyms->stext;
	return 0;
}

int vprof_kallsyms_load(const char *path, struct vprof_kallsyms **ret_kallsyms)
{
	struct vprof_kallsyms *kallsyms;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return errno == EACCES ? -EPERM : -errno;
	ret = -ENOMEM;
	kallsyms = calloc(1, sizeof(*kallsyms));
	if (!kallsyms)
		goto out_close;
	kallsyms->nr_references = 1;
	ret = add_module(kallsyms, "");
	if (ret >= 0)
		ret = vprof_lines_read(fd, MAX_BYTES, take_line, kallsyms);
	if (!ret)
		ret = check(kallsyms);
	if (ret) {
		vprof_kallsyms_put(kallsyms);
		goto out_close;
	}
	qsort(kallsyms->entries, kallsyms->nr_entries,
	      sizeof(*kallsyms->entries), compare_entries);
	*ret_kallsyms = kallsyms;
out_close:
	close(fd);
	return ret;
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
	free(kallsyms->entries);
	free(kallsyms->names);
	free(kallsyms->modules);
	free(kallsyms);
}

/* ---- asking --------------------------------------------------------------- */

void vprof_kallsyms_get_text(const struct vprof_kallsyms *kallsyms,
			     uint64_t *ret_start, uint64_t *ret_stext,
			     uint64_t *ret_end)
{
	*ret_start = kallsyms->start;
	*ret_stext = kallsyms->stext;
	*ret_end = kallsyms->end;
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
	int wanted = find_module(kallsyms, module);
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < kallsyms->nr_entries; i++) {
		struct vprof_kallsym symbol;

		if (kallsyms->entries[i].module != wanted)
			continue;
		symbol = symbol_of(kallsyms, &kallsyms->entries[i]);
		ret = fn(data, &symbol);
	}
	return ret;
}

int vprof_kallsyms_find(const struct vprof_kallsyms *kallsyms, uint64_t address,
			struct vprof_kallsym *ret_symbol)
{
	size_t low = 0;
	size_t high = kallsyms->nr_entries;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (kallsyms->entries[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return -ENOENT;
	*ret_symbol = symbol_of(kallsyms, &kallsyms->entries[low - 1]);
	return 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* /proc/xen/xensyms: the names in the hypervisor below a dom0. */
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
#include "image/kallsyms.h"
#include "image/symbols.h"

enum {
	MAX_BYTES = 64 << 20, /* of the file */
	MAX_SAME = 16,        /* names of one address */
	NAME_BYTES = 128,     /* Xen's own limit */
	STUB_BYTES = 4096,    /* of each CPU */
	MAX_CPUS = 4095,
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
	if (access("/proc/xen", F_OK))
		return vprof_error_set(
			err, -ENOENT,
			"the hypervisor's names are known on its dom0 only, and this is none");
	return vprof_error_set(
		err, -ENOENT,
		"/proc/xen/xensyms is not there: mount -t xenfs xenfs /proc/xen");
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

/* "ffff82d040204010 t common/domain.c#name": the file is part of the name. */
static int take_line(void *data, char *line)
{
	struct reader *reader = data;
	struct vprof_kallsym symbol;
	int ret = 0;

	if (vprof_kallsyms_parse_line(line, &symbol) || !symbol.address)
		return 0;
	if (symbol.address > reader->address)
		ret = flush(reader, symbol.address);
	else if (symbol.address < reader->address)
		reader->nr_waiting = 0;
	reader->address = symbol.address;
	if (!ret)
		wait_for_end(reader, &symbol);
	return ret;
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

int vprof_xensyms_read(int fd, struct vprof_symbols *symbols)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int ret;

	if (!reader)
		return -ENOMEM;
	reader->symbols = symbols;
	ret = vprof_lines_read(fd, MAX_BYTES, take_line, reader);
	if (!ret)
		ret = add_stubs(reader);
	free(reader);
	return ret;
}

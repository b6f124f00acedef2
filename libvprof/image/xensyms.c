// SPDX-License-Identifier: LGPL-2.1-or-later
/* /proc/xen/xensyms: the names in the hypervisor below a dom0. */
#include "image/xensyms.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/lines.h"
#include "image/kallsyms.h"
#include "image/symbols.h"

enum { MAX_BYTES = 64 << 20 };

/* Xen's code lies in the gigabyte from XEN_VIRT_START on. */
static const uint64_t area_mask = (1ull << 30) - 1;

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

/* "ffff82d040204010 t common/domain.c#name": the file is part of the name. */
static int take_line(void *data, char *line)
{
	struct vprof_new_symbol new = { .rank = VPROF_SYMBOL_LOCAL };
	struct vprof_kallsym symbol;

	if (vprof_kallsyms_parse_line(line, &symbol) || !symbol.address ||
	    !strchr("tTwW", symbol.type))
		return 0;
	if (symbol.type != 't')
		new.rank = VPROF_SYMBOL_GLOBAL;
	new.name = symbol.name;
	new.offset = symbol.address;
	new.limit = (symbol.address | area_mask) + 1;
	return vprof_symbols_add(data, &new);
}

int vprof_xensyms_read(int fd, struct vprof_symbols *symbols)
{
	return vprof_lines_read(fd, MAX_BYTES, take_line, symbols);
}

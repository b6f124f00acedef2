// SPDX-License-Identifier: LGPL-2.1-or-later
/* The vDSO: code that the kernel maps into processes, read from memory. */
#include "image/vdso.h"

#include <asm/prctl.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image/proc_maps.h"

#ifndef ARCH_MAP_VDSO_32
#define ARCH_MAP_VDSO_32 0x2002
#endif

enum {
	VDSO_MAX_BYTES = 64 * 1024,
	VDSO32_ADDRESS = 0x10000000,
	MAX_RANGES = 8,
};

/* The vDSO of a process and its data pages, which lie before it. */
struct ranges {
	struct range {
		uint64_t start;
		uint64_t end;
	} at[MAX_RANGES];
	size_t nr;
	struct range code;
};

static int take_map(void *data, const struct vprof_proc_map *map)
{
	struct ranges *ranges = data;
	bool is_code = !strcmp(map->path, "[vdso]");

	if ((!is_code && strncmp(map->path, "[vvar", 5)) ||
	    ranges->nr == MAX_RANGES)
		return 0;
	ranges->at[ranges->nr].start = map->start;
	ranges->at[ranges->nr].end = map->end;
	if (is_code)
		ranges->code = ranges->at[ranges->nr];
	ranges->nr++;
	return 0;
}

static int find_ranges(pid_t pid, struct ranges *ret_ranges)
{
	struct ranges ranges = { .nr = 0 };
	char path[32];
	int fd;
	int ret;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = vprof_proc_maps_read(fd, take_map, &ranges);
	close(fd);
	if (ret)
		return ret;
	if (!ranges.code.end ||
	    ranges.code.end - ranges.code.start > VDSO_MAX_BYTES)
		return -ENOENT;
	*ret_ranges = ranges;
	return 0;
}

static int read_memory(pid_t pid, const struct range *range, void **ret_bytes,
		       size_t *ret_size)
{
	size_t size = range->end - range->start;
	char path[32];
	void *bytes;
	int ret = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	bytes = malloc(size);
	if (!bytes)
		ret = -ENOMEM;
	else if (pread(fd, bytes, size, range->start) != (ssize_t)size)
		ret = -EIO;
	close(fd);
	if (ret) {
		free(bytes);
		return ret;
	}
	*ret_bytes = bytes;
	*ret_size = size;
	return 0;
}

static int read_of(pid_t pid, void **ret_bytes, size_t *ret_size)
{
	struct ranges ranges;
	int ret = find_ranges(pid, &ranges);

	return ret ? ret : read_memory(pid, &ranges.code, ret_bytes, ret_size);
}

/*
 * The kernel maps a second vDSO only where there is none. Threads of the parent
 * may hold any lock, so nothing but system calls; the C library's ones that use
 * the vDSO are not among them.
 */
static void exchange_and_wait(const struct ranges *old, int done)
{
	size_t i;
	char result;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < old->nr; i++)
		munmap((void *)old->at[i].start,
		       old->at[i].end - old->at[i].start);
	result = syscall(SYS_arch_prctl, ARCH_MAP_VDSO_32, VDSO32_ADDRESS) > 0;
	if (write(done, &result, 1) == 1)
		pause();
	_exit(0);
}

static int wait_for(int done)
{
	char result;
	ssize_t got;

	do {
		got = read(done, &result, 1);
	} while (got < 0 && errno == EINTR);
	return got == 1 && result ? 0 : -ENOENT;
}

static int read_of_child(const struct ranges *own, void **ret_bytes,
			 size_t *ret_size)
{
	int done[2];
	pid_t child;
	int ret;

	/* Not a pipe: the filter of vprofd's service forbids those. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, done))
		return -errno;
	/* No SIGCHLD at its end: it is no business of who uses the library. */
	child = syscall(SYS_clone, 0, NULL, NULL, NULL, 0);
	ret = child < 0 ? -errno : 0;
	if (!child)
		exchange_and_wait(own, done[1]);
	/* then its end is seen, whatever ends it */
	close(done[1]);
	if (ret)
		goto out_close;
	ret = wait_for(done[0]);
	if (!ret)
		ret = read_of(child, ret_bytes, ret_size);
	kill(child, SIGKILL);
	while (waitpid(child, NULL, __WCLONE) < 0 && errno == EINTR)
		;
out_close:
	close(done[0]);
	return ret;
}

int vprof_vdso_read(const char *name, void **ret_bytes, size_t *ret_size)
{
	struct ranges own;
	int ret;

	if (!strcmp(name, "[vdso]"))
		return read_of(getpid(), ret_bytes, ret_size);
	if (strcmp(name, "[vdso32]"))
		return -ENOENT;
	ret = find_ranges(getpid(), &own);
	return ret ? ret : read_of_child(&own, ret_bytes, ret_size);
}

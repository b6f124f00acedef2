// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of a virtual machine, read through the module: what vmm.c has put
 * there, and nothing that is not there. Every rule that rejects has its row.
 */
#include "vmm.h"
#include "vms.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif

enum {
	CODE = 0x10000,
	MEMORY = 0x200000,
	PAGE = 4096,
	NR_PAGES = MEMORY / PAGE
};

static const unsigned char loop_code[] = { 0xff, 0xc1, 0xeb, 0xfc };

/* Returns the descriptor or a negative errno. */
static int open_memory(uint64_t id)
{
	struct vprof_memory request = { .size = sizeof(request), .id = id };
	int device = open(VPROF_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	int fd = ioctl(device, VPROF_IOC_OPEN_MEMORY, &request);

	fd = fd < 0 ? -errno : fd;
	close(device);
	return fd;
}

static int read_memory(int fd, uint64_t address, uint32_t nr, uint32_t bytes,
		       uint64_t stride, void *buffer)
{
	struct vprof_memory_read request = {
		.size = sizeof(request),
		.nr_pieces = nr,
		.piece_bytes = bytes,
		.address = address,
		.stride = stride,
		.buffer = (uintptr_t)buffer,
	};
	int ret = ioctl(fd, VPROF_IOC_MEMORY_READ, &request);

	return ret < 0 ? -errno : ret;
}

static int get_ranges(int fd, uint32_t room, struct vprof_memory_range *ranges)
{
	struct vprof_memory_ranges request = {
		.size = sizeof(request),
		.nr = room,
		.ranges = (uintptr_t)ranges,
	};
	int ret = ioctl(fd, VPROF_IOC_MEMORY_RANGES, &request);

	return ret < 0 ? -errno : (int)request.nr;
}

/* What the process has in memory, by its page tables, in KiB. */
static unsigned long resident_kib(pid_t pid)
{
	unsigned long kib = 0;
	char line[128], path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	file = fopen(path, "r");
	while (file && !kib && fgets(line, sizeof(line), file))
		sscanf(line, "Rss: %lu", &kib);
	if (file)
		fclose(file);
	return kib;
}

static bool is_zero(const unsigned char *bytes, size_t nr)
{
	return !*bytes && !memcmp(bytes, bytes + 1, nr - 1);
}

static void contents(int fd, pid_t pid)
{
	static unsigned char heads[NR_PAGES][32];
	unsigned char code[sizeof(loop_code)] = {}, page[PAGE];
	struct vprof_memory_range ranges[4] = {};
	unsigned long before = resident_kib(pid);
	uint64_t top;
	int ret;

	check(get_ranges(fd, 4, ranges) == 1 && !ranges[0].address &&
		      ranges[0].bytes == MEMORY,
	      "there is one range, of its memory");
	memset(ranges, 0, sizeof(ranges));
	check(get_ranges(fd, 0, ranges) == 1 && !ranges[0].bytes,
	      "without room for it, it is counted alone");
	check(read_memory(fd, CODE, 1, sizeof(code), 0, code) == 1 &&
		      !memcmp(code, loop_code, sizeof(code)),
	      "its code is read");
	check(read_memory(fd, 0x1000, 1, 8, 0, &top) == 1 &&
		      (top & ~0xfffull) == 0x2000,
	      "its page table is read");
	memset(page, 0xaa, sizeof(page));
	check(read_memory(fd, MEMORY / 2, 1, PAGE, 0, page) == 0 &&
		      is_zero(page, PAGE),
	      "a page that was never touched is none, and zeroes");
	memset(heads, 0xaa, sizeof(heads));
	ret = read_memory(fd, 0, NR_PAGES, 32, PAGE, heads);
	note("%d of %d pages are in memory", ret, NR_PAGES);
	check(ret > 3 && ret < 20 &&
		      !memcmp(heads[CODE / PAGE], loop_code,
			      sizeof(loop_code)) &&
		      is_zero(heads[NR_PAGES / 2], 32),
	      "the heads of all pages are read at once");
	check(before && resident_kib(pid) == before,
	      "and nothing is allocated for it: %lu KiB", before);
}

static void refused_reads(int fd)
{
	static char buffer[VPROF_MAX_MEMORY_BYTES + 1];
	static const struct {
		const char *name;
		uint64_t address;
		uint32_t nr, bytes;
		uint64_t stride;
		int expected;
	} rows[] = {
		{ "the end of memory", MEMORY, 1, 8, 0, 0 },
		{ "across the end of memory", MEMORY - 4, 1, 8, 0, 0 },
		{ "a hole of 2^40", 1ull << 40, 1, 8, 0, 0 },
		{ "the last address", ~0ull, 1, 1, 0, 0 },
		{ "around the last address", ~0ull - 3, 1, 8, 0, 0 },
		{ "a stride around the last address", CODE, 2, 4, ~0ull, 1 },
		{ "no stride", CODE, 3, 4, 0, 3 },
		{ "no pieces", CODE, 0, 8, 0, -EINVAL },
		{ "empty pieces", CODE, 1, 0, 0, -EINVAL },
		{ "too many pieces", CODE, VPROF_MAX_MEMORY_PIECES + 1, 1, 0,
		  -EINVAL },
		{ "too many bytes", CODE, 1, VPROF_MAX_MEMORY_BYTES + 1, 0,
		  -EINVAL },
		{ "2^32 - 1 of 2^32 - 1", CODE, ~0u, ~0u, 0, -EINVAL },
	};
	struct vprof_memory_read reserved = {
		.size = sizeof(reserved),
		.nr_pieces = 1,
		.piece_bytes = 1,
		.buffer = (uintptr_t)buffer,
		.reserved = { 0, 1 },
	};
	unsigned int i;
	int ret;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ret = read_memory(fd, rows[i].address, rows[i].nr,
				  rows[i].bytes, rows[i].stride, buffer);
		check(ret == rows[i].expected, "read %s: %d", rows[i].name,
		      ret);
	}
	check(read_memory(fd, CODE, 1, 8, 0, (void *)8) == -EFAULT,
	      "to a buffer that is none: EFAULT");
	check(ioctl(fd, VPROF_IOC_MEMORY_READ, &reserved) < 0 &&
		      errno == EINVAL,
	      "reserved not 0: EINVAL");
	check(get_ranges(fd, 4, (void *)8) == -EFAULT,
	      "ranges to what is no memory: EFAULT");
	check(ioctl(fd, VPROF_IOC_START) < 0 && errno == ENOTTY &&
		      write(fd, buffer, 8) < 0 &&
		      mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) ==
			      MAP_FAILED,
	      "it takes no other request, no write, no mmap");
}

/* Each size but the right one, in the number and in the struct alike. */
static void refused_sizes(int fd, unsigned int cmd, const char *name)
{
	unsigned int good = _IOC_SIZE(cmd), size, nr_bad = 0;
	uint32_t request[64] = {};

	for (size = 0; size < good + 32; size++) {
		request[0] = size;
		if (size == good || (ioctl(fd,
					   _IOC(_IOC_DIR(cmd), _IOC_TYPE(cmd),
						_IOC_NR(cmd), size),
					   request) < 0 &&
				     errno == (size < good ? EINVAL : E2BIG)))
			continue;
		nr_bad++;
	}
	check(!nr_bad, "%s: smaller sizes give EINVAL, larger ones E2BIG",
	      name);
	check(ioctl(fd, cmd, NULL) < 0 && errno == EFAULT &&
		      ioctl(fd, cmd, (void *)0xffffffff81000000) < 0 &&
		      errno == EFAULT,
	      "%s: a struct that is none gives EFAULT", name);
}

/* As root with no capability but this one. */
static int open_with(int capability, uint64_t id)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {};
	int status, fd;
	pid_t pid = fork();

	if (!pid) {
		data[capability / 32].permitted =
			data[capability / 32].effective = 1u << capability % 32;
		if (syscall(SYS_capset, &header, data))
			_exit(200);
		fd = open_memory(id);
		_exit(fd < 0 ? -fd : 0);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void refused_opens(pid_t pid)
{
	struct vprof_memory flagged = { .size = sizeof(flagged), .flags = 1 };
	int device = open(VPROF_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int vms[2], fd;

	check(open_with(CAP_PERFMON, pid) == EPERM,
	      "with CAP_PERFMON alone: EPERM");
	check(open_with(CAP_SYS_ADMIN, pid) == 0, "with CAP_SYS_ADMIN alone");
	check(ioctl(device, VPROF_IOC_OPEN_MEMORY, &flagged) < 0 &&
		      errno == EINVAL,
	      "flags: EINVAL");
	refused_sizes(device, VPROF_IOC_OPEN_MEMORY, "OPEN_MEMORY");
	close(device);
	check(open_memory(0) == -ESRCH && open_memory(1ull << 40) == -ESRCH &&
		      open_memory(0x3fffff) == -ESRCH,
	      "a process that is none: ESRCH");
	check(open_memory(getpid()) == -ENOENT,
	      "one without a machine: ENOENT");
	vms[0] = ioctl(kvm, KVM_CREATE_VM, 0);
	fd = open_memory(getpid());
	check(fd >= 0 && get_ranges(fd, 0, NULL) == 0,
	      "a machine without memory has no range");
	close(fd);
	close(fcntl(vms[0], F_DUPFD_CLOEXEC, 100));
	vms[1] = ioctl(kvm, KVM_CREATE_VM, 0);
	check(open_memory(getpid()) == -ENOTUNIQ, "one with two: ENOTUNIQ");
	close(vms[0]);
	close(vms[1]);
	close(kvm);
}

/* Other processes must not keep the machine's memory alive. */
static void goes(int fd, struct vm *vm)
{
	char byte;

	vm_kill(vm);
	check(read_memory(fd, CODE, 1, 1, 0, &byte) == -ESRCH &&
		      get_ranges(fd, 0, NULL) == -ESRCH,
	      "of a machine that was killed: ESRCH");
	check(system("modprobe -r kvm_amd 2>/dev/null") != 0,
	      "while it is open, kvm stays");
	close(fd);
	check(system("modprobe -r kvm_amd") == 0 &&
		      access("/sys/module/kvm", F_OK),
	      "and goes when it is closed");
	check(open_memory(getpid()) == -EOPNOTSUPP, "then: EOPNOTSUPP");
	check(system("modprobe kvm_amd") == 0, "kvm is back");
}

int main(void)
{
	struct vm vm;
	int fd;

	vm_start(&vm, "kernel", 0);
	sleep_ms(500);
	fd = open_memory(vm.pid);
	check(fd >= 0, "the memory of a virtual machine is opened");
	contents(fd, vm.pid);
	refused_reads(fd);
	refused_sizes(fd, VPROF_IOC_MEMORY_RANGES, "MEMORY_RANGES");
	refused_sizes(fd, VPROF_IOC_MEMORY_READ, "MEMORY_READ");
	refused_opens(vm.pid);
	goes(fd, &vm);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtual machine without a system: one vCPU in 64-bit mode that runs a loop
 * whose place and privilege are known, from its first instruction to its last.
 *
 *	vmm user	a loop in ring 3 at USER_ADDRESS
 *	vmm kernel	a loop in ring 0 at KERNEL_ADDRESS
 *	vmm cpuid	a loop in ring 0 that leaves the guest all the time
 *	vmm low		a loop in ring 0 without paging, as firmware runs
 *
 * A second argument is the number of the vCPU.
 */
#include "vmm.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

/* Guest-physical; all of it is mapped at 0 for users, and at the top. */
enum {
	MEMORY_SIZE = 0x200000,
	TOP_TABLE = 0x1000,
	LOW_TABLES = 0x2000,
	HIGH_TABLES = 0x4000,
	CODE = 0x10000,

	PRESENT = 1 << 0,
	WRITABLE = 1 << 1,
	USER = 1 << 2,
	LARGE = 1 << 7,
};

static const unsigned char loop_code[] = { 0xff, 0xc1, 0xeb, 0xfc };
static const unsigned char cpuid_code[] = {
	0x31, 0xc0, 0x0f, 0xa2, 0xeb, 0xfa
};

static int try(int ret, const char *what)
{
	if (ret < 0) {
		perror(what);
		exit(1);
	}
	return ret;
}

/* Three levels to one page of 2 MiB. */
static void map_memory(unsigned char *memory, unsigned int tables,
		       unsigned int top, unsigned int middle, uint64_t flags)
{
	uint64_t *level4 = (void *)(memory + TOP_TABLE);
	uint64_t *level3 = (void *)(memory + tables);
	uint64_t *level2 = (void *)(memory + tables + 0x1000);

	level4[top] = tables | PRESENT | WRITABLE | flags;
	level3[middle] = (tables + 0x1000) | PRESENT | WRITABLE | flags;
	level2[0] = PRESENT | WRITABLE | LARGE | flags;
}

static int create_vm(int kvm, const void *code, size_t code_size)
{
	struct kvm_userspace_memory_region region = {
		.memory_size = MEMORY_SIZE,
	};
	int vm = try(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	unsigned char *memory = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	map_memory(memory, LOW_TABLES, 0, 0, USER);
	map_memory(memory, HIGH_TABLES, 511, 510, 0);
	memcpy(memory + CODE, code, code_size);
	region.userspace_addr = (uintptr_t)memory;
	try(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "memory");
	return vm;
}

static void set_long_mode(struct kvm_sregs *sregs, unsigned int ring)
{
	struct kvm_segment code = {
		.limit = 0xffffffff,
		.selector = 0x8 | ring,
		.type = 0xb,
		.present = 1,
		.dpl = ring,
		.s = 1,
		.l = 1,
		.g = 1,
	};

	sregs->cr3 = TOP_TABLE;
	sregs->cr4 = 1 << 5;     /* PAE */
	sregs->cr0 = 0x80000031; /* PG, NE, ET, PE */
	sregs->efer = 0x500;     /* LMA, LME */
	sregs->cs = code;
	code.selector = 0x10 | ring;
	code.type = 0x3;
	code.l = 0;
	code.db = 1;
	sregs->ss = sregs->ds = sregs->es = code;
}

static void set_registers(int vcpu, const char *mode)
{
	struct kvm_regs regs = { .rflags = 2 };
	struct kvm_sregs sregs;

	try(ioctl(vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	if (!strcmp(mode, "low")) {
		sregs.cs.base = CODE;
		sregs.cs.selector = CODE >> 4;
	} else {
		set_long_mode(&sregs, strcmp(mode, "user") ? 0 : 3);
		regs.rip = strcmp(mode, "user") ? KERNEL_ADDRESS : USER_ADDRESS;
	}
	try(ioctl(vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
	try(ioctl(vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "user";
	bool is_cpuid = !strcmp(mode, "cpuid");
	int kvm = try(open("/dev/kvm", O_RDWR), "/dev/kvm");
	int vm = create_vm(kvm, is_cpuid ? cpuid_code : loop_code,
			   is_cpuid ? sizeof(cpuid_code) : sizeof(loop_code));
	int vcpu = try(ioctl(vm, KVM_CREATE_VCPU, argc > 2 ? atoi(argv[2]) : 0),
		       "KVM_CREATE_VCPU");
	struct kvm_run *run = mmap(NULL, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
				   PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);

	set_registers(vcpu, mode);
	try(ioctl(vcpu, KVM_RUN, 0), "KVM_RUN");
	fprintf(stderr, "vmm: exit %u\n", run->exit_reason);
	return 1;
}

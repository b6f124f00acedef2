// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtual machine without a system: one vCPU in 64-bit mode that runs a loop
 * whose place and privilege are known, from its first instruction to its last.
 *
 *	vmm user	a loop in ring 3 at USER_ADDRESS
 *	vmm kernel	a loop in ring 0 at KERNEL_ADDRESS
 *	vmm cpuid	a loop in ring 0 that leaves the guest all the time
 *	vmm low		a loop in ring 0 without paging, as firmware runs
 *	vmm chain	a loop in ring 0 that three calls lead to
 *	vmm spaces	loops in ring 0, in one address space and another in turn
 *	vmm NAME	a loop in ring 0, and a frame pointer that lies: below
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
	OTHER_TOP_TABLE = 0x6000,
	FRAME_TABLES = 0x9000,
	OTHER_FRAME_TABLES = 0xc000,
	CODE = 0x10000,
	FRAME = 0x20000,
	OTHER_FRAME = 0x21000,

	PRESENT = 1 << 0,
	WRITABLE = 1 << 1,
	USER = 1 << 2,
	LARGE = 1 << 7,
};

/* Three functions with frame pointers, none of which returns. */
static const unsigned char chain_code[] = {
	0x31, 0xed,                   /* 00 xor %ebp,%ebp */
	0xe8, 0x02, 0x00, 0x00, 0x00, /* 02 call 09 */
	0xeb, 0xfe,                   /* 07 jmp 07 */
	0x55, 0x48, 0x89, 0xe5,       /* 09 push %rbp; mov %rsp,%rbp */
	0xe8, 0x02, 0x00, 0x00, 0x00, /* 0d call 14 */
	0xeb, 0xfe,                   /* 12 jmp 12 */
	0x55, 0x48, 0x89, 0xe5,       /* 14 push %rbp; mov %rsp,%rbp */
	0xe8, 0x02, 0x00, 0x00, 0x00, /* 18 call 1f */
	0xeb, 0xfe,                   /* 1d jmp 1d */
	0x55, 0x48, 0x89, 0xe5,       /* 1f push %rbp; mov %rsp,%rbp */
	0xff, 0xc1, 0xeb, 0xfc,       /* 23 inc %ecx; jmp 23 */
};

/* KVM does not see when the address space changes. */
static const unsigned char spaces_code[] = {
	0xb8, 0x00, 0x10, 0x00, 0x00, /* 00 mov $TOP_TABLE,%eax */
	0x0f, 0x22, 0xd8,             /* 05 mov %rax,%cr3 */
	0xb9, 0xb8, 0x0b, 0x00, 0x00, /* 08 mov $3000,%ecx */
	0xff, 0xc9, 0x75, 0xfc,       /* 0d dec %ecx; jnz 0d */
	0xb8, 0x00, 0x60, 0x00, 0x00, /* 11 mov $OTHER_TOP_TABLE,%eax */
	0x0f, 0x22, 0xd8,             /* 16 mov %rax,%cr3 */
	0xb9, 0xb8, 0x0b, 0x00, 0x00, /* 19 mov $3000,%ecx */
	0xff, 0xc9, 0x75, 0xfc,       /* 1e dec %ecx; jnz 1e */
	0xeb, 0xdc,                   /* 22 jmp 00 */
};

/* Mapped to FRAME in the one, to OTHER_FRAME in the other: entry 258. */
#define SPACES_FRAME 0xffff810000000000ull

/*
 * Frame pointers, and the two words there where there is memory. STACK is where
 * STACK_ADDRESS is mapped.
 */
enum { STACK = 0x40000, SELF = 256, NOWHERE = 257 };

static const struct lie {
	const char *name;
	uint64_t frame;
	uint64_t next;
} lies[] = {
	{ "no-frame", 0, 0 },
	{ "itself", STACK_ADDRESS, STACK_ADDRESS },
	{ "below", STACK_ADDRESS, STACK_ADDRESS - 0x100 },
	{ "then-unmapped", STACK_ADDRESS, 0xffffffff80400000ull },
	{ "unmapped", 0xffffffff80400000ull, 0 },
	{ "noncanonical", 0x8000000000040000ull, 0 },
	{ "user-address", 0x40000, 0 },
	{ "unaligned", STACK_ADDRESS + 4, 0 },
	/* Entry SELF of the top table is that table: tables that loop. */
	{ "tables-loop", 0xffff804020100000ull, 0 },
	/* And entry NOWHERE is a table where there is no memory. */
	{ "tables-nowhere", 0xffff808000000000ull, 0 },
	/* A page that nobody has touched, so the host has none. */
	{ "untouched", 0xffffffff80100000ull, 0 },
	/* Registers of an interrupt in what they interrupted. */
	{ "registers-loop", STACK_ADDRESS + 1, STACK_ADDRESS + 1 },
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

/* Down to one page of 4 KiB, with the frame in it. */
static void map_frame(unsigned char *memory, unsigned int top,
		      unsigned int tables, unsigned int frame, uint64_t caller)
{
	uint64_t *level4 = (void *)(memory + top);
	uint64_t *words = (void *)(memory + frame);
	unsigned int level;

	level4[258] = tables | PRESENT | WRITABLE;
	for (level = 3; level > 1; level--, tables += 0x1000)
		*(uint64_t *)(memory + tables) = (tables + 0x1000) | PRESENT |
						 WRITABLE;
	*(uint64_t *)(memory + tables) = frame | PRESENT | WRITABLE;
	words[0] = 0;
	words[1] = caller;
}

static void make_spaces(unsigned char *memory)
{
	memcpy(memory + OTHER_TOP_TABLE, memory + TOP_TABLE, 0x1000);
	map_frame(memory, TOP_TABLE, FRAME_TABLES, FRAME, RETURN_ADDRESS);
	map_frame(memory, OTHER_TOP_TABLE, OTHER_FRAME_TABLES, OTHER_FRAME,
		  OTHER_RETURN);
}

static const struct lie *find_lie(const char *mode)
{
	unsigned int i;

	for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++)
		if (!strcmp(lies[i].name, mode))
			return &lies[i];
	return NULL;
}

/* As a frame, and as the registers of an interrupt: frame, ip, cs. */
static void tell_lie(unsigned char *memory, const struct lie *lie)
{
	uint64_t *stack = (void *)(memory + STACK);
	uint64_t *level4 = (void *)(memory + TOP_TABLE);

	level4[SELF] = TOP_TABLE | PRESENT;
	level4[NOWHERE] = (1ull << 46) | PRESENT;
	stack[0] = lie->next;
	stack[1] = RETURN_ADDRESS;
	stack[4] = lie->next;
	stack[16] = RETURN_ADDRESS;
	stack[17] = 0x10;
}

static int create_vm(int kvm, const void *code, size_t code_size,
		     const struct lie *lie)
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
	make_spaces(memory);
	if (lie)
		tell_lie(memory, lie);
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

static void set_registers(int vcpu, const char *mode, const struct lie *lie)
{
	struct kvm_regs regs = {
		.rflags = 2,
		.rsp = STACK_ADDRESS,
		.rbp = lie ? lie->frame : SPACES_FRAME,
	};
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

/* The host's processor: without it there is no 64-bit mode, Linux 6.12 says. */
static void set_cpuid(int kvm, int vcpu)
{
	enum { MOST = 256 };
	struct kvm_cpuid2 *cpuid =
		calloc(1, sizeof(*cpuid) + MOST * sizeof(cpuid->entries[0]));

	cpuid->nent = MOST;
	try(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid), "supported CPUID");
	try(ioctl(vcpu, KVM_SET_CPUID2, cpuid), "CPUID");
	free(cpuid);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "user";
	const struct lie *lie = find_lie(mode);
	int kvm = try(open("/dev/kvm", O_RDWR), "/dev/kvm");
	int vm;
	int vcpu;
	struct kvm_run *run;

	if (!strcmp(mode, "cpuid"))
		vm = create_vm(kvm, cpuid_code, sizeof(cpuid_code), lie);
	else if (!strcmp(mode, "chain"))
		vm = create_vm(kvm, chain_code, sizeof(chain_code), lie);
	else if (!strcmp(mode, "spaces"))
		vm = create_vm(kvm, spaces_code, sizeof(spaces_code), lie);
	else
		vm = create_vm(kvm, loop_code, sizeof(loop_code), lie);
	vcpu = try(ioctl(vm, KVM_CREATE_VCPU, argc > 2 ? atoi(argv[2]) : 0),
		   "KVM_CREATE_VCPU");
	run = mmap(NULL, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
		   PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);

	set_cpuid(kvm, vcpu);
	set_registers(vcpu, mode, lie);
	try(ioctl(vcpu, KVM_RUN, 0), "KVM_RUN");
	fprintf(stderr, "vmm: exit %u\n", run->exit_reason);
	return 1;
}

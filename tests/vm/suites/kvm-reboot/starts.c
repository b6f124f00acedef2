// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtual machine that starts anew again and again, in one process: firmware,
 * then a kernel (tests/unit/made_guest.c) at an address of its own, that runs a
 * loop in one of its functions. What kernels leave in memory stays there.
 *
 *	starts STARTS	a line for each: function, address, when in ns: firmware,
 *			kernel, its end
 *
 * Addresses are so near to each other that most of them mean something in the
 * kernel before, too.
 */
#include "made_guest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Guest-physical. Kernels lie in slots of 2 MiB from KERNELS on. */
enum {
	MEMORY = 64 << 20,
	FIRMWARE = 0xf0000,
	NOTES = 0x200000,
	TOP_TABLE = 0x400000, /* and three below it */
	KERNELS = 0x1000000,
	NR_SLOTS = 8,
	SLOT = 2 << 20,
	PAGE = 4096,
	NR_PLACES = 64,

	PRESENT = 1 << 0,
	WRITABLE = 1 << 1,

	FIRMWARE_MS = 80,
	MIN_MS = 800,
	MORE_MS = 2600,
};

static const unsigned char loop_code[] = { 0xff, 0xc1, 0xeb, 0xfc };
/* jiffies_64++, as a kernel that runs does it. */
static const unsigned char clock_code[] = {
	0x48, 0xff, 0x05, 0, 0, 0, 0, /* 00 incq jiffies_64(%rip) */
	0xeb, 0xf7,                   /* 07 jmp 00 */
};

static const struct {
	const char *name;
	uint64_t offset;
} functions[] = {
	{ "do_one_initcall", 0x100 },
	{ "start_kernel", 0x180 },
	{ "weak_one", 0x200 },
};

enum { NR_FUNCTIONS = sizeof(functions) / sizeof(functions[0]) };

static unsigned char *memory;
static int vcpu;

static int try(int ret, const char *what)
{
	if (ret < 0) {
		perror(what);
		exit(1);
	}
	return ret;
}

static void create_vm(void)
{
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY };
	int kvm = try(open("/dev/kvm", O_RDWR), "/dev/kvm");
	int vm = try(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	struct kvm_cpuid2 *cpuid;

	memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	region.userspace_addr = (uintptr_t)memory;
	try(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "memory");
	vcpu = try(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	mmap(NULL, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
	     PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	cpuid = calloc(1, sizeof(*cpuid) + 256 * sizeof(cpuid->entries[0]));
	cpuid->nent = 256;
	try(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid), "supported CPUID");
	try(ioctl(vcpu, KVM_SET_CPUID2, cpuid), "CPUID");
}

/* ---- what is in memory ------------------------------------------------------ */

/* Pieces are: address (8), size (2), bytes. */
static void load(const struct made_guest *guest)
{
	uint64_t address;
	uint16_t size;
	size_t at;

	for (at = 0; at < guest->size; at += 10 + size) {
		memcpy(&address, guest->bytes + at, sizeof(address));
		memcpy(&size, guest->bytes + at + 8, sizeof(size));
		if (address + size > MEMORY)
			exit(1);
		memcpy(memory + address, guest->bytes + at + 10, size);
	}
}

/* The pages that it uses, at their virtual addresses, by tables of our own. */
static void map_page(uint64_t virtual, uint64_t physical)
{
	static const unsigned int shifts[] = { 39, 30, 21, 12 };
	uint64_t *table;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		table = (void *)(memory + TOP_TABLE + i * PAGE);
		table[virtual >> shifts[i] & 511] =
			(i < 3 ? TOP_TABLE + (i + 1) * PAGE : physical) |
			PRESENT | WRITABLE;
	}
}

static uint64_t put_kernel(unsigned int start, uint64_t kaslr,
			   unsigned int function)
{
	static struct made_guest guest;
	unsigned int slot = start % NR_SLOTS;
	uint64_t image = KERNELS + slot * SLOT;
	uint64_t clock = MADE_CLOCK - MADE_STEXT;
	uint64_t code = functions[function].offset;
	int32_t distance = clock - code - 7;

	memset(&guest, 0, sizeof(guest));
	guest.kaslr = kaslr;
	guest.phys = slot * SLOT;
	guest.note_at = NOTES + slot * PAGE;
	made_guest_make(&guest);
	load(&guest);
	memcpy(memory + image + code, clock_code, sizeof(clock_code));
	memcpy(memory + image + code + 3, &distance, sizeof(distance));
	memset(memory + TOP_TABLE, 0, 4 * PAGE);
	map_page(MADE_STEXT + kaslr, image);
	map_page(MADE_STEXT + kaslr + clock, image + clock / PAGE * PAGE);
	return MADE_STEXT + kaslr + functions[function].offset;
}

/* ---- what runs -------------------------------------------------------------- */

static void set(const struct kvm_sregs *sregs, uint64_t ip)
{
	struct kvm_regs regs = { .rflags = 2, .rip = ip };

	try(ioctl(vcpu, KVM_SET_SREGS, sregs), "KVM_SET_SREGS");
	try(ioctl(vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
}

static void enter_firmware(const struct kvm_sregs *reset)
{
	struct kvm_sregs sregs = *reset;

	memcpy(memory + FIRMWARE, loop_code, sizeof(loop_code));
	sregs.cs.base = FIRMWARE;
	sregs.cs.selector = FIRMWARE >> 4;
	set(&sregs, 0);
}

static void enter_kernel(const struct kvm_sregs *reset, uint64_t ip)
{
	struct kvm_sregs sregs = *reset;
	struct kvm_segment code = {
		.limit = 0xffffffff,
		.selector = 0x8,
		.type = 0xb,
		.present = 1,
		.s = 1,
		.l = 1,
		.g = 1,
	};

	sregs.cr3 = TOP_TABLE;
	sregs.cr4 = 1 << 5;     /* PAE */
	sregs.cr0 = 0x80000031; /* PG, NE, ET, PE */
	sregs.efer = 0x500;     /* LMA, LME */
	sregs.cs = code;
	code.selector = 0x10;
	code.type = 0x3;
	code.l = 0;
	code.db = 1;
	sregs.ss = sregs.ds = sregs.es = code;
	set(&sregs, ip);
}

static void interrupt(int number)
{
	(void)number;
}

static unsigned long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* The timer fires again should it do so before we are in there. */
static void run_for(unsigned int ms)
{
	struct itimerval time = {
		.it_value = { ms / 1000, ms % 1000 * 1000 },
		.it_interval = { 0, 20000 },
	};
	const struct itimerval none = { 0 };

	setitimer(ITIMER_REAL, &time, NULL);
	if (ioctl(vcpu, KVM_RUN, 0) == 0 || errno != EINTR) {
		fprintf(stderr, "starts: the guest has left\n");
		exit(1);
	}
	setitimer(ITIMER_REAL, &none, NULL);
}

static void start(const struct kvm_sregs *reset, unsigned int number)
{
	unsigned int function = number % NR_FUNCTIONS;
	uint64_t kaslr = rand() % NR_PLACES * PAGE;
	unsigned long long times[3];
	uint64_t ip;

	times[0] = now_ns();
	enter_firmware(reset);
	run_for(FIRMWARE_MS);
	ip = put_kernel(number, kaslr, function);
	times[1] = now_ns();
	enter_kernel(reset, ip);
	run_for(MIN_MS + rand() % MORE_MS);
	times[2] = now_ns();
	printf("%s %llx %llu %llu %llu\n", functions[function].name,
	       (unsigned long long)ip, times[0], times[1], times[2]);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	unsigned int nr_starts = argc > 1 ? atoi(argv[1]) : 0, i;
	struct sigaction action = { .sa_handler = interrupt };
	struct kvm_sregs reset;

	sigaction(SIGALRM, &action, NULL);
	srand(nr_starts);
	create_vm();
	try(ioctl(vcpu, KVM_GET_SREGS, &reset), "KVM_GET_SREGS");
	for (i = 0; i < nr_starts; i++)
		start(&reset, i);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest of known length: "kvm N" runs 2 * N + 2 instructions in a virtual
 * machine, in real mode and thus at privilege level 0, and ends at its HLT.
 */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

enum {
	CODE_ADDRESS = 0x1000,
	CODE_SIZE = 0x1000,
};

static int try(int ret, const char *what)
{
	if (ret < 0) {
		perror(what);
		exit(1);
	}
	return ret;
}

static void write_code(unsigned char *code, uint32_t n)
{
	static const unsigned char loop[] = {
		0x66, 0x49, /* 1: dec %ecx */
		0x75, 0xfc, /* jnz 1b */
		0xf4,       /* hlt */
	};

	code[0] = 0x66; /* mov $n, %ecx */
	code[1] = 0xb9;
	memcpy(code + 2, &n, sizeof(n));
	memcpy(code + 6, loop, sizeof(loop));
}

static int create_vm(int kvm, uint32_t n)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = CODE_ADDRESS,
		.memory_size = CODE_SIZE,
	};
	int vm = try(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	unsigned char *code = mmap(NULL, CODE_SIZE, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	write_code(code, n);
	region.userspace_addr = (uintptr_t)code;
	try(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "memory");
	return vm;
}

static void set_registers(int vcpu)
{
	struct kvm_regs regs = {
		.rip = CODE_ADDRESS,
		.rflags = 2,
	};
	struct kvm_sregs sregs;

	try(ioctl(vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	try(ioctl(vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	try(ioctl(vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
}

int main(int argc, char **argv)
{
	uint32_t n = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	int kvm = try(open("/dev/kvm", O_RDWR), "/dev/kvm");
	int vm = create_vm(kvm, n);
	int vcpu = try(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	struct kvm_run *run = mmap(NULL, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
				   PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);

	set_registers(vcpu);
	try(ioctl(vcpu, KVM_RUN, 0), "KVM_RUN");
	if (run->exit_reason != KVM_EXIT_HLT)
		fprintf(stderr, "kvm: exit %u\n", run->exit_reason);
	return run->exit_reason != KVM_EXIT_HLT;
}

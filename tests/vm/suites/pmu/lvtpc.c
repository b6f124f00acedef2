// SPDX-License-Identifier: GPL-2.0-only
/*
 * "lvtpc VALUE" writes the local APIC's entry for performance counters of the
 * processor it runs on, and prints what was in it. Linux keeps this register
 * to itself, hence /dev/mem.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

enum {
	APIC_ADDRESS = 0xfee00000,
	APIC_SIZE = 0x1000,
	APIC_LVTPC = 0x340,
};

int main(int argc, char **argv)
{
	int fd = open("/dev/mem", O_RDWR | O_SYNC);
	volatile uint32_t *apic = mmap(NULL, APIC_SIZE, PROT_READ | PROT_WRITE,
				       MAP_SHARED, fd, APIC_ADDRESS);

	if (argc != 2 || apic == MAP_FAILED) {
		perror("lvtpc");
		return 1;
	}
	printf("0x%x\n", apic[APIC_LVTPC / 4]);
	apic[APIC_LVTPC / 4] = strtoul(argv[1], NULL, 0);
	return 0;
}

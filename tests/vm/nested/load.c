// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a nested machine spends its time on, for ever. No C library: it is as
 * small as an initramfs wants it, and it is where nested.sh says it is.
 *
 *	load spin	a loop in user mode, in the section .spin
 *	load random	getrandom(2): the kernel's ChaCha, 64 KiB a call,
 *			which need not wait for entropy
 *	load syscalls	getppid(2)
 *	load sleep	pause(2)
 */
#include <asm/unistd.h>

enum { NR_RANDOM = 65536, INSECURE = 4 };

static char random_bytes[NR_RANDOM];

static long syscall3(long nr, long a, long b, long c)
{
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return ret;
}

__attribute__((section(".spin"), noinline)) static void spin(void)
{
	for (;;)
		__asm__ volatile("");
}

static void get_random(void)
{
	for (;;)
		syscall3(__NR_getrandom, (long)random_bytes, NR_RANDOM,
			 INSECURE);
}

static void call(void)
{
	for (;;)
		syscall3(__NR_getppid, 0, 0, 0);
}

static void sleep(void)
{
	for (;;)
		syscall3(__NR_pause, 0, 0, 0);
}

/* The stack as the kernel leaves it: argc, argv[]. */
__attribute__((used)) static void start(long *stack)
{
	const char *name = stack[0] > 1 ? (const char *)stack[2] : "";

	if (name[0] == 's' && name[1] == 'p')
		spin();
	if (name[0] == 'r')
		get_random();
	if (name[0] == 's' && name[1] == 'y')
		call();
	if (name[0] == 's' && name[1] == 'l')
		sleep();
	syscall3(__NR_exit, 2, 0, 0);
}

__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall start\n");

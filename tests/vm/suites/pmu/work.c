// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workloads whose counts are known beforehand. No C library: the program is
 * its first instruction to its last, so a count of it needs no allowance.
 *
 *	work loop N	2 * N user instructions and a handful
 *	work syscalls N	N getppid(2)
 *	work stride N	write to one byte of each of 4,096 pages, N times over
 *	work calls N	call a function on each of 1,024 pages, N times over
 *	work sleep N	N milliseconds
 *	work rdpmc I	read counter I with rdpmc: status 0, or death by SIGSEGV
 *	work exact I	counter I, which counts user instructions, says so by rdpmc
 *			after a loop of 1,000,000 of them: status 0, else 1
 */
#include <linux/mman.h>
#include <linux/time.h>
#include <asm/unistd.h>
#include <stddef.h>

enum {
	PAGE_SIZE = 4096,
	NR_DATA_PAGES = 4096,
	NR_CODE_PAGES = 1024,
};

static long syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

static long syscall2(long nr, long a, long b)
{
	return syscall6(nr, a, b, 0, 0, 0, 0);
}

static _Noreturn void leave(int status)
{
	for (;;)
		syscall2(__NR_exit, status, 0);
}

static void *map(size_t size, int prot)
{
	return (void *)syscall6(__NR_mmap, 0, size, prot,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1,
				0);
}

static void run_loop(long n)
{
	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(n) : : "cc");
}

static void run_syscalls(long n)
{
	while (n--)
		syscall2(__NR_getppid, 0, 0);
}

static void run_stride(long n)
{
	volatile char *data =
		map((size_t)NR_DATA_PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE);

	while (n--)
		for (size_t i = 0; i < NR_DATA_PAGES; i++)
			data[i * PAGE_SIZE] = 1;
}

static void run_calls(long n)
{
	char *code = map((size_t)NR_CODE_PAGES * PAGE_SIZE,
			 PROT_READ | PROT_WRITE | PROT_EXEC);

	for (size_t i = 0; i < NR_CODE_PAGES; i++)
		code[i * PAGE_SIZE] = (char)0xc3; /* ret */
	/* Also flushes the TLB of what the writes have put there. */
	syscall6(__NR_mprotect, (long)code, (long)NR_CODE_PAGES * PAGE_SIZE,
		 PROT_READ | PROT_EXEC, 0, 0, 0);
	while (n--)
		for (size_t i = 0; i < NR_CODE_PAGES; i++)
			((void (*)(void))(code + i * PAGE_SIZE))();
}

static void run_sleep(long n)
{
	struct __kernel_timespec time = {
		.tv_sec = n / 1000,
		.tv_nsec = n % 1000 * 1000000,
	};

	syscall2(__NR_nanosleep, (long)&time, 0);
}

static unsigned long read_counter(long i)
{
	unsigned int low, high;

	__asm__ volatile("rdpmc" : "=a"(low), "=d"(high) : "c"(i));
	return (unsigned long)high << 32 | low;
}

static void run_rdpmc(long n)
{
	read_counter(n);
}

static void run_exact(long n)
{
	unsigned long before = read_counter(n), delta;

	run_loop(500000);
	delta = read_counter(n) - before;
	leave(delta < 1000000 || delta > 1000020);
}

static const struct {
	const char *name;
	void (*run)(long n);
} workloads[] = {
	{ "loop", run_loop },     { "syscalls", run_syscalls },
	{ "stride", run_stride }, { "calls", run_calls },
	{ "sleep", run_sleep },   { "rdpmc", run_rdpmc },
	{ "exact", run_exact },
};

static int is_same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static long to_number(const char *s)
{
	long n = 0;

	while (*s >= '0' && *s <= '9')
		n = n * 10 + *s++ - '0';
	return n;
}

/* The stack as the kernel leaves it: argc, argv[]. */
__attribute__((used)) static void start(long *stack)
{
	char **argv = (char **)(stack + 1);

	if (stack[0] != 3)
		leave(2);
	for (size_t i = 0; i < sizeof(workloads) / sizeof(*workloads); i++) {
		if (is_same(argv[1], workloads[i].name)) {
			workloads[i].run(to_number(argv[2]));
			leave(0);
		}
	}
	leave(2);
}

__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall start\n");

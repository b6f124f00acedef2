/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A known call path, _start > outer > middle > inner, for 64 and 32 bits: no C
 * library, each function in a section that the linker puts at a known address
 * (see run). With an argument it spends its time in the kernel, else in inner.
 */
#define PLACED(name) __attribute__((noinline, noclone, section("." #name)))

/* write(2) of a byte to no file: fails at once, in the kernel all the same. */
static inline void enter_kernel(void)
{
	long result;

#ifdef __x86_64__
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(1l), "D"(-1l), "S"(0l), "d"(1l)
			 : "rcx", "r11", "memory");
#else
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "0"(4), "b"(-1), "c"(0), "d"(1)
			 : "memory");
#endif
	(void)result;
}

PLACED(inner) void inner(int in_kernel)
{
	volatile int i;

	for (;;) {
		if (in_kernel)
			enter_kernel();
		else
			for (i = 0; i < 1000; i++)
				;
	}
}

PLACED(middle) void middle(int in_kernel)
{
	inner(in_kernel);
	__asm__ volatile(""); /* no tail call */
}

PLACED(outer) void outer(int in_kernel)
{
	middle(in_kernel);
	__asm__ volatile("");
}

void begin(int nr_arguments)
{
	outer(nr_arguments > 1);
	__asm__ volatile("");
}

#ifdef __x86_64__
__asm__(".globl _start\n_start: xor %ebp, %ebp; mov (%rsp), %edi; call begin");
#else
__asm__(".globl _start\n_start: xor %ebp, %ebp; push (%esp); call begin");
#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs at known addresses for ever, by a known path, begin > outer > inner >
 * loop: each has a section, where run puts it.
 */
#define PLACED(name) \
	__attribute__((noinline, noclone, section("." #name))) static void

PLACED(loop) loop(void)
{
	volatile unsigned long turns = 0;

	for (;;)
		turns++;
}

PLACED(inner) inner(void)
{
	loop();
	__asm__ volatile(""); /* no tail call */
}

PLACED(outer) outer(void)
{
	inner();
	__asm__ volatile("");
}

void begin(void)
{
	outer();
	__asm__ volatile("");
}

__asm__(".globl _start\n_start: xor %ebp, %ebp; call begin");

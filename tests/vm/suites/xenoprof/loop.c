// SPDX-License-Identifier: GPL-2.0-only
/* Runs at known addresses for ever: the section .loop, where run puts it. */

__attribute__((noinline, section(".loop"))) static void loop(void)
{
	volatile unsigned long turns = 0;

	for (;;)
		turns++;
}

void _start(void)
{
	loop();
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* A function that runs a known number of instructions. */
#ifndef VPROF_TESTS_BURN_H
#define VPROF_TESTS_BURN_H

/* Instructions of one turn of the loop. */
enum { BURN_TURN = 2 };

/*
 * BURN - define name(turns), which runs BURN_TURN * turns instructions
 *
 * All turns cost the same, on silicon too, so shares of instructions are
 * shares of time.
 */
#define BURN(name)                                           \
	static __attribute__((noinline, noclone)) void name( \
		unsigned long turns)                         \
	{                                                    \
		__asm__ volatile("1:	dec %0\n"               \
				 "	jnz 1b"                   \
				 : "+r"(turns)               \
				 :                           \
				 : "cc");                    \
	}

#endif

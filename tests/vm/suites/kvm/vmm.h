/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the loops of vmm.c are. */
#ifndef VMM_H
#define VMM_H

#include <stdbool.h>

#define USER_ADDRESS 0x10000ull
#define KERNEL_ADDRESS 0xffffffff80010000ull
#define LOW_ADDRESS 0x10000ull

enum { LOOP_BYTES = 6 };

/* Of the mode "chain": offsets of its loop, and of where the calls that lead to
 * it return, innermost first. */
enum { CHAIN_LOOP = 0x23, CHAIN_LENGTH = 3 };
#define CHAIN_RETURNS            \
	{                        \
		0x1d, 0x12, 0x07 \
	}

/* Of the mode "spaces": the loops in one address space and in the other, where
 * the same frame pointer leads to another caller: RETURN_ADDRESS, or OTHER_RETURN. */
enum {
	ONE_LOOP = 0x0d,
	OTHER_LOOP = 0x1e,
	SPACE_LOOP_BYTES = 4,
};
#define OTHER_RETURN (RETURN_ADDRESS + 0x10)

/* Where the modes with a stack have it, and what they leave in it. */
#define STACK_ADDRESS 0xffffffff80040000ull
#define RETURN_ADDRESS (KERNEL_ADDRESS + 0x100)

#endif

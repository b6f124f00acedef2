/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the loops of vmm.c are. */
#ifndef VMM_H
#define VMM_H

#include <stdbool.h>

#define USER_ADDRESS 0x10000ull
#define KERNEL_ADDRESS 0xffffffff80010000ull
#define LOW_ADDRESS 0x10000ull

enum { LOOP_BYTES = 6 };

#endif

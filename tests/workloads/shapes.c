// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two functions that look different to different events: stride_pages() reads
 * one word of page after page (a DTLB miss each, hardly any instructions),
 * compute() burns instructions in registers.
 *
 *   shapes ROUNDS
 *
 * A round is 65,536 pages in about 260,000 instructions, and 5,000,000
 * instructions of computing.
 */
#include <err.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "burn.h"

enum {
	PAGE_BYTES = 4096,
	NR_PAGES = 65536,
	COMPUTE_TURNS = 2500000,
};

BURN(compute)

static __attribute__((noinline)) long stride_pages(const volatile char *pages)
{
	long i, sum = 0;

	for (i = 0; i < NR_PAGES; i++)
		sum += pages[i * PAGE_BYTES];
	return sum;
}

int main(int argc, char **argv)
{
	size_t bytes = (size_t)NR_PAGES * PAGE_BYTES;
	long rounds = argc == 2 ? atol(argv[1]) : 0;
	long sum = 0;
	char *pages;

	if (rounds <= 0)
		errx(2, "usage: shapes ROUNDS");
	/* Never written: the zero page behind every address, no memory. */
	pages = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		     0);
	if (pages == MAP_FAILED)
		err(1, "mmap");
	if (madvise(pages, bytes, MADV_NOHUGEPAGE))
		err(1, "madvise");
	while (rounds--) {
		sum += stride_pages(pages);
		compute(COMPUTE_TURNS);
	}
	return sum != 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Burns instructions in functions of known shares.
 *
 *   shares MILLIONS [PARTS]
 *
 * Runs MILLIONS million instructions and prints the truth that a profile of
 * it is held against, from the construction of the loops alone:
 *
 *   total INSTRUCTIONS
 *   NAME INSTRUCTIONS      for each function
 *   part ELAPSED_NS        for each of PARTS equal parts, as it ends
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "burn.h"

/* One percent of a round, in turns, on average; a round's own is random. */
enum { PERCENT_TURNS = 500 };

BURN(share_40)
BURN(share_25)
BURN(share_15)
BURN(share_10)
BURN(share_06)
BURN(share_04)

static const struct share {
	const char *name;
	void (*burn)(unsigned long turns);
	unsigned int percent;
} shares[] = {
	{ "share_40", share_40, 40 }, { "share_25", share_25, 25 },
	{ "share_15", share_15, 15 }, { "share_10", share_10, 10 },
	{ "share_06", share_06, 6 },  { "share_04", share_04, 4 },
};

enum { NR_SHARES = sizeof(shares) / sizeof(shares[0]) };

/* Rounds of random length, so that no sampling period keeps step with them. */
static unsigned long next_percent(void)
{
	static uint32_t state = 12345;

	state = state * 1664525 + 1013904223;
	return PERCENT_TURNS / 2 + (state >> 8) % (PERCENT_TURNS + 1);
}

/* Returns the turns of one percent of all that was run. */
static __attribute__((noinline)) uint64_t run_part(uint64_t percent_turns)
{
	uint64_t done = 0;

	while (done < percent_turns) {
		unsigned long percent = next_percent();
		size_t i;

		for (i = 0; i < NR_SHARES; i++)
			shares[i].burn(percent * shares[i].percent);
		done += percent;
	}
	return done;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int usage(void)
{
	fputs("usage: shares MILLIONS [PARTS]\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	uint64_t millions = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	uint64_t parts = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	uint64_t begin, done = 0;
	uint64_t i;

	if (!millions || !parts || argc > 3)
		return usage();
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < parts; i++) {
		begin = now_ns();
		done += run_part(millions * 1000000 / BURN_TURN / 100 / parts);
		printf("part %llu\n", (unsigned long long)(now_ns() - begin));
	}
	printf("total %llu\n", (unsigned long long)(done * 100 * BURN_TURN));
	for (i = 0; i < NR_SHARES; i++)
		printf("%s %llu\n", shares[i].name,
		       (unsigned long long)(done * shares[i].percent *
					    BURN_TURN));
	return 0;
}

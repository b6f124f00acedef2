// SPDX-License-Identifier: GPL-2.0-only
/* Draws periods at random, around a mean. */
#include "random_period.h"

#include <linux/bitops.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/random.h>

enum {
	MAX_STEPS = 8,
	STEP = 1 << 16,
	/* Of a draw: 255/256 steps, and half a step. */
	MEAN = STEP - STEP / 256 + STEP / 2,
	LEAST_SHARE = 32,
};

/* An interrupted draw is drawn again: its number comes twice. */
static DEFINE_PER_CPU(u64, generators);

/* Vigna's xorshift64*, whose upper half is well mixed. */
static u32 draw(void)
{
	u64 state = this_cpu_read(generators);

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	this_cpu_write(generators, state);
	return (state * 0x2545f4914f6cdd1dull) >> 32;
}

/**
 * vprof_random_period_init() - Give each CPU a sequence of its own
 */
void vprof_random_period_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu (cpu)
		per_cpu(generators, cpu) = get_random_u64() | 1;
}

/**
 * vprof_random_period() - One more
 * @mean: of very many
 *
 * They are distributed nearly as the times between events that know nothing of
 * each other: each further step of two thirds of the mean is half as likely.
 * Samples at such distances fall into step with nothing that takes turns.
 *
 * Return: 1/32 of the mean to six times the mean.
 */
u64 vprof_random_period(u64 mean)
{
	u32 bits = draw();
	u32 steps = min_t(u32, ffs(bits >> 16 | 1 << MAX_STEPS) - 1, MAX_STEPS);
	u64 period =
		mul_u64_u32_div(mean, steps * STEP + (bits & (STEP - 1)), MEAN);

	return max(period, mean / LEAST_SHARE);
}

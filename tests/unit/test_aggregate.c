// SPDX-License-Identifier: GPL-2.0-only
/* Counting equal samples, and numbering equal call chains. */
#include "record/aggregate.h"
#include "record/chain_table.h"

#include <check.h>
#include <string.h>

#include "run_suite.h"

static struct vprof_aggregate aggregate;
static struct vprof_chain_table chains;

static void set_up(void)
{
	ck_assert_int_eq(vprof_aggregate_init(&aggregate), 0);
	ck_assert_int_eq(vprof_chain_table_init(&chains), 0);
}

static void tear_down(void)
{
	vprof_aggregate_destroy(&aggregate);
	vprof_chain_table_destroy(&chains);
}

static void add(const struct vprof_place *place, uint64_t count,
		uint64_t weight)
{
	ck_assert_int_eq(vprof_aggregate_add(&aggregate, place, count, weight),
			 0);
}

START_TEST(equal_samples_are_one_tally)
{
	const struct vprof_place place = { .ip = 42, .context = 2 };

	for (int i = 0; i < 1000; i++)
		add(&place, 1, 7);
	add(&place, 500, 20);
	ck_assert_uint_eq(aggregate.nr_tallies, 1);
	ck_assert_uint_eq(aggregate.tallies[0].count, 1500);
	ck_assert_uint_eq(aggregate.tallies[0].weight, 7020);
}
END_TEST

START_TEST(whatever_differs_makes_another_tally)
{
	struct vprof_process *other = (struct vprof_process *)&aggregate;
	const struct vprof_place places[] = {
		{ .ip = 1 },
		{ .ip = 2 },
		{ .ip = 1, .process = other },
		{ .ip = 1, .chain = 1 },
		{ .ip = 1, .domain = 1 },
		{ .ip = 1, .event = 1 },
		{ .ip = 1, .context = 1 },
	};
	enum { NR = sizeof(places) / sizeof(places[0]) };

	for (size_t i = 0; i < 2 * NR; i++)
		add(&places[i % NR], 1, 0);
	ck_assert_uint_eq(aggregate.nr_tallies, NR);
	for (size_t i = 0; i < NR; i++)
		ck_assert_uint_eq(aggregate.tallies[i].count, 2);
}
END_TEST

START_TEST(nothing_is_lost_while_the_table_grows)
{
	enum { NR = 100000, TIMES = 3 };
	struct vprof_place place = { .context = 2 };
	uint64_t sum = 0;
	int failed = 0;

	for (int i = 0; i < NR * TIMES; i++) {
		place.ip = 16 * (uint64_t)(i % NR);
		failed |= vprof_aggregate_add(&aggregate, &place, 1, 0);
	}
	ck_assert_int_eq(failed, 0);
	ck_assert_uint_eq(aggregate.nr_tallies, NR);
	for (size_t i = 0; i < NR; i++)
		sum += aggregate.tallies[i].count == TIMES;
	ck_assert_uint_eq(sum, NR);
}
END_TEST

START_TEST(a_cleared_table_begins_anew)
{
	const struct vprof_place place = { .ip = 5 };

	add(&place, 1, 0);
	vprof_aggregate_clear(&aggregate);
	ck_assert_uint_eq(aggregate.nr_tallies, 0);
	add(&place, 1, 0);
	ck_assert_uint_eq(aggregate.nr_tallies, 1);
	ck_assert_uint_eq(aggregate.tallies[0].count, 1);
}
END_TEST

START_TEST(equal_chains_get_one_number)
{
	const uint64_t ips[] = { 1, 2, 3, 4 };
	uint32_t number = vprof_chain_table_intern(&chains, ips, 2, 2);
	struct vprof_chain chain;

	ck_assert_uint_gt(number, 0);
	ck_assert_uint_eq(vprof_chain_table_intern(&chains, ips, 2, 2), number);
	/* the same addresses, split elsewhere, and a part of them */
	ck_assert_uint_ne(vprof_chain_table_intern(&chains, ips, 1, 3), number);
	ck_assert_uint_ne(vprof_chain_table_intern(&chains, ips, 2, 1), number);
	chain = vprof_chain_table_get(&chains, number);
	ck_assert_uint_eq(chain.nr_kernel, 2);
	ck_assert_uint_eq(chain.nr_user, 2);
	ck_assert_int_eq(memcmp(chain.ips, ips, sizeof(ips)), 0);
}
END_TEST

START_TEST(chains_keep_their_numbers_while_the_table_grows)
{
	enum { NR = 20000, LENGTH = 5 };
	static uint32_t numbers[NR];
	uint64_t ips[LENGTH] = { 0 };
	unsigned int nr_wrong = 0;

	for (uint64_t i = 0; i < NR; i++) {
		ips[LENGTH - 1] = i;
		numbers[i] = vprof_chain_table_intern(&chains, ips, 0, LENGTH);
	}
	for (uint64_t i = 0; i < NR; i++) {
		ips[LENGTH - 1] = i;
		nr_wrong += vprof_chain_table_intern(&chains, ips, 0, LENGTH) !=
			    numbers[i];
		nr_wrong += vprof_chain_table_get(&chains, numbers[i])
				    .ips[LENGTH - 1] != i;
	}
	ck_assert_uint_eq(nr_wrong, 0);
	vprof_chain_table_clear(&chains);
	ck_assert_uint_eq(vprof_chain_table_intern(&chains, ips, 0, LENGTH), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("aggregate");
	TCase *tcase = tcase_create("aggregate");

	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, equal_samples_are_one_tally);
	tcase_add_test(tcase, whatever_differs_makes_another_tally);
	tcase_add_test(tcase, nothing_is_lost_while_the_table_grows);
	tcase_add_test(tcase, a_cleared_table_begins_anew);
	tcase_add_test(tcase, equal_chains_get_one_number);
	tcase_add_test(tcase, chains_keep_their_numbers_while_the_table_grows);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The records in a ring of Xen's, read by the module's own file, in user space:
 * wherever in the ring they begin, whatever is not there yet.
 */
#include "../../kmod/xenoprof_record.c"

#include <check.h>
#include <string.h>

#include "run_suite.h"

enum { SIZE = 13, MOST = 4 };

static struct xenoprof_log entries_log[SIZE];
static struct vprof_xenoprof_entries entries = {
	.log = entries_log,
	.size = SIZE,
};
static u32 begin, end;

void shim_point(void)
{
}

u64 vprof_clock_ns(void)
{
	return 0;
}

u64 vprof_clock_ticks(void)
{
	return 0;
}

static void start_at(u32 place, bool has_chains)
{
	/* What was there before reads as marks and as none. */
	for (u32 i = 0; i < SIZE; i++)
		entries_log[i].eip = i % 2 ? XENOPROF_ESCAPE : 7;
	entries.has_chains = has_chains;
	begin = end = place;
}

static void write_entry(u64 ip, u8 mode, u8 event)
{
	entries_log[end] = (struct xenoprof_log){ ip, mode, event };
	end = (end + 1) % SIZE;
}

/* As Xen does: a mark, the sample, its callers ip + 1, ip + 2, .... */
static void write_record(u64 ip, u8 mode, u32 nr_callers)
{
	if (entries.has_chains)
		write_entry(XENOPROF_ESCAPE, mode, 1);
	write_entry(ip, mode, 0);
	for (u32 i = 1; i <= nr_callers; i++)
		write_entry(ip + i, mode, 0);
}

static u32 check_record(u32 at, u64 ip, u32 nr_callers)
{
	struct vprof_xenoprof_record record;

	at = vprof_xenoprof_record_read(&entries, at, end, &record);
	ck_assert_ptr_nonnull(record.sample);
	ck_assert_uint_eq(record.sample->eip, ip);
	ck_assert_uint_eq(record.nr_callers, nr_callers);
	return at;
}

START_TEST(samples_alone_are_read_one_by_one)
{
	u32 at;

	start_at(_i, false);
	for (u64 ip = 100; ip < 105; ip++)
		write_record(ip, XENOPROF_MODE_KERNEL, 0);
	at = begin;
	for (u64 ip = 100; ip < 105; ip++)
		at = check_record(at, ip, 0);
	ck_assert_uint_eq(at, end);
	ck_assert_uint_eq(vprof_xenoprof_last_record(&entries, begin, end),
			  end);
}
END_TEST

START_TEST(records_with_chains_end_at_the_next_mark)
{
	u32 at;

	start_at(_i, true);
	write_record(100, XENOPROF_MODE_USER, 3);
	write_record(200, XENOPROF_MODE_XEN, 0);
	write_record(300, XENOPROF_MODE_KERNEL, 2);
	at = check_record(begin, 100, 3);
	at = check_record(at, 200, 0);
	ck_assert_uint_eq(at, vprof_xenoprof_last_record(&entries, begin, end));
	at = check_record(at, 300, 2);
	ck_assert_uint_eq(at, end);
}
END_TEST

START_TEST(one_that_is_being_written_is_the_last)
{
	struct vprof_xenoprof_record record;
	u32 last;

	start_at(_i, true);
	ck_assert_uint_eq(vprof_xenoprof_last_record(&entries, begin, end),
			  begin);
	write_record(100, XENOPROF_MODE_USER, 2);
	ck_assert_uint_eq(vprof_xenoprof_last_record(&entries, begin, end),
			  begin);
	last = end;
	write_entry(XENOPROF_ESCAPE, XENOPROF_MODE_USER, 1);
	ck_assert_uint_eq(vprof_xenoprof_last_record(&entries, begin, end),
			  last);
	ck_assert_uint_eq(
		vprof_xenoprof_record_read(&entries, last, end, &record), end);
	ck_assert_ptr_null(record.sample);
}
END_TEST

static const struct {
	u8 mode;
	u32 nr_callers, flags;
	u64 about;
	u32 nr;
} chains[] = {
	{ XENOPROF_MODE_USER, 0, VPROF_EVENT_USER_CHAIN, 0, 0 },
	{ XENOPROF_MODE_USER, 3, VPROF_EVENT_USER_CHAIN,
	  3 << VPROF_CHAIN_USER_SHIFT, 3 },
	{ XENOPROF_MODE_USER, MOST, VPROF_EVENT_USER_CHAIN,
	  MOST << VPROF_CHAIN_USER_SHIFT, MOST },
	{ XENOPROF_MODE_USER, MOST + 1, VPROF_EVENT_USER_CHAIN,
	  MOST << VPROF_CHAIN_USER_SHIFT | VPROF_CHAIN_USER_CUT, MOST },
	{ XENOPROF_MODE_USER, 3, VPROF_EVENT_KERNEL_CHAIN, 0, 0 },
	{ XENOPROF_MODE_KERNEL, 3, VPROF_EVENT_USER_CHAIN, 0, 0 },
	{ XENOPROF_MODE_KERNEL, 3, VPROF_EVENT_KERNEL_CHAIN, 3, 3 },
	{ XENOPROF_MODE_XEN, MOST + 1, VPROF_EVENT_KERNEL_CHAIN,
	  MOST | VPROF_CHAIN_KERNEL_CUT, MOST },
};

START_TEST(a_chain_is_of_the_part_that_is_wanted)
{
	struct vprof_xenoprof_record record;
	struct vprof_chain chain;

	for (u32 place = 0; place < SIZE; place++) {
		start_at(place, true);
		write_record(100, chains[_i].mode, chains[_i].nr_callers);
		vprof_xenoprof_record_read(&entries, begin, end, &record);
		vprof_xenoprof_record_chain(&entries, &record, chains[_i].flags,
					    MOST, &chain);
		ck_assert_uint_eq(chain.words[0], chains[_i].about);
		ck_assert_uint_eq(chain.nr_words, 1 + chains[_i].nr);
		for (u32 i = 1; i <= chains[_i].nr; i++)
			ck_assert_uint_eq(chain.words[i], 100 + i);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("xenoprof_record");
	TCase *tcase = tcase_create("xenoprof_record");

	tcase_add_loop_test(tcase, samples_alone_are_read_one_by_one, 0, SIZE);
	tcase_add_loop_test(tcase, records_with_chains_end_at_the_next_mark, 0,
			    SIZE);
	tcase_add_loop_test(tcase, one_that_is_being_written_is_the_last, 0,
			    SIZE);
	tcase_add_loop_test(tcase, a_chain_is_of_the_part_that_is_wanted, 0,
			    sizeof(chains) / sizeof(chains[0]));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

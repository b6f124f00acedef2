// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's walk of a guest's stack, the same file, in user space: the known
 * callers are found, and whatever a guest writes into its memory, the walk ends
 * within its bounds and says that it was cut short.
 */
#include "../../kmod/guest_walk.c"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "run_suite.h"

enum {
	MEMORY = 64 << 10,
	ROOT = 0x1000, /* and tables up to STACK */
	STACK = 0x8000,
	MOST = 125,
	MAX_READS = 13, /* of one address */

	PRESENT = 1,
	LARGE = 1 << 7,
};

/* Where the pages from STACK on are mapped. */
static const u64 kernel_stack = 0xffffc90000008000ull;
static const u64 text = 0xffffffff81000000ull;

static uint8_t memory[MEMORY];
static unsigned long nr_reads;
static struct vprof_guest_stop stop;
static u64 found[MOST];
static bool is_cut;

static bool read_memory(void *data, u64 physical, u64 *ret_word)
{
	ck_assert_ptr_eq(data, memory);
	ck_assert_uint_eq(physical % 8, 0);
	nr_reads++;
	if (physical > MEMORY - 8)
		return false;
	memcpy(ret_word, memory + physical, 8);
	return true;
}

static void put(u64 physical, u64 word)
{
	memcpy(memory + physical, &word, 8);
}

/* The entry for @virtual of the table at @table, of @level. */
static u64 entry_at(u64 table, unsigned int level, u64 virtual)
{
	return table + (virtual >> (12 + (level - 1) * 9) & 511) * 8;
}

/* Tables one after another from ROOT on, down to @last; then @target. */
static void map(unsigned int top, unsigned int last, u64 virtual, u64 target)
{
	u64 table = ROOT;
	unsigned int level;

	for (level = top; level > last; level--, table += 0x1000)
		put(entry_at(table, level, virtual),
		    (table + 0x1000) | PRESENT);
	put(entry_at(table, last, virtual),
	    target | PRESENT | (last > 1 ? LARGE : 0));
}

static u64 physical_of(u64 virtual)
{
	return STACK + (virtual - kernel_stack);
}

static void put_frame(u64 at, u64 next, u64 address)
{
	put(physical_of(at), next);
	put(physical_of(at) + 8, address);
}

/* A page of stack, and three frames in it. */
static void setup(void)
{
	memset(memory, 0, sizeof(memory));
	map(4, 1, kernel_stack, STACK);
	map(4, 1, kernel_stack + 0x1000, STACK + 0x1000);
	stop = (struct vprof_guest_stop){
		.frame = kernel_stack + 0x100,
		.root = ROOT,
		.read = read_memory,
		.data = memory,
	};
	put_frame(kernel_stack + 0x100, kernel_stack + 0x180, text + 1);
	put_frame(kernel_stack + 0x180, kernel_stack + 0x200, text + 2);
	put_frame(kernel_stack + 0x200, 0, text + 3);
}

static unsigned int walk_most(unsigned int most)
{
	unsigned int nr;

	nr_reads = 0;
	memset(found, 0xee, sizeof(found));
	nr = vprof_guest_walk(&stop, found, most, &is_cut);
	ck_assert_uint_le(nr, most);
	ck_assert_uint_le(nr_reads, (most + 1) * MAX_READS);
	return nr;
}

static unsigned int walk(void)
{
	return walk_most(MOST);
}

static void expect(unsigned int nr, bool cut_short)
{
	unsigned int i;

	ck_assert_uint_eq(walk(), nr);
	ck_assert_int_eq(is_cut, cut_short);
	for (i = 0; i < nr; i++)
		ck_assert_uint_eq(found[i], text + 1 + i);
}

START_TEST(callers_are_found)
{
	setup();
	expect(3, false);
	/* Two words a frame, one page translated once. */
	ck_assert_uint_eq(nr_reads, 4 + 6);
}
END_TEST

START_TEST(no_frame_is_no_chain)
{
	setup();
	stop.frame = 0;
	expect(0, false);
	ck_assert_uint_eq(nr_reads, 0);
}
END_TEST

START_TEST(a_frame_lies_across_two_pages)
{
	setup();
	put_frame(kernel_stack + 0x200, kernel_stack + 0xff8, text + 3);
	/* The next page is elsewhere. */
	map(4, 1, kernel_stack + 0x1000, STACK + 0x4000);
	put(STACK + 0xff8, 0);
	put(STACK + 0x4000, text + 4);
	expect(4, false);
}
END_TEST

START_TEST(large_pages_and_five_levels)
{
	setup();
	memset(memory + ROOT, 0, STACK - ROOT);
	map(4, 2, kernel_stack, 0);
	expect(3, false);

	memset(memory + ROOT, 0, STACK - ROOT);
	map(4, 3, kernel_stack, 0x1000); /* PAT, no address */
	expect(3, false);

	memset(memory + ROOT, 0, STACK - ROOT);
	map(5, 1, kernel_stack, STACK);
	stop.has_5_levels = true;
	expect(3, false);
}
END_TEST

START_TEST(no_more_than_there_is_room_for)
{
	setup();
	ck_assert_uint_eq(walk_most(2), 2);
	ck_assert(is_cut);
	ck_assert_uint_eq(found[2], 0xeeeeeeeeeeeeeeeeull);
	ck_assert_uint_eq(walk_most(3), 3);
	ck_assert(!is_cut);
	ck_assert_uint_eq(walk_most(0), 0);
	ck_assert(is_cut);
}
END_TEST

/* Where the third frame says that its caller's is, and what comes of it. */
static const struct {
	const char *name;
	u64 next;
	bool is_cut;
} ends[] = {
	{ "none", 0, false },
	{ "itself", 0xffffc90000008200ull, true },
	{ "the first: a loop", 0xffffc90000008100ull, true },
	{ "just below", 0xffffc900000081f8ull, true },
	{ "no canonical address", 0x8000000000008000ull, true },
	{ "the lowest of the five-level kernel", 0xff00000000000000ull, true },
	{ "a user's address", 0x00007fff00008000ull, true },
	{ "a small number", 8, true },
	{ "not aligned", 0xffffc90000008204ull, true },
	{ "not mapped", 0xffffc90000208300ull, true },
	{ "the last address", 0xfffffffffffffff8ull, true },
	{ "registers at no address", 1, true },
	{ "registers that are not mapped", 0xffffc90000208301ull, true },
	{ "registers at the top", 0xfffffffffffffff9ull, true },
};

START_TEST(ends_and_lies)
{
	setup();
	put_frame(kernel_stack + 0x200, ends[_i].next, text + 3);
	expect(3, ends[_i].is_cut);
}
END_TEST

START_TEST(a_return_address_is_the_kernels)
{
	static const u64 others[] = { 0, 0x401000, 0x8000000000000000ull,
				      0xffff7fffffffffffull };
	unsigned int i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		setup();
		put(physical_of(kernel_stack + 0x188), others[i]);
		expect(1, true);
	}
}
END_TEST

static void put_registers(u64 at, u64 frame, u64 ip, u64 cs)
{
	put(physical_of(at) + 32, frame);
	put(physical_of(at) + 128, ip);
	put(physical_of(at) + 136, cs);
}

START_TEST(interrupted_kernel_code_is_a_caller)
{
	setup();
	/* From a stack above to one below, as an interrupt's is. */
	put_frame(kernel_stack + 0x200, kernel_stack + 0x10 + 1, text + 3);
	put_registers(kernel_stack + 0x10, kernel_stack + 0x300, text + 4,
		      0x10);
	put_frame(kernel_stack + 0x300, 0, text + 5);
	expect(5, false);
}
END_TEST

START_TEST(interrupted_user_code_is_the_end)
{
	setup();
	put_frame(kernel_stack + 0x200, kernel_stack + 0x400 + 1, text + 3);
	put_registers(kernel_stack + 0x400, 0x7fff00000000ull, 0x401000, 0x33);
	expect(3, false);
	put_registers(kernel_stack + 0x400, 0, 0x401000, 0x10);
	expect(3, true);
}
END_TEST

START_TEST(registers_that_loop_end_when_the_room_does)
{
	setup();
	put_frame(kernel_stack + 0x200, kernel_stack + 0x400 + 1, text + 3);
	put_registers(kernel_stack + 0x400, kernel_stack + 0x400 + 1, text + 4,
		      0x10);
	ck_assert_uint_eq(walk(), MOST);
	ck_assert(is_cut);
	ck_assert_uint_eq(found[MOST - 1], text + 4);
}
END_TEST

START_TEST(page_tables_that_loop)
{
	unsigned int i;

	/* Each entry of the top table is the table itself: read as what it is. */
	setup();
	for (i = 0; i < 512; i++)
		put(ROOT + i * 8, ROOT | PRESENT);
	ck_assert_uint_eq(walk(), 0);
	ck_assert(is_cut);
	ck_assert_uint_eq(nr_reads, 4 + 2);

	/* Down to a page whose words are entries: no kernel address. */
	setup();
	put(entry_at(ROOT, 4, kernel_stack), ROOT | PRESENT);
	walk();
	ck_assert(is_cut);
}
END_TEST

START_TEST(page_tables_that_are_nowhere)
{
	setup();
	stop.root = 0x000ffffffffff000ull;
	expect(0, true);
	stop.root = MEMORY;
	expect(0, true);
	setup();
	put(entry_at(ROOT + 0x1000, 3, kernel_stack), ~0ull);
	expect(0, true);
	setup();
	put(entry_at(ROOT + 0x3000, 1, kernel_stack), STACK);
	expect(0, true);
}
END_TEST

/* Pages full of words that point at each other, some of them right. */
static u64 random_word(void)
{
	switch (random() % 6) {
	case 0:
		return (random() % (MEMORY >> 12) << 12) | PRESENT;
	case 1:
		return (random() % (MEMORY >> 12) << 12) | PRESENT | LARGE;
	case 2:
		return kernel_stack + random() % 0x2000 / 8 * 8;
	case 3:
		return kernel_stack + random() % 0x2000 / 8 * 8 + 1;
	case 4:
		return text + random() % 0x1000;
	default:
		return (u64)random() << 32 ^ random();
	}
}

START_TEST(whatever_a_guest_writes)
{
	unsigned int round, i, most;
	unsigned long nr_found = 0;

	srandom(1);
	for (round = 0; round < 300; round++) {
		setup();
		for (i = 0; i < MEMORY; i += 8)
			if (random() % 8 < round % 9)
				put(i, random_word());
		stop.frame = random_word();
		stop.root = random_word();
		stop.has_5_levels = round % 2;
		if (round % 3) {
			setup();
			for (i = STACK; i < MEMORY; i += 8)
				put(i, random_word());
		}
		most = random() % (MOST + 1);
		nr_found += walk_most(most);
	}
	ck_assert_uint_gt(nr_found, 100);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guest_walk");
	TCase *tests = tcase_create("guest_walk");

	tcase_add_test(tests, callers_are_found);
	tcase_add_test(tests, no_frame_is_no_chain);
	tcase_add_test(tests, a_frame_lies_across_two_pages);
	tcase_add_test(tests, large_pages_and_five_levels);
	tcase_add_test(tests, no_more_than_there_is_room_for);
	tcase_add_loop_test(tests, ends_and_lies, 0,
			    sizeof(ends) / sizeof(ends[0]));
	tcase_add_test(tests, a_return_address_is_the_kernels);
	tcase_add_test(tests, interrupted_kernel_code_is_a_caller);
	tcase_add_test(tests, interrupted_user_code_is_the_end);
	tcase_add_test(tests, registers_that_loop_end_when_the_room_does);
	tcase_add_test(tests, page_tables_that_loop);
	tcase_add_test(tests, page_tables_that_are_nowhere);
	tcase_add_test(tests, whatever_a_guest_writes);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}

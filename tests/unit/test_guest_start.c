// SPDX-License-Identifier: LGPL-2.1-or-later
/* A guest that starts anew while it is sampled: each kernel's names are its own. */
#include "fake_guests.h"

#include "guest_pieces.h"
#include "made_guest.h"

enum {
	START_KERNEL = 0x180,
	FIRMWARE = 0xf0000,
	INITCALL = 0x100,
	/* The next kernel lies across the first, which has a name for all of it. */
	ACROSS = 0x1000,
	FAR = 0x10000000,
	NOTE_AT = 0x7000,
};

/* ---- a guest's memory ------------------------------------------------------- */

static struct memory {
	uint8_t bytes[2 * MADE_GUEST_MAX];
	size_t size;
	struct pieces pieces;
	uint64_t clock_at; /* of the kernel that runs */
	uint64_t clock;
} memory;

static int read_made(void *data, uint64_t address, void *buffer, size_t size)
{
	if (address != memory.clock_at || size != sizeof(memory.clock))
		return pieces_read(data, address, buffer, size);
	memory.clock++;
	memcpy(buffer, &memory.clock, size);
	return 0;
}

/* In place of the library's. */
int vprof_guest_memory_open_process(pid_t vmm,
				    struct vprof_guest_memory **ret_memory,
				    struct vprof_error *err)
{
	struct vprof_guest_memory *made = malloc(sizeof(*made));

	(void)vmm, (void)err;
	ck_assert_ptr_nonnull(made);
	pieces_open(&memory.pieces, memory.bytes, memory.size, made);
	made->read = read_made;
	*ret_memory = made;
	return 0;
}

/* What is put comes behind what is there: memory outlives kernels. */
static void put_guest(uint64_t kaslr, uint64_t phys, uint64_t note_at)
{
	static struct made_guest guest;

	memset(&guest, 0, sizeof(guest));
	guest.kaslr = kaslr;
	guest.phys = phys;
	guest.note_at = note_at;
	made_guest_make(&guest);
	ck_assert_uint_le(memory.size + guest.size, sizeof(memory.bytes));
	memcpy(memory.bytes + memory.size, guest.bytes, guest.size);
	memory.size += guest.size;
	memory.clock_at = made_guest_physical(&guest, MADE_CLOCK);
}

static void set_up_memory(void)
{
	set_up();
	memset(&memory, 0, sizeof(memory));
	put_guest(0, 0, 0);
	let_appear(100, 1, "a");
}

/* ---- samples ------------------------------------------------------------------ */

static uint64_t clock_ns;

static void put_at(uint64_t ip, uint64_t time_ns)
{
	struct vprof_sample *sample;

	put(1, 0);
	sample = &fake.waiting[fake.nr_waiting - 1];
	sample->ip = ip;
	sample->context = VPROF_SAMPLE_KERNEL;
	sample->time_ns = time_ns;
}

static void put_kernel(uint64_t kaslr, uint64_t offset)
{
	put_at(MADE_STEXT + kaslr + offset, clock_ns += 1000);
}

static void put_firmware(void)
{
	put_at(FIRMWARE, clock_ns += 1000);
}

static bool names_come(uint64_t kaslr)
{
	for (int i = 0; i < 500; i++) {
		end_slice();
		if (ask("SELECT count(*) FROM samples WHERE context = 'kernel' "
			"AND symbol LIKE '0xffffffff%'") == 0)
			return true;
		clock_ns += 1000000000;
		put_kernel(kaslr, START_KERNEL);
		usleep(10000);
	}
	return false;
}

#define SUM_OF(symbol) \
	"SELECT sum(count) FROM samples WHERE symbol = '" symbol "'"
#define NAMELESS "SELECT sum(count) FROM samples WHERE symbol LIKE '0x%'"
#define TAKEN "SELECT sum(taken) FROM account"
#define ALL "SELECT sum(count) FROM samples"

/* ---- tests -------------------------------------------------------------------- */

/* At one address there is one function before, and another after. */
START_TEST(an_address_means_what_it_meant_when_it_was_sampled)
{
	int64_t first;

	if (!begin())
		return;
	put_kernel(0, START_KERNEL);
	ck_assert(names_come(0));
	put_kernel(0, START_KERNEL);
	put_firmware();
	put_kernel(ACROSS, INITCALL);
	end_slice();
	first = ask(SUM_OF("start_kernel"));
	put_guest(ACROSS, 0x600000, NOTE_AT);
	put_kernel(ACROSS, INITCALL + 1);
	ck_assert(names_come(ACROSS));
	put_kernel(ACROSS, INITCALL);
	finish();
	ck_assert_int_eq(ask(SUM_OF("do_one_initcall")), 3);
	ck_assert_int_ge(ask(SUM_OF("start_kernel")), first);
	ck_assert_int_eq(ask("SELECT count(*) FROM domain WHERE name = 'a'"),
			 1);
	ck_assert_int_eq(ask(TAKEN), ask(ALL));
	ck_assert_int_eq(ask(NAMELESS), 1);
}
END_TEST

/* Its note is the first in memory, and it explains the sample as well. */
START_TEST(what_the_old_kernel_left_in_memory_is_not_taken)
{
	if (!begin())
		return;
	put_kernel(0, START_KERNEL);
	ck_assert(names_come(0));
	put_firmware();
	put_kernel(ACROSS, INITCALL);
	end_slice();
	end_slice();
	end_slice();
	ck_assert_int_eq(ask(SUM_OF("do_one_initcall")), 0);
	ck_assert_int_eq(ask(NAMELESS), 2);
	finish();
	ck_assert_int_eq(ask(NAMELESS), 2);
	ck_assert_int_eq(ask(TAKEN), ask(ALL));
}
END_TEST

/* All of them are new to us, and all explain the sample. */
START_TEST(of_many_kernels_in_memory_it_is_the_one_that_runs)
{
	put_guest(2 * ACROSS, 0x600000, NOTE_AT);
	put_guest(3 * ACROSS, 0xa00000, NOTE_AT + 0x1000);
	put_guest(1 * ACROSS, 0xe00000, NOTE_AT + 0x2000);
	if (!begin())
		return;
	put_kernel(3 * ACROSS, INITCALL);
	memory.clock_at += 0xa00000 - 0xe00000;
	ck_assert(names_come(3 * ACROSS));
	finish();
	ck_assert_int_eq(ask(SUM_OF("do_one_initcall")), 1);
	ck_assert_int_eq(ask(SUM_OF("_etext")), 0);
}
END_TEST

/* A sleep, or an interrupt of its firmware's: the kernel is the one before. */
START_TEST(a_start_that_was_none_costs_names_for_a_while)
{
	if (!begin())
		return;
	put_kernel(0, START_KERNEL);
	ck_assert(names_come(0));
	put_firmware();
	put_kernel(0, START_KERNEL);
	end_slice();
	ck_assert(names_come(0));
	finish();
	ck_assert_int_eq(ask(NAMELESS), 1);
	ck_assert_int_eq(ask(TAKEN), ask(ALL));
}
END_TEST

/* As when nothing was sampled between: it is where no part of the old one was. */
START_TEST(an_address_outside_of_the_kernel_is_another_kernels)
{
	if (!begin())
		return;
	put_kernel(0, START_KERNEL);
	ck_assert(names_come(0));
	put_kernel(0, START_KERNEL);
	end_slice();
	/* in one slice with the old one's: nobody knows which is whose */
	put_kernel(0, START_KERNEL);
	put_kernel(FAR, START_KERNEL);
	put_guest(FAR, 0x600000, NOTE_AT);
	ck_assert(names_come(FAR) || ask(NAMELESS) == 1);
	finish();
	ck_assert_int_eq(ask(NAMELESS), 1);
	ck_assert_int_eq(ask("SELECT count(*) FROM image WHERE why LIKE "
			     "'the guest started anew%'"),
			 1);
	ck_assert_int_eq(ask(TAKEN), ask(ALL));
}
END_TEST

/* Buffers of two CPUs: the firmware's sample is read after a later one. */
START_TEST(what_may_be_of_either_kernel_has_no_name)
{
	if (!begin())
		return;
	put_kernel(0, START_KERNEL);
	ck_assert(names_come(0));
	end_slice();
	put_at(MADE_STEXT + START_KERNEL, clock_ns + 2000);
	put_at(FIRMWARE, clock_ns + 1000);
	clock_ns += 3000;
	end_slice();
	finish();
	ck_assert_int_eq(ask(NAMELESS), 2);
}
END_TEST

/* It costs a guest nothing to look as if it started all the time. */
START_TEST(a_guest_cannot_fill_the_tables)
{
	if (!begin())
		return;
	for (int i = 0; i < 100; i++) {
		for (int j = 0; j < MAX_WAITING / 2; j++) {
			put_kernel(0, START_KERNEL);
			put_firmware();
		}
		end_slice();
	}
	finish();
	ck_assert_int_le(ask("SELECT count(*) FROM image"), 2 * 100 + 10);
	ck_assert_int_eq(ask("SELECT count(*) FROM domain"), 2);
	ck_assert_int_eq(ask(TAKEN), 100 * MAX_WAITING);
	ck_assert_int_eq(ask(ALL), 100 * MAX_WAITING);
}
END_TEST

/* Other CPUs of a machine begin there when the kernel starts them. */
START_TEST(only_the_first_cpu_starts_a_machine)
{
	if (!begin())
		return;
	put_kernel(0, START_KERNEL);
	ck_assert(names_come(0));
	put_firmware();
	fake.waiting[fake.nr_waiting - 1].pid = 1;
	put_kernel(0, START_KERNEL);
	end_slice();
	ck_assert_int_eq(ask(NAMELESS), 1);
	finish();
	ck_assert_int_eq(ask(NAMELESS), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guest_start");
	TCase *tests = tcase_create("starting anew");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up_memory, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests,
		       an_address_means_what_it_meant_when_it_was_sampled);
	tcase_add_test(tests, what_the_old_kernel_left_in_memory_is_not_taken);
	tcase_add_test(tests,
		       of_many_kernels_in_memory_it_is_the_one_that_runs);
	tcase_add_test(tests, a_start_that_was_none_costs_names_for_a_while);
	tcase_add_test(tests,
		       an_address_outside_of_the_kernel_is_another_kernels);
	tcase_add_test(tests, what_may_be_of_either_kernel_has_no_name);
	tcase_add_test(tests, a_guest_cannot_fill_the_tables);
	tcase_add_test(tests, only_the_first_cpu_starts_a_machine);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

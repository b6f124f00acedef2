// SPDX-License-Identifier: LGPL-2.1-or-later
/* Guests in a recording: they come, are sampled, go; ids and numbers are reused. */
#include "fake_guests.h"

#include "capture/guest_access.h"
#include "locked_store.h"
#include "run_suite.h"

#define SAMPLES_OF(domain) \
	"SELECT sum(count) FROM samples WHERE domain = '" domain "'"
#define TAKEN_OF(domain)                                             \
	"SELECT sum(taken) FROM account JOIN domain ON domain.id = " \
	"account.domain WHERE domain.name = '" domain "'"

START_TEST(guests_that_are_there_have_numbers_from_the_start)
{
	kind_of_guests = _i;
	let_appear(100, 1, "a");
	let_appear(200, 1, "b");
	if (!begin())
		return;
	put(1, 0);
	put(2, 0);
	put(2, 1);
	finish();
	ck_assert_int_eq(ask(SAMPLES_OF("a")), 1);
	ck_assert_int_eq(ask(SAMPLES_OF("b")), 2);
	ck_assert_int_eq(ask(TAKEN_OF("a")), 1);
	ck_assert_int_eq(ask(TAKEN_OF("b")), 2);
}
END_TEST

START_TEST(a_new_guest_is_known_by_its_first_sample)
{
	kind_of_guests = _i;
	if (!begin())
		return;
	let_appear(100, 1, "a");
	put(VPROF_SAMPLE_OTHERS, 100);
	put(VPROF_SAMPLE_OTHERS, 100);
	end_slice();
	ck_assert_uint_eq(fake.ids[1], 100);
	put(1, 0);
	finish();
	ck_assert_int_eq(ask(SAMPLES_OF("a")), 3);
	ck_assert_int_eq(ask(TAKEN_OF("a")), 1);
	ck_assert_int_eq(ask("SELECT sum(taken) FROM account "
			     "WHERE domain IS NULL"),
			 2);
}
END_TEST

START_TEST(a_guest_that_was_gone_at_once_is_told_by_its_id)
{
	if (!begin())
		return;
	put(VPROF_SAMPLE_OTHERS, 77);
	end_slice();
	finish();
	ck_assert_int_eq(ask(SAMPLES_OF("kvm-77")), 1);
	ck_assert_uint_eq(fake.ids[1], 0);
}
END_TEST

START_TEST(what_a_guest_leaves_is_read_before_its_number_is_anothers)
{
	let_appear(100, 1, "a");
	if (!begin())
		return;
	put(1, 0);
	end_slice();
	let_vanish(100);
	let_appear(200, 1, "b");
	put(1, 0);
	end_slice();
	/* its last ones; the new guest has no number yet */
	put(1, 0);
	put(VPROF_SAMPLE_OTHERS, 200);
	end_slice();
	end_slice();
	ck_assert_uint_eq(fake.ids[1], 200);
	put(1, 0);
	finish();
	ck_assert_int_eq(ask(SAMPLES_OF("a")), 3);
	ck_assert_int_eq(ask(SAMPLES_OF("b")), 2);
	ck_assert_int_eq(ask(TAKEN_OF("a")), 3);
}
END_TEST

START_TEST(a_guest_that_the_capture_keeps_has_its_samples)
{
	let_appear(100, 1, "a");
	if (!begin())
		return;
	put(1, 0);
	end_slice();
	let_vanish(100);
	fake.keeps_guests = true;
	for (int i = 0; i < 4; i++) {
		/* of a guest with a number, pid is a vCPU */
		put(1, 7);
		end_slice();
	}
	fake.keeps_guests = false;
	end_slice();
	put(1, 7);
	end_slice();
	ck_assert(fake.is_leaving[1]);
	finish();
	ck_assert_int_eq(ask(SAMPLES_OF("a")), 6);
	ck_assert_int_eq(ask(TAKEN_OF("a")), 6);
	ck_assert_int_eq(ask("SELECT count(*) FROM domain"), 2);
}
END_TEST

START_TEST(an_id_that_is_used_again_is_another_guest)
{
	kind_of_guests = _i;
	let_appear(100, 1, "a");
	if (!begin())
		return;
	put(1, 0);
	end_slice();
	let_vanish(100);
	let_appear(100, 2, "other");
	end_slice();
	put(VPROF_SAMPLE_OTHERS, 100);
	end_slice();
	for (int i = 0; i < 3; i++)
		end_slice();
	put(1, 0);
	put(VPROF_SAMPLE_OTHERS, 100);
	finish();
	ck_assert_int_eq(ask(SAMPLES_OF("a")), 1);
	ck_assert_int_eq(ask(SAMPLES_OF("other")), 3);
}
END_TEST

START_TEST(a_guest_that_cannot_be_written_is_the_stores_failure)
{
	char sentence[LOCKED_STORE_SENTENCE];

	if (!begin())
		return;
	end_slice();
	let_appear(100, 1, "a");
	put(VPROF_SAMPLE_OTHERS, 100);
	locked_store_stop(recorder, path, sentence);
}
END_TEST

/* Many come and go: entries and numbers are used again, and nothing is missed. */
START_TEST(sums_are_exact_over_many_guests)
{
	char name[16];
	int number;

	kind_of_guests = _i;
	if (!begin())
		return;
	for (uint64_t id = 1; id <= 50; id++) {
		snprintf(name, sizeof(name), "g%d", (int)id);
		let_appear(id, id, name);
		put(VPROF_SAMPLE_OTHERS, id);
		end_slice();
		for (number = 1; number < MAX_NUMBERS; number++)
			if (fake.ids[number] == id && !fake.is_leaving[number])
				break;
		if (number < MAX_NUMBERS)
			put(number, 0);
		else
			put(VPROF_SAMPLE_OTHERS, id);
		put(0, getpid());
		let_vanish(id);
		end_slice();
	}
	finish();
	ck_assert_int_eq(ask("SELECT sum(count) FROM sample"), 150);
	ck_assert_int_eq(ask("SELECT sum(taken) FROM account"), 150);
	ck_assert_int_eq(ask("SELECT sum(delivered) FROM account"), 150);
	ck_assert_int_eq(ask(SAMPLES_OF("host")), 50);
	ck_assert_int_eq(ask("SELECT count(*) FROM (SELECT domain FROM samples "
			     "WHERE domain <> 'host' GROUP BY domain "
			     "HAVING sum(count) = 2)"),
			 50);
}
END_TEST

START_TEST(user_code_of_a_guest_is_one_place_with_a_name)
{
	let_appear(100, 1, "a");
	if (!begin())
		return;
	put(1, 0);
	put(1, 1);
	fake.waiting[1].ip = 0x500000;
	finish();
	ck_assert_int_eq(ask("SELECT count(*) FROM places "
			     "WHERE kind = 'guest' AND symbol LIKE '(user%'"),
			 1);
}
END_TEST

START_TEST(an_encrypted_guest_is_said_to_be_one)
{
	let_appear(100, 1, "a");
	if (!begin())
		return;
	put(1, 0);
	fake.waiting[0].ip = 0;
	put(1, 1);
	finish();
	ck_assert_int_eq(ask("SELECT sum(count) FROM samples WHERE symbol LIKE "
			     "'(encrypted: %' AND image = '[encrypted]'"),
			 1);
	ck_assert_int_eq(ask("SELECT sum(count) FROM samples "
			     "WHERE symbol LIKE '(user%'"),
			 1);
}
END_TEST

/* @nr of our kernel's samples on its behalf, and @nr_own of the guest's. */
static bool is_hidden(unsigned int nr, unsigned int nr_own)
{
	let_appear(100, 1, "a");
	if (!begin())
		return true;
	while (nr--) {
		put(1, 0);
		fake.waiting[fake.nr_waiting - 1].context =
			VPROF_SAMPLE_HYPERVISOR;
		if (fake.nr_waiting == MAX_WAITING)
			end_slice();
	}
	while (nr_own--)
		put(1, 0);
	finish();
	return ask("SELECT count(*) FROM domain WHERE name = 'a' AND "
		   "names_from LIKE 'no samples of its own:%exclude_guest%'");
}

START_TEST(guests_that_are_not_counted_are_said_to_be_so)
{
	ck_assert(is_hidden(1008, 0));
}
END_TEST

START_TEST(guests_that_do_little_are_not)
{
	ck_assert(!is_hidden(500, 0) || !recorder);
}
END_TEST

START_TEST(guests_that_are_counted_are_not)
{
	ck_assert(!is_hidden(1008, 1) || !recorder);
}
END_TEST

/* ---- whose an image is ---------------------------------------------------- */

static void put_kernel(uint16_t domain, uint32_t pid)
{
	put(domain, pid);
	fake.waiting[fake.nr_waiting - 1].ip = 0xffffffff81000000;
	fake.waiting[fake.nr_waiting - 1].context = VPROF_SAMPLE_KERNEL;
}

#define KERNEL_IMAGES "SELECT count(*) FROM image WHERE name = '[kernel]'"
#define USER_IMAGES "SELECT count(*) FROM image WHERE name = '[user]'"

static const struct {
	const char *uuids[2];
	int64_t nr_users;
} pairs[] = {
	{ { "", "" }, 2 },
	{ { "11111111-1111-1111-1111-111111111111",
	    "22222222-2222-2222-2222-222222222222" },
	  2 },
	/* started again by its VMM's owner: the same guest, another kernel */
	{ { "11111111-1111-1111-1111-111111111111",
	    "11111111-1111-1111-1111-111111111111" },
	  1 },
};

START_TEST(guests_of_one_name_have_images_of_their_own)
{
	let_appear(100, 1, "a");
	let_appear(200, 1, "a");
	for (size_t i = 0; i < 2; i++)
		strcpy(guests[i].uuid, pairs[_i].uuids[i]);
	if (!begin())
		return;
	for (uint16_t i = 1; i <= 2; i++) {
		put_kernel(i, 0);
		put(i, 0);
	}
	finish();
	ck_assert_int_eq(ask(KERNEL_IMAGES), 2);
	ck_assert_int_eq(ask(USER_IMAGES), pairs[_i].nr_users);
	ck_assert_int_eq(ask("SELECT count(*) FROM samples "
			     "WHERE image = '[kernel]'"),
			 2);
}
END_TEST

/* Over sessions a guest is the same; how often it started in between is unknown. */
START_TEST(a_store_that_lives_on_knows_a_guest_again)
{
	given_age_s = 3600;
	let_appear(100, 1, "a");
	for (int i = 0; i < 2; i++) {
		if (!begin())
			return;
		put_kernel(1, 0);
		put(1, 0);
		finish();
		vprof_recorder_free(recorder);
		recorder = NULL;
	}
	ck_assert_int_eq(ask(USER_IMAGES), 1);
	ck_assert_int_eq(ask(KERNEL_IMAGES), 2);
}
END_TEST

static void put_this_program(void)
{
	put(0, getpid());
	fake.waiting[fake.nr_waiting - 1].ip = (uintptr_t)put_this_program;
}

/* The host's and a guest's, of which the recorder keeps the numbers. */
START_TEST(images_that_a_rolling_store_let_go_come_again)
{
	given_age_s = 1;
	let_appear(100, 1, "a");
	if (!begin())
		return;
	put(1, 0);
	put_this_program();
	end_slice();
	sleep(3);
	end_slice();
	end_slice();
	ck_assert_int_eq(ask("SELECT count(*) FROM image"), 0);
	put(1, 0);
	put_this_program();
	finish();
	ck_assert_int_eq(ask("SELECT count(*) FROM image"), 2);
	ck_assert_int_eq(ask("SELECT count(*) FROM place JOIN image "
			     "ON image.id = place.image"),
			 2);
	ck_assert_int_eq(ask("SELECT count(*) FROM samples "
			     "WHERE image = '[user]' AND "
			     "symbol LIKE '(user code%'"),
			 1);
}
END_TEST

/* A recorder that runs for months sees thousands of them. */
START_TEST(a_guest_that_is_gone_goes_with_its_last_slice)
{
	given_age_s = 1;
	let_appear(100, 1, "a");
	let_appear(200, 1, "b");
	if (!begin())
		return;
	put(1, 0);
	end_slice();
	let_vanish(100);
	end_slice();
	end_slice();
	ck_assert_int_eq(ask("SELECT count(*) FROM domain WHERE name = 'a'"),
			 1);
	/* accounts go when later ones are there */
	for (int i = 0; i < 2; i++) {
		sleep(3);
		put(2, 0);
		end_slice();
		put(2, 0);
		end_slice();
	}
	ck_assert_int_eq(ask("SELECT count(*) FROM domain WHERE name = 'a'"),
			 0);
	ck_assert_int_eq(ask("SELECT count(*) FROM domain WHERE name = 'b'"),
			 1);
	finish();
}
END_TEST

/* enable_mediated_pmu as the kernel shows it, NULL: an older kernel. */
static bool can_sample_with(const char *value, char *why, size_t size)
{
	char root[] = "/tmp/vprof-test-sys.XXXXXX", command[256];
	bool can;

	ck_assert_ptr_nonnull(mkdtemp(root));
	snprintf(command, sizeof(command),
		 "mkdir -p %s/sys/module/kvm/parameters", root);
	ck_assert_int_eq(system(command), 0);
	if (value) {
		snprintf(command, sizeof(command),
			 "echo %s >%s/sys/module/kvm/parameters/"
			 "enable_mediated_pmu",
			 value, root);
		ck_assert_int_eq(system(command), 0);
	}
	can = vprof_guest_access_explain(root, why, size);
	snprintf(command, sizeof(command), "rm -r %s", root);
	ck_assert_int_eq(system(command), 0);
	return can;
}

START_TEST(a_mediated_pmu_is_said_to_be_why)
{
	char why[512] = "";

	ck_assert(can_sample_with(NULL, why, sizeof(why)));
	ck_assert(can_sample_with("N", why, sizeof(why)));
	ck_assert_str_eq(why, "");
	ck_assert(!can_sample_with("Y", why, sizeof(why)));
	ck_assert_ptr_nonnull(strstr(why, "enable_mediated_pmu=N"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guests");
	TCase *tcase = tcase_create("guests");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase,
			    guests_that_are_there_have_numbers_from_the_start,
			    0, NR_KINDS);
	tcase_add_loop_test(tcase, a_new_guest_is_known_by_its_first_sample, 0,
			    NR_KINDS);
	tcase_add_test(tcase, a_guest_that_was_gone_at_once_is_told_by_its_id);
	tcase_add_test(
		tcase,
		what_a_guest_leaves_is_read_before_its_number_is_anothers);
	tcase_add_test(tcase, a_guest_that_the_capture_keeps_has_its_samples);
	tcase_add_test(tcase,
		       a_guest_that_cannot_be_written_is_the_stores_failure);
	tcase_add_loop_test(tcase, an_id_that_is_used_again_is_another_guest, 0,
			    NR_KINDS);
	tcase_add_loop_test(tcase, sums_are_exact_over_many_guests, 0,
			    NR_KINDS);
	tcase_add_test(tcase, user_code_of_a_guest_is_one_place_with_a_name);
	tcase_add_loop_test(tcase, guests_of_one_name_have_images_of_their_own,
			    0, sizeof(pairs) / sizeof(pairs[0]));
	tcase_add_test(tcase, a_store_that_lives_on_knows_a_guest_again);
	tcase_add_test(tcase, images_that_a_rolling_store_let_go_come_again);
	tcase_add_test(tcase, a_guest_that_is_gone_goes_with_its_last_slice);
	tcase_add_test(tcase, a_mediated_pmu_is_said_to_be_why);
	tcase_add_test(tcase, an_encrypted_guest_is_said_to_be_one);
	tcase_add_test(tcase, guests_that_are_not_counted_are_said_to_be_so);
	tcase_add_test(tcase, guests_that_do_little_are_not);
	tcase_add_test(tcase, guests_that_are_counted_are_not);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

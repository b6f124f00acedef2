// SPDX-License-Identifier: GPL-2.0-only
/* What a rolling store lets go: images and what else no sample is in any more. */
#include "store_file.h"

#include <check.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <vprof/store.h>

#include "run_suite.h"

#define NS_PER_S 1000000000ull

enum { MAX_AGE_S = 3600 };

static char path[64];
static struct vprof_store *store;
static int64_t event, domain;

static void open_store_for(uint64_t max_age_s)
{
	const struct vprof_store_options rolling = { .size = sizeof(rolling),
						     .is_rolling = true,
						     .max_age_s = max_age_s };

	ck_assert_int_eq(vprof_store_create(path, &rolling, &store, NULL), 0);
}

static void open_store(void)
{
	open_store_for(MAX_AGE_S);
}

static void close_store(void)
{
	ck_assert_int_eq(vprof_store_close(store, NULL), 0);
	store = NULL;
}

static void set_up(void)
{
	snprintf(path, sizeof(path), "/tmp/vprof-test-images.%d", getpid());
	store_file_remove(path);
	open_store();
}

static void tear_down(void)
{
	vprof_store_free(store);
	store_file_remove(path);
}

static void begin_session(uint64_t age_s)
{
	const struct vprof_store_session session = {
		.host = "here",
		.start_wall_ns = (time(NULL) - age_s) * NS_PER_S,
	};
	const struct vprof_event_spec spec = { .name = "cpu-clock" };
	const struct vprof_store_domain host = { .kind = "host",
						 .name = "host" };

	ck_assert_int_gt(vprof_store_begin_session(store, &session), 0);
	event = vprof_store_add_event(store, &spec);
	domain = vprof_store_add_domain(store, &host);
}

static int64_t put_image(const char *name)
{
	const struct vprof_store_image image = { .name = name };
	int64_t id = vprof_store_put_image(store, &image);

	ck_assert_int_gt(id, 0);
	return id;
}

static void add_row(int64_t image, int64_t chain)
{
	const struct vprof_store_row row = { .event = event,
					     .domain = domain,
					     .image = image,
					     .offset = 16,
					     .chain = chain,
					     .count = 1 };

	ck_assert_int_eq(vprof_store_add_row(store, &row), 0);
}

static void begin_slice(void)
{
	ck_assert_int_eq(vprof_store_begin_slice(store, 0), 0);
}

static void end_slice(void)
{
	ck_assert_int_eq(vprof_store_end_slice(store, NS_PER_S, NULL, 0, NULL),
			 0);
}

/* As a recorder does it: the image is asked for in the slice that has it. */
static int64_t write_slice(const char *name)
{
	int64_t image;

	begin_slice();
	image = put_image(name);
	add_row(image, 0);
	end_slice();
	return image;
}

static int find_function(void *data, uint64_t offset,
			 struct vprof_symbol *ret_symbol)
{
	(void)offset;
	*ret_symbol = (struct vprof_symbol){ .name = data };
	return 0;
}

static void name_image(int64_t image)
{
	const struct vprof_store_names names = { .image = image,
						 .find = find_function,
						 .data = (void *)"function" };

	ck_assert_int_eq(vprof_store_name_image(store, &names), 0);
}

static int64_t count(const char *table)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", table);
	return store_file_ask(path, sql);
}

/* What is of an hour ago and older goes as slices of now come. */
static int64_t go_on_with(const char *name)
{
	begin_session(1);
	write_slice(name);
	return write_slice(name);
}

START_TEST(an_image_goes_with_its_last_sample)
{
	int64_t gone, kept;

	begin_session(2 * MAX_AGE_S);
	gone = write_slice("gone");
	name_image(gone);
	ck_assert(vprof_store_has_image(store, gone));
	kept = go_on_with("kept");
	ck_assert(!vprof_store_has_image(store, gone));
	ck_assert(vprof_store_has_image(store, kept));
	close_store();
	ck_assert_int_eq(store_file_ask(path, "SELECT id FROM image"), kept);
	ck_assert_int_eq(count("image"), 1);
	ck_assert_int_eq(count("place"), 1);
	ck_assert_int_eq(count("symbol"), 0);
}
END_TEST

START_TEST(an_image_that_goes_on_stays)
{
	int64_t image;

	begin_session(2 * MAX_AGE_S);
	write_slice("gone");
	begin_session(1);
	image = write_slice("kept");
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(write_slice("kept"), image);
	close_store();
	ck_assert_int_eq(count("image"), 1);
}
END_TEST

START_TEST(an_image_of_a_caller_stays)
{
	struct vprof_store_frame frame = { .offset = 32 };
	int64_t image, chain;

	begin_session(2 * MAX_AGE_S);
	write_slice("gone");
	begin_session(1);
	for (int i = 0; i < 3; i++) {
		begin_slice();
		image = put_image("caller");
		frame.image = image;
		chain = vprof_store_add_chain(store, &frame, 1);
		ck_assert_int_gt(chain, 0);
		add_row(0, chain);
		end_slice();
	}
	ck_assert(vprof_store_has_image(store, image));
	close_store();
	ck_assert_int_eq(store_file_ask(path, "SELECT id FROM image"), image);
	ck_assert_int_eq(count("image"), 1);
}
END_TEST

/* The last number given out would be SQLite's next again. */
START_TEST(a_number_is_never_anothers)
{
	int64_t gone, back;

	begin_session(2 * MAX_AGE_S);
	write_slice("kept");
	gone = write_slice("gone");
	begin_session(1);
	begin_slice();
	ck_assert(!vprof_store_has_image(store, gone));
	ck_assert_int_ne(put_image("other"), gone);
	ck_assert(!vprof_store_has_image(store, gone));
	back = put_image("gone");
	ck_assert_int_ne(back, gone);
	add_row(back, 0);
	end_slice();
	close_store();
	ck_assert_int_eq(store_file_ask(path, "SELECT count(*) FROM place "
					      "WHERE image NOT IN "
					      "(SELECT id FROM image)"),
			 0);
}
END_TEST

START_TEST(an_image_of_a_store_before_goes_too)
{
	int64_t kept;

	begin_session(2 * MAX_AGE_S);
	write_slice("gone");
	close_store();
	open_store();
	kept = go_on_with("kept");
	close_store();
	ck_assert_int_eq(store_file_ask(path, "SELECT id FROM image"), kept);
	ck_assert_int_eq(count("image"), 1);
}
END_TEST

/*
 * As of a machine that is started each day and keeps a week: what an older day
 * had, and no later one, goes with that day.
 */
START_TEST(what_was_used_last_is_known_in_a_store_that_is_continued)
{
	struct vprof_store_frame frame = { .offset = 32 };
	int64_t chain;

	begin_session(MAX_AGE_S / 2);
	name_image(write_slice("gone"));
	begin_slice();
	frame.image = put_image("caller that is gone");
	chain = vprof_store_add_chain(store, &frame, 1);
	add_row(0, chain);
	end_slice();
	begin_session(60);
	begin_slice();
	frame.image = put_image("caller");
	chain = vprof_store_add_chain(store, &frame, 1);
	add_row(put_image("kept"), chain);
	end_slice();
	name_image(put_image("kept"));
	close_store();

	open_store_for(MAX_AGE_S / 4);
	begin_session(1);
	write_slice("new");
	write_slice("new");
	close_store();
	ck_assert_int_eq(count("slice"), 3);
	ck_assert_int_eq(count("image"), 3);
	ck_assert_int_eq(store_file_ask(path, "SELECT count(*) FROM image "
					      "WHERE name LIKE '%gone'"),
			 0);
	ck_assert_int_eq(count("place"), 3);
	ck_assert_int_eq(count("chain"), 1);
	ck_assert_int_eq(count("symbol"), 1);
}
END_TEST

static int64_t put_guest(uint64_t number)
{
	const struct vprof_store_domain guest = { .kind = "kvm",
						  .number = number,
						  .name = "guest" };
	int64_t id = vprof_store_add_domain(store, &guest);

	ck_assert_int_gt(id, 0);
	return id;
}

/* An idle guest's recorder knows its number: that stays while the store is open. */
START_TEST(sessions_and_guests_go_with_their_last_slice)
{
	int64_t host, sampled;

	begin_session(2 * MAX_AGE_S);
	host = domain;
	domain = put_guest(1);
	write_slice("a");
	put_guest(2);
	close_store();
	open_store();
	begin_session(1);
	put_guest(2);
	domain = sampled = put_guest(3);
	write_slice("a");
	write_slice("a");
	close_store();
	ck_assert_int_eq(count("slice"), 2);
	ck_assert_int_eq(count("session"), 1);
	ck_assert_int_eq(store_file_ask(path, "SELECT max(id) FROM session"),
			 2);
	ck_assert_int_eq(count("domain"), 3);
	ck_assert_int_eq(count("domain WHERE number = 1"), 0);
	ck_assert_int_eq(store_file_ask(path, "SELECT max(id) FROM domain"),
			 sampled);
	ck_assert_int_eq(store_file_ask(path, "SELECT min(id) FROM domain"),
			 host);
}
END_TEST

/* ---- numbers: they are not given out again ---------------------------------- */

static void change(const char *sql)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static long get_most_kilobytes(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static void write_called_slice(void)
{
	const struct vprof_store_frame frame = { .offset = 32 };

	begin_slice();
	add_row(0, vprof_store_add_chain(store, &frame, 1));
	end_slice();
}

/* As of a store that has lived for months: vprofd's memory is bounded. */
START_TEST(large_numbers_take_no_memory)
{
	long before;

	begin_session(1);
	write_called_slice();
	close_store();
	change("UPDATE chain SET id = 200000000");
	change("UPDATE sample SET chain = 200000000");
	before = get_most_kilobytes();
	open_store();
	begin_session(1);
	write_called_slice();
	close_store();
	ck_assert_int_lt(get_most_kilobytes() - before, 64 << 10);
	ck_assert_int_eq(store_file_ask(path, "SELECT max(chain) FROM sample"),
			 200000000);
}
END_TEST

/* As many as that are there for years, or for months of a large machine. */
START_TEST(a_store_that_has_used_up_its_numbers_is_put_aside)
{
	char aside[sizeof(path) + 8];

	begin_session(1);
	write_slice("a");
	close_store();
	change("UPDATE place SET id = 2147483000");
	open_store();
	begin_session(1);
	write_slice("b");
	close_store();
	ck_assert_int_eq(count("slice"), 1);
	ck_assert_int_eq(store_file_ask(path, "SELECT max(id) FROM place"), 1);
	snprintf(aside, sizeof(aside), "%s.old", path);
	ck_assert_int_eq(store_file_ask(aside, "SELECT count(*) FROM slice"),
			 1);
}
END_TEST

START_TEST(an_image_that_was_rolled_back_is_not_there)
{
	int64_t image;

	begin_session(1);
	begin_slice();
	image = put_image("lost");
	add_row(image, 0);
	vprof_store_cancel_slice(store);
	ck_assert(!vprof_store_has_image(store, image));
	ck_assert(!vprof_store_has_image(store, 0));
	ck_assert(!vprof_store_has_image(store, -1));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		an_image_goes_with_its_last_sample,
		an_image_that_goes_on_stays,
		an_image_of_a_caller_stays,
		a_number_is_never_anothers,
		an_image_of_a_store_before_goes_too,
		what_was_used_last_is_known_in_a_store_that_is_continued,
		sessions_and_guests_go_with_their_last_slice,
		large_numbers_take_no_memory,
		a_store_that_has_used_up_its_numbers_is_put_aside,
		an_image_that_was_rolled_back_is_not_there,
	};

	Suite *suite = suite_create("images of a store");
	TCase *tcase = tcase_create("images of a store");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

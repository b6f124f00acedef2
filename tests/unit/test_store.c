// SPDX-License-Identifier: GPL-2.0-only
/* The profile store: what is written is what is read; crashes, full disks, bounds. */
#include "base/intern.h"
#include "store_file.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vprof/query.h>
#include <vprof/store.h>

#include "run_suite.h"

#define NS_PER_S 1000000000ull

enum { PATH_MAX_HERE = 256, KEYS_ALL = (1 << VPROF_NR_KEYS) - 1 };

static char dir[64];
static char path[PATH_MAX_HERE];

static void make_dir(void)
{
	strcpy(dir, "/tmp/vprof-test-store.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/vprof.store", dir);
}

static void remove_dir(void)
{
	char command[PATH_MAX_HERE];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	ck_assert_int_eq(system(command), 0);
}

static bool exists(const char *suffix)
{
	char name[PATH_MAX_HERE + 16];

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return !access(name, F_OK);
}

/* ---- a recording ------------------------------------------------------- */

struct recording {
	struct vprof_store *store;
	int64_t domain, event, process, image;
	struct vprof_accounts accounts;
	uint64_t now_ns;
	uint8_t context;
};

static const struct vprof_store_options plain = { .size = sizeof(plain) };

static int try_begin(struct recording *r,
		     const struct vprof_store_options *options)
{
	const struct vprof_event_spec event = { .name = "cpu-clock",
						.unit = "ns",
						.period = 1000 };
	const struct vprof_store_image image = { .name = "program" };
	const struct vprof_store_domain host = { .kind = "host",
						 .name = "host",
						 .names_from = "x" };
	struct vprof_store_session session = { .host = "here", .nr_cpus = 1 };
	struct vprof_error error = { 0 };
	struct timespec now;
	int ret;

	memset(r, 0, sizeof(*r));
	r->context = VPROF_SAMPLE_USER;
	ret = vprof_store_create(path, options, &r->store, &error);
	if (ret)
		return ret;
	clock_gettime(CLOCK_REALTIME, &now);
	session.start_wall_ns = now.tv_sec * NS_PER_S;
	ck_assert_int_gt(vprof_store_begin_session(r->store, &session), 0);
	r->event = vprof_store_add_event(r->store, &event);
	r->domain = vprof_store_add_domain(r->store, &host);
	r->process = vprof_store_add_process(r->store, r->domain, 1, 0, "init",
					     "/sbin/init");
	r->image = vprof_store_put_image(r->store, &image);
	ck_assert_int_gt(r->event, 0);
	ck_assert_int_gt(r->domain, 0);
	ck_assert_int_gt(r->process, 0);
	ck_assert_int_gt(r->image, 0);
	return 0;
}

static void begin(struct recording *r,
		  const struct vprof_store_options *options)
{
	ck_assert_int_eq(try_begin(r, options), 0);
}

static int add_row(struct recording *r, uint64_t offset, uint64_t count)
{
	const struct vprof_store_row row = { .event = r->event,
					     .domain = r->domain,
					     .process = r->process,
					     .image = r->image,
					     .offset = offset,
					     .count = count,
					     .context = r->context };

	r->accounts.taken += count;
	r->accounts.delivered += count;
	return vprof_store_add_row(r->store, &row);
}

static int end_slice(struct recording *r)
{
	struct vprof_store_account account;

	r->now_ns += NS_PER_S;
	account.event = r->event;
	account.domain = r->domain;
	account.grown = r->accounts;
	memset(&r->accounts, 0, sizeof(r->accounts));
	return vprof_store_end_slice(r->store, r->now_ns, &account, 1, NULL);
}

/* A slice of @nr_rows samples from place @first on; negative errno. */
static int write_slice(struct recording *r, uint64_t first, uint64_t nr_rows)
{
	int ret;

	ret = vprof_store_begin_slice(r->store, r->now_ns);
	for (uint64_t i = 0; !ret && i < nr_rows; i++)
		ret = add_row(r, first + i, 1);
	if (!ret)
		return end_slice(r);
	vprof_store_cancel_slice(r->store);
	return ret;
}

static struct vprof_query *ask(const struct vprof_profile **ret_profile)
{
	const struct vprof_query_options options = { .size = sizeof(options),
						     .keys = KEYS_ALL };
	struct vprof_error error = { 0 };
	struct vprof_query *query;

	ck_assert_int_eq(vprof_query_new(&options, &query, &error), 0);
	ck_assert_msg(!vprof_query_add_store(query, path, &error), "%s",
		      error.text);
	ck_assert_int_eq(vprof_query_finish(query, ret_profile, &error), 0);
	return query;
}

static uint64_t count_samples(void)
{
	const struct vprof_profile *profile;
	struct vprof_query *query = ask(&profile);
	uint64_t samples = profile->nr_events ? profile->events[0].samples : 0;

	vprof_query_free(query);
	return samples;
}

static int64_t get_number(const char *sql)
{
	return store_file_ask(path, sql);
}

#define NR_DANGLING_PLACES                                               \
	"SELECT count(*) FROM sample, json_each(sample.places) AS item " \
	"WHERE CAST(item.key AS INTEGER) NOT IN (SELECT id FROM place)"

/* ---- tests ------------------------------------------------------------- */

START_TEST(closed_store_is_one_file_that_reads_back)
{
	const struct vprof_profile *profile;
	struct vprof_query *query;
	struct recording r;

	begin(&r, &plain);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(write_slice(&r, 0, 100), 0);
	ck_assert(exists("-wal"));
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	ck_assert(!exists("-wal"));
	ck_assert(!exists("-shm"));
	query = ask(&profile);
	ck_assert_uint_eq(profile->events[0].samples, 500);
	ck_assert_uint_eq(profile->events[0].taken, 500);
	ck_assert_uint_eq(profile->events[0].nr_lines, 100);
	ck_assert_uint_eq(profile->events[0].lines[0].samples, 5);
	ck_assert_uint_eq(profile->events[0].all_weight, 500 * 1000);
	vprof_query_free(query);
}
END_TEST

START_TEST(open_store_is_readable_up_to_its_last_slice)
{
	struct recording r;

	begin(&r, &plain);
	ck_assert_int_eq(write_slice(&r, 0, 10), 0);
	ck_assert_int_eq(vprof_store_begin_slice(r.store, r.now_ns), 0);
	ck_assert_int_eq(add_row(&r, 5, 1000), 0);
	ck_assert_uint_eq(count_samples(), 10);
	ck_assert_int_eq(end_slice(&r), 0);
	ck_assert_uint_eq(count_samples(), 1010);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
}
END_TEST

START_TEST(kill_costs_the_open_slice_only)
{
	struct recording r;
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		begin(&r, &plain);
		for (int i = 0; i < 7; i++)
			write_slice(&r, 0, 50);
		vprof_store_begin_slice(r.store, r.now_ns);
		for (int i = 0; i < 1000; i++)
			add_row(&r, 5000 + i, 1);
		kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	ck_assert_uint_eq(count_samples(), 350);
	/* The next recording of that name leaves the old one whole. */
	begin(&r, &plain);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	strcat(path, ".old");
	ck_assert_uint_eq(count_samples(), 350);
	ck_assert(!exists("-wal"));
}
END_TEST

START_TEST(cancelled_slice_leaves_no_trace)
{
	struct recording r;

	begin(&r, &plain);
	ck_assert_int_eq(write_slice(&r, 0, 10), 0);
	ck_assert_int_eq(vprof_store_begin_slice(r.store, r.now_ns), 0);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(add_row(&r, 100 + i, 1), 0);
	vprof_store_cancel_slice(r.store);
	r.accounts = (struct vprof_accounts){ 0 };
	ck_assert_int_eq(write_slice(&r, 105, 10), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	ck_assert_uint_eq(count_samples(), 20);
	ck_assert_int_eq(get_number("SELECT count(*) FROM place"), 20);
	ck_assert_int_eq(get_number(NR_DANGLING_PLACES), 0);
	ck_assert_int_eq(get_number("SELECT sum(taken) FROM account"), 20);
}
END_TEST

START_TEST(accounts_are_differences_and_add_up)
{
	const struct vprof_profile_event *event;
	const struct vprof_profile *profile;
	struct vprof_query *query;
	struct recording r;

	begin(&r, &plain);
	for (uint64_t i = 1; i <= 4; i++) {
		r.accounts.taken += i;
		r.accounts.lost[VPROF_LOSS_FULL] += i;
		ck_assert_int_eq(write_slice(&r, 0, 10), 0);
	}
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	query = ask(&profile);
	event = &profile->events[0];
	ck_assert_uint_eq(event->taken, 50);
	ck_assert_uint_eq(event->delivered, 40);
	ck_assert_uint_eq(event->nr_losses, 1);
	ck_assert_uint_eq(event->losses[0].count, 10);
	ck_assert_str_eq(event->losses[0].reason,
			 vprof_loss_name(VPROF_LOSS_FULL));
	vprof_query_free(query);
}
END_TEST

START_TEST(second_writer_is_kept_out)
{
	struct vprof_store_options rolling = { .size = sizeof(rolling),
					       .is_rolling = true };
	struct recording r, other;

	begin(&r, &rolling);
	ck_assert_int_eq(try_begin(&other, &rolling), -EBUSY);
	ck_assert_int_eq(try_begin(&other, &plain), -EBUSY);
	ck_assert_int_eq(write_slice(&r, 0, 10), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	ck_assert_uint_eq(count_samples(), 10);
}
END_TEST

START_TEST(foreign_file_is_left_alone)
{
	static const char text[] = "not a store, and dear to somebody\n";
	char back[sizeof(text)] = "";
	struct recording r;
	int fd;

	fd = open(path, O_CREAT | O_WRONLY, 0600);
	ck_assert_int_eq(write(fd, text, sizeof(text)), sizeof(text));
	close(fd);
	ck_assert_int_eq(try_begin(&r, &plain), -EEXIST);
	fd = open(path, O_RDONLY);
	ck_assert_int_eq(read(fd, back, sizeof(back)), sizeof(text));
	close(fd);
	ck_assert_str_eq(back, text);
}
END_TEST

START_TEST(rolling_store_is_continued)
{
	struct vprof_store_options rolling = { .size = sizeof(rolling),
					       .is_rolling = true };
	struct recording r;

	for (int i = 0; i < 3; i++) {
		begin(&r, &rolling);
		ck_assert_int_eq(write_slice(&r, 0, 20), 0);
		if (i == 1)
			vprof_store_free(r.store); /* as when killed */
		else
			ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	}
	ck_assert_uint_eq(count_samples(), 60);
	ck_assert_int_eq(get_number("SELECT count(*) FROM place"), 20);
	ck_assert_int_eq(get_number("SELECT count(*) FROM image"), 1);
	ck_assert_int_eq(get_number("SELECT count(*) FROM event"), 1);
	ck_assert_int_eq(get_number("SELECT count(*) FROM session"), 3);
}
END_TEST

START_TEST(damaged_rolling_store_is_put_aside)
{
	struct vprof_store_options rolling = { .size = sizeof(rolling),
					       .is_rolling = true };
	struct recording r;

	begin(&r, &rolling);
	ck_assert_int_eq(write_slice(&r, 0, 2000), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	ck_assert_int_eq(truncate(path, 8192), 0);
	begin(&r, &rolling);
	ck_assert_int_eq(write_slice(&r, 0, 20), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	ck_assert_uint_eq(count_samples(), 20);
	ck_assert(exists(".old"));
}
END_TEST

/* New places and processes all the time: what is written about them goes too. */
START_TEST(rolling_store_stays_below_its_bound)
{
	enum { BOUND = 2 << 20 };
	struct vprof_store_options rolling = { .size = sizeof(rolling),
					       .is_rolling = true,
					       .max_bytes = BOUND };
	struct recording r;
	uint64_t size, largest = 0;

	begin(&r, &rolling);
	for (uint64_t i = 0; i < 400; i++) {
		r.process = vprof_store_add_process(r.store, r.domain,
						    INT32_MAX - 1, i, "gone",
						    "/usr/bin/gone");
		ck_assert_int_gt(r.process, 0);
		ck_assert_int_eq(write_slice(&r, i * 300, 500), 0);
		size = vprof_store_get_size(r.store);
		if (size > largest)
			largest = size;
	}
	ck_assert_uint_le(largest, BOUND);
	/* and it is of use: it holds a good part of what it may */
	ck_assert_uint_ge(size, BOUND / 2);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	ck_assert_int_gt(get_number("SELECT count(*) FROM slice"), 20);
	ck_assert_int_lt(get_number("SELECT count(*) FROM slice"), 400);
	ck_assert_int_eq(get_number("SELECT max(id) FROM slice"), 400);
	ck_assert_int_eq(get_number(NR_DANGLING_PLACES), 0);
	ck_assert_int_eq(get_number("SELECT count(*) FROM sample WHERE charge "
				    "NOT IN (SELECT id FROM charge)"),
			 0);
	ck_assert_int_eq(get_number("SELECT count(*) FROM charge WHERE process "
				    "NOT IN (SELECT id FROM process)"),
			 0);
	ck_assert_int_eq(get_number("SELECT count(*) FROM sample"),
			 get_number("SELECT sum(last_sample - first_sample + "
				    "1) FROM slice"));
	ck_assert_int_eq(get_number("SELECT count(*) FROM account"),
			 get_number("SELECT count(*) FROM slice"));
	ck_assert_int_lt(get_number("SELECT count(*) FROM place"), 300 * 200);
}
END_TEST

START_TEST(smaller_bound_shrinks_the_file)
{
	struct vprof_store_options rolling = { .size = sizeof(rolling),
					       .is_rolling = true,
					       .max_bytes = 16 << 20 };
	struct recording r;

	begin(&r, &rolling);
	for (uint64_t i = 0; i < 300; i++)
		ck_assert_int_eq(write_slice(&r, 0, 1000), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	rolling.max_bytes = 2 << 20;
	begin(&r, &rolling);
	for (uint64_t i = 0; i < 20; i++)
		ck_assert_int_eq(write_slice(&r, 0, 1000), 0);
	ck_assert_uint_le(vprof_store_get_size(r.store), 2 << 20);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	ck_assert_int_eq(get_number("SELECT max(id) FROM slice"), 320);
}
END_TEST

static void begin_past(struct recording *r, uint64_t age_s)
{
	const struct vprof_event_spec event = { .name = "cpu-clock" };
	struct vprof_store_session past = { .host = "here" };

	past.start_wall_ns = (time(NULL) - age_s) * NS_PER_S;
	ck_assert_int_gt(vprof_store_begin_session(r->store, &past), 0);
	r->event = vprof_store_add_event(r->store, &event);
	r->accounts = (struct vprof_accounts){ 0 };
	r->now_ns = 0;
}

START_TEST(old_slices_go)
{
	struct vprof_store_options rolling = { .size = sizeof(rolling),
					       .is_rolling = true,
					       .max_age_s = 3600 };
	struct recording r;

	begin(&r, &rolling);
	begin_past(&r, 7200);
	for (int i = 0; i < 5; i++)
		write_slice(&r, 0, 10);
	begin_past(&r, 60);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(write_slice(&r, 50, 10), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	ck_assert_int_eq(get_number("SELECT count(*) FROM slice"), 3);
	ck_assert_int_eq(get_number("SELECT sum(count) FROM sample"), 30);
}
END_TEST

/* Before the time was set, or a clock's battery was empty. */
START_TEST(a_slice_of_a_clock_ahead_keeps_no_old_ones)
{
	struct vprof_store_options rolling = { .size = sizeof(rolling),
					       .is_rolling = true };
	struct recording r;

	begin(&r, &rolling);
	begin_past(&r, -(uint64_t)1000000);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(write_slice(&r, 0, 1), 0);
	begin_past(&r, 7200);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(write_slice(&r, 0, 10), 0);
	begin_past(&r, 60);
	ck_assert_int_eq(write_slice(&r, 50, 100), 0);
	begin_past(&r, -(uint64_t)1000000);
	ck_assert_int_eq(write_slice(&r, 0, 1000), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	ck_assert_int_eq(get_number("SELECT count(*) FROM slice"), 10);
	rolling.max_age_s = 3600;
	begin(&r, &rolling);
	begin_past(&r, 30);
	ck_assert_int_eq(write_slice(&r, 50, 10000), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	ck_assert_int_eq(get_number("SELECT sum(count) FROM sample"), 11100);
}
END_TEST

/* Its accounts stay when the last slice goes, and must be no later one's. */
START_TEST(slices_that_went_keep_their_numbers)
{
	struct vprof_store_options rolling = { .size = sizeof(rolling),
					       .is_rolling = true };
	struct recording r;

	begin(&r, &rolling);
	begin_past(&r, 7200);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(write_slice(&r, 0, 10), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	rolling.max_age_s = 3600;
	begin(&r, &rolling);
	/* all of them go, and then it is killed */
	ck_assert_int_eq(vprof_store_begin_slice(r.store, 0), 0);
	vprof_store_free(r.store);
	ck_assert_int_eq(get_number("SELECT count(*) FROM slice"), 0);
	begin(&r, &rolling);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(write_slice(&r, 0, 10), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	ck_assert_int_eq(get_number("SELECT sum(taken) FROM account JOIN slice "
				    "ON slice.id = account.slice"),
			 40);
}
END_TEST

/* A host that starts a machine for each job has thousands within a week. */
START_TEST(guests_without_number_do_not_damage_a_store)
{
	enum { NR_GUESTS = 5000 };
	struct vprof_store_domain guest = { .kind = "kvm" };
	const struct vprof_profile_domain *last;
	const struct vprof_profile *profile;
	struct vprof_query *query;
	struct recording r;
	char name[32];

	begin(&r, &plain);
	ck_assert_int_eq(vprof_store_begin_slice(r.store, 0), 0);
	for (int i = 0; i < NR_GUESTS; i++) {
		snprintf(name, sizeof(name), "job-%d", i);
		guest.name = name;
		guest.number = 1000 + i;
		r.domain = vprof_store_add_domain(r.store, &guest);
		ck_assert_int_gt(r.domain, 0);
		ck_assert_int_eq(add_row(&r, 0, 1), 0);
	}
	ck_assert_int_eq(end_slice(&r), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	query = ask(&profile);
	ck_assert_uint_eq(profile->events[0].samples, NR_GUESTS);
	last = &profile->domains[profile->nr_domains - 1];
	ck_assert_str_eq(last->name, "other guests");
	ck_assert_uint_gt(
		profile->events[0].domain_sums[profile->nr_domains - 1].samples,
		1);
	vprof_query_free(query);
}
END_TEST

/* A slice is a second: who was off for a week must not stand still for as many. */
START_TEST(many_old_slices_go_some_at_a_time)
{
	struct vprof_store_options rolling = { .size = sizeof(rolling),
					       .is_rolling = true };
	struct recording r;
	int64_t nr;

	begin(&r, &rolling);
	begin_past(&r, 100000);
	for (int i = 0; i < 6000; i++)
		ck_assert_int_eq(write_slice(&r, 0, 1), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	rolling.max_age_s = 3600;
	begin(&r, &rolling);
	begin_past(&r, 60);
	ck_assert_int_eq(write_slice(&r, 0, 1), 0);
	nr = get_number("SELECT count(*) FROM slice");
	ck_assert_int_gt(nr, 1);
	ck_assert_int_lt(nr, 5000);
	ck_assert_int_eq(write_slice(&r, 0, 1), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	ck_assert_int_eq(get_number("SELECT count(*) FROM slice"), 2);
}
END_TEST

/* More readers than anybody has: a slice may have to wait, and that is all. */
START_TEST(readers_and_writer_go_on_together)
{
	struct vprof_store_options rolling = { .size = sizeof(rolling),
					       .is_rolling = true,
					       .max_bytes = 2 << 20 };
	int status, ret, nr_written = 0;
	struct recording r;
	pid_t pid;

	begin(&r, &rolling);
	ck_assert_int_eq(write_slice(&r, 0, 10), 0);
	pid = fork();
	if (!pid) {
		for (int i = 0; i < 30; i++)
			if (!count_samples())
				_exit(1);
		_exit(0);
	}
	while (!waitpid(pid, &status, WNOHANG)) {
		ret = write_slice(&r, 0, 300);
		ck_assert(!ret || ret == -EBUSY);
		nr_written += !ret;
		ck_assert_uint_le(vprof_store_get_size(r.store), 2 << 20);
	}
	ck_assert_int_eq(status, 0);
	ck_assert_int_gt(nr_written, 0);
	ck_assert_int_eq(write_slice(&r, 0, 300), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
}
END_TEST

/* A reader that never ends: the log can't be settled, and must not grow on. */
START_TEST(reader_that_stays_can_not_fill_the_disk)
{
	struct vprof_store_options rolling = { .size = sizeof(rolling),
					       .is_rolling = true,
					       .max_bytes = 2 << 20 };
	struct recording r;
	sqlite3 *db;
	int ret = 0;

	begin(&r, &rolling);
	ck_assert_int_eq(write_slice(&r, 0, 10), 0);
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "BEGIN; SELECT * FROM slice", NULL,
				      NULL, NULL),
			 SQLITE_OK);
	for (int i = 0; i < 1000 && !ret; i++)
		ret = write_slice(&r, 0, 300);
	ck_assert_int_eq(ret, -EBUSY);
	ck_assert_uint_le(vprof_store_get_size(r.store), 2 << 20);
	sqlite3_close(db);
	ck_assert_int_eq(write_slice(&r, 0, 300), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
}
END_TEST

START_TEST(full_disk_keeps_what_was_committed)
{
	uint64_t good = 0;
	struct recording r;
	int ret = 0;

	if (mount("none", dir, "tmpfs", 0, "size=600k")) {
		puts("# SKIP a full disk: no permission to mount a small one");
		return;
	}
	ret = try_begin(&r, &plain);
	ck_assert_int_eq(ret, 0);
	for (uint64_t i = 0; i < 1000 && !ret; i++) {
		ret = write_slice(&r, i * 400, 400);
		if (!ret)
			good += 400;
	}
	ck_assert_int_eq(ret, -ENOSPC);
	ck_assert_uint_gt(good, 0);
	ck_assert_uint_eq(count_samples(), good);
	ret = vprof_store_close(r.store, NULL);
	ck_assert(ret == 0 || ret == -ENOSPC);
	ck_assert_uint_eq(count_samples(), good);
	ck_assert_int_eq(umount(dir), 0);
}
END_TEST

/* ---- names ------------------------------------------------------------- */

static int find_name(void *data, uint64_t offset,
		     struct vprof_symbol *ret_symbol)
{
	(*(int *)data)++;
	if (offset >= 0x300)
		return -ENOENT;
	*ret_symbol = (struct vprof_symbol){
		.name = offset < 0x100 ? "low" : "high",
		.offset = offset & ~0xffull,
		.size = 0x100,
	};
	return 0;
}

START_TEST(places_are_asked_for_their_names_once)
{
	const struct vprof_profile *profile;
	struct vprof_query *query;
	struct recording r;
	int nr_asked = 0;
	struct vprof_store_names names = { .find = find_name,
					   .data = &nr_asked };

	begin(&r, &plain);
	names.image = r.image;
	ck_assert_int_eq(write_slice(&r, 0, 0x400), 0);
	ck_assert_int_eq(vprof_store_name_image(r.store, &names), 0);
	ck_assert_int_eq(nr_asked, 0x400);
	ck_assert_int_eq(write_slice(&r, 0, 0x401), 0);
	ck_assert_int_eq(vprof_store_name_image(r.store, &names), 0);
	ck_assert_int_eq(nr_asked, 0x401);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	ck_assert_int_eq(get_number("SELECT count(*) FROM symbol"), 3);
	query = ask(&profile);
	ck_assert_uint_eq(profile->events[0].lines[0].samples, 0x400);
	ck_assert_str_eq(profile->events[0].lines[0].symbol, "high");
	ck_assert_uint_eq(profile->nr_unnamed, 1);
	ck_assert_uint_eq(profile->unnamed[0].samples, 0x201);
	vprof_query_free(query);
}
END_TEST

/* One of them has a name. */
static int find_last(void *data, uint64_t offset,
		     struct vprof_symbol *ret_symbol)
{
	(void)data;
	*ret_symbol = (struct vprof_symbol){ "last", 0xfffffffffeffff00, 256 };
	return offset == 0xfffffffffeffffff ? 0 : -ENOENT;
}

/* As a guest's code is kept that was sampled before its kernel was found. */
START_TEST(code_at_an_address_of_modules_is_a_drivers)
{
	static const uint64_t places[] = { 0x1000,
					   0xffffffff81001000,
					   0xffffffffbfffffff,
					   0xffffffffc0000000,
					   0xfffffffffeffffff,
					   0xffffffffff600000 };
	const struct vprof_profile *profile;
	const uint64_t *parts;
	struct vprof_query *query;
	struct recording r;
	struct vprof_store_names names = { .find = find_last };

	begin(&r, &plain);
	r.context = VPROF_SAMPLE_KERNEL;
	ck_assert_int_eq(vprof_store_begin_slice(r.store, 0), 0);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		ck_assert_int_eq(add_row(&r, places[i], 1 << i), 0);
	ck_assert_int_eq(end_slice(&r), 0);
	names.image = r.image;
	ck_assert_int_eq(vprof_store_name_image(r.store, &names), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	query = ask(&profile);
	parts = profile->events[0].domain_sums[0].part_weight;
	ck_assert_uint_eq(parts[VPROF_PART_DRIVER], (8 + 16) * 1000);
	ck_assert_uint_eq(parts[VPROF_PART_KERNEL], (1 + 2 + 4 + 32) * 1000);
	vprof_query_free(query);
}
END_TEST

START_TEST(image_without_names_keeps_the_reason)
{
	const struct vprof_profile *profile;
	struct vprof_query *query;
	struct recording r;
	struct vprof_store_names names = { .why = "it is stripped" };

	begin(&r, &plain);
	names.image = r.image;
	ck_assert_int_eq(write_slice(&r, 0, 5), 0);
	ck_assert_int_eq(vprof_store_name_image(r.store, &names), 0);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	query = ask(&profile);
	ck_assert_str_eq(profile->unnamed[0].why, "it is stripped");
	ck_assert_ptr_null(profile->events[0].lines[0].symbol);
	vprof_query_free(query);
}
END_TEST

START_TEST(names_that_may_come_are_asked_for_again)
{
	const struct vprof_profile *profile;
	struct vprof_query *query;
	struct recording r;
	int nr_asked = 0;
	struct vprof_store_names names = { .why = "not found yet",
					   .may_come = true };

	begin(&r, &plain);
	names.image = r.image;
	ck_assert_int_eq(write_slice(&r, 0, 5), 0);
	ck_assert_int_eq(vprof_store_name_image(r.store, &names), 0);
	names = (struct vprof_store_names){ .image = r.image,
					    .find = find_name,
					    .data = &nr_asked };
	ck_assert_int_eq(vprof_store_name_image(r.store, &names), 0);
	ck_assert_int_eq(nr_asked, 5);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	query = ask(&profile);
	ck_assert_str_eq(profile->events[0].lines[0].symbol, "low");
	ck_assert_uint_eq(profile->nr_unnamed, 0);
	vprof_query_free(query);
}
END_TEST

START_TEST(chains_share_their_outer_part)
{
	struct vprof_store_frame frames[100] = { 0 };
	struct recording r;
	int64_t first, second;

	begin(&r, &plain);
	for (int i = 0; i < 100; i++)
		frames[i] = (struct vprof_store_frame){ r.image, 1000 + i, 2 };
	first = vprof_store_add_chain(r.store, frames, 100);
	ck_assert_int_gt(first, 0);
	ck_assert_int_eq(vprof_store_add_chain(r.store, frames, 100), first);
	frames[0].offset = 5;
	second = vprof_store_add_chain(r.store, frames, 100);
	ck_assert_int_ne(second, first);
	ck_assert_int_eq(vprof_store_add_chain(r.store, frames, 0), -EINVAL);
	ck_assert_int_eq(vprof_store_close(r.store, NULL), 0);
	ck_assert_int_eq(get_number("SELECT count(*) FROM chain"), 101);
}
END_TEST

/* ---- pairs to numbers -------------------------------------------------- */

static bool is_even(const struct vprof_intern_entry *entry, void *data)
{
	(void)data;
	return entry->id % 2 == 0;
}

START_TEST(pairs_keep_their_numbers)
{
	struct vprof_intern table;
	struct vprof_intern_entry *entry;
	bool is_new;

	ck_assert_int_eq(vprof_intern_init(&table), 0);
	for (uint64_t i = 0; i < 5000; i++) {
		entry = vprof_intern_get(&table, i % 7, i, &is_new);
		ck_assert(is_new);
		ck_assert_uint_eq(entry->id, i + 1);
	}
	for (uint64_t i = 0; i < 5000; i++)
		ck_assert_uint_eq(
			vprof_intern_get(&table, i % 7, i, &is_new)->id, i + 1);
	ck_assert_int_eq(vprof_intern_remove_if(&table, is_even, NULL), 0);
	ck_assert_uint_eq(vprof_intern_get(&table, 0, 0, &is_new)->id, 1);
	ck_assert(!is_new);
	ck_assert_uint_eq(vprof_intern_get(&table, 1, 1, &is_new)->id, 5001);
	ck_assert(is_new);
	vprof_intern_destroy(&table);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		closed_store_is_one_file_that_reads_back,
		open_store_is_readable_up_to_its_last_slice,
		kill_costs_the_open_slice_only,
		cancelled_slice_leaves_no_trace,
		accounts_are_differences_and_add_up,
		second_writer_is_kept_out,
		foreign_file_is_left_alone,
		rolling_store_is_continued,
		damaged_rolling_store_is_put_aside,
		rolling_store_stays_below_its_bound,
		smaller_bound_shrinks_the_file,
		old_slices_go,
		a_slice_of_a_clock_ahead_keeps_no_old_ones,
		slices_that_went_keep_their_numbers,
		guests_without_number_do_not_damage_a_store,
		many_old_slices_go_some_at_a_time,
		readers_and_writer_go_on_together,
		reader_that_stays_can_not_fill_the_disk,
		full_disk_keeps_what_was_committed,
		places_are_asked_for_their_names_once,
		code_at_an_address_of_modules_is_a_drivers,
		image_without_names_keeps_the_reason,
		names_that_may_come_are_asked_for_again,
		chains_share_their_outer_part,
		pairs_keep_their_numbers,
	};
	Suite *suite = suite_create("store");
	TCase *tcase = tcase_create("store");

	tcase_add_checked_fixture(tcase, make_dir, remove_dir);
	tcase_set_timeout(tcase, 300);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

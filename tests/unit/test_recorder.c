// SPDX-License-Identifier: GPL-2.0-only
/*
 * From capture to store, with a capture made by hand: linked before the library,
 * its vprof_capture_kmod_ops is the one that is used.
 */
#include "capture/accounts.h"
#include "capture/capture.h"
#include "locked_store.h"
#include "record/recording.h"
#include "store_file.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vprof/recorder.h>

#include "run_suite.h"

enum { NR_EVENTS = 2, PATH_LEN = 64 };

static struct {
	struct vprof_capture base;
	struct vprof_accounts accounts[NR_EVENTS];
	/* handed out by the next reading, so many times */
	struct vprof_sample sample;
	unsigned int nr_waiting;
	bool is_running;
} fake;

static struct vprof_recorder *recorder;
static char path[PATH_LEN];

static int open_fake(const struct vprof_capture_options *options,
		     struct vprof_capture **ret_capture,
		     struct vprof_error *err)
{
	(void)options;
	(void)err;
	memset(&fake, 0, sizeof(fake));
	fake.base.fd = eventfd(0, EFD_CLOEXEC);
	fake.base.info.nr_cpus = 1;
	fake.base.info.is_whole_machine = true;
	*ret_capture = &fake.base;
	return 0;
}

static void free_fake(struct vprof_capture *capture)
{
	close(capture->fd);
}

static int start_fake(struct vprof_capture *capture, struct vprof_error *err)
{
	(void)capture;
	(void)err;
	fake.is_running = true;
	return 0;
}

static int stop_fake(struct vprof_capture *capture, struct vprof_error *err)
{
	(void)capture;
	(void)err;
	fake.is_running = false;
	return 0;
}

static void mark_fake(struct vprof_capture *capture)
{
	(void)capture;
}

static ssize_t read_fake(struct vprof_capture *capture,
			 const struct vprof_capture_handler *handler)
{
	unsigned int nr = fake.nr_waiting;

	(void)capture;
	for (unsigned int i = 0; i < nr; i++)
		handler->sample(handler->data, &fake.sample);
	fake.accounts[fake.sample.event].delivered += nr;
	fake.nr_waiting = 0;
	return nr;
}

static int get_accounts_fake(struct vprof_capture *capture, unsigned int domain,
			     unsigned int event,
			     struct vprof_accounts *ret_accounts)
{
	(void)capture;
	(void)domain;
	vprof_accounts_settle(&fake.accounts[event]);
	*ret_accounts = fake.accounts[event];
	return 0;
}

const struct vprof_capture_ops vprof_capture_kmod_ops = {
	.name = "kmod",
	.open = open_fake,
	.free = free_fake,
	.start = start_fake,
	.stop = stop_fake,
	.mark = mark_fake,
	.read = read_fake,
	.get_accounts = get_accounts_fake,
};

/*
 * @max_age_s: not 0: of a store that rolls.
 *
 * Return: false where this user may not follow processes.
 */
static bool begin_with(pid_t only_pid, const char *store_path,
		       uint64_t max_age_s)
{
	struct vprof_event_spec events[NR_EVENTS];
	struct vprof_recorder_options options = {
		.size = sizeof(options),
		.capture = { .size = sizeof(options.capture),
			     .kind = VPROF_CAPTURE_KMOD,
			     .events = events,
			     .nr_events = NR_EVENTS,
			     .pid = only_pid },
		.store = { .size = sizeof(options.store),
			   .is_rolling = max_age_s != 0,
			   .max_age_s = max_age_s },
		.store_path = store_path,
		/* no clock ends a slice here */
		.slice_ns = UINT64_MAX,
	};
	struct vprof_error err = { 0 };
	int ret;

	ck_assert_int_eq(vprof_event_parse("cycles", NULL, &events[0], &err),
			 0);
	ck_assert_int_eq(vprof_event_parse("r46", NULL, &events[1], &err), 0);
	ret = vprof_recorder_new(&options, &recorder, &err);
	if (ret == -EACCES || ret == -EPERM) {
		printf("# SKIP %s\n", err.text);
		return false;
	}
	ck_assert_msg(!ret, "%s", err.text);
	ck_assert_int_eq(vprof_recorder_start(recorder, &err), 0);
	ck_assert(fake.is_running);
	return true;
}

static bool begin(pid_t only_pid, const char *store_path)
{
	return begin_with(only_pid, store_path, 0);
}

static void set_up(void)
{
	snprintf(path, sizeof(path), "/tmp/vprof-test-recorder.%d", getpid());
	unlink(path);
}

static void tear_down(void)
{
	vprof_recorder_free(recorder);
	store_file_remove(path);
}

static void take_at(pid_t pid, const void *ip, unsigned int event,
		    uint64_t weight, unsigned int nr)
{
	struct timespec now;
	struct vprof_error err = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	fake.sample = (struct vprof_sample){
		.time_ns = (uint64_t)now.tv_sec * 1000000000 +
			   (uint64_t)now.tv_nsec,
		.ip = (uint64_t)(uintptr_t)ip,
		.weight = weight,
		.pid = (uint32_t)pid,
		.event = (uint8_t)event,
		.context = VPROF_SAMPLE_USER,
	};
	fake.nr_waiting = nr;
	ck_assert_msg(!vprof_recorder_run_once(recorder, &err), "%s", err.text);
}

static void take(pid_t pid, unsigned int event, uint64_t weight,
		 unsigned int nr)
{
	take_at(pid, (const void *)(uintptr_t)take, event, weight, nr);
}

static int64_t ask(const char *sql)
{
	return store_file_ask(path, sql);
}

START_TEST(equal_samples_are_one_row_of_a_slice)
{
	struct vprof_error err = { 0 };

	if (!begin(0, path))
		return;
	take(getpid(), 0, 0, 100);
	take(getpid(), 0, 0, 50);
	take(getpid(), 1, 777, 3);
	ck_assert_int_eq(vprof_recorder_flush(recorder, &err), 0);
	take(getpid(), 0, 0, 7);
	ck_assert_msg(!vprof_recorder_finish(recorder, &err), "%s", err.text);
	ck_assert(!fake.is_running);
	ck_assert_int_eq(ask("SELECT count(*) FROM slice"), 2);
	ck_assert_int_eq(ask("SELECT count(*) FROM samples"), 3);
	ck_assert_int_eq(ask("SELECT sum(count) FROM sample"), 160);
	ck_assert_int_eq(ask("SELECT sum(count) FROM samples "
			     "WHERE symbol = 'take'"),
			 160);
	ck_assert_int_eq(ask("SELECT sum(weight) FROM samples "
			     "WHERE event = 'r46'"),
			 3 * 777);
}
END_TEST

START_TEST(only_the_tree_of_a_process_is_kept)
{
	struct vprof_recorder_status status;
	pid_t child, other;

	other = fork();
	if (!other) {
		pause();
		_exit(0);
	}
	child = fork();
	if (!child) {
		pause();
		_exit(0);
	}
	if (begin(child, path)) {
		take(child, 0, 0, 10);
		take(other, 0, 0, 20);
		take(getpid(), 0, 0, 40);
		take(0, 0, 0, 80); /* idle */
		vprof_recorder_get_status(recorder, &status);
		ck_assert_uint_eq(status.samples, 10);
		ck_assert_uint_eq(status.outside, 140);
		ck_assert_uint_eq(status.accounts.delivered, 150);
	}
	kill(child, SIGKILL);
	kill(other, SIGKILL);
	waitpid(child, NULL, 0);
	waitpid(other, NULL, 0);
}
END_TEST

START_TEST(what_a_full_disk_takes_is_lost_and_counted)
{
	struct vprof_recorder_status status;
	struct vprof_accounts accounts;
	struct rlimit old, none = { 0 };
	struct vprof_error err = { 0 };
	int ret;

	if (!begin(0, path))
		return;
	take(getpid(), 0, 0, 5);
	ck_assert_int_eq(vprof_recorder_flush(recorder, &err), 0);
	take(getpid(), 1, 0, 1009);
	/* as good as a full disk: no file may grow */
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	none.rlim_max = old.rlim_max;
	/* without an assertion in between: those write to a file */
	setrlimit(RLIMIT_FSIZE, &none);
	ret = vprof_recorder_flush(recorder, &err);
	setrlimit(RLIMIT_FSIZE, &old);
	ck_assert_int_lt(ret, 0);
	ck_assert_ptr_nonnull(
		strstr(err.text, "Counting has stopped; 5 samples are kept, "
				 "the last 1,009 are lost"));
	ck_assert(!fake.is_running);
	vprof_recorder_get_status(recorder, &status);
	ck_assert_uint_eq(status.samples, 5);
	ck_assert_uint_eq(status.accounts.taken, 1014);
	ck_assert_int_eq(vprof_recorder_get_accounts(recorder, 1, &accounts),
			 0);
	ck_assert_uint_eq(accounts.delivered, 0);
	ck_assert_uint_eq(accounts.lost[VPROF_LOSS_NOT_STORED], 1009);
	/* and it stays so */
	ck_assert_int_lt(vprof_recorder_run_once(recorder, &err), 0);
	ck_assert_int_lt(vprof_recorder_finish(recorder, &err), 0);
	ck_assert_ptr_nonnull(strstr(err.text, "Counting has stopped"));
}
END_TEST

START_TEST(a_slice_lost_to_a_program_that_stays_is_said_so)
{
	struct vprof_error err = { 0 };
	char sentence[LOCKED_STORE_SENTENCE];

	if (!begin(0, path))
		return;
	take(getpid(), 0, 0, 1);
	ck_assert_int_eq(vprof_recorder_flush(recorder, &err), 0);
	take(getpid(), 0, 0, 1);
	locked_store_stop(recorder, path, sentence);
	ck_assert_msg(strstr(sentence, "A slice is lost"), "%s", sentence);
}
END_TEST

START_TEST(accounts_end_with_the_last_event)
{
	struct vprof_accounts accounts;

	if (!begin(0, path))
		return;
	ck_assert_int_eq(vprof_recorder_get_accounts(recorder, 1, &accounts),
			 0);
	ck_assert_int_eq(vprof_recorder_get_accounts(recorder, 2, &accounts),
			 -ENOENT);
}
END_TEST

static void flush_some(void)
{
	struct vprof_error err = { 0 };

	for (int i = 0; i < 3; i++) {
		take(getpid(), 0, 0, 1);
		ck_assert_int_eq(vprof_recorder_flush(recorder, &err), 0);
	}
}

static pid_t start_child(void)
{
	pid_t child = fork();

	if (child)
		return child;
	pause();
	_exit(0);
}

static void end_child(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/*
 * Idle for longer than the store looks back, and then it ends at work. _i: it is
 * the last one that the store knows, and another is new when it ends.
 */
START_TEST(the_last_samples_of_a_process_are_its_own)
{
	struct vprof_error err = { 0 };
	pid_t child = start_child();
	char sql[128];
	pid_t other;

	if (!begin_with(0, path, 1)) {
		end_child(child);
		return;
	}
	if (_i)
		take(getpid(), 0, 0, 1);
	take(child, 0, 0, 10);
	ck_assert_int_eq(vprof_recorder_flush(recorder, &err), 0);
	sleep(3);
	flush_some();
	ck_assert_int_eq(ask("SELECT count(*) FROM sample WHERE count = 10"),
			 0);
	sleep(3);
	end_child(child);
	other = start_child();
	if (_i)
		take(other, 0, 0, 40);
	take(child, 0, 0, 20);
	ck_assert_int_eq(vprof_recorder_flush(recorder, &err), 0);
	end_child(other);
	snprintf(sql, sizeof(sql),
		 "SELECT sum(count) FROM samples WHERE pid = %d", (int)child);
	ck_assert_int_eq(ask(sql), 20);
}
END_TEST

/* A child that has a program's copy of its own, as a build has thousands. */
static pid_t start_with_copy(const char *copy, const void **ret_ip)
{
	char command[128];
	pid_t child;
	void *code;
	int fd;

	snprintf(command, sizeof(command), "cp /proc/%d/exe %s", getpid(),
		 copy);
	ck_assert_int_eq(system(command), 0);
	fd = open(copy, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	ck_assert_ptr_ne(code, MAP_FAILED);
	close(fd);
	child = start_child();
	munmap(code, 4096);
	*ret_ip = code;
	return child;
}

static bool has_image(const char *copy)
{
	const struct vprof_slice_writer *writer = &recorder->writer;

	for (size_t i = 0; i < writer->nr_images; i++)
		if (!strcmp(vprof_image_get_path(writer->images[i]), copy))
			return true;
	return false;
}

START_TEST(an_image_goes_with_the_last_process_that_maps_it)
{
	struct vprof_error err = { 0 };
	char copy[PATH_LEN + sizeof(".copy")];
	const void *ip;
	pid_t child;

	snprintf(copy, sizeof(copy), "%s.copy", path);
	child = start_with_copy(copy, &ip);
	if (!begin(0, path)) {
		end_child(child);
		remove(copy);
		return;
	}
	take_at(child, ip, 0, 0, 10);
	ck_assert_int_eq(vprof_recorder_flush(recorder, &err), 0);
	ck_assert(has_image(copy));
	flush_some();
	ck_assert(has_image(copy));
	end_child(child);
	flush_some();
	ck_assert(!has_image(copy));
	ck_assert_int_eq(ask("SELECT sum(count) FROM samples WHERE image LIKE "
			     "'%.copy'"),
			 10);
	remove(copy);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("recorder");
	TCase *tcase = tcase_create("recorder");

	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, equal_samples_are_one_row_of_a_slice);
	tcase_add_test(tcase, only_the_tree_of_a_process_is_kept);
	tcase_add_test(tcase, what_a_full_disk_takes_is_lost_and_counted);
	tcase_add_test(tcase, a_slice_lost_to_a_program_that_stays_is_said_so);
	tcase_add_test(tcase, accounts_end_with_the_last_event);
	tcase_add_loop_test(tcase, the_last_samples_of_a_process_are_its_own, 0,
			    2);
	tcase_add_test(tcase, an_image_goes_with_the_last_process_that_maps_it);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

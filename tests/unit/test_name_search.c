// SPDX-License-Identifier: LGPL-2.1-or-later
/* The names of guests' kernels, looked for while the recording goes on. */
#include "fake_guests.h"

#include <dirent.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "guest_pieces.h"
#include "made_guest.h"
#include "run_suite.h"

enum { NS_PER_MS = 1000000, MS_PER_S = 1000, MADE_START_KERNEL = 0x180 };

/* ---- a guest's memory ------------------------------------------------------- */

static struct memory {
	struct made_guest guest;
	struct pieces pieces;
	uint64_t nap_ms; /* before each read */
	bool burns;      /* instead of a nap */
	atomic_uint nr_reads;
	int code; /* it cannot be opened */
} memory;

static uint64_t read_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * MS_PER_S +
	       (uint64_t)now.tv_nsec / NS_PER_MS;
}

static void nap(uint64_t ms)
{
	struct timespec time = { .tv_sec = (time_t)(ms / MS_PER_S),
				 .tv_nsec = (long)(ms % MS_PER_S) * NS_PER_MS };

	nanosleep(&time, NULL);
}

static int read_made(void *data, uint64_t address, void *buffer, size_t size)
{
	uint64_t began = read_ms(CLOCK_THREAD_CPUTIME_ID);

	atomic_fetch_add(&memory.nr_reads, 1);
	if (memory.burns)
		while (read_ms(CLOCK_THREAD_CPUTIME_ID) - began < memory.nap_ms)
			;
	else if (memory.nap_ms)
		nap(memory.nap_ms);
	return pieces_read(data, address, buffer, size);
}

/* In place of the library's. */
int vprof_guest_memory_open_process(pid_t vmm,
				    struct vprof_guest_memory **ret_memory,
				    struct vprof_error *err)
{
	struct vprof_guest_memory *made = malloc(sizeof(*made));

	(void)vmm;
	ck_assert_ptr_nonnull(made);
	if (memory.code) {
		free(made);
		return vprof_error_set(err, memory.code, "no memory of it");
	}
	pieces_open(&memory.pieces, memory.guest.bytes, memory.guest.size,
		    made);
	made->read = read_made;
	*ret_memory = made;
	return 0;
}

/* ---- what tests are made of --------------------------------------------------- */

static void set_up_memory(void)
{
	set_up();
	memset(&memory, 0, sizeof(memory));
	made_guest_make(&memory.guest);
	let_appear(100, 1, "a");
}

/* A sample of its kernel's code waits to be read. */
static void put_kernel(uint16_t domain, uint64_t offset)
{
	put(domain, 0);
	fake.waiting[fake.nr_waiting - 1].ip = MADE_STEXT + offset;
	fake.waiting[fake.nr_waiting - 1].context = VPROF_SAMPLE_KERNEL;
}

static bool is_from(const char *names_from)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM domain WHERE name = 'a' "
		 "AND names_from LIKE '%s'",
		 names_from);
	return ask(sql) == 1;
}

static bool wait_until_from(const char *names_from)
{
	for (int i = 0; i < 500; i++) {
		end_slice();
		if (is_from(names_from))
			return true;
		nap(10);
	}
	return false;
}

static bool is_said(const char *why)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM image WHERE why LIKE '%%%s%%'", why);
	return ask(sql) == 1;
}

#define NAMED "SELECT sum(count) FROM samples WHERE symbol = 'start_kernel'"
#define FROM_MEMORY "guest memory, 6.1.0-made"

/* ---- beside the recording ------------------------------------------------------- */

START_TEST(names_are_found_while_samples_come)
{
	if (!begin())
		return;
	put_kernel(1, MADE_START_KERNEL);
	ck_assert(wait_until_from(FROM_MEMORY));
	put_kernel(1, MADE_START_KERNEL);
	put_kernel(1, MADE_START_KERNEL + 1);
	finish();
	ck_assert_int_eq(ask(NAMED), 3);
}
END_TEST

/* As long as it takes: what is read meanwhile does not wait. */
START_TEST(a_slow_guest_holds_nothing_up)
{
	uint64_t began, took, longest = 0, search_began;

	memory.nap_ms = 100;
	if (!begin())
		return;
	put_kernel(1, MADE_START_KERNEL);
	search_began = read_ms(CLOCK_MONOTONIC);
	for (int i = 0; i < 500 && !is_from(FROM_MEMORY); i++) {
		put_kernel(1, MADE_START_KERNEL);
		began = read_ms(CLOCK_MONOTONIC);
		end_slice();
		took = read_ms(CLOCK_MONOTONIC) - began;
		if (took > longest)
			longest = took;
		nap(20);
	}
	took = read_ms(CLOCK_MONOTONIC) - search_began;
	printf("# names after %d ms and %d reads, a slice took %d ms at most\n",
	       (int)took, (int)memory.nr_reads, (int)longest);
	ck_assert(is_from(FROM_MEMORY));
	ck_assert_uint_gt(took, 1000);
	ck_assert_uint_lt(longest, took / 3);
	finish();
	ck_assert_int_gt(ask(NAMED), 5);
	ck_assert_int_eq(ask("SELECT count(DISTINCT symbol) FROM samples "
			     "WHERE context = 'kernel'"),
			 1);
}
END_TEST

/* Of a module whose name is lost with the list of modules. */
START_TEST(what_is_missing_of_a_kernel_says_why)
{
	made_guest_put_u64(&memory.guest, MADE_LIST, 1ULL << 63);
	if (!begin())
		return;
	put_kernel(1, MADE_START_KERNEL);
	ck_assert(wait_until_from(FROM_MEMORY));
	put_kernel(1, MADE_MODULE(0) - MADE_STEXT + MADE_TEXT_AT + 0x100);
	finish();
	ck_assert_int_eq(ask(NAMED), 1);
	ck_assert(is_said("the list of modules in%is not valid"));
}
END_TEST

START_TEST(an_end_of_the_recording_does_not_wait)
{
	uint64_t began;

	memory.nap_ms = 100;
	if (!begin())
		return;
	put_kernel(1, MADE_START_KERNEL);
	end_slice();
	end_slice();
	began = read_ms(CLOCK_MONOTONIC);
	finish();
	ck_assert_uint_lt(read_ms(CLOCK_MONOTONIC) - began, 1000);
	ck_assert(is_said("the recording ended before"));
	ck_assert(is_from("nothing: see below"));
}
END_TEST

START_TEST(who_waits_has_the_names_of_a_short_recording)
{
	struct vprof_error err = { 0 };
	int nr_looks = 0;

	memory.nap_ms = 10;
	if (!begin())
		return;
	put_kernel(1, MADE_START_KERNEL);
	ck_assert_int_eq(vprof_recorder_stop(recorder, &err), 0);
	for (; vprof_recorder_look_on(recorder) == 1; nr_looks++)
		nap(10);
	ck_assert_int_gt(nr_looks, 1);
	finish();
	ck_assert(is_from(FROM_MEMORY));
	ck_assert_int_eq(ask(NAMED), 1);
}
END_TEST

START_TEST(a_guest_that_takes_too_long_is_given_up)
{
	memory.nap_ms = 150;
	memory.burns = true;
	if (!begin())
		return;
	put_kernel(1, MADE_START_KERNEL);
	for (int i = 0; i < 3000 && !is_said("took more than 1000 ms"); i++) {
		end_slice();
		nap(20);
	}
	ck_assert(is_said("took more than 1000 ms"));
	ck_assert(is_from("nothing: see below"));
	finish();
}
END_TEST

START_TEST(a_guest_without_memory_says_why)
{
	memory.code = -EACCES;
	if (!begin())
		return;
	put_kernel(1, MADE_START_KERNEL);
	end_slice();
	nap(100);
	finish();
	ck_assert(is_said("no memory of it"));
}
END_TEST

/* Its entry may be another's when the search ends. */
START_TEST(a_guest_that_goes_meanwhile_leaves_no_names)
{
	uint64_t began;

	memory.nap_ms = 100;
	if (!begin())
		return;
	put_kernel(1, MADE_START_KERNEL);
	end_slice();
	end_slice();
	let_vanish(100);
	let_appear(200, 2, "b");
	began = read_ms(CLOCK_MONOTONIC);
	for (int i = 0; i < 4; i++)
		end_slice();
	ck_assert_uint_lt(read_ms(CLOCK_MONOTONIC) - began, 1000);
	put(VPROF_SAMPLE_OTHERS, 200);
	for (int i = 0; i < 20; i++) {
		end_slice();
		nap(20);
	}
	finish();
	ck_assert(is_from("nothing%") || is_from(""));
	ck_assert_int_eq(ask("SELECT count(*) FROM domain WHERE name = 'b' "
			     "AND names_from = ''"),
			 1);
}
END_TEST

START_TEST(one_guest_after_the_other)
{
	let_appear(200, 1, "b");
	memory.nap_ms = 5;
	if (!begin())
		return;
	put_kernel(1, MADE_START_KERNEL);
	put_kernel(2, MADE_START_KERNEL);
	for (int i = 0; i < 500; i++) {
		end_slice();
		if (ask("SELECT count(*) FROM domain WHERE names_from = '" FROM_MEMORY
			"'") == 2)
			break;
		nap(10);
	}
	finish();
	ck_assert_int_eq(ask(NAMED), 2);
}
END_TEST

/* ---- and no child outlives it ------------------------------------------------------ */

/* Of @parent; 0: none. */
static pid_t find_child(pid_t parent)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char stat_path[300], line[512];
	pid_t found = 0;
	int ppid;

	ck_assert_ptr_nonnull(proc);
	while (!found && (entry = readdir(proc))) {
		FILE *file;

		if (atoi(entry->d_name) <= 0)
			continue;
		snprintf(stat_path, sizeof(stat_path), "/proc/%s/stat",
			 entry->d_name);
		file = fopen(stat_path, "r");
		if (!file)
			continue;
		if (fgets(line, sizeof(line), file) && strrchr(line, ')') &&
		    sscanf(strrchr(line, ')'), ") %*c %d", &ppid) == 1 &&
		    ppid == parent)
			found = atoi(entry->d_name);
		fclose(file);
	}
	closedir(proc);
	return found;
}

static void record_for_ever(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	begin();
	put_kernel(1, MADE_START_KERNEL);
	end_slice();
	end_slice();
	for (;;)
		pause();
}

START_TEST(a_recorder_that_is_killed_leaves_no_child)
{
	pid_t child = 0, ended = 0, killed;

	if (geteuid()) {
		printf("# SKIP guests are recorded as root\n");
		return;
	}
	/* who has no parent any more is ours to bury */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	memory.nap_ms = 100;
	killed = fork();
	if (!killed)
		record_for_ever();
	for (int i = 0; i < 200 && !child; i++) {
		nap(20);
		child = find_child(killed);
	}
	ck_assert_int_gt(child, 0);
	kill(killed, SIGKILL);
	ck_assert_int_eq(waitpid(killed, NULL, 0), killed);
	for (int i = 0; i < 50 && !ended; i++) {
		ended = waitpid(child, NULL, __WALL | WNOHANG);
		nap(20);
	}
	ck_assert_int_eq(ended, child);
}
END_TEST

/* ---- maps --------------------------------------------------------------------------- */

/* Of the made kernel, by names of its own. */
#define ITS_MAP                               \
	"ffffffff81000000 T _stext\n"         \
	"ffffffff81000180 T start_by_map\n"   \
	"ffffffff81001000 T _etext\n"         \
	"ffffffff81111000 D swapper_pg_dir\n" \
	"ffffffff81200000 B _end\n"
#define ANOTHERS_MAP                          \
	"ffffffff81000000 T _stext\n"         \
	"ffffffff81000180 T start_other\n"    \
	"ffffffff81222000 D swapper_pg_dir\n" \
	"ffffffff81300000 B _end\n"

static const struct given {
	const char *its;     /* NULL: none for this guest alone */
	const char *for_all; /* NULL: none */
	int code;            /* of its memory */
	const char *symbol;  /* NULL: no name */
	const char *names_from;
	const char *why;
} givens[] = {
	{ ITS_MAP, NULL, 0, "start_by_map", "vprof-map-its%", NULL },
	{ NULL, ITS_MAP, 0, "start_by_map", "vprof-map-all%", NULL },
	{ NULL, ITS_MAP, -EACCES, "start_by_map", "vprof-map-all%", NULL },
	{ ITS_MAP, ANOTHERS_MAP, 0, "start_by_map", "vprof-map-its%", NULL },
	{ ANOTHERS_MAP, ITS_MAP, 0, NULL, "nothing%", "another kernel" },
	{ NULL, ANOTHERS_MAP, 0, "start_kernel", FROM_MEMORY, NULL },
};

static void give(const char *domain, const char *file, const char *text)
{
	FILE *map;

	if (!text)
		return;
	map = fopen(file, "w");
	ck_assert_ptr_nonnull(map);
	fputs(text, map);
	fclose(map);
	given_maps[nr_given_maps].domain = domain;
	given_maps[nr_given_maps++].file = file;
}

START_TEST(a_map_that_was_given_is_taken)
{
	const struct given *given = &givens[_i];
	char its[64], for_all[64], sql[256];
	struct vprof_error err = { 0 };

	snprintf(its, sizeof(its), "/tmp/vprof-map-its.%d", getpid());
	snprintf(for_all, sizeof(for_all), "/tmp/vprof-map-all.%d", getpid());
	give("a", its, given->its);
	give(NULL, for_all, given->for_all);
	memory.code = given->code;
	if (!begin())
		return;
	put_kernel(1, MADE_START_KERNEL);
	ck_assert_int_eq(vprof_recorder_stop(recorder, &err), 0);
	while (vprof_recorder_look_on(recorder) == 1)
		nap(10);
	finish();
	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM samples WHERE symbol = '%s'",
		 given->symbol ? given->symbol : "");
	ck_assert_int_eq(ask(sql), given->symbol != NULL);
	ck_assert(is_from(given->names_from));
	ck_assert(!given->why || is_said(given->why));
	unlink(its);
	unlink(for_all);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("name search");
	TCase *tcase = tcase_create("name search");

	tcase_add_checked_fixture(tcase, set_up_memory, tear_down);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, names_are_found_while_samples_come);
	tcase_add_test(tcase, a_slow_guest_holds_nothing_up);
	tcase_add_test(tcase, what_is_missing_of_a_kernel_says_why);
	tcase_add_test(tcase, an_end_of_the_recording_does_not_wait);
	tcase_add_test(tcase, who_waits_has_the_names_of_a_short_recording);
	tcase_add_test(tcase, a_guest_that_takes_too_long_is_given_up);
	tcase_add_test(tcase, a_guest_without_memory_says_why);
	tcase_add_test(tcase, a_guest_that_goes_meanwhile_leaves_no_names);
	tcase_add_test(tcase, one_guest_after_the_other);
	tcase_add_test(tcase, a_recorder_that_is_killed_leaves_no_child);
	tcase_add_loop_test(tcase, a_map_that_was_given_is_taken, 0,
			    sizeof(givens) / sizeof(givens[0]));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

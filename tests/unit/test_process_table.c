// SPDX-License-Identifier: GPL-2.0-only
/* Processes over time: exec, fork, exit, reuse of pids, overlapping mappings. */
#include "process/process_table.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "process/lineage.h"
#include "perf_records.h"
#include "run_suite.h"

static struct vprof_process_table *table;

static void begin(void)
{
	ck_assert_int_eq(vprof_process_table_new(&table), 0);
}

static void end(void)
{
	vprof_process_table_free(table);
}

static void apply(struct record record)
{
	struct vprof_sideband_record parsed;

	ck_assert_int_gt(
		vprof_sideband_parse(record.bytes, record.size, &parsed), 0);
	vprof_process_table_apply(table, &parsed);
}

static struct vprof_process *at(pid_t pid, uint64_t time_ns)
{
	struct vprof_process *process =
		vprof_process_table_find(table, pid, time_ns);

	ck_assert_ptr_nonnull(process);
	return process;
}

static const char *comm_at(pid_t pid, uint64_t time_ns)
{
	return at(pid, time_ns)->program->comm;
}

/* The name of what lies at 0x1000, "-" for nothing. */
static const char *image_at(pid_t pid, uint64_t time_ns)
{
	const struct vprof_mapping *mapping =
		vprof_maps_find(at(pid, time_ns)->maps, 0x1000);

	return mapping ? mapping->image->name : "-";
}

static void start(pid_t pid, const char *comm, const char *path,
		  uint64_t time_ns)
{
	apply(record_comm(pid, comm, true, time_ns));
	apply(record_map(pid, 0x1000, 0x1000, 0, path, NULL, time_ns + 1));
}

START_TEST(a_sample_belongs_to_what_ran_then)
{
	begin();
	apply(record_fork(5, 1, 10));
	start(5, "first", "/bin/first", 20);
	start(5, "second", "/bin/second", 30);
	ck_assert_str_eq(comm_at(5, 25), "first");
	ck_assert_str_eq(image_at(5, 25), "first");
	ck_assert_str_eq(comm_at(5, 30), "second");
	ck_assert_str_eq(image_at(5, 99), "second");
	ck_assert_str_eq(at(5, 99)->program->executable, "/bin/second");
	ck_assert_ptr_ne(at(5, 25), at(5, 35));
	/* asked in any order, the answer stays the same */
	ck_assert_str_eq(comm_at(5, 25), "first");
	/* before all that is known of it: the oldest known */
	ck_assert_str_eq(comm_at(5, 1), "");
	end();
}
END_TEST

START_TEST(a_fork_has_its_parents_maps_until_it_maps_something)
{
	begin();
	apply(record_fork(5, 1, 10));
	start(5, "parent", "/bin/parent", 20);
	apply(record_fork(6, 5, 30));
	ck_assert_str_eq(comm_at(6, 31), "parent");
	ck_assert_str_eq(image_at(6, 31), "parent");
	ck_assert_ptr_eq(at(6, 31)->maps, at(5, 31)->maps);
	start(6, "child", "/bin/child", 40);
	ck_assert_str_eq(image_at(6, 41), "child");
	ck_assert_str_eq(image_at(6, 35), "parent");
	ck_assert_str_eq(image_at(5, 41), "parent");
	ck_assert(vprof_lineage_has(at(6, 41)->program->lineage, 5));
	ck_assert(!vprof_lineage_has(at(5, 41)->program->lineage, 6));
	end();
}
END_TEST

START_TEST(threads_are_no_processes)
{
	begin();
	apply(record_fork(5, 1, 10));
	start(5, "prog", "/bin/prog", 20);
	apply(record_fork(5, 5, 30));
	ck_assert_ptr_eq(at(5, 25), at(5, 35));
	apply(record_exit(5, 9, 40)); /* a thread's end */
	ck_assert_uint_eq(at(5, 50)->ended_ns, 0);
	apply(record_exit(5, 5, 60));
	ck_assert_uint_eq(at(5, 70)->ended_ns, 60);
	apply(record_exit(5, 9, 80)); /* one lived longer than the first */
	ck_assert_uint_eq(at(5, 90)->ended_ns, 80);
	end();
}
END_TEST

START_TEST(a_new_comm_is_the_same_process)
{
	struct vprof_process *process;

	begin();
	apply(record_fork(5, 1, 10));
	start(5, "prog", "/bin/prog", 20);
	process = at(5, 25);
	apply(record_comm(5, "renamed", false, 30));
	ck_assert_ptr_eq(at(5, 35), process);
	ck_assert_str_eq(comm_at(5, 35), "renamed");
	end();
}
END_TEST

START_TEST(a_mapping_over_another_keeps_both_meanings)
{
	begin();
	apply(record_fork(5, 1, 10));
	start(5, "prog", "/lib/old", 20);
	apply(record_map(5, 0x1000, 0x1000, 0, "/lib/new", NULL, 30));
	ck_assert_str_eq(image_at(5, 25), "old");
	ck_assert_str_eq(image_at(5, 35), "new");
	/* it is one process to everybody else */
	ck_assert_ptr_eq(at(5, 25)->program, at(5, 35)->program);
	end();
}
END_TEST

START_TEST(a_process_can_not_make_us_keep_meanings_without_end)
{
	size_t before;
	int i;

	begin();
	apply(record_fork(5, 1, 10));
	before = table->nr_processes;
	for (i = 0; i < 1000; i++)
		apply(record_map(5, 0x1000, 0x1000, 0, i & 1 ? "/a" : "/b",
				 NULL, 20 + i));
	ck_assert_uint_le(table->nr_processes,
			  before + VPROF_PROCESS_MAX_CHANGES);
	ck_assert_str_eq(image_at(5, 5000), "a");
	end();
}
END_TEST

static bool is_gone(pid_t pid)
{
	return pid != 6; /* 6 is a zombie, or its other threads go on */
}

START_TEST(what_ended_is_kept_for_one_more_slice)
{
	size_t before;

	begin();
	before = table->nr_processes;
	apply(record_fork(5, 1, 10));
	start(5, "prog", "/bin/prog", 20);
	apply(record_exit(5, 5, 30));
	vprof_process_table_forget(table, 100, is_gone);
	ck_assert_str_eq(comm_at(5, 25), "prog");
	vprof_process_table_forget(table, 200, is_gone);
	ck_assert_uint_eq(table->nr_processes, before);
	ck_assert_uint_eq(vprof_image_table_count(table->images), 0);
	end();
}
END_TEST

START_TEST(what_was_replaced_is_forgotten_and_the_newest_stays)
{
	begin();
	apply(record_fork(5, 1, 10));
	start(5, "first", "/bin/first", 20);
	start(5, "second", "/bin/second", 30);
	vprof_process_table_forget(table, 100, is_gone);
	start(5, "third", "/bin/third", 110);
	vprof_process_table_forget(table, 200, is_gone);
	ck_assert_str_eq(comm_at(5, 50), "second"); /* asked for until now */
	vprof_process_table_forget(table, 300, is_gone);
	ck_assert_str_eq(comm_at(5, 50), "third");
	ck_assert_ptr_null(at(5, 50)->older);
	end();
}
END_TEST

START_TEST(a_process_whose_first_thread_ended_lives_on)
{
	begin();
	apply(record_fork(6, 1, 10));
	start(6, "prog", "/bin/prog", 20);
	apply(record_exit(6, 6, 30));
	vprof_process_table_forget(table, 100, is_gone);
	vprof_process_table_forget(table, 200, is_gone);
	ck_assert_str_eq(comm_at(6, 250), "prog");
	end();
}
END_TEST

START_TEST(a_pid_may_be_used_again)
{
	begin();
	apply(record_fork(5, 1, 10));
	start(5, "old", "/bin/old", 20);
	apply(record_exit(5, 5, 30));
	apply(record_fork(5, 2, 40));
	apply(record_comm(5, "kworker/0:1", false, 41));
	ck_assert_str_eq(comm_at(5, 35), "old");
	ck_assert(!at(5, 35)->program->is_kernel_thread);
	ck_assert_str_eq(comm_at(5, 50), "kworker/0:1");
	ck_assert(at(5, 50)->program->is_kernel_thread);
	ck_assert_uint_eq(at(5, 50)->ended_ns, 0);
	end();
}
END_TEST

START_TEST(what_proc_said_already_is_not_applied_again)
{
	struct vprof_process *process;

	begin();
	process = vprof_process_table_add(table, 5, 0, NULL);
	vprof_process_set_comm(process, "read");
	process->read_ns = 100;
	apply(record_comm(5, "early", true, 50));
	apply(record_fork(5, 1, 60));
	apply(record_map(5, 0x1000, 0x1000, 0, "/early", NULL, 70));
	ck_assert_ptr_eq(at(5, 200), process);
	ck_assert_str_eq(comm_at(5, 200), "read");
	ck_assert_str_eq(image_at(5, 200), "-");
	start(5, "late", "/late", 150);
	ck_assert_str_eq(comm_at(5, 200), "late");
	end();
}
END_TEST

static void say_hello(struct vprof_process *process)
{
	vprof_process_set_comm(process, "hello");
}

START_TEST(an_unknown_pid_is_asked_for_once)
{
	struct vprof_process *process;

	begin();
	table->read = say_hello;
	process = at(4711, 50);
	ck_assert_str_eq(process->program->comm, "hello");
	ck_assert_ptr_eq(at(4711, 60), process);
	ck_assert_int_eq(at(0, 1)->program->pid, 0);
	ck_assert(at(0, 1)->program->is_kernel_thread);
	at(-1, 1); /* a task past giving up its pid */
	at(INT32_MIN, 1);
	end();
}
END_TEST

/* 256 pids further on is the same place in the cache. */
START_TEST(pids_that_share_a_place_in_the_cache_keep_apart)
{
	begin();
	apply(record_fork(5, 1, 10));
	start(5, "five", "/bin/five", 20);
	apply(record_fork(5 + VPROF_PROCESS_CACHE, 1, 10));
	start(5 + VPROF_PROCESS_CACHE, "other", "/bin/other", 20);
	apply(record_fork(5 + VPROF_PROCESS_BUCKETS, 1, 10));
	start(5 + VPROF_PROCESS_BUCKETS, "third", "/bin/third", 20);
	ck_assert_str_eq(comm_at(5, 25), "five");
	ck_assert_str_eq(comm_at(5 + VPROF_PROCESS_CACHE, 25), "other");
	ck_assert_str_eq(comm_at(5 + VPROF_PROCESS_BUCKETS, 25), "third");
	ck_assert_str_eq(comm_at(5, 25), "five");
	end();
}
END_TEST

static const struct {
	const char *path;
	uint64_t start;
	const char *build_id;
	enum vprof_image_kind kind;
	const char *name;
	const char *image_path;
} images[] = {
	{ "/usr/bin/x", 0x1000, NULL, VPROF_IMAGE_FILE, "x", "/usr/bin/x" },
	{ "/a/b (deleted)", 0x1000, NULL, VPROF_IMAGE_FILE, "b", "/a/b" },
	{ "[vdso]", 0x1000, NULL, VPROF_IMAGE_VDSO, "[vdso32]", "" },
	{ "[vdso]", 0x7fff00000000, NULL, VPROF_IMAGE_VDSO, "[vdso]", "" },
	{ "//anon", 0x1000, NULL, VPROF_IMAGE_JIT, "[jit]", "/tmp/perf-5.map" },
	{ "[heap]", 0x1000, NULL, VPROF_IMAGE_JIT, "[jit]", "/tmp/perf-5.map" },
	{ "/memfd:code (deleted)", 0x1000, NULL, VPROF_IMAGE_JIT, "[jit]",
	  "/tmp/perf-5.map" },
	{ "/memfd:prog (deleted)", 0x1000, "0123456789abcdefghij",
	  VPROF_IMAGE_FILE, "memfd:prog", "/memfd:prog" },
};

START_TEST(what_is_mapped_is_told_apart_by_its_name)
{
	const struct vprof_mapping *mapping;

	begin();
	apply(record_fork(5, 1, 10));
	apply(record_map(5, images[_i].start, 0x1000, 0, images[_i].path,
			 images[_i].build_id, 20));
	mapping = vprof_maps_find(at(5, 30)->maps, images[_i].start);
	ck_assert_ptr_nonnull(mapping);
	ck_assert_int_eq(mapping->image->kind, images[_i].kind);
	ck_assert_str_eq(mapping->image->name, images[_i].name);
	ck_assert_str_eq(mapping->image->path, images[_i].image_path);
	end();
}
END_TEST

START_TEST(a_line_of_processes_has_no_circle_and_an_end)
{
	struct vprof_lineage *first = vprof_lineage_new(1, NULL);
	struct vprof_lineage *last = vprof_lineage_get(first);
	pid_t pids[3];
	int i;

	for (i = 2; i < 3000; i++) {
		struct vprof_lineage *next = vprof_lineage_new(i, last);

		vprof_lineage_put(last);
		last = next;
	}
	ck_assert(vprof_lineage_has(last, 2999));
	ck_assert(!vprof_lineage_has(last, 3000));
	vprof_lineage_list(last, pids, 3);
	ck_assert_int_eq(pids[0], 2999);
	ck_assert_int_eq(pids[2], 2997);
	vprof_lineage_put(last);

	last = vprof_lineage_new(2, first);
	vprof_lineage_set_parent(first, last);
	ck_assert(!vprof_lineage_has(first, 2));
	vprof_lineage_put(last);
	vprof_lineage_put(first);
}
END_TEST

int main(void)
{
	const struct {
		const TTest *test;
		int nr;
	} tests[] = {
		{ a_sample_belongs_to_what_ran_then, 1 },
		{ a_fork_has_its_parents_maps_until_it_maps_something, 1 },
		{ threads_are_no_processes, 1 },
		{ a_new_comm_is_the_same_process, 1 },
		{ a_mapping_over_another_keeps_both_meanings, 1 },
		{ a_process_can_not_make_us_keep_meanings_without_end, 1 },
		{ what_ended_is_kept_for_one_more_slice, 1 },
		{ what_was_replaced_is_forgotten_and_the_newest_stays, 1 },
		{ a_process_whose_first_thread_ended_lives_on, 1 },
		{ a_pid_may_be_used_again, 1 },
		{ what_proc_said_already_is_not_applied_again, 1 },
		{ an_unknown_pid_is_asked_for_once, 1 },
		{ pids_that_share_a_place_in_the_cache_keep_apart, 1 },
		{ what_is_mapped_is_told_apart_by_its_name,
		  sizeof(images) / sizeof(images[0]) },
		{ a_line_of_processes_has_no_circle_and_an_end, 1 },
	};
	Suite *suite = suite_create("process_table");
	TCase *tcase = tcase_create("process_table");
	size_t i;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_loop_test(tcase, tests[i].test, 0, tests[i].nr);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

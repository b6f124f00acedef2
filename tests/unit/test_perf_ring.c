// SPDX-License-Identifier: GPL-2.0-only
/* A perf_event ring, with everything in it that can be, and more. */
#include "capture/perf_ring.h"

#include <check.h>
#include <linux/perf_event.h>
#include <string.h>

#include "run_suite.h"

enum { SIZE = 4096, MAX_SEEN = 128, FIRST_ID = 1000, NR_EVENTS = 2 };

static struct fixture {
	struct perf_event_mmap_page page;
	uint64_t data[SIZE / sizeof(uint64_t)];
	unsigned char scratch[VPROF_PERF_RECORD_MAX]
		__attribute__((aligned(8)));
	struct vprof_perf_id ids[4];
	struct vprof_perf_layout layout;
	struct vprof_perf_ring ring;
	struct vprof_sample seen[MAX_SEEN];
	uint64_t chain[512];
	size_t nr_seen;
} f;

static void note(void *data, const struct vprof_sample *sample)
{
	unsigned int nr = sample->nr_kernel + sample->nr_user;

	(void)data;
	ck_assert_uint_lt(f.nr_seen, MAX_SEEN);
	f.seen[f.nr_seen++] = *sample;
	if (nr)
		memcpy(f.chain, sample->chain, nr * sizeof(f.chain[0]));
}

static const struct vprof_capture_handler handler = { .sample = note };

static void begin_at(uint64_t position)
{
	memset(&f, 0, sizeof(f));
	f.page.data_head = position;
	f.ring = (struct vprof_perf_ring){
		.map = &f.page,
		.data = (unsigned char *)f.data,
		.data_size = SIZE,
		.tail = position,
		.mark = position,
		.cpu = 3,
	};
	f.layout = (struct vprof_perf_layout){
		.nr_events = 1,
		.scratch = f.scratch,
	};
}

/* Two events, so that records carry an id. */
static void use_ids(void)
{
	f.layout.nr_events = NR_EVENTS;
	f.layout.ids = f.ids;
	f.layout.id_mask = 3;
	for (unsigned int i = 0; i < NR_EVENTS; i++)
		f.ids[(FIRST_ID + i) & 3] =
			(struct vprof_perf_id){ FIRST_ID + i, i };
}

static void put_word(uint64_t word)
{
	f.data[f.page.data_head % SIZE / sizeof(word)] = word;
	f.page.data_head += sizeof(word);
}

static void put(uint32_t type, uint16_t misc, const uint64_t *words, size_t nr)
{
	struct perf_event_header header = {
		.type = type,
		.misc = misc,
		.size = (uint16_t)(sizeof(header) + nr * sizeof(*words)),
	};
	uint64_t word;

	memcpy(&word, &header, sizeof(word));
	put_word(word);
	for (size_t i = 0; i < nr; i++)
		put_word(words[i]);
}

#define PUT(type, misc, ...)                               \
	put(type, misc, (const uint64_t[]){ __VA_ARGS__ }, \
	    sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))

static uint64_t pid_tid(uint32_t pid, uint32_t tid)
{
	return (uint64_t)tid << 32 | pid;
}

static size_t read_all(void)
{
	vprof_perf_ring_mark(&f.ring);
	return vprof_perf_ring_read(&f.ring, &f.layout, &handler);
}

START_TEST(a_sample_has_all_its_fields)
{
	begin_at(0);
	PUT(PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, 0x401000,
	    pid_tid(17, 18), 123456789);
	PUT(PERF_RECORD_SAMPLE, PERF_RECORD_MISC_KERNEL, 0xffffffff81000000,
	    pid_tid(17, 18), 123456790);
	ck_assert_uint_eq(read_all(), 2);
	ck_assert_uint_eq(f.seen[0].ip, 0x401000);
	ck_assert_uint_eq(f.seen[0].pid, 17);
	ck_assert_uint_eq(f.seen[0].time_ns, 123456789);
	ck_assert_uint_eq(f.seen[0].context, VPROF_SAMPLE_USER);
	ck_assert_uint_eq(f.seen[0].cpu, 3);
	ck_assert_uint_eq(f.seen[1].context, VPROF_SAMPLE_KERNEL);
	ck_assert_uint_eq(f.page.data_tail, f.page.data_head);
	ck_assert_uint_eq(f.ring.delivered[0], 2);
}
END_TEST

START_TEST(a_record_is_read_wherever_it_wraps)
{
	begin_at(UINT64_MAX - SIZE + 1 - 8 * (unsigned int)_i);
	for (int i = 0; i < 128; i++)
		PUT(PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, 100 + i,
		    pid_tid(1, 1), i);
	ck_assert_uint_eq(read_all(), 128);
	for (int i = 0; i < 128; i++)
		ck_assert_uint_eq(f.seen[i].ip, 100 + i);
}
END_TEST

START_TEST(events_are_told_apart_by_id)
{
	begin_at(0);
	use_ids();
	PUT(PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, FIRST_ID + 1, 1,
	    pid_tid(1, 1), 1);
	PUT(PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, FIRST_ID, 2,
	    pid_tid(1, 1), 1);
	PUT(PERF_RECORD_LOST, 0, FIRST_ID + 1, 40);
	ck_assert_uint_eq(read_all(), 2);
	ck_assert_uint_eq(f.seen[0].event, 1);
	ck_assert_uint_eq(f.seen[1].event, 0);
	ck_assert_uint_eq(f.ring.lost[1][VPROF_LOSS_FULL], 40);
	ck_assert_uint_eq(f.ring.lost[0][VPROF_LOSS_FULL], 0);
}
END_TEST

START_TEST(a_period_is_a_weight)
{
	begin_at(0);
	f.layout.has_period = true;
	PUT(PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, 1, pid_tid(1, 1), 1,
	    777);
	ck_assert_uint_eq(read_all(), 1);
	ck_assert_uint_eq(f.seen[0].weight, 777);
}
END_TEST

START_TEST(a_chain_loses_its_own_address_and_its_markers)
{
	begin_at(SIZE - 40);
	f.layout.has_chain = true;
	PUT(PERF_RECORD_SAMPLE, PERF_RECORD_MISC_KERNEL, 10, pid_tid(1, 1), 1,
	    9, PERF_CONTEXT_KERNEL, 10, 11, 12, PERF_CONTEXT_USER, 20, 21,
	    PERF_CONTEXT_GUEST, 99);
	PUT(PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, 30, pid_tid(1, 1), 1, 0);
	ck_assert_uint_eq(read_all(), 2);
	ck_assert_uint_eq(f.seen[0].nr_kernel, 2);
	ck_assert_uint_eq(f.seen[0].nr_user, 2);
	ck_assert_uint_eq(f.seen[1].nr_kernel + f.seen[1].nr_user, 0);
}
END_TEST

START_TEST(a_chain_keeps_what_a_sample_can_hold)
{
	enum { DEEP = 300 };
	uint64_t words[3 + 2 + DEEP] = { 1, 0, 0, 1 + DEEP, PERF_CONTEXT_USER };

	for (int i = 0; i < DEEP; i++)
		words[5 + i] = 1000 + i;
	begin_at(0);
	f.layout.has_chain = true;
	put(PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, words, 5 + DEEP);
	ck_assert_uint_eq(read_all(), 1);
	ck_assert_uint_eq(f.seen[0].nr_user, 255);
	ck_assert_uint_eq(f.chain[0], 1001);
	ck_assert_uint_eq(f.chain[254], 1255);
}
END_TEST

START_TEST(a_task_without_a_pid_is_taken_for_the_one_before)
{
	begin_at(0);
	PUT(PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, 1, pid_tid(55, 55), 1);
	PUT(PERF_RECORD_SAMPLE, PERF_RECORD_MISC_KERNEL, 1,
	    pid_tid(UINT32_MAX, UINT32_MAX), 2);
	ck_assert_uint_eq(read_all(), 2);
	ck_assert_uint_eq(f.seen[1].pid, 55);
}
END_TEST

/* A thread runs a vCPU from when a sample says so, in its own process only. */
START_TEST(guests_and_the_kernel_on_their_behalf_are_others)
{
	static struct vprof_vcpu_threads vcpus;
	static const struct {
		uint16_t misc;
		uint32_t pid, tid;
		uint16_t domain;
		uint8_t context;
	} rows[] = {
		{ PERF_RECORD_MISC_KERNEL, 50, 51, 0, VPROF_SAMPLE_KERNEL },
		{ PERF_RECORD_MISC_GUEST_USER, 50, 51, VPROF_SAMPLE_OTHERS,
		  VPROF_SAMPLE_USER },
		{ PERF_RECORD_MISC_GUEST_KERNEL, 50, 51, VPROF_SAMPLE_OTHERS,
		  VPROF_SAMPLE_KERNEL },
		{ PERF_RECORD_MISC_KERNEL, 50, 51, VPROF_SAMPLE_OTHERS,
		  VPROF_SAMPLE_HYPERVISOR },
		{ PERF_RECORD_MISC_USER, 50, 51, 0, VPROF_SAMPLE_USER },
		{ PERF_RECORD_MISC_KERNEL, 50, 52, 0, VPROF_SAMPLE_KERNEL },
		{ PERF_RECORD_MISC_KERNEL, 60, 51, 0, VPROF_SAMPLE_KERNEL },
	};
	size_t nr = sizeof(rows) / sizeof(rows[0]);

	memset(&vcpus, 0, sizeof(vcpus));
	begin_at(0);
	f.layout.vcpus = &vcpus;
	for (size_t i = 0; i < nr; i++)
		PUT(PERF_RECORD_SAMPLE, rows[i].misc, 1,
		    pid_tid(rows[i].pid, rows[i].tid), 1000 + i);
	ck_assert_uint_eq(read_all(), nr);
	for (size_t i = 0; i < nr; i++) {
		ck_assert_uint_eq(f.seen[i].pid, rows[i].pid);
		ck_assert_uint_eq(f.seen[i].domain, rows[i].domain);
		ck_assert_uint_eq(f.seen[i].context, rows[i].context);
	}
}
END_TEST

START_TEST(a_full_set_of_vcpus_forgets_and_learns_again)
{
	static struct vprof_vcpu_threads vcpus;

	memset(&vcpus, 0, sizeof(vcpus));
	for (uint64_t tid = 1; tid <= 10000; tid++) {
		vprof_vcpu_threads_add(&vcpus, tid << 32 | 7);
		ck_assert(vprof_vcpu_threads_has(&vcpus, tid << 32 | 7));
		ck_assert(!vprof_vcpu_threads_has(&vcpus, tid << 32 | 8));
	}
	ck_assert(!vprof_vcpu_threads_has(&vcpus, 1ull << 32 | 7));
}
END_TEST

START_TEST(time_held_back_is_a_loss_at_the_rate_before)
{
	begin_at(0);
	for (int i = 0; i < 10; i++)
		PUT(PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, 1, pid_tid(1, 1),
		    1000 + 100 * i);
	PUT(PERF_RECORD_THROTTLE, 0, 2000, 0, 0);
	PUT(PERF_RECORD_UNTHROTTLE, 0, 5000, 0, 0);
	read_all();
	ck_assert_uint_eq(f.ring.lost[0][VPROF_LOSS_THROTTLED], 30);
}
END_TEST

/* The words of a sample record that makes no sense; the next is read. */
static const struct {
	const char *name;
	uint16_t misc;
	size_t nr_words;
	uint64_t words[8];
} bad[] = {
	{ "too short", PERF_RECORD_MISC_USER, 1, { FIRST_ID } },
	{ "id that is not there", PERF_RECORD_MISC_USER, 5, { 7, 1, 1, 1, 0 } },
	{ "a guest not asked for",
	  PERF_RECORD_MISC_GUEST_USER,
	  5,
	  { FIRST_ID, 1, 1, 1, 0 } },
	{ "no chain", PERF_RECORD_MISC_USER, 4, { FIRST_ID, 1, 1, 1 } },
	{ "chain longer than its record",
	  PERF_RECORD_MISC_USER,
	  6,
	  { FIRST_ID, 1, 1, 1, 2, 3 } },
	{ "chain of all bits",
	  PERF_RECORD_MISC_USER,
	  6,
	  { FIRST_ID, 1, 1, 1, UINT64_MAX, 3 } },
};

START_TEST(a_record_that_makes_no_sense_is_counted)
{
	begin_at(SIZE - 16);
	use_ids();
	f.layout.has_chain = true;
	put(PERF_RECORD_SAMPLE, bad[_i].misc, bad[_i].words, bad[_i].nr_words);
	PUT(PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, FIRST_ID, 1,
	    pid_tid(1, 1), 1, 0);
	ck_assert_msg(read_all() == 1, "%s", bad[_i].name);
	ck_assert_uint_eq(f.ring.lost[0][VPROF_LOSS_MALFORMED], 1);
	ck_assert_uint_eq(f.page.data_tail, f.page.data_head);
}
END_TEST

/* Sizes that lead nowhere: the rest up to the mark is given up. */
static const uint16_t bad_sizes[] = { 0, 4, 7, 12, 33, 4096, UINT16_MAX };

START_TEST(a_size_that_makes_no_sense_ends_the_reading)
{
	struct perf_event_header header = { .type = PERF_RECORD_SAMPLE,
					    .size = bad_sizes[_i] };
	uint64_t word;

	begin_at(64);
	memcpy(&word, &header, sizeof(word));
	put_word(word);
	put_word(0);
	put_word(0);
	ck_assert_uint_eq(read_all(), 0);
	ck_assert_uint_eq(f.ring.lost[0][VPROF_LOSS_MALFORMED], 1);
	ck_assert_uint_eq(f.page.data_tail, f.page.data_head);
}
END_TEST

START_TEST(a_head_out_of_range_is_not_followed)
{
	begin_at(64);
	f.page.data_head = 64 + SIZE + 8;
	ck_assert_uint_eq(read_all(), 0);
	f.page.data_head = 56;
	ck_assert_uint_eq(read_all(), 0);
	f.page.data_head = 67;
	ck_assert_uint_eq(read_all(), 0);
	ck_assert_uint_eq(f.page.data_tail, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("perf_ring");
	TCase *tcase = tcase_create("perf_ring");

	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, a_sample_has_all_its_fields);
	tcase_add_loop_test(tcase, a_record_is_read_wherever_it_wraps, 0, 5);
	tcase_add_test(tcase, events_are_told_apart_by_id);
	tcase_add_test(tcase, a_period_is_a_weight);
	tcase_add_test(tcase, a_chain_loses_its_own_address_and_its_markers);
	tcase_add_test(tcase, a_chain_keeps_what_a_sample_can_hold);
	tcase_add_test(tcase, a_task_without_a_pid_is_taken_for_the_one_before);
	tcase_add_test(tcase, guests_and_the_kernel_on_their_behalf_are_others);
	tcase_add_test(tcase, a_full_set_of_vcpus_forgets_and_learns_again);
	tcase_add_test(tcase, time_held_back_is_a_loss_at_the_rate_before);
	tcase_add_loop_test(tcase, a_record_that_makes_no_sense_is_counted, 0,
			    (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_loop_test(tcase, a_size_that_makes_no_sense_ends_the_reading,
			    0, (int)(sizeof(bad_sizes) / sizeof(bad_sizes[0])));
	tcase_add_test(tcase, a_head_out_of_range_is_not_followed);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

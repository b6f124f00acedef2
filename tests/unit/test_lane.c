// SPDX-License-Identifier: GPL-2.0-only
/* A lane of the module's buffers, with everything in it that can be, and more. */
#include "capture/lane.h"

#include <check.h>
#include <string.h>

#include "run_suite.h"

enum { NR_SLOTS = 256, NR_EVENTS = 3, MAX_SEEN = 512 };

static struct fixture {
	struct vprof_lane_producer producer;
	struct vprof_lane_consumer consumer;
	struct vprof_slot slots[NR_SLOTS];
	struct vprof_lane lane;
	struct vprof_sample seen[MAX_SEEN];
	uint64_t chain[2 * VPROF_RECORD_MAX_SLOTS];
	size_t nr_seen;
} f;

static void note(void *data, const struct vprof_sample *sample)
{
	unsigned int nr = sample->nr_kernel + sample->nr_user;

	ck_assert_ptr_eq(data, &f);
	ck_assert_uint_lt(f.nr_seen, MAX_SEEN);
	f.seen[f.nr_seen++] = *sample;
	if (nr)
		memcpy(f.chain, sample->chain, nr * sizeof(f.chain[0]));
}

static struct vprof_capture_handler handler;

static void begin_at(uint64_t position)
{
	memset(&f, 0, sizeof(f));
	handler = (struct vprof_capture_handler){ .sample = note, .data = &f };
	f.producer.head = position;
	f.consumer.tail = position;
	f.lane = (struct vprof_lane){
		.producer = &f.producer,
		.slots = f.slots,
		.consumer = &f.consumer,
		.mask = NR_SLOTS - 1,
		.tail = position,
		.mark = position,
		.nr_events = NR_EVENTS,
		.cpu = 5,
	};
}

static void put(uint64_t head, uint64_t data)
{
	f.slots[f.producer.head++ & (NR_SLOTS - 1)] =
		(struct vprof_slot){ head, data };
}

static uint64_t head_of(unsigned int type, unsigned int nr_slots,
			unsigned int event, unsigned int context)
{
	return VPROF_HEAD_PUT(TYPE, type) | VPROF_HEAD_PUT(SLOTS, nr_slots) |
	       VPROF_HEAD_PUT(EVENT, event) | VPROF_HEAD_PUT(CONTEXT, context);
}

static void put_sample(uint32_t pid, uint64_t ip)
{
	put(head_of(VPROF_RECORD_SAMPLE, 1, 1, VPROF_CONTEXT_USER) |
		    VPROF_HEAD_PUT(PID, pid) | VPROF_HEAD_PUT(DELTA, 2),
	    ip);
}

static size_t read_all(void)
{
	size_t nr;

	vprof_lane_mark(&f.lane);
	nr = vprof_lane_read(&f.lane, &handler);
	ck_assert_uint_eq(nr, f.nr_seen);
	ck_assert_uint_eq(f.consumer.tail, f.lane.mark);
	return nr;
}

START_TEST(a_sample_has_all_its_fields)
{
	begin_at(0);
	put(head_of(VPROF_RECORD_TIME, 1, 0, 0), 1000000000);
	put_sample(0xabcdef, 0xffffffff81000000);
	ck_assert_uint_eq(read_all(), 1);
	ck_assert_uint_eq(f.seen[0].time_ns,
			  1000000000 + (2 << VPROF_DELTA_SHIFT));
	ck_assert_uint_eq(f.seen[0].ip, 0xffffffff81000000);
	ck_assert_uint_eq(f.seen[0].pid, 0xabcdef);
	ck_assert_uint_eq(f.seen[0].event, 1);
	ck_assert_uint_eq(f.seen[0].context, VPROF_SAMPLE_USER);
	ck_assert_uint_eq(f.seen[0].cpu, 5);
	ck_assert_uint_eq(f.seen[0].weight, 0);
	ck_assert_ptr_null(f.seen[0].chain);
	ck_assert_uint_eq(f.lane.delivered[1], 1);
	ck_assert_uint_eq(f.lane.malformed, 0);
}
END_TEST

START_TEST(a_full_lane_is_read_wherever_it_begins)
{
	/* also where the count of slots wraps around */
	begin_at(UINT64_MAX - 100 + (unsigned int)_i);
	for (unsigned int i = 0; i < NR_SLOTS; i++)
		put_sample(i, 1000 + i);
	ck_assert_uint_eq(read_all(), NR_SLOTS);
	for (unsigned int i = 0; i < NR_SLOTS; i++)
		ck_assert_uint_eq(f.seen[i].ip, 1000 + i);
	ck_assert_uint_eq(f.consumer.tail, f.producer.head);
}
END_TEST

START_TEST(a_chain_is_read_wherever_it_wraps)
{
	static const uint64_t words[] = { 2u << VPROF_CHAIN_KERNEL_SHIFT |
						  3u << VPROF_CHAIN_USER_SHIFT,
					  11,
					  12,
					  21,
					  22,
					  23 };

	begin_at(NR_SLOTS - (unsigned int)_i);
	put(head_of(VPROF_RECORD_CHAIN, 4, 0, VPROF_CONTEXT_KERNEL), 10);
	for (unsigned int i = 0; i < 6; i += 2)
		put(words[i], words[i + 1]);
	put_sample(1, 99);
	ck_assert_uint_eq(read_all(), 2);
	ck_assert_uint_eq(f.seen[0].ip, 10);
	ck_assert_uint_eq(f.seen[0].nr_kernel, 2);
	ck_assert_uint_eq(f.seen[0].nr_user, 3);
	ck_assert_int_eq(memcmp(f.chain, words + 1, 5 * sizeof(words[0])), 0);
	/* and the next is not taken for having one */
	ck_assert_uint_eq(f.seen[1].nr_kernel + f.seen[1].nr_user, 0);
	ck_assert_ptr_null(f.seen[1].chain);
}
END_TEST

START_TEST(a_period_holds_for_its_event_until_the_next)
{
	begin_at(0);
	put(head_of(VPROF_RECORD_PERIOD, 1, 1, 0), 500);
	put_sample(1, 1);
	put(head_of(VPROF_RECORD_PERIOD, 1, 2, 0), 900);
	put_sample(1, 2);
	put(head_of(VPROF_RECORD_PERIOD, 1, 1, 0), 600);
	put_sample(1, 3);
	ck_assert_uint_eq(read_all(), 3);
	ck_assert_uint_eq(f.seen[0].weight, 500);
	ck_assert_uint_eq(f.seen[1].weight, 500);
	ck_assert_uint_eq(f.seen[2].weight, 600);
}
END_TEST

START_TEST(what_is_not_known_is_skipped)
{
	begin_at(0);
	put(head_of(VPROF_RECORD_LOST, 1, 0, 0), 17);
	put(head_of(61, 3, 60, 9), ~0ull);
	put(~0ull, ~0ull);
	put(~0ull, ~0ull);
	put_sample(1, 7);
	ck_assert_uint_eq(read_all(), 1);
	ck_assert_uint_eq(f.seen[0].ip, 7);
	ck_assert_uint_eq(f.lane.malformed, 0);
}
END_TEST

START_TEST(reading_stops_at_the_mark)
{
	begin_at(0);
	put_sample(1, 1);
	vprof_lane_mark(&f.lane);
	put_sample(1, 2);
	ck_assert_uint_eq(vprof_lane_read(&f.lane, &handler), 1);
	ck_assert_uint_eq(f.consumer.tail, 1);
	ck_assert_uint_eq(vprof_lane_read(&f.lane, &handler), 0);
	f.nr_seen = 0;
	ck_assert_uint_eq(read_all(), 1);
	ck_assert_uint_eq(f.seen[0].ip, 2);
}
END_TEST

/* Places by turns, some more often than others; and what goes between them. */
static void put_turns(unsigned int nr)
{
	put(head_of(VPROF_RECORD_TIME, 1, 0, 0), 1000000000);
	for (unsigned int i = 0; i < nr; i++)
		put_sample(i % 2, 100 + i % 6 / 2);
}

static size_t count_seen(uint32_t pid, uint64_t ip)
{
	size_t nr = 0;

	for (size_t i = 0; i < f.nr_seen; i++)
		if (f.seen[i].pid == pid && f.seen[i].ip == ip)
			nr += 1 + f.seen[i].nr_more;
	return nr;
}

static size_t read_combined(void)
{
	handler.may_combine = true;
	vprof_lane_mark(&f.lane);
	return vprof_lane_read(&f.lane, &handler);
}

START_TEST(equal_samples_may_come_together)
{
	begin_at(UINT64_MAX - 100);
	put_turns(240);
	ck_assert_uint_eq(read_combined(), 240);
	ck_assert_uint_eq(f.nr_seen, 6);
	for (unsigned int i = 0; i < 6; i++) {
		ck_assert_uint_eq(count_seen(i % 2, 100 + i % 6 / 2), 40);
		ck_assert_uint_eq(f.seen[i].time_ns,
				  1000000000 + (2 << VPROF_DELTA_SHIFT));
		ck_assert_uint_eq(f.seen[i].event, 1);
		ck_assert_uint_eq(f.seen[i].context, VPROF_SAMPLE_USER);
		ck_assert_uint_eq(f.seen[i].cpu, 5);
	}
	ck_assert_uint_eq(f.lane.delivered[1], 240);
	ck_assert_uint_eq(f.consumer.tail, f.producer.head);
}
END_TEST

START_TEST(combined_samples_are_those_that_come_one_by_one)
{
	/* more places than are combined at once, and what makes no sense */
	begin_at(3);
	put_turns(20);
	for (unsigned int i = 0; i < 200; i++)
		put_sample(7, 64 * (i % 190));
	put(head_of(VPROF_RECORD_SAMPLE, 1, NR_EVENTS, VPROF_CONTEXT_USER), 1);
	put(head_of(VPROF_RECORD_SAMPLE, 1, 1, VPROF_NR_CONTEXTS), 1);
	put(0, 0);
	put_sample(9, 9);
	ck_assert_uint_eq(read_combined(), 220);
	for (unsigned int i = 0; i < 190; i++)
		ck_assert_uint_eq(count_seen(7, 64 * i), i < 10 ? 2 : 1);
	ck_assert_uint_eq(count_seen(0, 100) + count_seen(1, 100), 8);
	ck_assert_uint_eq(f.lane.delivered[1], 220);
	/* two samples, and the rest of the lane after a record of no length */
	ck_assert_uint_eq(f.lane.malformed, 3);
	ck_assert_uint_eq(f.consumer.tail, f.producer.head);
}
END_TEST

START_TEST(samples_of_an_earlier_time_come_one_by_one)
{
	begin_at(0);
	handler.combine_after_ns = 1000000000 + (2 << VPROF_DELTA_SHIFT);
	put_turns(120);
	put(head_of(VPROF_RECORD_TIME, 1, 0, 0), 1000000001);
	for (unsigned int i = 0; i < 100; i++)
		put_sample(5, 5);
	ck_assert_uint_eq(read_combined(), 220);
	ck_assert_uint_eq(f.nr_seen, 121);
	ck_assert_uint_eq(count_seen(5, 5), 100);
}
END_TEST

static void put_kernel(uint64_t ip)
{
	put(head_of(VPROF_RECORD_SAMPLE, 1, 1, VPROF_CONTEXT_KERNEL), ip);
}

/* What came before firmware was another kernel's than what came after. */
START_TEST(samples_do_not_come_together_across_a_start)
{
	begin_at(0);
	put(head_of(VPROF_RECORD_TIME, 1, 0, 0), 1000000000);
	for (int i = 0; i < 100; i++)
		put_kernel(0xffffffff81000000);
	put_kernel(0xf0000);
	put_kernel(0xf0000);
	for (int i = 0; i < 100; i++)
		put_kernel(0xffffffff81000000);
	ck_assert_uint_eq(read_combined(), 202);
	ck_assert_uint_eq(f.nr_seen, 4);
	ck_assert_uint_eq(f.seen[0].nr_more, 99);
	ck_assert_uint_eq(f.seen[1].ip, 0xf0000);
	ck_assert_uint_eq(f.seen[2].ip, 0xf0000);
	ck_assert_uint_eq(f.seen[3].nr_more, 99);
}
END_TEST

START_TEST(samples_of_different_weights_do_not_come_together)
{
	uint64_t sum = 0;

	begin_at(0);
	for (unsigned int i = 0; i < 200; i++) {
		if (i % 50 == 0)
			put(head_of(VPROF_RECORD_PERIOD, 1, 1, 0), 1000 + i);
		put_sample(1, 1);
	}
	ck_assert_uint_eq(read_combined(), 200);
	ck_assert_uint_eq(f.nr_seen, 4);
	for (unsigned int i = 0; i < 4; i++)
		sum += f.seen[i].weight * (1 + f.seen[i].nr_more);
	ck_assert_uint_eq(sum, 50 * (1000 + 1050 + 1100 + 1150));
}
END_TEST

/* A record that makes no sense before one that does. */
static const struct {
	const char *name;
	uint64_t head;
	uint64_t data;
	uint64_t word; /* of the second slot, where there is one */
	unsigned int nr_slots;
	unsigned int nr_samples; /* of the two records */
} bad[] = {
	{ "no slots", 0, 0, 0, 1, 0 },
	{ "beyond head",
	  (uint64_t)VPROF_RECORD_CHAIN << VPROF_HEAD_TYPE_SHIFT |
		  3ull << VPROF_HEAD_SLOTS_SHIFT,
	  0, 0, 1, 0 },
	{ "event that is not there",
	  (uint64_t)VPROF_RECORD_SAMPLE << VPROF_HEAD_TYPE_SHIFT |
		  1ull << VPROF_HEAD_SLOTS_SHIFT |
		  (uint64_t)NR_EVENTS << VPROF_HEAD_EVENT_SHIFT,
	  0, 0, 1, 1 },
	{ "context that is not there",
	  (uint64_t)VPROF_RECORD_SAMPLE << VPROF_HEAD_TYPE_SHIFT |
		  1ull << VPROF_HEAD_SLOTS_SHIFT |
		  (uint64_t)VPROF_NR_CONTEXTS << VPROF_HEAD_CONTEXT_SHIFT,
	  0, 0, 1, 1 },
	{ "sample of two slots",
	  (uint64_t)VPROF_RECORD_SAMPLE << VPROF_HEAD_TYPE_SHIFT |
		  2ull << VPROF_HEAD_SLOTS_SHIFT,
	  0, 0, 2, 1 },
	{ "period of no event",
	  (uint64_t)VPROF_RECORD_PERIOD << VPROF_HEAD_TYPE_SHIFT |
		  1ull << VPROF_HEAD_SLOTS_SHIFT |
		  63ull << VPROF_HEAD_EVENT_SHIFT,
	  5, 0, 1, 1 },
	{ "chain without its words",
	  (uint64_t)VPROF_RECORD_CHAIN << VPROF_HEAD_TYPE_SHIFT |
		  1ull << VPROF_HEAD_SLOTS_SHIFT,
	  0, 0, 1, 1 },
	{ "chain longer than its record",
	  (uint64_t)VPROF_RECORD_CHAIN << VPROF_HEAD_TYPE_SHIFT |
		  2ull << VPROF_HEAD_SLOTS_SHIFT,
	  0, 2, 2, 1 },
	{ "chain of 510 in two slots",
	  (uint64_t)VPROF_RECORD_CHAIN << VPROF_HEAD_TYPE_SHIFT |
		  2ull << VPROF_HEAD_SLOTS_SHIFT,
	  0, 0xffff, 2, 1 },
};

START_TEST(a_record_that_makes_no_sense_is_counted)
{
	begin_at(NR_SLOTS - 1);
	put(bad[_i].head, bad[_i].data);
	if (bad[_i].nr_slots > 1)
		put(bad[_i].word, 0);
	put_sample(1, 77);
	ck_assert_msg(read_all() == bad[_i].nr_samples, "%s", bad[_i].name);
	ck_assert_uint_eq(f.lane.malformed, 1);
	ck_assert_uint_eq(f.consumer.tail, f.producer.head);
}
END_TEST

START_TEST(a_head_out_of_range_is_not_followed)
{
	begin_at(10);
	put_sample(1, 1);
	f.producer.head = 10 + NR_SLOTS + 1;
	ck_assert_uint_eq(read_all(), 0);
	f.producer.head = 9;
	ck_assert_uint_eq(read_all(), 0);
	ck_assert_uint_eq(f.lane.malformed, 2);
	f.producer.head = 11;
	ck_assert_uint_eq(read_all(), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lane");
	TCase *tcase = tcase_create("lane");

	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, a_sample_has_all_its_fields);
	tcase_add_loop_test(tcase, a_full_lane_is_read_wherever_it_begins, 0,
			    200);
	tcase_add_loop_test(tcase, a_chain_is_read_wherever_it_wraps, 0, 6);
	tcase_add_test(tcase, a_period_holds_for_its_event_until_the_next);
	tcase_add_test(tcase, what_is_not_known_is_skipped);
	tcase_add_test(tcase, reading_stops_at_the_mark);
	tcase_add_test(tcase, equal_samples_may_come_together);
	tcase_add_test(tcase, samples_do_not_come_together_across_a_start);
	tcase_add_test(tcase, combined_samples_are_those_that_come_one_by_one);
	tcase_add_test(tcase, samples_of_an_earlier_time_come_one_by_one);
	tcase_add_test(tcase,
		       samples_of_different_weights_do_not_come_together);
	tcase_add_loop_test(tcase, a_record_that_makes_no_sense_is_counted, 0,
			    (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(tcase, a_head_out_of_range_is_not_followed);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's buffer, the same file, in user space: what goes in comes out in
 * order and whole or is accounted for, whatever interrupts and whatever the
 * reader writes.
 */
#include "../../kmod/buffer.c"

#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "run_suite.h"

enum {
	NR_SLOTS = 32,
	WATERMARK = 8,
	MAX_LEVEL = VPROF_MAX_NESTED + 1,
	UNIT_NS = 1 << VPROF_DELTA_SHIFT,
	MAX_AGE_NS = VPROF_CLOCK_MAX_UNITS * UNIT_NS,
	MAX_LAG_UNITS = 11, /* of a time, by what nests in its sample */
};

/* A level is a depth of nesting; each has an event of its own. */
static struct vprof_lane lane;
static struct vprof_lane_producer producer;
static struct vprof_lane_consumer consumer;
static struct vprof_slot slots[NR_SLOTS];
static u64 now_ns;
static u64 nr_sent[MAX_LEVEL];

/* What the reader has seen. */
static u64 next_seq[MAX_LEVEL], nr_read[MAX_LEVEL];
static u64 nr_told[MAX_LEVEL][VPROF_NR_LOST_REASONS];
static u64 nr_times, nr_periods, last_period, lane_time, last_lag;
static const char *trouble; /* the first */

static void (*interrupt)(void);

void shim_point(void)
{
	if (interrupt)
		interrupt();
}

u64 vprof_clock_ns(void)
{
	shim_point();
	return __atomic_load_n(&now_ns, __ATOMIC_RELAXED);
}

u64 vprof_clock_ticks(void)
{
	return vprof_clock_ns();
}

static void advance(u64 ns)
{
	__atomic_fetch_add(&now_ns, ns, __ATOMIC_RELAXED);
}

static void reset(void)
{
	const struct vprof_clock clock = { 1u << 17, MAX_AGE_NS };

	memset(&lane, 0, sizeof(lane));
	memset(&producer, 0, sizeof(producer));
	memset(&consumer, 0, sizeof(consumer));
	memset(slots, 0xff, sizeof(slots));
	memset(nr_sent, 0, sizeof(nr_sent));
	memset(next_seq, 0, sizeof(next_seq));
	memset(nr_read, 0, sizeof(nr_read));
	memset(nr_told, 0, sizeof(nr_told));
	nr_times = nr_periods = last_period = lane_time = 0;
	trouble = NULL;
	interrupt = NULL;
	now_ns = 1000000000;
	vprof_lane_init(&lane, clock, &producer, &consumer, slots, NR_SLOTS,
			WATERMARK);
	vprof_lane_open(&lane, true);
}

/* ---- what is sent ------------------------------------------------------ */

static u64 word_of(unsigned int level, u64 seq, unsigned int i)
{
	return (seq * 1000003 + i * 7919 + level) | 1ull << 63;
}

/* Every third sample has a chain, of 0 to 12 addresses. */
static unsigned int nr_addresses(unsigned int level, u64 seq)
{
	return seq % 3 ? 0 : (seq / 3 + level) % 13;
}

static u64 units(u64 ns)
{
	return ns / UNIT_NS % (1u << VPROF_HEAD_PID_BITS);
}

static enum vprof_put send_sample(unsigned int level)
{
	struct vprof_account *account = &lane.accounts[level];
	u64 seq = nr_sent[level]++,
	    ticks = __atomic_load_n(&now_ns, __ATOMIC_RELAXED);
	unsigned int i, nr = nr_addresses(level, seq);
	/* Of its time, and of its data, to tell whether a record is torn. */
	u64 head = VPROF_HEAD_PUT(EVENT, level) |
		   VPROF_HEAD_PUT(CONTEXT, seq % 16) |
		   VPROF_HEAD_PUT(PID, units(ticks));
	struct vprof_chain chain;

	account->taken++;
	if (!nr)
		return vprof_lane_put_sample(
			&lane, account,
			head | VPROF_HEAD_PUT(TYPE, VPROF_RECORD_SAMPLE) |
				VPROF_HEAD_PUT(SLOTS, 1),
			seq, ticks);
	chain.nr_words = 1 + nr;
	chain.words[0] = nr;
	for (i = 1; i <= nr; i++)
		chain.words[i] = word_of(level, seq, i);
	return vprof_lane_put_chain(
		&lane, account, head | VPROF_HEAD_PUT(TYPE, VPROF_RECORD_CHAIN),
		seq, ticks, &chain);
}

/* ---- the reader -------------------------------------------------------- */

static void complain(const char *what)
{
	if (!trouble)
		trouble = what;
}

static u64 word_at(u64 position, unsigned int i)
{
	const struct vprof_slot *slot =
		&slots[(position + 1 + i / 2) % NR_SLOTS];

	return i % 2 ? slot->data : slot->head;
}

static void check_chain(u64 position, unsigned int level, u64 seq,
			unsigned int nr_slots)
{
	unsigned int i, nr = nr_addresses(level, seq);

	if (nr_slots != 1 + (nr + 2) / 2 || word_at(position, 0) != nr) {
		complain("a chain of another length");
		return;
	}
	for (i = 1; i <= nr; i++)
		if (word_at(position, i) != word_of(level, seq, i))
			complain("a torn chain");
	if (nr % 2 == 0 && word_at(position, nr + 1) != 0)
		complain("a chain that is not padded");
}

static void check_sample(u64 position, u64 head, u64 seq)
{
	unsigned int level = VPROF_HEAD_GET(head, EVENT);
	u64 time =
		lane_time + (VPROF_HEAD_GET(head, DELTA) << VPROF_DELTA_SHIFT);
	u64 lag = units(time) - VPROF_HEAD_GET(head, PID) + 1;

	if (level >= MAX_LEVEL || VPROF_HEAD_GET(head, CONTEXT) != seq % 16) {
		complain("a torn head");
		return;
	}
	if (seq < next_seq[level])
		complain("out of order");
	next_seq[level] = seq + 1;
	nr_read[level]++;
	last_lag = lag;
	if (!nr_times || lag > 1 + MAX_LAG_UNITS)
		complain("a wrong time");
	if (VPROF_HEAD_GET(head, TYPE) == VPROF_RECORD_CHAIN)
		check_chain(position, level, seq, VPROF_HEAD_GET(head, SLOTS));
	else if (nr_addresses(level, seq))
		complain("a chain without chain");
}

static void check_record(u64 position, const struct vprof_slot *slot)
{
	unsigned int event = VPROF_HEAD_GET(slot->head, EVENT);
	u64 reason = slot->data >> VPROF_LOST_COUNT_BITS;

	switch (VPROF_HEAD_GET(slot->head, TYPE)) {
	case VPROF_RECORD_SAMPLE:
	case VPROF_RECORD_CHAIN:
		check_sample(position, slot->head, slot->data);
		break;
	case VPROF_RECORD_TIME:
		nr_times++;
		lane_time = slot->data;
		break;
	case VPROF_RECORD_LOST:
		if (event >= MAX_LEVEL || reason >= VPROF_NR_LOST_REASONS)
			complain("a torn LOST record");
		else
			nr_told[event][reason] += slot->data &
						  VPROF_LOST_COUNT_MASK;
		break;
	case VPROF_RECORD_PERIOD:
		nr_periods++;
		last_period = slot->data;
		break;
	default:
		complain("an unknown record");
	}
}

static u64 slots_read(void)
{
	return __atomic_load_n(&consumer.tail, __ATOMIC_RELAXED);
}

/* Reads at most so many records; returns how many there were. */
static unsigned int drain(unsigned int most)
{
	u64 head = __atomic_load_n(&producer.head, __ATOMIC_ACQUIRE); /* (B) */
	u64 tail = slots_read(), nr_slots;
	const struct vprof_slot *slot;
	unsigned int nr = 0;

	if (head - tail > NR_SLOTS)
		complain("head is too far");
	for (; tail < head && nr < most; nr++) {
		slot = &slots[tail % NR_SLOTS];
		nr_slots = VPROF_HEAD_GET(slot->head, SLOTS);
		if (!nr_slots || nr_slots > head - tail) {
			complain("a record that is not all there");
			break;
		}
		check_record(tail, slot);
		tail += nr_slots;
	}
	__atomic_store_n(&consumer.tail, tail, __ATOMIC_RELEASE); /* (C) */
	return nr;
}

/* Producers stopped: accounts and stream say the same. */
static void check_accounts(void)
{
	const struct vprof_account *account;
	unsigned int level, reason;
	u64 lost;

	drain(~0u);
	vprof_lane_tell_lost(&lane, now_ns);
	drain(~0u);
	ck_assert_msg(!trouble, "%s", trouble);
	ck_assert_uint_eq(lane.nested, 0);
	ck_assert_uint_eq(lane.has_untold, 0);
	ck_assert_uint_eq(producer.head, lane.claimed);
	for (level = 0; level < MAX_LEVEL; level++) {
		account = &lane.accounts[level];
		ck_assert_uint_eq(account->taken, nr_sent[level]);
		ck_assert_uint_eq(account->delivered, nr_read[level]);
		for (lost = reason = 0; reason < VPROF_NR_LOST_REASONS;
		     reason++) {
			lost += account->lost[reason];
			ck_assert_uint_eq(account->lost[reason],
					  nr_told[level][reason]);
		}
		ck_assert_uint_eq(account->taken, account->delivered + lost);
	}
}

/* ---- one producer ------------------------------------------------------ */

START_TEST(a_lane_begins_with_its_time)
{
	reset();
	send_sample(0);
	ck_assert_uint_eq(VPROF_HEAD_GET(slots[0].head, TYPE),
			  VPROF_RECORD_TIME);
	ck_assert_uint_eq(slots[0].data, now_ns);
	ck_assert_uint_eq(drain(~0u), 2);
	check_accounts();
}
END_TEST

START_TEST(time_is_told_again_before_the_delta_overflows)
{
	unsigned int i;

	reset();
	for (i = 0; i < 1000; i++) {
		send_sample(0);
		advance(MAX_AGE_NS / 10 + i);
		drain(~0u);
	}
	ck_assert_uint_ge(nr_times, 90);
	ck_assert_uint_le(nr_times, 110);
	check_accounts();
}
END_TEST

START_TEST(time_is_told_when_the_clock_goes_back)
{
	reset();
	send_sample(0);
	send_sample(0);
	now_ns -= 5 * UNIT_NS;
	send_sample(0);
	drain(~0u);
	ck_assert_uint_eq(nr_times, 2);
	check_accounts();
}
END_TEST

START_TEST(a_full_lane_loses_and_tells)
{
	unsigned int i;

	reset();
	for (i = 0; i < 2 * NR_SLOTS; i++)
		send_sample(0);
	ck_assert_uint_gt(lane.accounts[0].lost[VPROF_LOST_FULL], NR_SLOTS);
	ck_assert_uint_le(producer.head, NR_SLOTS);
	drain(~0u);
	/* One may be told in a slot where a chain did not fit. */
	ck_assert_uint_le(nr_told[0][VPROF_LOST_FULL], 1);
	send_sample(0);
	ck_assert_uint_eq(drain(1), 1); /* LOST comes before the sample */
	ck_assert_uint_eq(nr_told[0][VPROF_LOST_FULL],
			  lane.accounts[0].lost[VPROF_LOST_FULL]);
	check_accounts();
}
END_TEST

START_TEST(any_fill_and_any_drain)
{
	unsigned int i, j, nr;

	reset();
	srand(1);
	for (i = 0; i < 5000; i++) {
		nr = rand() % 60;
		for (j = 0; j < nr; j++) {
			advance(rand() % 100000);
			send_sample(rand() % MAX_LEVEL);
		}
		drain(rand() % 50);
		ck_assert_msg(!trouble, "%s", trouble);
	}
	ck_assert_uint_gt(lane.accounts[0].lost[VPROF_LOST_FULL], 100);
	check_accounts();
}
END_TEST

START_TEST(a_closed_lane_loses_as_stopping)
{
	reset();
	send_sample(0);
	vprof_lane_open(&lane, false);
	send_sample(0);
	send_sample(1);
	ck_assert_uint_eq(vprof_lane_put_period(&lane, 0, 7, now_ns),
			  VPROF_LOST_STOPPING);
	ck_assert_uint_eq(lane.accounts[0].lost[VPROF_LOST_STOPPING], 1);
	ck_assert_uint_eq(lane.accounts[1].lost[VPROF_LOST_STOPPING], 1);
	check_accounts();
	vprof_lane_open(&lane, true);
	send_sample(0);
	check_accounts();
}
END_TEST

START_TEST(a_period_comes_before_its_sample)
{
	unsigned int i;

	reset();
	ck_assert_uint_eq(vprof_lane_put_period(&lane, 0, 12345, now_ns),
			  VPROF_HAS_ROOM);
	ck_assert_uint_eq(drain(~0u), 2);
	ck_assert_uint_eq(last_period, 12345);
	for (i = 0; i < NR_SLOTS; i++)
		send_sample(0);
	ck_assert_uint_eq(vprof_lane_put_period(&lane, 0, 1, now_ns),
			  VPROF_LOST_FULL);
	check_accounts();
	ck_assert_uint_eq(nr_periods, 1);
}
END_TEST

START_TEST(a_period_is_told_when_it_is_new)
{
	unsigned int i;

	reset();
	for (i = 0; i < 3; i++)
		ck_assert(vprof_lane_tell_period(&lane, 0, 500, now_ns));
	ck_assert(vprof_lane_tell_period(&lane, 1, 500, now_ns));
	ck_assert(vprof_lane_tell_period(&lane, 0, 501, now_ns));
	drain(~0u);
	ck_assert_uint_eq(nr_periods, 3);
	ck_assert_uint_eq(last_period, 501);
	for (i = 0; i < NR_SLOTS; i++)
		send_sample(0);
	lane.accounts[0].taken++;
	nr_sent[0]++;
	ck_assert(!vprof_lane_tell_period(&lane, 0, 502, now_ns));
	check_accounts();
	drain(~0u);
	ck_assert(vprof_lane_tell_period(&lane, 0, 502, now_ns));
	ck_assert_uint_eq(drain(~0u) > 0, 1);
	ck_assert_uint_eq(last_period, 502);
}
END_TEST

START_TEST(the_reader_is_invited_once_per_watermark)
{
	unsigned int i, nr = 0;

	reset();
	for (i = 0; i < 100 * WATERMARK; i++) {
		if (send_sample(0) == VPROF_PUT_WAKE)
			nr++;
		drain(~0u);
	}
	ck_assert_uint_ge(nr, producer.head / (2 * WATERMARK));
	ck_assert_uint_le(nr, producer.head / WATERMARK);
	check_accounts();
}
END_TEST

START_TEST(an_invitation_at_a_period_is_not_missed)
{
	reset();
	while (producer.head < WATERMARK - 1)
		ck_assert_uint_eq(vprof_lane_put_period(&lane, 0, 1, now_ns),
				  VPROF_HAS_ROOM);
	vprof_lane_put_period(&lane, 0, 1, now_ns);
	ck_assert_uint_eq(producer.head, WATERMARK);
	ck_assert_int_eq(send_sample(0), VPROF_PUT_WAKE);
	check_accounts();
}
END_TEST

/* ---- a hostile reader -------------------------------------------------- */

enum base { FROM_ZERO, FROM_GOOD_TAIL, FROM_HEAD };

static const struct {
	enum base base;
	u64 plus;
} bad_tails[] = {
	{ FROM_HEAD, 1 },          { FROM_HEAD, NR_SLOTS },
	{ FROM_HEAD, 1ull << 32 }, { FROM_HEAD, 1ull << 63 },
	{ FROM_GOOD_TAIL, -1ull }, { FROM_GOOD_TAIL, -(u64)NR_SLOTS },
	{ FROM_ZERO, 0 },          { FROM_ZERO, -1ull },
	{ FROM_ZERO, 1ull << 63 },
};

START_TEST(a_bad_tail_makes_the_lane_full_until_a_good_one)
{
	struct vprof_account *account = &lane.accounts[0];
	struct vprof_slot before[NR_SLOTS];
	u64 good, head, full;
	unsigned int i;

	reset();
	for (i = 0; i < NR_SLOTS; i++)
		send_sample(0);
	drain(~0u);
	for (i = 0; i < NR_SLOTS; i++)
		send_sample(0);
	good = consumer.tail;
	head = producer.head;
	full = account->lost[VPROF_LOST_FULL];
	memcpy(before, slots, sizeof(slots));
	consumer.tail = bad_tails[_i].plus +
			(bad_tails[_i].base == FROM_HEAD        ? head
			 : bad_tails[_i].base == FROM_GOOD_TAIL ? good
								: 0);
	for (i = 0; i < 10; i++)
		ck_assert_int_eq(send_sample(0), VPROF_PUT_LOST);
	ck_assert_uint_eq(account->lost[VPROF_LOST_BAD_TAIL], 10);
	ck_assert_uint_eq(account->lost[VPROF_LOST_FULL], full);
	ck_assert_uint_eq(producer.head, head);
	ck_assert_int_eq(memcmp(before, slots, sizeof(slots)), 0);

	consumer.tail = good;
	drain(~0u);
	send_sample(0);
	check_accounts();
	ck_assert_uint_eq(account->lost[VPROF_LOST_BAD_TAIL], 10);
}
END_TEST

START_TEST(random_tails_never_touch_what_is_not_the_lane)
{
	unsigned int i;

	reset();
	srand(2);
	for (i = 0; i < 30000; i++) {
		consumer.tail = rand() % 3 ? producer.head - rand() % 300
					   : (u64)rand() << 33;
		send_sample(i % MAX_LEVEL);
		ck_assert_uint_ge(producer.head, lane.good_tail);
		ck_assert_uint_le(producer.head - lane.good_tail, NR_SLOTS);
	}
}
END_TEST

/* ---- interrupted producers --------------------------------------------- */

/* Interrupts at the points numbered fire_at[0], then fire_at[1] within that. */
static unsigned int level, point[MAX_LEVEL], fire_at[MAX_LEVEL];

static void interrupt_at(void)
{
	if (level + 1 >= MAX_LEVEL || point[level]++ != fire_at[level])
		return;
	level++;
	point[level] = 0;
	advance(2 * UNIT_NS);
	send_sample(level);
	level--;
}

enum { MAX_POINTS = 64 };

/* A lane that has nearly no room, has losses to tell, and is half read. */
static void make_crowded(unsigned int room)
{
	reset();
	while (lane.claimed < NR_SLOTS)
		send_sample(0);
	send_sample(0);
	while (consumer.tail < room)
		drain(1);
}

static void run_interrupted(void)
{
	level = 0;
	memset(point, 0, sizeof(point));
	interrupt = interrupt_at;
	advance(1000);
	send_sample(0);
	interrupt = NULL;
}

/* What nested in one sample makes no other one late. */
static void check_times_after(void)
{
	send_sample(0);
	check_accounts();
	ck_assert_uint_le(last_lag, 2);
}

/* The event's own handler, as far as its account goes. */
static void count_at(void)
{
	struct vprof_account *account = &lane.accounts[0];

	if (point[0]++ != fire_at[0])
		return;
	account->taken += 2;
	account->delivered++;
	account->lost[VPROF_LOST_FULL]++;
	account->throttled++;
}

START_TEST(a_late_account_is_added_whatever_interrupts)
{
	const struct vprof_account delivered = { .taken = 1, .delivered = 1 };
	const struct vprof_account lost = {
		.taken = 1,
		.lost[VPROF_LOST_STOPPING] = 1,
		.throttled = 1,
	};
	const struct vprof_account *account = &lane.accounts[0];
	unsigned int i;

	for (i = 0; i < MAX_POINTS; i++) {
		reset();
		point[0] = 0;
		fire_at[0] = i;
		interrupt = count_at;
		vprof_lane_account_late(&lane, &lane.accounts[0], &delivered);
		ck_assert(!lane.has_untold);
		vprof_lane_account_late(&lane, &lane.accounts[0], &lost);
		interrupt = NULL;
		ck_assert(lane.has_untold);
		ck_assert_uint_eq(account->taken, 2 + (point[0] > i) * 2);
		ck_assert_uint_eq(account->delivered, 1 + (point[0] > i));
		ck_assert_uint_eq(account->throttled, 1 + (point[0] > i));
		ck_assert_uint_eq(account->lost[VPROF_LOST_FULL], point[0] > i);
		ck_assert_uint_eq(account->lost[VPROF_LOST_STOPPING], 1);
	}
	ck_assert_uint_gt(point[0], 8);
	ck_assert_uint_lt(point[0], MAX_POINTS);
}
END_TEST

START_TEST(interrupted_at_each_point)
{
	unsigned int room;

	memset(fire_at, 0xff, sizeof(fire_at));
	for (fire_at[0] = 0; fire_at[0] < MAX_POINTS; fire_at[0]++) {
		reset();
		run_interrupted(); /* the first of a lane */
		ck_assert_uint_eq(nr_sent[1], fire_at[0] < point[0]);
		run_interrupted();
		check_times_after();
		for (room = 0; room < 12; room++) {
			make_crowded(room);
			run_interrupted();
			run_interrupted();
			check_accounts();
		}
	}
	ck_assert_uint_lt(point[0], MAX_POINTS); /* that was all of them */
}
END_TEST

START_TEST(interrupted_at_each_two_points)
{
	unsigned int room;

	memset(fire_at, 0xff, sizeof(fire_at));
	for (fire_at[0] = 0; fire_at[0] < MAX_POINTS; fire_at[0]++) {
		for (fire_at[1] = 0; fire_at[1] < MAX_POINTS; fire_at[1]++) {
			for (room = 0; room < 8; room += 3) {
				make_crowded(room);
				run_interrupted();
				run_interrupted();
				check_accounts();
			}
			reset();
			run_interrupted();
			check_times_after();
		}
	}
}
END_TEST

START_TEST(too_deep_is_lost_and_told)
{
	reset();
	memset(fire_at, 0, sizeof(fire_at));
	for (level = 0; level < MAX_LEVEL; level++)
		fire_at[level] = 8; /* within enter..leave */
	run_interrupted();
	ck_assert_uint_eq(
		lane.accounts[VPROF_MAX_NESTED].lost[VPROF_LOST_NESTED], 1);
	check_accounts();
}
END_TEST

/* ---- everything at once ------------------------------------------------ */

/*
 * Nested producers come by signals, which hit anywhere, and at random points of
 * the shim: a thread sanitizer holds signals back till the next system call.
 */
static __thread unsigned int random_state = 1;
static __thread bool is_producer;
static volatile sig_atomic_t depth;
static bool is_done;
static unsigned long nr_nested;

static unsigned int next_random(void)
{
	random_state = random_state * 1664525 + 1013904223;
	return random_state >> 8;
}

static void nest(int signal)
{
	(void)signal;
	if (!is_producer || depth >= VPROF_MAX_NESTED - 1)
		return;
	depth++;
	nr_nested++;
	advance(50);
	send_sample(depth);
	depth--;
}

static void interrupt_randomly(void)
{
	if (is_producer && next_random() % 64 == 0)
		nest(0);
}

static void *read_all(void *data)
{
	unsigned int nap = 0;

	(void)data;
	random_state = 7;
	while (!__atomic_load_n(&is_done, __ATOMIC_ACQUIRE)) {
		drain(next_random() % 40);
		if (next_random() % 512 == 0) /* now and then it falls behind */
			for (nap = 0; nap < 20000; nap++)
				__asm__ volatile("" ::: "memory");
	}
	return NULL;
}

static void *produce_all(void *data)
{
	unsigned int i;

	(void)data;
	is_producer = true;
	for (i = 0; i < 100000 || slots_read() < 20000; i++) {
		if (i % 256 == 0) /* the reader may have no CPU of its own */
			sched_yield();
		if (next_random() % 4096 == 0)
			advance(2ull * MAX_AGE_NS);
		advance(next_random() % 2000);
		send_sample(0);
	}
	is_producer = false;
	return NULL;
}

static void signal_for(pthread_t producer_thread, unsigned int nr)
{
	struct timespec pause = { .tv_nsec = 20000 };

	while (nr--) {
		pthread_kill(producer_thread, nr % 2 ? SIGUSR1 : SIGUSR2);
		nanosleep(&pause, NULL);
	}
}

START_TEST(a_producer_that_interrupts_itself_and_a_reader)
{
	struct sigaction action = { .sa_handler = nest };
	pthread_t reader, producer_thread;

	reset();
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	is_done = false;
	nr_nested = 0;
	depth = 0;
	interrupt = interrupt_randomly;
	pthread_create(&reader, NULL, read_all, NULL);
	pthread_create(&producer_thread, NULL, produce_all, NULL);
	signal_for(producer_thread, 1000);
	pthread_join(producer_thread, NULL);
	__atomic_store_n(&is_done, true, __ATOMIC_RELEASE);
	pthread_join(reader, NULL);
	interrupt = NULL;
	check_accounts();
	ck_assert_uint_gt(nr_nested, 1000);
	ck_assert_uint_gt(nr_read[0], 100);
	ck_assert_uint_gt(nr_read[1], 100);
	ck_assert_uint_gt(nr_read[2], 10);
	ck_assert_uint_gt(lane.accounts[0].lost[VPROF_LOST_FULL], 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *all = suite_create("buffer");
	TCase *tc = tcase_create("buffer");

	tcase_set_timeout(tc, 240);
	tcase_add_test(tc, a_lane_begins_with_its_time);
	tcase_add_test(tc, time_is_told_again_before_the_delta_overflows);
	tcase_add_test(tc, time_is_told_when_the_clock_goes_back);
	tcase_add_test(tc, a_full_lane_loses_and_tells);
	tcase_add_test(tc, any_fill_and_any_drain);
	tcase_add_test(tc, a_closed_lane_loses_as_stopping);
	tcase_add_test(tc, a_period_comes_before_its_sample);
	tcase_add_test(tc, a_period_is_told_when_it_is_new);
	tcase_add_test(tc, the_reader_is_invited_once_per_watermark);
	tcase_add_test(tc, an_invitation_at_a_period_is_not_missed);
	tcase_add_loop_test(tc, a_bad_tail_makes_the_lane_full_until_a_good_one,
			    0, sizeof(bad_tails) / sizeof(bad_tails[0]));
	tcase_add_test(tc, random_tails_never_touch_what_is_not_the_lane);
	tcase_add_test(tc, a_late_account_is_added_whatever_interrupts);
	tcase_add_test(tc, interrupted_at_each_point);
	tcase_add_test(tc, interrupted_at_each_two_points);
	tcase_add_test(tc, too_deep_is_lost_and_told);
	tcase_add_test(tc, a_producer_that_interrupts_itself_and_a_reader);
	suite_add_tcase(all, tc);
	return all;
}

int main(void)
{
	return run_suite(suite());
}

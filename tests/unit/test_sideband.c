// SPDX-License-Identifier: GPL-2.0-only
/* perf's records of processes: taken apart, refused, and read around the ring. */
#include "process/sideband_ring.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "perf_records.h"
#include "run_suite.h"

#define NR(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static struct vprof_sideband_record parse(const struct record *record)
{
	struct vprof_sideband_record parsed;

	ck_assert_int_eq(
		vprof_sideband_parse(record->bytes, record->size, &parsed),
		(ssize_t)record->size);
	return parsed;
}

START_TEST(each_kind_of_record_is_taken_apart)
{
	struct vprof_sideband_record parsed;
	struct record record;

	record = record_fork(7, 5, 100);
	parsed = parse(&record);
	ck_assert_int_eq(parsed.type, VPROF_SIDEBAND_FORK);
	ck_assert_int_eq(parsed.pid, 7);
	ck_assert_int_eq(parsed.parent, 5);
	ck_assert_uint_eq(parsed.time_ns, 100);

	record = record_exit(7, 8, 101);
	parsed = parse(&record);
	ck_assert_int_eq(parsed.type, VPROF_SIDEBAND_EXIT);
	ck_assert_int_eq(parsed.tid, 8);

	record = record_comm(7, "name", false, 102);
	parsed = parse(&record);
	ck_assert_int_eq(parsed.type, VPROF_SIDEBAND_COMM);
	ck_assert_str_eq(parsed.name, "name");

	record = record_comm(7, "name", true, 103);
	ck_assert_int_eq(parse(&record).type, VPROF_SIDEBAND_EXEC);

	record = record_lost(12, 104);
	parsed = parse(&record);
	ck_assert_int_eq(parsed.type, VPROF_SIDEBAND_LOST);
	ck_assert_uint_eq(parsed.count, 12);

	record = record_type(PERF_RECORD_THROTTLE, 105);
	parsed = parse(&record);
	ck_assert_int_eq(parsed.type, VPROF_SIDEBAND_OTHER);
	ck_assert_uint_eq(parsed.time_ns, 105);
}
END_TEST

START_TEST(a_mapping_comes_with_build_id_or_inode)
{
	struct vprof_sideband_record parsed;
	struct record record;

	record = record_map(7, 0x1000, 0x2000, 0x30, "/bin/x", NULL, 100);
	parsed = parse(&record);
	ck_assert_int_eq(parsed.type, VPROF_SIDEBAND_MAP);
	ck_assert_uint_eq(parsed.start, 0x1000);
	ck_assert_uint_eq(parsed.length, 0x2000);
	ck_assert_uint_eq(parsed.pgoff, 0x30);
	ck_assert_str_eq(parsed.name, "/bin/x");
	ck_assert_uint_eq(parsed.build_id_size, 0);
	ck_assert_uint_eq(parsed.inode, RECORD_INODE);

	record = record_map(7, 0x1000, 0x2000, 0, "/bin/x",
			    "0123456789abcdefghij", 100);
	parsed = parse(&record);
	ck_assert_uint_eq(parsed.build_id_size, 20);
	ck_assert_mem_eq(parsed.build_id, "0123456789abcdefghij", 20);
	ck_assert_uint_eq(parsed.inode, 0);
}
END_TEST

/* What is done to a good record of a mapping. */
static void cut_header(struct record *record)
{
	record->size = 7;
}

static void say_more_than_there_is(struct record *record)
{
	header_of(record)->size += 8;
}

static void say_nothing(struct record *record)
{
	header_of(record)->size = 8;
}

static void cut_body(struct record *record)
{
	header_of(record)->size = 48;
}

static void end_no_text(struct record *record)
{
	memset(record->bytes + RECORD_MAP_NAME, 'x',
	       record->size - RECORD_MAP_NAME - 8);
}

static void map_past_the_end(struct record *record)
{
	memset(record->bytes + 16, 0xff, 8);
}

static void map_nothing(struct record *record)
{
	memset(record->bytes + 24, 0, 8);
}

static void give_a_long_build_id(struct record *record)
{
	header_of(record)->misc |= PERF_RECORD_MISC_MMAP_BUILD_ID;
	record->bytes[40] = 21;
}

static void (*const damages[])(struct record *record) = {
	cut_header,  say_more_than_there_is, say_nothing, cut_body,
	end_no_text, map_past_the_end,       map_nothing, give_a_long_build_id,
};

START_TEST(a_record_that_makes_no_sense_is_refused)
{
	struct record record =
		record_map(7, 0x1000, 0x2000, 0, "/bin/x", NULL, 100);
	struct vprof_sideband_record parsed;

	damages[_i](&record);
	ck_assert_int_eq(
		vprof_sideband_parse(record.bytes, record.size, &parsed),
		-EINVAL);
}
END_TEST

/* ---- the ring ---------------------------------------------------------------- */

enum { RING_BYTES = 4096 };

static struct perf_event_mmap_page *page;
static struct vprof_sideband_ring ring;

static void begin(uint64_t position)
{
	size_t page_bytes = sysconf(_SC_PAGESIZE);

	page = calloc(1, page_bytes + RING_BYTES);
	ck_assert_ptr_nonnull(page);
	ck_assert_int_eq(vprof_sideband_ring_init(&ring, page, RING_BYTES), 0);
	ring.at = position;
	page->data_head = position;
	page->data_tail = position;
}

static void end(void)
{
	vprof_sideband_ring_fini(&ring);
	free(page);
}

static void put(const struct record *record)
{
	uint8_t *data = (uint8_t *)page + sysconf(_SC_PAGESIZE);
	size_t i;

	for (i = 0; i < record->size; i++)
		data[(page->data_head + i) % RING_BYTES] = record->bytes[i];
	page->data_head += record->size;
}

START_TEST(a_record_may_wrap_around_the_end)
{
	struct record record =
		record_map(7, 0x1000, 0x1000, 0, "/bin/wrapped", NULL, 5);

	begin(3 * RING_BYTES - 16 * (_i + 1)); /* header, then ever more */
	put(&record);
	vprof_sideband_ring_begin(&ring);
	ck_assert(ring.has_next);
	ck_assert_str_eq(ring.next.name, "/bin/wrapped");
	ck_assert_uint_eq(ring.next.time_ns, 5);
	vprof_sideband_ring_advance(&ring);
	ck_assert(!ring.has_next);
	vprof_sideband_ring_release(&ring);
	ck_assert_uint_eq(page->data_tail, page->data_head);
	ck_assert_uint_eq(ring.nr_malformed, 0);
	end();
}
END_TEST

START_TEST(after_nonsense_the_ring_is_read_on_from_where_it_was_full)
{
	struct record good = record_fork(7, 5, 1);
	struct record bad = record_fork(7, 5, 2);

	begin(0);
	header_of(&bad)->size = 4;
	put(&bad);
	put(&good);
	vprof_sideband_ring_begin(&ring);
	ck_assert(!ring.has_next);
	ck_assert_uint_eq(ring.nr_malformed, 1);
	put(&good);
	vprof_sideband_ring_begin(&ring);
	ck_assert(ring.has_next);
	end();
}
END_TEST

START_TEST(a_head_beyond_the_ring_is_not_believed)
{
	begin(0);
	page->data_head = RING_BYTES + 8;
	vprof_sideband_ring_begin(&ring);
	ck_assert(!ring.has_next);
	ck_assert_uint_eq(ring.nr_malformed, 1);
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sideband");
	TCase *tcase = tcase_create("sideband");

	tcase_add_test(tcase, each_kind_of_record_is_taken_apart);
	tcase_add_test(tcase, a_mapping_comes_with_build_id_or_inode);
	tcase_add_loop_test(tcase, a_record_that_makes_no_sense_is_refused, 0,
			    NR(damages));
	tcase_add_loop_test(tcase, a_record_may_wrap_around_the_end, 0, 6);
	tcase_add_test(
		tcase,
		after_nonsense_the_ring_is_read_on_from_where_it_was_full);
	tcase_add_test(tcase, a_head_beyond_the_ring_is_not_believed);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

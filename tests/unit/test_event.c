// SPDX-License-Identifier: GPL-2.0-only
/* Events as people write them. libpfm4 is told that this CPU is of family 10h. */
#include <vprof/event.h>

#include <check.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include "run_suite.h"

enum { U = 1, K = 2, H = 4, ALL = U | K | H };

static const struct {
	const char *text;
	const char *name;
	uint32_t type;
	uint64_t config;
	uint64_t period;
	bool is_frequency;
	int levels;
	const char *unit;
} good[] = {
	{ "cpu-clock", "cpu-clock", PERF_TYPE_SOFTWARE, 0, 1000000, false, ALL,
	  "ns" },
	{ "task-clock:u", "task-clock:u", PERF_TYPE_SOFTWARE, 1, 1000000, false,
	  U, "ns" },
	{ "cycles", "cycles", PERF_TYPE_HARDWARE, 0, 1000000, false, ALL,
	  "cycles" },
	{ "instructions:uk", "instructions:uk", PERF_TYPE_HARDWARE, 1, 1000000,
	  false, U | K, "instructions" },
	{ "instructions:k:u", "instructions:uk", PERF_TYPE_HARDWARE, 1, 1000000,
	  false, U | K, "instructions" },
	{ "cycles:h@5000", "cycles:h", PERF_TYPE_HARDWARE, 0, 5000, false, H,
	  "cycles" },
	{ "cycles@100,000", "cycles", PERF_TYPE_HARDWARE, 0, 100000, false, ALL,
	  "cycles" },
	{ "cycles@2M", "cycles", PERF_TYPE_HARDWARE, 0, 2000000, false, ALL,
	  "cycles" },
	{ "cycles@99Hz", "cycles", PERF_TYPE_HARDWARE, 0, 99, true, ALL,
	  "cycles" },
	{ "page-faults@1", "page-faults", PERF_TYPE_SOFTWARE, 2, 1, false, ALL,
	  "events" },
	{ "r76", "r76", PERF_TYPE_RAW, 0x76, 100000, false, ALL, "events" },
	{ "rFFFFffffFFFFffff:k@1000", "rFFFFffffFFFFffff:k", PERF_TYPE_RAW,
	  UINT64_MAX, 1000, false, K, "events" },
	{ "CPU_CLK_UNHALTED", "CPU_CLK_UNHALTED", PERF_TYPE_RAW, 0x76, 1000000,
	  false, ALL, "cycles" },
	{ "cpu_clk_unhalted:k@100000", "CPU_CLK_UNHALTED:k", PERF_TYPE_RAW,
	  0x76, 100000, false, K, "cycles" },
	{ "L1_DTLB_AND_L2_DTLB_MISS:ALL", "L1_DTLB_AND_L2_DTLB_MISS:ALL",
	  PERF_TYPE_RAW, 0x746, 10000, false, ALL, "events" },
	{ "amd64_fam10h_barcelona::CPU_CLK_UNHALTED:i=1:c=2",
	  "CPU_CLK_UNHALTED:i=1:c=2", PERF_TYPE_RAW, 0x2800076, 1000000, false,
	  ALL, "cycles" },
	{ "CPU_CLK_UNHALTED:period=70000", "CPU_CLK_UNHALTED", PERF_TYPE_RAW,
	  0x76, 70000, false, ALL, "cycles" },
};

START_TEST(reads_what_people_write)
{
	struct vprof_event_spec spec;
	struct vprof_error err = { 0 };
	int levels = good[_i].levels;

	ck_assert_msg(!vprof_event_parse(good[_i].text, NULL, &spec, &err),
		      "%s: %s", good[_i].text, err.text);
	ck_assert_str_eq(spec.name, good[_i].name);
	ck_assert_str_eq(spec.unit, good[_i].unit);
	ck_assert_uint_eq(spec.type, good[_i].type);
	/* libpfm4 also sets INT and EN for some PMUs; the kernel ignores them */
	ck_assert_uint_eq(spec.config, good[_i].config);
	ck_assert_uint_eq(spec.period, good[_i].period);
	ck_assert_int_eq(spec.is_frequency, good[_i].is_frequency);
	ck_assert_int_eq(spec.exclude_user, !(levels & U));
	ck_assert_int_eq(spec.exclude_kernel, !(levels & K));
	ck_assert_int_eq(spec.exclude_hypervisor, !(levels & H));
}
END_TEST

static const struct {
	const char *text;
	int code;
	const char *sentence; /* part of it */
} bad[] = {
	{ "", -EINVAL, "names no event" },
	{ ":u", -EINVAL, "names no event" },
	{ "@1000", -EINVAL, "names no event" },
	{ "two words", -EINVAL, "no spaces" },
	{ "cycles\033[31m", -EINVAL, "control characters" },
	{ "cycles@", -EINVAL, "a period" },
	{ "cycles@abc", -EINVAL, "a period" },
	{ "cycles@10x", -EINVAL, "a period" },
	{ "cycles@99hz", -EINVAL, "with Hz or kHz as a frequency" },
	{ "cycles@1.5M", -EINVAL, "a whole number, with k, M or G" },
	{ "cpu-clock:z", -EINVAL, "cpu-clock has no modifier \"z\"" },
	{ "cycles:u:z", -EINVAL, "cycles has no modifier \"u:z\"" },
	{ "r003c:x", -EINVAL, "r003c has no modifier \"x\"" },
	{ "cycles@0", -EINVAL, "a period" },
	{ "cycles@-5", -EINVAL, "a period" },
	{ "cycles@99999999999999999999", -EINVAL, "a period" },
	{ "cycles@9999999999999999999", -EINVAL, "a period" },
	{ "cycles@499", -EINVAL, "at least 500" },
	{ "cpu-clock@9999", -EINVAL, "at least 10000" },
	{ "cycles@200kHz", -EINVAL, "at most 100000" },
	{ "r11112222333344445", -EINVAL, "at most 16" },
	{ "CPU_CLK_UNHALTEDD", -ENOENT, "Near it: CPU_CLK_UNHALTED." },
	{ "cycels", -ENOENT, "Near it: cycles" },
	{ "DTLB", -ENOENT, "L1_DTLB_AND_L2_DTLB_MISS" },
	{ "TC_deliver_mode", -ENOENT, "has one of that name" },
	{ "qwertyuiop", -ENOENT, "All: vprof-list events" },
	{ "L1_DTLB_AND_L2_DTLB_MISS:ALLL", -ENOENT, "Near it: ALL" },
	{ "L1_DTLB_AND_L2_DTLB_MISS:4K_TLB_RELAOD", -ENOENT,
	  "Near it: 4K_TLB_RELOAD" },
	{ "CPU_CLK_UNHALTED:FOO", -ENOENT, "It has: none" },
	{ "nosuchpmu/event=1/", -EINVAL, "no PMU \"nosuchpmu\"" },
	{ "../event=1/", -EINVAL, "no PMU" },
	{ "cpu/event=1", -EINVAL, "PMU/term=value" },
	{ "cpu//", -EINVAL, "PMU/term=value" },
	{ "/event=1/", -EINVAL, "PMU/term=value" },
};

START_TEST(says_what_is_wrong_and_what_was_meant)
{
	struct vprof_event_spec spec, untouched;
	struct vprof_error err = { 0 };

	memset(&spec, 0x5a, sizeof(spec));
	untouched = spec;
	ck_assert_int_eq(vprof_event_parse(bad[_i].text, NULL, &spec, &err),
			 bad[_i].code);
	ck_assert_int_eq(err.code, bad[_i].code);
	ck_assert_msg(strstr(err.text, bad[_i].sentence), "%s: %s",
		      bad[_i].text, err.text);
	ck_assert_int_eq(memcmp(&spec, &untouched, sizeof(spec)), 0);
}
END_TEST

START_TEST(a_name_too_long_is_refused_at_every_length)
{
	char text[2 * VPROF_EVENT_NAME_MAX];
	struct vprof_event_spec spec;
	struct vprof_error err;

	for (size_t length = 100; length < sizeof(text); length++) {
		memset(text, 'a', length);
		text[length] = '\0';
		ck_assert_int_lt(vprof_event_parse(text, NULL, &spec, &err), 0);
	}
}
END_TEST

START_TEST(defaults_hold_where_the_text_says_nothing)
{
	const struct vprof_event_defaults hz = { 1234, true };
	struct vprof_event_spec spec;

	ck_assert_int_eq(vprof_event_parse("cycles", &hz, &spec, NULL), 0);
	ck_assert_uint_eq(spec.period, 1234);
	ck_assert(spec.is_frequency);
	ck_assert_int_eq(vprof_event_parse("cycles@5k", &hz, &spec, NULL), 0);
	ck_assert_uint_eq(spec.period, 5000);
	ck_assert(!spec.is_frequency);
}
END_TEST

struct seen {
	unsigned int nr_events;
	unsigned int nr_masks;
	bool has_clock;
};

static int note(void *data, const struct vprof_event_info *info)
{
	struct seen *seen = data;

	ck_assert_ptr_nonnull(info->name);
	ck_assert_ptr_nonnull(info->description);
	seen->nr_events += !info->is_unit_mask;
	seen->nr_masks += info->is_unit_mask;
	seen->has_clock |= !strcmp(info->name, "cpu-clock");
	return 0;
}

static int stop_at_once(void *data, const struct vprof_event_info *info)
{
	(void)info;
	++*(int *)data;
	return 42;
}

START_TEST(lists_events_until_told_to_stop)
{
	struct seen seen = { 0 };
	int calls = 0;

	ck_assert_int_eq(vprof_event_for_each(note, &seen), 0);
	ck_assert(seen.has_clock);
	ck_assert_uint_ge(seen.nr_events, 7);
	ck_assert_int_eq(vprof_event_for_each(stop_at_once, &calls), 42);
	ck_assert_int_eq(calls, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("event");
	TCase *tcase = tcase_create("event");

	tcase_set_timeout(tcase, 120);
	setenv("LIBPFM_FORCE_PMU", "amd64_fam10h_barcelona", 1);
	tcase_add_loop_test(tcase, reads_what_people_write, 0,
			    (int)(sizeof(good) / sizeof(good[0])));
	tcase_add_loop_test(tcase, says_what_is_wrong_and_what_was_meant, 0,
			    (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(tcase, a_name_too_long_is_refused_at_every_length);
	tcase_add_test(tcase, defaults_hold_where_the_text_says_nothing);
	tcase_add_test(tcase, lists_events_until_told_to_stop);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

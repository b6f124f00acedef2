// SPDX-License-Identifier: GPL-2.0-only
/* vprofd's status: what is written is read back, what makes no sense is refused. */
#include <vprof/status.h>

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run_suite.h"

static struct vprof_status status, again;

static void setup(void)
{
	memset(&status, 0, sizeof(status));
	memset(&again, 0, sizeof(again));
}

START_TEST(reads_back_what_it_wrote)
{
	char *json = NULL;
	int i;

	strcpy(status.version, "0.1.0");
	strcpy(status.capture, "perf_event");
	strcpy(status.capture_why, "module not loaded: sudo modprobe vprof");
	strcpy(status.store_path, "/var/lib/\"x\"\n.store");
	status.pid = 4000000;
	status.state = VPROF_STATUS_WAITING;
	strcpy(status.reason, "disk full");
	status.kernel_chain = true;
	status.samples = INT64_MAX;
	status.nr_events = VPROF_STATUS_MAX_EVENTS;
	strcpy(status.events[31].name, "CPU_CLK_UNHALTED:u");
	status.events[31].period = 1000000;
	status.events[0].is_frequency = true;
	status.nr_domains = 2;
	strcpy(status.domains[1].name, "g1");
	for (i = 0; i < VPROF_NR_LOSSES; i++)
		status.domains[1].accounts.lost[i] = 10u + (unsigned int)i;
	status.domains[1].accounts.taken = 1000;
	status.domains[1].accounts.delivered = 900;

	ck_assert_int_eq(vprof_status_format(&status, &json), 0);
	ck_assert_int_eq(vprof_status_parse(json, &again, NULL), 0);
	free(json);
	ck_assert_mem_eq(&status, &again, sizeof(status));
}
END_TEST

START_TEST(writes_text_that_is_not_utf8_all_the_same)
{
	char *json = NULL;

	strcpy(status.store_path, "/tmp/a\xff\xfe"
				  "b");
	ck_assert_int_eq(vprof_status_format(&status, &json), 0);
	ck_assert_int_eq(vprof_status_parse(json, &again, NULL), 0);
	free(json);
	ck_assert_str_eq(again.store_path, "/tmp/a??b");
}
END_TEST

START_TEST(writes_a_count_beyond_json_as_the_largest)
{
	char *json = NULL;

	status.samples = UINT64_MAX;
	ck_assert_int_eq(vprof_status_format(&status, &json), 0);
	ck_assert_int_eq(vprof_status_parse(json, &again, NULL), 0);
	free(json);
	ck_assert_uint_eq(again.samples, INT64_MAX);
}
END_TEST

START_TEST(reads_what_an_older_or_newer_daemon_writes)
{
	static const char json[] =
		"{\"pid\": 7, \"news\": [1, {}], \"state\": \"stopped\","
		" \"events\": [{\"name\": \"x\", \"accounts\": {\"taken\": 5,"
		" \"delivered\": 4, \"lost\": {\"eaten by mice\": 1}}}]}";

	ck_assert_int_eq(vprof_status_parse(json, &again, NULL), 0);
	ck_assert_uint_eq(again.pid, 7);
	ck_assert_uint_eq(again.state, VPROF_STATUS_STOPPED);
	ck_assert_uint_eq(again.nr_events, 1);
	ck_assert_uint_eq(again.events[0].accounts.taken, 5);
	ck_assert_uint_eq(again.events[0].accounts.delivered, 4);
	ck_assert_uint_eq(again.events[0].accounts.lost[VPROF_LOSS_OTHER], 1);
}
END_TEST

START_TEST(cuts_short_what_is_too_long)
{
	char json[512], *end = json;
	int i;

	end += sprintf(end, "{\"version\": \"");
	for (i = 0; i < 300; i++)
		*end++ = 'v';
	strcpy(end, "\"}");
	ck_assert_int_eq(vprof_status_parse(json, &again, NULL), 0);
	ck_assert_uint_eq(strlen(again.version), VPROF_STATUS_WORD_MAX - 1);
}
END_TEST

START_TEST(takes_no_more_events_than_it_has_room_for)
{
	char json[64 * VPROF_STATUS_MAX_EVENTS], *end = json;
	int i;

	end += sprintf(end, "{\"events\": [{}");
	for (i = 0; i < 2 * VPROF_STATUS_MAX_EVENTS; i++)
		end += sprintf(end, ",{\"period\": %d}", i);
	strcpy(end, "]}");
	ck_assert_int_eq(vprof_status_parse(json, &again, NULL), 0);
	ck_assert_uint_eq(again.nr_events, VPROF_STATUS_MAX_EVENTS);
}
END_TEST

static const struct {
	const char *json;
	const char *named; /* by the sentence */
} refusals[] = {
	{ "", "not JSON" },
	{ "nonsense", "not JSON" },
	{ "{\"pid\": 1", "not JSON" },
	{ "{\"pid\": 1, \"pid\": 2}", "not JSON" },
	{ "[]", "the whole of it" },
	{ "{\"pid\": \"1\"}", "pid" },
	{ "{\"pid\": -1}", "pid" },
	{ "{\"pid\": 1.5}", "pid" },
	{ "{\"pid\": null}", "pid" },
	{ "{\"version\": 1}", "version" },
	{ "{\"state\": \"asleep\"}", "state" },
	{ "{\"state\": 0}", "state" },
	{ "{\"user_chain\": 1}", "user_chain" },
	{ "{\"events\": {}}", "events" },
	{ "{\"events\": [1]}", "events" },
	{ "{\"events\": [{\"name\": 1}]}", "events" },
	{ "{\"events\": [{\"accounts\": {}}]}", "events" },
	{ "{\"domains\": [{\"accounts\": 1}]}", "domains" },
	{ "{\"domains\": [{\"accounts\": {\"taken\": 1, \"delivered\": 1,"
	  " \"lost\": {\"buffer full\": \"x\"}}}]}",
	  "domains" },
};

START_TEST(refuses_what_makes_no_sense)
{
	struct vprof_error err = { 0 };

	again.pid = 99;
	ck_assert_int_eq(vprof_status_parse(refusals[_i].json, &again, &err),
			 -EBADMSG);
	ck_assert_msg(strstr(err.text, refusals[_i].named), "said: %s",
		      err.text);
	ck_assert_uint_eq(again.pid, 99);
}
END_TEST

START_TEST(names_every_state)
{
	ck_assert_str_eq(vprof_status_state_name(VPROF_STATUS_SAMPLING),
			 "sampling");
	ck_assert_str_eq(vprof_status_state_name(VPROF_STATUS_NR_STATES),
			 "unknown");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("status");
	TCase *tcase = tcase_create("status");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, reads_back_what_it_wrote);
	tcase_add_test(tcase, writes_text_that_is_not_utf8_all_the_same);
	tcase_add_test(tcase, writes_a_count_beyond_json_as_the_largest);
	tcase_add_test(tcase, reads_what_an_older_or_newer_daemon_writes);
	tcase_add_test(tcase, cuts_short_what_is_too_long);
	tcase_add_test(tcase, takes_no_more_events_than_it_has_room_for);
	tcase_add_loop_test(tcase, refuses_what_makes_no_sense, 0,
			    (int)(sizeof(refusals) / sizeof(refusals[0])));
	tcase_add_test(tcase, names_every_state);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

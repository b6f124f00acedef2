// SPDX-License-Identifier: GPL-2.0-only
/* What a study makes of a receiver's counters, of iperf3's words, and of a sweep. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "run_suite.h"

#include "study/counters.h"
#include "study/iperf.h"
#include "study/receive.h"

/* ---- /proc/net/netstat ------------------------------------------------------ */

static const struct {
	const char *text;
	int ret;
	struct counters counters;
} netstats[] = {
	{ "TcpExt: A PruneCalled TCPRcvCollapsed\nTcpExt: 1 22 333\n",
	  0,
	  { 333, 22 } },
	{ "IpExt: PruneCalled\nIpExt: 9\n"
	  "TcpExt: TCPRcvCollapsed X PruneCalled\nTcpExt: 18900 0 1\n",
	  0,
	  { 18900, 1 } },
	{ "TcpExt: PruneCalled TCPRcvCollapsed", -ENOENT, { 0, 0 } },
	{ "TcpExt: PruneCalled TCPRcvCollapsed\n", -ENOENT, { 0, 0 } },
	{ "TcpExt: PruneCalled TCPRcvCollapsed\nTcpExt: 1\n",
	  -ENOENT,
	  { 0, 0 } },
	{ "TcpExt: PruneCalledX TCPRcvCollapsed\nTcpExt: 1 2\n",
	  -ENOENT,
	  { 0, 0 } },
	{ "", -ENOENT, { 0, 0 } },
	{ "cat: /proc/net/netstat: no", -ENOENT, { 0, 0 } },
};

START_TEST(reads_counters)
{
	struct counters counters = { 0 };

	ck_assert_int_eq(counters_parse(netstats[_i].text, &counters),
			 netstats[_i].ret);
	ck_assert_uint_eq(counters.collapsed, netstats[_i].counters.collapsed);
	ck_assert_uint_eq(counters.pruned, netstats[_i].counters.pruned);
}
END_TEST

/* ---- iperf3 ------------------------------------------------------------------ */

static const struct {
	const char *json;
	int ret;
	double mbit_per_s;
	const char *sentence;
} words[] = {
	{ "{\"end\":{\"sum_received\":{\"seconds\":2.5,"
	  "\"bits_per_second\":156500000}}}",
	  0, 156.5, "" },
	{ "{\"error\":\"unable to connect\"}", -EREMOTEIO, 0,
	  "iperf3: unable to connect" },
	{ "{\"end\":{}}", -EBADMSG, 0, "did not say what was received" },
	{ "{\"end\":{\"sum_received\":{\"seconds\":0,\"bits_per_second\":1}}}",
	  -EBADMSG, 0, "did not say" },
	{ "{\"end\":{\"sum_received\":{\"seconds\":1,\"bits_per_second\":-1}}}",
	  -EBADMSG, 0, "did not say" },
	{ "{\"end\":[]}", -EBADMSG, 0, "did not say" },
	{ "iperf3: what?", -EBADMSG, 0, "said no JSON: iperf3: what?" },
	{ "", -EBADMSG, 0, "said no JSON" },
};

START_TEST(reads_iperf)
{
	struct iperf_result result = { 0 };
	struct vprof_error err = { 0 };

	ck_assert_int_eq(iperf_parse(words[_i].json, &result, &err),
			 words[_i].ret);
	ck_assert_double_eq(result.mbit_per_s, words[_i].mbit_per_s);
	ck_assert_msg(strstr(err.text, words[_i].sentence), "%s", err.text);
}
END_TEST

/* ---- points A and B ------------------------------------------------------------ */

enum { MAX_ROWS = 8 };

/* A row's figures: scale, buffer, Mbit/s, collapsed; one run of two seconds. */
static const struct {
	struct {
		int64_t scale;
		uint64_t buffer;
		struct study_receive_run run;
	} rows[MAX_ROWS];
	uint64_t a;
	uint64_t b;
} sweeps[] = {
	/* the fastest before the fault; in it, what loses most, not the slowest */
	{ { { 1, 1, { 90, 0, 0 } },
	    { 1, 2, { 120, 3, 0 } },
	    { 1, 3, { 80, 9000, 1 } },
	    { 1, 4, { 30, 9000, 1 } },
	    { -2, 3, { 200, 0, 0 } },
	    { -2, 4, { 60, 0, 0 } } },
	  2,
	  3 },
	/* a few collapsed segments are neither before the fault nor in it */
	{ { { 1, 1, { 100, 900, 0 } }, { -2, 1, { 100, 0, 0 } } }, 0, 0 },
	/* all in it */
	{ { { 1, 1, { 100, 9000, 0 } }, { -2, 1, { 150, 0, 0 } } }, 0, 1 },
	/* none in it; the fixed scale's rows are no points */
	{ { { 1, 7, { 100, 0, 0 } }, { -2, 1, { 150, 9000, 0 } } }, 7, 0 },
	/* interrupted before the fixed scale: still, what is in it */
	{ { { 1, 1, { 100, 0, 0 } }, { 1, 2, { 40, 9000, 0 } } }, 1, 2 },
	{ { { 0, 0, { 0, 0, 0 } } }, 0, 0 },
};

START_TEST(chooses_points)
{
	struct study_receive *receive = study_receive_new();
	const struct study_sweep_row *a, *b;
	struct study_sweep_row *row;

	receive->default_scale = 1;
	receive->fixed_scale = -2;
	receive->run_seconds = 2;
	receive->sweep = calloc(MAX_ROWS, sizeof(*receive->sweep));
	for (int i = 0; i < MAX_ROWS && sweeps[_i].rows[i].scale; i++) {
		row = &receive->sweep[receive->nr_sweep++];
		row->scale = sweeps[_i].rows[i].scale;
		row->socket_buffer = sweeps[_i].rows[i].buffer;
		row->runs = calloc(1, sizeof(*row->runs));
		row->runs[0] = sweeps[_i].rows[i].run;
		row->nr_runs = 1;
	}
	receive_choose(receive, &a, &b);
	ck_assert_uint_eq(a ? a->socket_buffer : 0, sweeps[_i].a);
	ck_assert_uint_eq(b ? b->socket_buffer : 0, sweeps[_i].b);
	study_receive_free(receive);
}
END_TEST

#define NR(array) (sizeof(array) / sizeof((array)[0]))

int main(void)
{
	Suite *suite = suite_create("study receive");
	TCase *tcase = tcase_create("all");

	tcase_add_loop_test(tcase, reads_counters, 0, NR(netstats));
	tcase_add_loop_test(tcase, reads_iperf, 0, NR(words));
	tcase_add_loop_test(tcase, chooses_points, 0, NR(sweeps));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

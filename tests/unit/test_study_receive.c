// SPDX-License-Identifier: GPL-2.0-only
/* What a study makes of a receiver's counters, of iperf3's words, and of a sweep. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "run_suite.h"

#include "study/counters.h"
#include "study/iperf.h"
#include "study/receive_choose.h"

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

enum { MAX_ROWS = 8, MAX_RUNS = 3 };

/* A row's figures: scale, buffer, receive size; of each run, of two seconds,
 * Mbit/s and collapsed. */
static const struct {
	struct {
		int64_t scale;
		uint64_t buffer;
		uint64_t size;
		struct {
			double mbit_per_s;
			uint64_t collapsed;
		} runs[MAX_RUNS];
	} rows[MAX_ROWS];
	uint64_t a;
	uint64_t b;
} sweeps[] = {
	/* the fastest before the fault; in it, what loses most, not the slowest */
	{ { { 1, 1, 4, { { 90, 0 } } },
	    { 1, 2, 4, { { 120, 3 } } },
	    { 1, 3, 4, { { 80, 9000 } } },
	    { 1, 4, 4, { { 30, 9000 } } },
	    { -2, 3, 4, { { 200, 0 } } },
	    { -2, 4, 4, { { 60, 0 } } } },
	  2,
	  3 },
	/* B's receive size comes before what is faster */
	{ { { 1, 1, 8, { { 90, 0 } } },
	    { 1, 2, 4, { { 20, 0 } } },
	    { 1, 3, 4, { { 30, 0 } } },
	    { 1, 4, 8, { { 99, 0 } } },
	    { 1, 5, 4, { { 30, 9000 } } } },
	  3,
	  5 },
	/* one run that is off does not count: of the rate, of the collapsed */
	{ { { 1, 1, 4, { { 90, 0 }, { 5, 9000 }, { 90, 0 } } },
	    { 1, 2, 4, { { 80, 0 }, { 400, 0 }, { 80, 0 } } },
	    { 1, 3, 4, { { 40, 9000 }, { 40, 0 }, { 40, 9000 } } },
	    { 1, 4, 4, { { 30, 9000 }, { 90, 9000 }, { 90, 9000 } } },
	    { -2, 3, 4, { { 80, 0 }, { 80, 0 }, { 10, 0 } } },
	    { -2, 4, 4, { { 100, 0 }, { 900, 0 }, { 100, 0 } } } },
	  1,
	  3 },
	/* a few collapsed segments are neither before the fault nor in it */
	{ { { 1, 1, 4, { { 100, 900 } } }, { -2, 1, 4, { { 100, 0 } } } },
	  0,
	  0 },
	/* all in it */
	{ { { 1, 1, 4, { { 100, 9000 } } }, { -2, 1, 4, { { 150, 0 } } } },
	  0,
	  1 },
	/* none in it; the fixed scale's rows are no points */
	{ { { 1, 7, 4, { { 100, 0 } } }, { -2, 1, 4, { { 150, 9000 } } } },
	  7,
	  0 },
	/* interrupted before the fixed scale: still, what is in it */
	{ { { 1, 1, 4, { { 100, 0 } } },
	    { 1, 2, 4, { { 40, 9000 } } },
	    { -2, 2, 4, { { 0, 0 } } } },
	  1,
	  2 },
	{ { { 0, 0, 0, { { 0, 0 } } } }, 0, 0 },
};

static void fill_row(struct study_sweep_row *row, int sweep, int nth)
{
	row->scale = sweeps[sweep].rows[nth].scale;
	row->socket_buffer = sweeps[sweep].rows[nth].buffer;
	row->receive_size = sweeps[sweep].rows[nth].size;
	row->runs = calloc(MAX_RUNS, sizeof(*row->runs));
	for (int i = 0; i < MAX_RUNS; i++) {
		row->runs[i].mbit_per_s =
			sweeps[sweep].rows[nth].runs[i].mbit_per_s;
		row->runs[i].collapsed =
			sweeps[sweep].rows[nth].runs[i].collapsed;
		if (row->runs[i].mbit_per_s > 0)
			row->nr_runs++;
	}
}

START_TEST(chooses_points)
{
	struct study_receive *receive = study_receive_new();
	const struct study_sweep_row *a, *b;

	receive->default_scale = 1;
	receive->fixed_scale = -2;
	receive->run_seconds = 2;
	receive->sweep = calloc(MAX_ROWS, sizeof(*receive->sweep));
	for (int i = 0; i < MAX_ROWS && sweeps[_i].rows[i].scale; i++)
		fill_row(&receive->sweep[receive->nr_sweep++], _i, i);
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

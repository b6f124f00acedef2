// SPDX-License-Identifier: GPL-2.0-only
/* results.json: what is written is read again; what is wrong is refused by name. */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "study/results.h"
#include "run_suite.h"

static char dir[] = "/tmp/vprof-results-XXXXXX";
static char path[64];

static struct study_results *results;

static void set_up(void)
{
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/results.json", dir);
	results = study_results_new();
	ck_assert_ptr_nonnull(results);
}

static void tear_down(void)
{
	study_results_free(results);
	unlink(path);
	ck_assert_int_eq(rmdir(dir), 0); /* nothing else was left there */
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
}

static void fill_profile(struct study_profile *profile)
{
	profile->store = strdup("x.store");
	profile->domain = strdup("g1\n<script>\"\\ \xc3\xa4");
	profile->event = strdup("CPU_CLK_UNHALTED");
	profile->period = 1000000;
	profile->samples = 12345678901234;
	profile->lost = 7;
	profile->split = (struct study_split){ 0.25, 0.125, 0.5, 0.125, NAN };
	profile->functions = calloc(2, sizeof(*profile->functions));
	profile->nr_functions = 2;
	profile->functions[0].symbol = strdup("skb_copy_bits");
	profile->functions[0].context = strdup("kernel");
	profile->functions[0].samples = 99;
	profile->functions[0].share = 0.28;
	profile->functions[1].share = NAN;
}

static void fill_receive(void)
{
	struct study_receive *receive = study_receive_new();
	struct study_sweep_row *row;

	results->receive = receive;
	receive->state = STUDY_INTERRUPTED;
	receive->why = strdup("by SIGINT");
	receive->receiver = strdup("10.0.0.11");
	receive->receiver_kernel = strdup("6.1.0");
	receive->default_scale = 1;
	receive->fixed_scale = -2;
	receive->sweep = calloc(2, sizeof(*receive->sweep));
	receive->nr_sweep = 2;
	row = &receive->sweep[0];
	*row = (struct study_sweep_row){ .scale = -2, .socket_buffer = 131072 };
	row->runs = calloc(1, sizeof(*row->runs));
	row->nr_runs = 1;
	row->runs[0] = (struct study_receive_run){ 84.5, 18900, 3 };
	receive->points[STUDY_POINT_B] = study_point_new();
	receive->points[STUDY_POINT_B]->scale = -31;
	receive->points[STUDY_POINT_B]->seconds = 1.5;
	fill_profile(&receive->points[STUDY_POINT_B]->profile);
	receive->changes = calloc(1, sizeof(*receive->changes));
	receive->nr_changes = 1;
	receive->changes[0] = (struct study_change){
		.symbol = strdup("tcp_collapse"),
		.share_a = NAN,
		.share_b = 0.25,
		.change = -0.25,
		.z = 12.5,
	};
}

static void fill_systems(void)
{
	struct study_system *system = study_system_new();

	results->nics = study_part_new();
	results->nics->state = STUDY_NOT_POSSIBLE;
	results->nics->why = strdup("no guest");
	results->web = study_part_new();
	results->web->systems[STUDY_GUEST] = system;
	system->server = strdup("nginx");
	system->interfaces = 4;
	system->runs = calloc(1, sizeof(*system->runs));
	system->nr_runs = 1;
	system->runs[0] = (struct study_system_run){ 312.25, 2 };
	fill_profile(&system->profile);
}

static void write_and_read(struct study_results **ret_results)
{
	struct vprof_error err = { 0 };

	ck_assert_msg(!study_results_write(results, path, &err), "%s",
		      err.text);
	ck_assert_msg(!study_results_read(path, ret_results, &err), "%s",
		      err.text);
}

static void check_profile(const struct study_profile *profile)
{
	ck_assert_str_eq(profile->store, "x.store");
	ck_assert_ptr_null(profile->why);
	ck_assert_str_eq(profile->domain, "g1\n<script>\"\\ \xc3\xa4");
	ck_assert_uint_eq(profile->period, 1000000);
	ck_assert_uint_eq(profile->samples, 12345678901234);
	ck_assert_double_eq(profile->split.driver, 0.125);
	ck_assert_double_nan(profile->split.interrupts);
	ck_assert_uint_eq(profile->nr_functions, 2);
	ck_assert_str_eq(profile->functions[0].symbol, "skb_copy_bits");
	ck_assert_double_eq(profile->functions[0].share, 0.28);
	ck_assert_ptr_null(profile->functions[1].symbol);
	ck_assert_double_nan(profile->functions[1].share);
}

START_TEST(keeps_nothing_measured)
{
	struct study_results *again;

	write_and_read(&again);
	ck_assert_ptr_null(again->receive);
	ck_assert_ptr_null(again->nics);
	ck_assert_ptr_null(again->machine.name);
	study_results_free(again);
}
END_TEST

START_TEST(keeps_receive)
{
	const struct study_receive *receive;
	struct study_results *again;

	fill_receive();
	write_and_read(&again);
	receive = again->receive;
	ck_assert_ptr_nonnull(receive);
	ck_assert_int_eq(receive->state, STUDY_INTERRUPTED);
	ck_assert_str_eq(receive->why, "by SIGINT");
	ck_assert_str_eq(receive->receiver, "10.0.0.11");
	ck_assert_int_eq(receive->fixed_scale, -2);
	ck_assert(!receive->is_mended);
	ck_assert_uint_eq(receive->nr_sweep, 2);
	ck_assert_int_eq(receive->sweep[0].scale, -2);
	ck_assert_double_eq(receive->sweep[0].runs[0].mbit_per_s, 84.5);
	ck_assert_uint_eq(receive->sweep[0].runs[0].collapsed, 18900);
	ck_assert_uint_eq(receive->sweep[1].nr_runs, 0);
	ck_assert_ptr_null(receive->points[STUDY_POINT_A]);
	ck_assert_int_eq(receive->points[STUDY_POINT_B]->scale, -31);
	ck_assert_double_nan(receive->points[STUDY_POINT_B]->mbit_per_s + NAN);
	check_profile(&receive->points[STUDY_POINT_B]->profile);
	ck_assert_double_nan(receive->changes[0].share_a);
	ck_assert_double_eq(receive->changes[0].change, -0.25);
	study_results_free(again);
}
END_TEST

START_TEST(keeps_systems)
{
	struct study_results *again;

	fill_systems();
	write_and_read(&again);
	ck_assert_int_eq(again->nics->state, STUDY_NOT_POSSIBLE);
	ck_assert_ptr_null(again->nics->systems[STUDY_GUEST]);
	ck_assert_ptr_null(again->web->systems[STUDY_LINUX]);
	ck_assert_double_eq(again->web->systems[STUDY_GUEST]->runs[0].rate,
			    312.25);
	ck_assert_uint_eq(again->web->systems[STUDY_GUEST]->runs[0].errors, 2);
	check_profile(&again->web->systems[STUDY_GUEST]->profile);
	study_results_free(again);
}
END_TEST

static int read_from(const char *text, struct vprof_error *err)
{
	struct study_results *read = NULL;
	FILE *file = fopen(path, "w");
	int ret;

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
	ret = study_results_read(path, &read, err);
	if (!ret)
		study_results_free(read);
	else
		ck_assert_ptr_null(read);
	return ret;
}

static const struct {
	const char *text;
	int code;
	const char *sentence;
} wrong[] = {
	{ "", -EBADMSG, "is no JSON" },
	{ "{", -EBADMSG, "line 1 is no JSON" },
	{ "[]", -EBADMSG, "format: expected a number above 0" },
	{ "{\"format\":\"1\"}", -EBADMSG, "format: expected" },
	{ "{\"format\":2}", -EPROTO, "newer" },
	{ "{\"format\":1,\"format\":1}", -EBADMSG, "is no JSON" },
	{ "{\"format\":1,\"receive\":[]}", -EBADMSG,
	  "receive: expected an object" },
	{ "{\"format\":1,\"machine\":null}", -EBADMSG,
	  "machine: expected an object" },
	{ "{\"format\":1,\"receive\":{\"state\":\"well\"}}", -EBADMSG,
	  "receive.state: expected \"done\"" },
	{ "{\"format\":1,\"receive\":{\"sweep\":[{},{\"scale\":1.5}]}}",
	  -EBADMSG, "receive.sweep[1].scale: expected a whole number" },
	{ "{\"format\":1,\"receive\":{\"sweep\":[{\"runs\":[{\"collapsed\":-1}]}]}}",
	  -EBADMSG, "receive.sweep[0].runs[0].collapsed: expected a number" },
	{ "{\"format\":1,\"receive\":{\"points\":{\"A\":{\"split\":{\"user\":1.1}}}}}",
	  -EBADMSG, "receive.points.A.split.user: expected a share" },
	{ "{\"format\":1,\"web\":{\"systems\":{\"guest\":{\"runs\":[{\"requests_per_s\":-2}]}}}}",
	  -EBADMSG, "requests_per_s: expected a number of 0" },
	{ "{\"format\":1,\"receive\":{\"receiver\":{\"is_mended\":1}}}",
	  -EBADMSG, "is_mended: expected true or false" },
	{ "{\"format\":1,\"receive\":{\"sweep\":{}}}", -EBADMSG,
	  "receive.sweep: expected a list" },
	{ "{\"format\":1,\"receive\":{\"why\":\"a\\u0000b\"}}", -EBADMSG,
	  "is no JSON" },
	{ "{\"format\":1,\"receive\":{\"sweep\":[{\"scale\":99999999999999999999}]}}",
	  -EBADMSG, "is no JSON" },
};

START_TEST(refuses_by_name)
{
	struct vprof_error err = { 0 };

	ck_assert_int_eq(read_from(wrong[_i].text, &err), wrong[_i].code);
	ck_assert_msg(strstr(err.text, wrong[_i].sentence), "%s", err.text);
	ck_assert_ptr_nonnull(strstr(err.text, "results.json"));
}
END_TEST

START_TEST(skips_what_it_does_not_know)
{
	struct vprof_error err = { 0 };

	ck_assert_int_eq(
		read_from("{\"format\":1,\"later\":{},\"receive\":{\"x\":[1]}}",
			  &err),
		0);
}
END_TEST

START_TEST(refuses_what_is_no_file)
{
	struct study_results *read = NULL;
	struct vprof_error err = { 0 };

	ck_assert_int_eq(study_results_read(dir, &read, &err), -EBADMSG);
	ck_assert_int_eq(study_results_read(path, &read, &err), -ENOENT);
	ck_assert_ptr_null(read);
}
END_TEST

START_TEST(leaves_what_was_there_when_it_cannot_write)
{
	struct vprof_error err = { 0 };

	ck_assert_int_eq(study_results_write(results, "/proc/no/such", &err),
			 -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.text, "/proc/no/such"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("study results");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, keeps_nothing_measured);
	tcase_add_test(tcase, keeps_receive);
	tcase_add_test(tcase, keeps_systems);
	tcase_add_loop_test(tcase, refuses_by_name, 0,
			    sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(tcase, skips_what_it_does_not_know);
	tcase_add_test(tcase, refuses_what_is_no_file);
	tcase_add_test(tcase, leaves_what_was_there_when_it_cannot_write);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Comparing profiles: what is matched with what, the figures, and their chance. */
#include "query/significance.h"

#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vprof/diff.h>

#include "run_suite.h"

enum {
	MAX_LINES = 16,
	MAX_DOMAINS = 8,
	MAX_EVENTS = 2,
	ALL_KEYS = (1 << VPROF_NR_KEYS) - 1,
	A = VPROF_DIFF_A,
	B = VPROF_DIFF_B,
};

/* ---- a profile made by hand -------------------------------------------- */

/* Texts are copied: those of two profiles are never the same pointers. */
struct made {
	struct vprof_profile profile;
	struct vprof_profile_domain domains[MAX_DOMAINS];
	struct vprof_profile_event events[MAX_EVENTS];
	struct vprof_profile_sums sums[MAX_EVENTS][MAX_DOMAINS];
	struct vprof_profile_line lines[MAX_EVENTS][MAX_LINES];
	char *texts[128];
	size_t nr_texts;
};

static struct made sides[VPROF_DIFF_SIDES];
static struct vprof_diff *diff;
static struct vprof_error error;

static const char *copy(struct made *made, const char *text)
{
	if (!text)
		return NULL;
	ck_assert_uint_lt(made->nr_texts, 128);
	made->texts[made->nr_texts] = strdup(text);
	return made->texts[made->nr_texts++];
}

static uint32_t add_domain(struct made *made, const char *kind,
			   const char *name, const char *uuid, uint64_t number)
{
	size_t i = made->profile.nr_domains++;

	made->domains[i] = (struct vprof_profile_domain){
		.kind = copy(made, kind),
		.name = copy(made, name),
		.uuid = copy(made, uuid),
		.number = number,
		.names_from = "",
	};
	return (uint32_t)i;
}

static struct vprof_profile_event *add_event(struct made *made,
					     const char *name)
{
	size_t i = made->profile.nr_events++;

	made->events[i] = (struct vprof_profile_event){
		.name = copy(made, name),
		.unit = "cycles",
		.period = 1000,
		.domain_sums = made->sums[i],
		.lines = made->lines[i],
	};
	return &made->events[i];
}

/* A sample weighs 1000, unless a weight is given. */
static void add_line(struct made *made, size_t event_number, uint32_t domain,
		     const char *image, const char *symbol, uint64_t samples,
		     uint64_t weight)
{
	struct vprof_profile_event *event = &made->events[event_number];
	struct vprof_profile_sums *sums = &made->sums[event_number][domain];

	weight = weight ? weight : samples * 1000;
	made->lines[event_number][event->nr_lines++] =
		(struct vprof_profile_line){
			.domain = domain,
			.context = 2,
			.image = copy(made, image),
			.symbol = copy(made, symbol),
			.samples = samples,
			.weight = weight,
		};
	event->all_samples += samples;
	event->samples += samples;
	event->all_weight += weight;
	sums->samples += samples;
	sums->weight += weight;
}

static void setup(void)
{
	memset(sides, 0, sizeof(sides));
	memset(&error, 0, sizeof(error));
	diff = NULL;
	for (int s = 0; s < VPROF_DIFF_SIDES; s++) {
		sides[s].profile.domains = sides[s].domains;
		sides[s].profile.events = sides[s].events;
	}
}

static void teardown(void)
{
	vprof_diff_free(diff);
	for (int s = 0; s < VPROF_DIFF_SIDES; s++)
		for (size_t i = 0; i < sides[s].nr_texts; i++)
			free(sides[s].texts[i]);
}

/* Host and CYCLES on both sides. */
static void setup_host(void)
{
	setup();
	for (int s = 0; s < VPROF_DIFF_SIDES; s++) {
		add_domain(&sides[s], "host", "host", "", 0);
		add_event(&sides[s], "CYCLES");
	}
}

static int try_compare(struct vprof_diff_options options)
{
	options.size = sizeof(options);
	options.keys = options.keys ? options.keys : ALL_KEYS;
	options.labels[A] = "before";
	options.labels[B] = "after";
	return vprof_diff_new(&options, &sides[A].profile, &sides[B].profile,
			      &diff, &error);
}

static void compare(struct vprof_diff_options options)
{
	ck_assert_msg(!try_compare(options), "%s", error.text);
}

static const struct vprof_diff_line *find_line(const char *symbol)
{
	const struct vprof_diff_event *event = &diff->events[0];
	const struct vprof_profile_line *line;

	for (size_t i = 0; i < event->nr_lines; i++) {
		line = event->lines[i].sides[A] ? event->lines[i].sides[A]
						: event->lines[i].sides[B];
		if (!strcmp(line->symbol ? line->symbol : "", symbol))
			return &event->lines[i];
	}
	ck_abort_msg("no line of %s", symbol);
	return NULL;
}

static void is_close(double value, double wanted)
{
	ck_assert_msg(fabs(value - wanted) < 1e-6 * (1 + fabs(wanted)),
		      "%.9f, not %.9f", value, wanted);
}

/* ---- significance ------------------------------------------------------ */

/* By the formula in fractions, elsewhere: ((xb/nb - xa/na) / SE). */
static const struct {
	uint64_t xa, na, xb, nb;
	double z;
} textbook[] = {
	{ 400, 4000, 2360, 8000, 23.928181646 },
	{ 15, 1000, 30, 1000, 2.261656365 },
	{ 30, 1000, 15, 1000, -2.261656365 },
	{ 50, 1000, 50, 1000, 0 },
	{ 0, 1000, 1, 1000, 1.000250094 },
	{ 0, 1000, 0, 1000, 0 },
	{ 1000, 1000, 1000, 1000, 0 },
	{ 3, 3, 0, 3, -2.449489743 },
	{ 0, 0, 5, 10, 0 },
	/* one share for both sides would make 2.70 of this */
	{ 1, 100, 10, 10000, -0.904078000 },
};

START_TEST(z_is_that_of_two_proportions)
{
	const struct vprof_share a = {
		.samples = textbook[_i].xa,
		.all_samples = textbook[_i].na,
		.share = textbook[_i].na ? (double)textbook[_i].xa /
						   (double)textbook[_i].na
					 : 0,
	};
	const struct vprof_share b = {
		.samples = textbook[_i].xb,
		.all_samples = textbook[_i].nb,
		.share = (double)textbook[_i].xb / (double)textbook[_i].nb,
	};

	is_close(vprof_significance(&a, &b), textbook[_i].z);
}
END_TEST

/* One profile: of @n samples each hits with probability @p and then weighs @heavy. */
static struct vprof_share draw(unsigned int n, double p, double heavy)
{
	struct vprof_share share = { .all_samples = n };
	double weight;

	for (unsigned int i = 0; i < n; i++)
		share.samples += drand48() < p;
	weight = (double)share.samples * heavy;
	share.share = weight / (weight + (double)(n - share.samples));
	return share;
}

/* What z should be where nothing has changed: mean 0, variance 1, 5 % beyond 1.96. */
static const struct {
	unsigned int na, nb;
	double p, heavy;
} mixes[] = {
	{ 1000, 1000, 0.1, 1 },
	{ 500, 3000, 0.3, 1 },
	{ 1000, 1000, 0.1, 5 },
	{ 3000, 1000, 0.05, 20 },
};

START_TEST(z_of_chance_alone_is_standard_normal)
{
	enum { TRIALS = 4000 };
	double sum = 0, squares = 0, beyond = 0, z;
	struct vprof_share a, b;

	srand48(1 + _i);
	for (int i = 0; i < TRIALS; i++) {
		a = draw(mixes[_i].na, mixes[_i].p, mixes[_i].heavy);
		b = draw(mixes[_i].nb, mixes[_i].p, mixes[_i].heavy);
		z = vprof_significance(&a, &b);
		sum += z;
		squares += z * z;
		beyond += fabs(z) > 1.96;
	}
	ck_assert_double_lt(fabs(sum / TRIALS), 0.1);
	ck_assert_double_gt(squares / TRIALS, 0.85);
	ck_assert_double_lt(squares / TRIALS, 1.15);
	ck_assert_double_gt(beyond / TRIALS, 0.035);
	ck_assert_double_lt(beyond / TRIALS, 0.065);
}
END_TEST

/* A function that one heavy sample makes half of the time is hardly known. */
START_TEST(few_heavy_samples_are_not_sure)
{
	const struct vprof_share a = { .samples = 1,
				       .all_samples = 1000,
				       .share = 0.5 };
	const struct vprof_share b = { .samples = 0, .all_samples = 1000 };

	ck_assert_double_gt(vprof_significance(&a, &b), -2.1);
	ck_assert_double_lt(vprof_significance(&a, &b), -1);
}
END_TEST

/* ---- lines ------------------------------------------------------------- */

static void make_mix(void)
{
	add_line(&sides[A], 0, 0, "vmlinux", "copy", 150, 0);
	add_line(&sides[A], 0, 0, "libc", "read", 680, 0);
	add_line(&sides[A], 0, 0, "libc", "close", 50, 0);
	add_line(&sides[A], 0, 0, "libc", "gone", 120, 0);
	add_line(&sides[B], 0, 0, "libc", "close", 110, 0);
	add_line(&sides[B], 0, 0, "libc", "read", 990, 0);
	add_line(&sides[B], 0, 0, "vmlinux", "copy", 800, 0);
	add_line(&sides[B], 0, 0, "libc", "new", 100, 0);
}

START_TEST(lines_are_matched_by_their_texts)
{
	const struct vprof_diff_line *line;

	make_mix();
	compare((struct vprof_diff_options){ 0 });
	ck_assert_uint_eq(diff->nr_events, 1);
	ck_assert_uint_eq(diff->events[0].nr_lines, 5);
	line = find_line("copy");
	ck_assert_ptr_eq(line->sides[A], &sides[A].lines[0][0]);
	ck_assert_ptr_eq(line->sides[B], &sides[B].lines[0][2]);
	is_close(line->change.share[A], 0.15);
	is_close(line->change.share[B], 0.4);
	is_close(line->change.change, 0.25);
	is_close(line->change.ratio, 0.4 / 0.15);
	ck_assert_uint_eq(line->change.samples[A], 150);
	ck_assert_uint_eq(line->change.weight[B], 800000);
	ck_assert_double_gt(line->change.z, 3);
}
END_TEST

START_TEST(one_function_in_two_images_is_two_lines)
{
	add_line(&sides[A], 0, 0, "libc", "read", 10, 0);
	add_line(&sides[A], 0, 0, "ld.so", "read", 20, 0);
	add_line(&sides[B], 0, 0, "ld.so", "read", 30, 0);
	compare((struct vprof_diff_options){ 0 });
	ck_assert_uint_eq(diff->events[0].nr_lines, 2);
}
END_TEST

START_TEST(absent_is_told_from_both_sides)
{
	const struct vprof_diff_line *line;

	make_mix();
	compare((struct vprof_diff_options){ 0 });
	line = find_line("gone");
	ck_assert_ptr_null(line->sides[B]);
	ck_assert_ptr_nonnull(line->sides[A]);
	is_close(line->change.ratio, 0);
	is_close(line->change.change, -0.12);
	line = find_line("new");
	ck_assert_ptr_null(line->sides[A]);
	ck_assert(isinf(line->change.ratio) && line->change.ratio > 0);
	is_close(line->change.change, 0.05);
}
END_TEST

static const struct {
	enum vprof_diff_order order;
	const char *symbols;
} orders[] = {
	{ VPROF_DIFF_BY_CHANGE, "copy new close gone read " },
	{ VPROF_DIFF_BY_RATIO, "new copy close read gone " },
	{ VPROF_DIFF_BY_Z, "copy new close read gone " },
	{ VPROF_DIFF_BY_SHARE_A, "read copy gone close new " },
	{ VPROF_DIFF_BY_SHARE_B, "read copy close new gone " },
};

START_TEST(lines_come_in_the_order_asked_for)
{
	const struct vprof_diff_line *line;
	char symbols[128] = "";

	make_mix();
	compare((struct vprof_diff_options){ .order = orders[_i].order });
	for (size_t i = 0; i < diff->events[0].nr_lines; i++) {
		line = &diff->events[0].lines[i];
		strcat(symbols, line->sides[A] ? line->sides[A]->symbol
					       : line->sides[B]->symbol);
		strcat(symbols, " ");
	}
	ck_assert_str_eq(symbols, orders[_i].symbols);
}
END_TEST

START_TEST(a_profile_has_not_changed_against_itself)
{
	const struct vprof_diff_event *event;

	make_mix();
	sides[B].profile = sides[A].profile;
	compare((struct vprof_diff_options){ 0 });
	event = &diff->events[0];
	ck_assert_uint_eq(event->nr_lines, 4);
	for (size_t i = 0; i < event->nr_lines; i++) {
		ck_assert_ptr_eq(event->lines[i].sides[A],
				 event->lines[i].sides[B]);
		ck_assert(event->lines[i].change.z == 0);
		ck_assert(event->lines[i].change.ratio == 1);
	}
}
END_TEST

START_TEST(counts_at_their_limit_are_borne)
{
	for (int s = 0; s < VPROF_DIFF_SIDES; s++) {
		add_line(&sides[s], 0, 0, NULL, NULL, UINT64_MAX, UINT64_MAX);
		sides[s].events[0].all_weight = UINT64_MAX;
		sides[s].events[0].all_samples = UINT64_MAX;
	}
	compare((struct vprof_diff_options){ 0 });
	is_close(find_line("")->change.change, 0);
	is_close(find_line("")->change.z, 0);
}
END_TEST

/* ---- domains ----------------------------------------------------------- */

/* Two guests that changed their names with each other, one made anew, one moved. */
static void make_guests(void)
{
	setup();
	for (int s = 0; s < VPROF_DIFF_SIDES; s++)
		add_event(&sides[s], "CYCLES");
	add_domain(&sides[A], "xen", "g1", "u1", 1);
	add_domain(&sides[A], "xen", "g2", "u2", 2);
	add_domain(&sides[A], "xen", "remade", "u3", 3);
	add_domain(&sides[A], "xen", "plain", "", 4);
	add_domain(&sides[A], "xen", "kind", "", 5);
	add_domain(&sides[B], "kvm", "kind", "", 5);
	add_domain(&sides[B], "xen", "g2", "u1", 4);
	add_domain(&sides[B], "xen", "plain", "u5", 1);
	add_domain(&sides[B], "xen", "remade", "u4", 7);
	add_domain(&sides[B], "xen", "g1", "u2", 2);
	for (int s = 0; s < VPROF_DIFF_SIDES; s++)
		for (uint32_t i = 0; i < 5; i++)
			add_line(&sides[s], 0, i, "vmlinux", "idle", 10 + i, 0);
}

static const struct {
	int a, b; /* numbers on the two sides; -1: not there */
	bool is_remade;
} pairs[] = {
	{ 0, 1, false }, { 1, 4, false },  { 2, 3, true },
	{ 3, 2, false }, { 4, -1, false }, { -1, 0, false },
};

START_TEST(domains_are_matched_by_uuid_then_kind_and_name)
{
	const struct vprof_diff_domain *domain;

	compare((struct vprof_diff_options){ 0 });
	ck_assert_uint_eq(diff->nr_domains, 6);
	for (size_t i = 0; i < 6; i++) {
		domain = &diff->domains[i];
		ck_assert_ptr_eq(
			domain->sides[A],
			pairs[i].a < 0 ? NULL : &sides[A].domains[pairs[i].a]);
		ck_assert_ptr_eq(
			domain->sides[B],
			pairs[i].b < 0 ? NULL : &sides[B].domains[pairs[i].b]);
		ck_assert_int_eq(domain->is_remade, pairs[i].is_remade);
	}
}
END_TEST

START_TEST(lines_are_of_domains_that_both_sides_have)
{
	const struct vprof_diff_event *event;

	compare((struct vprof_diff_options){ 0 });
	event = &diff->events[0];
	ck_assert_uint_eq(event->nr_lines, 4);
	for (size_t i = 0; i < event->nr_lines; i++)
		ck_assert(event->lines[i].sides[A] && event->lines[i].sides[B]);
	ck_assert_uint_eq(event->domains[5].samples[A], 0);
	ck_assert_uint_eq(event->domains[5].samples[B], 10);
}
END_TEST

START_TEST(domains_asked_for_go_by_either_sides_name)
{
	static const char *const names[] = { "g1" };

	compare((struct vprof_diff_options){ .domains = names,
					     .nr_domains = 1 });
	ck_assert_uint_eq(diff->events[0].nr_lines, 2);
	ck_assert(diff->domains[0].is_wanted && diff->domains[1].is_wanted);
	ck_assert(!diff->domains[2].is_wanted);
}
END_TEST

START_TEST(shares_are_of_all_or_of_the_domain)
{
	const struct vprof_diff_line *line;

	compare((struct vprof_diff_options){ 0 });
	line = find_line("idle");
	is_close(diff->events[0].domains[0].share[A], 10 / 60.0);
	is_close(line->change.share[A] + line->change.share[B],
		 (double)(line->change.samples[A] + line->change.samples[B]) /
			 60);
	vprof_diff_free(diff);
	compare((struct vprof_diff_options){ .base = VPROF_DIFF_OF_DOMAIN });
	line = find_line("idle");
	is_close(line->change.share[A], 1);
	is_close(line->change.share[B], 1);
	is_close(line->change.z, 0);
}
END_TEST

START_TEST(without_domains_as_key_all_lines_are_there)
{
	for (int s = 0; s < VPROF_DIFF_SIDES; s++)
		for (uint32_t i = 0; i < 5; i++)
			sides[s].lines[0][i].domain = 0;
	sides[A].events[0].nr_lines = 1;
	sides[B].events[0].nr_lines = 1;
	compare((struct vprof_diff_options){ .keys = 1 << VPROF_KEY_SYMBOL });
	ck_assert_uint_eq(diff->events[0].nr_lines, 1);
}
END_TEST

/* ---- what can not be compared ------------------------------------------ */

START_TEST(events_of_one_side_are_listed_and_not_compared)
{
	make_mix();
	add_event(&sides[A], "TLB");
	add_line(&sides[A], 1, 0, "libc", "read", 5, 0);
	add_event(&sides[B], "CACHE");
	compare((struct vprof_diff_options){ 0 });
	ck_assert_uint_eq(diff->nr_events, 3);
	ck_assert(diff->events[0].is_compared);
	ck_assert_str_eq(diff->events[1].name, "TLB");
	ck_assert(!diff->events[1].is_compared);
	ck_assert_ptr_null(diff->events[1].sides[B]);
	ck_assert_uint_eq(diff->events[1].nr_lines, 0);
	ck_assert_str_eq(diff->events[2].name, "CACHE");
	ck_assert_ptr_null(diff->events[2].sides[A]);
}
END_TEST

START_TEST(no_event_in_common_says_which_there_are)
{
	make_mix();
	sides[B].events[0].name = "cpu-clock";
	ck_assert_int_eq(try_compare((struct vprof_diff_options){ 0 }),
			 -ENODATA);
	ck_assert_str_eq(error.text,
			 "no event in common: before has CYCLES, after has "
			 "cpu-clock. Record both with the same -e");
}
END_TEST

START_TEST(an_event_without_samples_says_where)
{
	add_line(&sides[A], 0, 0, "libc", "read", 5, 0);
	ck_assert_int_eq(try_compare((struct vprof_diff_options){ 0 }),
			 -ENODATA);
	ck_assert_ptr_nonnull(
		strstr(error.text, "after has no samples of CYCLES"));
}
END_TEST

START_TEST(no_domain_in_common_says_which_there_are)
{
	make_mix();
	sides[B].domains[0].name = "g1";
	ck_assert_int_eq(try_compare((struct vprof_diff_options){ 0 }),
			 -ENODATA);
	ck_assert_ptr_nonnull(strstr(error.text, "no domain has samples on "
						 "both sides: before has "
						 "host, after has g1."));
}
END_TEST

START_TEST(an_unknown_domain_says_which_there_are)
{
	static const char *const names[] = { "host", "web" };

	make_mix();
	ck_assert_int_eq(try_compare((struct vprof_diff_options){
				 .domains = names, .nr_domains = 2 }),
			 -ENOENT);
	ck_assert_str_eq(error.text, "no domain named \"web\" in before or "
				     "after. There are: host.");
}
END_TEST

START_TEST(long_lists_end_in_dots)
{
	char name[200];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	make_mix();
	sides[B].events[0].name = name;
	ck_assert_int_eq(try_compare((struct vprof_diff_options){ 0 }),
			 -ENODATA);
	ck_assert_ptr_nonnull(strstr(error.text, "after has .... Record"));
}
END_TEST

START_TEST(questions_without_domains_are_refused_those_about_them)
{
	static const char *const names[] = { "host" };

	make_mix();
	ck_assert_int_eq(try_compare((struct vprof_diff_options){
				 .keys = 1 << VPROF_KEY_SYMBOL,
				 .domains = names,
				 .nr_domains = 1 }),
			 -EINVAL);
	ck_assert_int_eq(try_compare((struct vprof_diff_options){
				 .keys = 1 << VPROF_KEY_SYMBOL,
				 .base = VPROF_DIFF_OF_DOMAIN }),
			 -EINVAL);
}
END_TEST

static Suite *make_suite(void)
{
	const TTest *const host_tests[] = {
		lines_are_matched_by_their_texts,
		one_function_in_two_images_is_two_lines,
		absent_is_told_from_both_sides,
		a_profile_has_not_changed_against_itself,
		counts_at_their_limit_are_borne,
		events_of_one_side_are_listed_and_not_compared,
		no_event_in_common_says_which_there_are,
		an_event_without_samples_says_where,
		no_domain_in_common_says_which_there_are,
		an_unknown_domain_says_which_there_are,
		long_lists_end_in_dots,
		questions_without_domains_are_refused_those_about_them,
	};
	const TTest *const guest_tests[] = {
		domains_are_matched_by_uuid_then_kind_and_name,
		lines_are_of_domains_that_both_sides_have,
		domains_asked_for_go_by_either_sides_name,
		shares_are_of_all_or_of_the_domain,
		without_domains_as_key_all_lines_are_there,
	};
	Suite *suite = suite_create("diff");
	TCase *chance = tcase_create("chance");
	TCase *host = tcase_create("host");
	TCase *guests = tcase_create("guests");

	tcase_set_timeout(chance, 120);
	tcase_add_loop_test(chance, z_is_that_of_two_proportions, 0,
			    sizeof(textbook) / sizeof(textbook[0]));
	tcase_add_loop_test(chance, z_of_chance_alone_is_standard_normal, 0,
			    sizeof(mixes) / sizeof(mixes[0]));
	tcase_add_test(chance, few_heavy_samples_are_not_sure);
	tcase_add_checked_fixture(host, setup_host, teardown);
	tcase_add_checked_fixture(guests, make_guests, teardown);
	for (size_t i = 0; i < sizeof(host_tests) / sizeof(host_tests[0]); i++)
		tcase_add_test(host, host_tests[i]);
	tcase_add_loop_test(host, lines_come_in_the_order_asked_for, 0,
			    sizeof(orders) / sizeof(orders[0]));
	for (size_t i = 0; i < sizeof(guest_tests) / sizeof(guest_tests[0]);
	     i++)
		tcase_add_test(guests, guest_tests[i]);
	suite_add_tcase(suite, chance);
	suite_add_tcase(suite, host);
	suite_add_tcase(suite, guests);
	return suite;
}

int main(void)
{
	return run_suite(make_suite());
}

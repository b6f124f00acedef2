// SPDX-License-Identifier: GPL-2.0-only
/* Two systems under the same load: what a unit of work costs, and what grew. */
#include "study/compare_systems.h"
#include "study/delivery.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static char cycles[] = "CPU_CLK_UNHALTED", kernel[] = "kernel",
	    hypervisor[] = "hypervisor";
static char copy[] = "copy_user", hypercall[] = "do_event_channel_op",
	    entry[] = "xen_evtchn_do_upcall", poll[] = "napi_poll";

static struct study_function native_functions[] = {
	{ .symbol = copy, .context = kernel, .share = 0.75 },
	{ .symbol = poll, .context = kernel, .share = 0.25 },
};

static struct study_function guest_functions[] = {
	{ .symbol = copy, .context = kernel, .share = 0.45 },
	{ .symbol = hypercall, .context = hypervisor, .share = 0.3 },
	{ .symbol = entry, .context = kernel, .share = 0.2 },
	{ .symbol = poll, .context = kernel, .share = 0.03 },
	{ .symbol = NULL, .context = kernel, .share = 0.02 },
};

static struct study_system native, guest;

/* The guest does half of the work in the same time. */
static void make_systems(void)
{
	native = (struct study_system){
		.profiled_work = 1000,
		.profile = { .event = cycles,
			     .period = 1000,
			     .samples = 4000,
			     .functions = native_functions,
			     .nr_functions = NR(native_functions) },
	};
	guest = native;
	guest.profiled_work = 500;
	guest.profile.functions = guest_functions;
	guest.profile.nr_functions = NR(guest_functions);
}

START_TEST(half_the_work_costs_twice)
{
	ck_assert_double_eq_tol(system_price(&guest, &native), 2, 1e-9);
	ck_assert_double_eq_tol(system_price(&native, &native), 1, 1e-9);
}
END_TEST

START_TEST(idle_time_costs_nothing)
{
	guest.profile.samples = 2000;
	ck_assert_double_eq_tol(system_price(&guest, &native), 1, 1e-9);
}
END_TEST

START_TEST(other_events_are_not_compared)
{
	struct system_growth growths[2];

	guest.profile.period = 2000;
	ck_assert(isnan(system_price(&guest, &native)));
	ck_assert_uint_eq(system_growths(&guest, &native, growths, 1), 0);
	guest.profile.period = 1000;
	guest.profiled_work = NAN;
	ck_assert(isnan(system_price(&guest, &native)));
}
END_TEST

START_TEST(the_largest_growth_is_first)
{
	struct system_growth growths[9];

	ck_assert_uint_eq(system_growths(&guest, &native, growths, 8), 3);
	ck_assert_str_eq(growths[0].function->symbol, hypercall);
	ck_assert_double_eq_tol(growths[0].here, 0.6, 1e-9);
	ck_assert_double_eq(growths[0].native, 0);
	ck_assert_str_eq(growths[1].function->symbol, entry);
	ck_assert_str_eq(growths[2].function->symbol, copy);
	ck_assert_double_eq_tol(growths[2].here, 0.9, 1e-9);
	ck_assert_double_eq_tol(growths[2].native, 0.75, 1e-9);
}
END_TEST

START_TEST(no_more_than_asked_for)
{
	struct system_growth growths[2];

	ck_assert_uint_eq(system_growths(&guest, &native, growths, 1), 1);
	ck_assert_str_eq(growths[0].function->symbol, hypercall);
}
END_TEST

static const struct {
	const char *context;
	const char *symbol;
	bool delivers;
} deliveries[] = {
	{ "hypervisor", "do_event_channel_op", true },
	{ "hypervisor", "evtchn_send", true },
	{ "hypervisor", "do_memory_op", false },
	{ "hypervisor", "handle_edge_irq", false },
	{ "kernel", "handle_edge_irq", true },
	{ "kernel", "asm_common_interrupt", true },
	{ "kernel", "irq_exit_rcu", true },
	{ "kernel", "e1000_clean_rx_irq", false },
	{ "kernel", "net_rx_action", false },
	{ "user", "handle_edge_irq", false },
};

START_TEST(delivery_is_by_name_and_context)
{
	struct study_function function = {
		.symbol = (char *)deliveries[_i].symbol,
		.context = (char *)deliveries[_i].context,
		.share = 0.5,
	};
	const struct study_profile profile = { .functions = &function,
					       .nr_functions = 1 };

	ck_assert_double_eq(delivery_share(&profile),
			    deliveries[_i].delivers ? 0.5 : 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("study systems");
	TCase *tcase = tcase_create("systems");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, make_systems, NULL);
	tcase_add_test(tcase, half_the_work_costs_twice);
	tcase_add_test(tcase, idle_time_costs_nothing);
	tcase_add_test(tcase, other_events_are_not_compared);
	tcase_add_test(tcase, the_largest_growth_is_first);
	tcase_add_test(tcase, no_more_than_asked_for);
	tcase_add_loop_test(tcase, delivery_is_by_name_and_context, 0,
			    NR(deliveries));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

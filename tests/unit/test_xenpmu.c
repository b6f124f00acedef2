// SPDX-License-Identifier: GPL-2.0-only
/* What Xen's PMU lacks, in sentences. */
#include "capture/xenpmu.h"

#include <check.h>
#include <string.h>
#include <uapi/vprof.h>
#include <vprof/capture.h>
#include <vprof/domain.h>
#include <vprof/error.h>

#include "run_suite.h"

static const struct {
	uint32_t unmet;
	const char *text; /* is in it */
} rows[] = {
	{ VPROF_XENPMU_DOM0, "take dom0=pvh out of GRUB_CMDLINE_XEN" },
	{ VPROF_XENPMU_LINUX, "CONFIG_XEN_HAVE_VPMU" },
	{ VPROF_XENPMU_VPMU, "put vpmu=1 into GRUB_CMDLINE_XEN" },
	{ VPROF_XENPMU_WATCHDOG, "take watchdog out of GRUB_CMDLINE_XEN" },
	{ VPROF_XENPMU_DRIVER, "xl dmesg" },
	{ VPROF_XENPMU_MODE, "echo all > /sys/hypervisor/pmu/pmu_mode" },
	{ VPROF_XENPMU_VCPUS, "dom0_max_vcpus=$(xl info nr_cpus)" },
	{ VPROF_XENPMU_PINNING, "do sudo xl vcpu-pin Domain-0 $i $i; done" },
	/* what Xen can lack at once when it was booted plainly */
	{ VPROF_XENPMU_VPMU | VPROF_XENPMU_WATCHDOG | VPROF_XENPMU_PINNING,
	  "; dom0's vCPUs are not pinned" },
	{ VPROF_XENPMU_VPMU | VPROF_XENPMU_VCPUS | VPROF_XENPMU_PINNING,
	  "; dom0's vCPUs are not pinned" },
};

START_TEST(each_condition_has_its_sentence)
{
	char text[VPROF_ERROR_TEXT_MAX];

	vprof_xenpmu_explain(rows[_i].unmet, text, sizeof(text));
	ck_assert_msg(strstr(text, rows[_i].text), "%s", text);
}
END_TEST

START_TEST(nothing_unmet_is_nothing_said)
{
	char text[VPROF_ERROR_TEXT_MAX];

	vprof_xenpmu_explain(0, text, sizeof(text));
	ck_assert_str_eq(text, "");
	/* of a newer module */
	vprof_xenpmu_explain(1u << 31, text, sizeof(text));
	ck_assert_str_eq(text, "");
}
END_TEST

/* Return: what follows the sentence that @text begins with; NULL: none does. */
static const char *skip_sentence(const char *text)
{
	char sentence[VPROF_ERROR_TEXT_MAX];

	for (unsigned int bit = 0; bit < 32; bit++) {
		vprof_xenpmu_explain(1u << bit, sentence, sizeof(sentence));
		if (*sentence && !strncmp(text, sentence, strlen(sentence)))
			return text + strlen(sentence);
	}
	return NULL;
}

START_TEST(a_sentence_without_room_is_left_out)
{
	char text[VPROF_ERROR_TEXT_MAX];
	const char *rest;

	for (size_t size = 1; size <= sizeof(text); size++) {
		memset(text, 'x', sizeof(text));
		vprof_xenpmu_explain(~0u, text, size);
		ck_assert_uint_lt(strnlen(text, sizeof(text)), size);
		for (rest = text; *rest;) {
			rest = skip_sentence(rest);
			ck_assert_msg(rest, "%s", text);
			if (!strncmp(rest, "; ", 2))
				rest += 2;
		}
	}
}
END_TEST

START_TEST(only_xenpmu_has_limits)
{
	ck_assert_str_eq(vprof_source_get_limits("perf"), "");
	ck_assert_str_eq(vprof_source_get_limits("xenoprof"), "");
	ck_assert_ptr_nonnull(
		strstr(vprof_source_get_limits("xenpmu"), "in no account"));
}
END_TEST

START_TEST(xen_has_one_number)
{
	ck_assert_uint_eq(VPROF_DOMAIN_ID_XEN, VPROF_XEN_ITSELF);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("xenpmu");
	TCase *tcase = tcase_create("sentences");

	tcase_add_loop_test(tcase, each_condition_has_its_sentence, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tcase, nothing_unmet_is_nothing_said);
	tcase_add_test(tcase, a_sentence_without_room_is_left_out);
	tcase_add_test(tcase, only_xenpmu_has_limits);
	tcase_add_test(tcase, xen_has_one_number);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

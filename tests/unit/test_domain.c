// SPDX-License-Identifier: GPL-2.0-only
/* The list of domains: only those are asked who know the kind that is asked for. */
#include <vprof/domain.h>

#include "domain/domain_kvm.h"
#include "domain/domain_xen.h"

#include <check.h>
#include <errno.h>

#include "run_suite.h"

static int nr_kvm_asked, nr_xen_asked, nr_told;

/* In place of the library's, which read /proc and xenstore. */
int vprof_domain_kvm_for_each(const char *proc,
			      int (*fn)(void *data,
					const struct vprof_domain_info *info),
			      void *data)
{
	const struct vprof_domain_info info = { .kind = "kvm", .id = 100 };

	(void)proc;
	nr_kvm_asked++;
	return fn(data, &info);
}

int vprof_domain_kvm_find(const char *proc, uint64_t id,
			  struct vprof_domain_info *ret_info)
{
	(void)proc;
	nr_kvm_asked++;
	*ret_info = (struct vprof_domain_info){ .kind = "kvm", .id = id };
	return id == 100 ? 0 : -ENOENT;
}

int vprof_domain_xen_for_each(int (*fn)(void *data,
					const struct vprof_domain_info *info),
			      void *data)
{
	const struct vprof_domain_info info = { .kind = "xen", .id = 1 };

	nr_xen_asked++;
	return fn(data, &info);
}

/* Before each: they may all be one process's. */
static void forget(void)
{
	nr_kvm_asked = 0;
	nr_xen_asked = 0;
	nr_told = 0;
}

static int count_told(void *data, const struct vprof_domain_info *info)
{
	(void)data;
	(void)info;
	nr_told++;
	return 0;
}

static const struct {
	const char *kind;
	int nr_kvm_asked, nr_xen_asked, nr_told;
} lists[] = {
	{ "xen", 0, 1, 1 }, { "kvm", 1, 0, 1 }, { "host", 0, 0, 1 },
	{ "", 0, 0, 0 },    { NULL, 1, 1, 3 },
};

START_TEST(a_list_of_one_kind_asks_nobody_else)
{
	ck_assert_int_eq(
		vprof_domain_for_each(lists[_i].kind, count_told, NULL), 0);
	ck_assert_int_eq(nr_kvm_asked, lists[_i].nr_kvm_asked);
	ck_assert_int_eq(nr_xen_asked, lists[_i].nr_xen_asked);
	ck_assert_int_eq(nr_told, lists[_i].nr_told);
}
END_TEST

START_TEST(one_domain_is_asked_of_its_kind)
{
	struct vprof_domain_info info;

	ck_assert_int_eq(vprof_domain_find("xen", 1, &info), 0);
	ck_assert_int_eq(vprof_domain_find("xen", 2, &info), -ENOENT);
	ck_assert_int_eq(nr_kvm_asked, 0);
	ck_assert_int_eq(vprof_domain_find("kvm", 100, &info), 0);
	ck_assert_int_eq(nr_xen_asked, 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("domain");
	TCase *tcase = tcase_create("domain");

	tcase_add_checked_fixture(tcase, forget, NULL);
	tcase_add_loop_test(tcase, a_list_of_one_kind_asks_nobody_else, 0,
			    sizeof(lists) / sizeof(lists[0]));
	tcase_add_test(tcase, one_domain_is_asked_of_its_kind);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

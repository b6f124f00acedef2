// SPDX-License-Identifier: LGPL-2.1-or-later
/* Guests in a recording: they come, are sampled, go; ids and numbers are reused. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include <uapi/vprof.h>
#include <vprof/domain.h>
#include <vprof/recorder.h>

#include "capture/capture.h"
#include "capture/guest_access.h"
#include "store_file.h"

enum { MAX_WAITING = 16, MAX_NUMBERS = 4, PATH_LEN = 64 };

/* ---- guests that there are ------------------------------------------------ */

static const struct {
	const char *name;
	enum vprof_guest_kind kind;
} kinds[] = {
	{ "kvm", VPROF_GUEST_KVM },
	{ "xen", VPROF_GUEST_XEN },
};

enum { NR_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static struct vprof_domain_info guests[MAX_WAITING];
static size_t nr_guests;
static unsigned int kind_of_guests; /* in kinds */

static void let_appear(uint64_t id, uint64_t start, const char *name)
{
	struct vprof_domain_info *info = &guests[nr_guests++];

	*info = (struct vprof_domain_info){
		.kind = kinds[kind_of_guests].name,
		.id = id,
		.start = start,
	};
	snprintf(info->name, sizeof(info->name), "%s", name);
}

static void let_vanish(uint64_t id)
{
	for (size_t i = 0; i < nr_guests; i++)
		if (guests[i].id == id)
			guests[i] = guests[--nr_guests];
}

/* In place of the library's. */
int vprof_domain_for_each(int (*fn)(void *data,
				    const struct vprof_domain_info *info),
			  void *data)
{
	const struct vprof_domain_info host = { .kind = "host",
						.name = "host" };
	int ret = fn(data, &host);

	for (size_t i = 0; !ret && i < nr_guests; i++)
		ret = fn(data, &guests[i]);
	return ret;
}

int vprof_domain_find(const char *kind, uint64_t id,
		      struct vprof_domain_info *ret_info)
{
	if (!strcmp(kind, "host")) {
		*ret_info = (struct vprof_domain_info){ .kind = "host",
							.name = "host" };
		return 0;
	}
	for (size_t i = 0; i < nr_guests; i++) {
		if (guests[i].id != id)
			continue;
		*ret_info = guests[i];
		return 0;
	}
	return -ENOENT;
}

/* ---- a capture that has what a test puts into it ---------------------------- */

static struct fake {
	struct vprof_capture base;
	struct vprof_sample waiting[MAX_WAITING];
	unsigned int nr_waiting;
	uint64_t ids[MAX_NUMBERS]; /* of numbers given out; 0: free */
	bool is_leaving[MAX_NUMBERS];
	struct vprof_accounts accounts[MAX_NUMBERS];
	struct vprof_accounts others;
	struct vprof_accounts gone;
} fake;

static int open_fake(const struct vprof_capture_options *options,
		     struct vprof_capture **ret_capture,
		     struct vprof_error *err)
{
	(void)options;
	(void)err;
	memset(&fake, 0, sizeof(fake));
	fake.base.fd = eventfd(0, EFD_CLOEXEC);
	fake.base.info.is_whole_machine = true;
	fake.base.info.guests = kinds[kind_of_guests].kind;
	*ret_capture = &fake.base;
	return 0;
}

static void free_fake(struct vprof_capture *capture)
{
	close(capture->fd);
}

static int switch_fake(struct vprof_capture *capture, struct vprof_error *err)
{
	(void)capture;
	(void)err;
	return 0;
}

static void mark_fake(struct vprof_capture *capture)
{
	(void)capture;
}

static struct vprof_accounts *accounts_of(unsigned int domain)
{
	if (domain == VPROF_SAMPLE_OTHERS)
		return &fake.others;
	return &fake.accounts[domain];
}

static ssize_t read_fake(struct vprof_capture *capture,
			 const struct vprof_capture_handler *handler)
{
	unsigned int nr = fake.nr_waiting;

	(void)capture;
	for (unsigned int i = 0; i < nr; i++) {
		handler->sample(handler->data, &fake.waiting[i]);
		accounts_of(fake.waiting[i].domain)->delivered++;
		vprof_accounts_settle(accounts_of(fake.waiting[i].domain));
	}
	fake.nr_waiting = 0;
	return nr;
}

static int get_accounts_fake(struct vprof_capture *capture, unsigned int domain,
			     unsigned int event,
			     struct vprof_accounts *ret_accounts)
{
	struct vprof_accounts sum = fake.gone;

	(void)capture;
	(void)event;
	if (domain != VPROF_CAPTURE_ALL) {
		*ret_accounts = *accounts_of(domain);
		return 0;
	}
	vprof_accounts_add(&sum, &fake.others);
	for (size_t i = 0; i < MAX_NUMBERS; i++)
		vprof_accounts_add(&sum, &fake.accounts[i]);
	*ret_accounts = sum;
	return 0;
}

/* As the module does it: the lowest number that is free, or was left. */
static int add_guest_fake(struct vprof_capture *capture, uint64_t id,
			  struct vprof_error *err)
{
	(void)capture;
	for (int i = 1; i < MAX_NUMBERS; i++) {
		ck_assert(fake.ids[i] != id || fake.is_leaving[i]);
		if (fake.ids[i] && !fake.is_leaving[i])
			continue;
		vprof_accounts_add(&fake.gone, &fake.accounts[i]);
		fake.accounts[i] = (struct vprof_accounts){ 0 };
		fake.is_leaving[i] = false;
		fake.ids[i] = id;
		return i;
	}
	return vprof_error_set(err, -ENOSPC, "full");
}

static int remove_guest_fake(struct vprof_capture *capture, unsigned int domain)
{
	(void)capture;
	ck_assert(fake.ids[domain] && !fake.is_leaving[domain]);
	fake.is_leaving[domain] = true;
	return 0;
}

const struct vprof_capture_ops vprof_capture_kmod_ops = {
	.name = "kmod",
	.open = open_fake,
	.free = free_fake,
	.start = switch_fake,
	.stop = switch_fake,
	.mark = mark_fake,
	.read = read_fake,
	.get_accounts = get_accounts_fake,
	.add_guest = add_guest_fake,
	.remove_guest = remove_guest_fake,
};

/* ---- the recording ---------------------------------------------------------- */

static struct vprof_recorder *recorder;
static char path[PATH_LEN];

static bool begin(void)
{
	struct vprof_event_spec event;
	struct vprof_recorder_options options = {
		.size = sizeof(options),
		.capture = { .size = sizeof(options.capture),
			     .kind = VPROF_CAPTURE_KMOD,
			     .events = &event,
			     .nr_events = 1,
			     .with_guests = true },
		.store = { .size = sizeof(options.store) },
		.store_path = path,
		/* no clock ends a slice here */
		.slice_ns = UINT64_MAX,
	};
	struct vprof_error err = { 0 };
	int ret;

	ck_assert_int_eq(vprof_event_parse("r76", NULL, &event, &err), 0);
	ret = vprof_recorder_new(&options, &recorder, &err);
	if (ret == -EACCES || ret == -EPERM) {
		printf("# SKIP %s\n", err.text);
		return false;
	}
	ck_assert_msg(!ret, "%s", err.text);
	ck_assert_int_eq(vprof_recorder_start(recorder, &err), 0);
	return true;
}

static void set_up(void)
{
	nr_guests = 0;
	kind_of_guests = 0;
	recorder = NULL;
	snprintf(path, sizeof(path), "/tmp/vprof-test-guests.%d", getpid());
	unlink(path);
}

static void tear_down(void)
{
	vprof_recorder_free(recorder);
	store_file_remove(path);
}

/* A sample of the domain's user code waits to be read. */
static void put(uint16_t domain, uint32_t pid)
{
	fake.waiting[fake.nr_waiting++] = (struct vprof_sample){
		.ip = 0x400000,
		.pid = pid,
		.domain = domain,
		.context = VPROF_SAMPLE_USER,
	};
}

static void end_slice(void)
{
	struct vprof_error err = { 0 };

	ck_assert_msg(!vprof_recorder_flush(recorder, &err), "%s", err.text);
}

static void finish(void)
{
	struct vprof_error err = { 0 };

	ck_assert_msg(!vprof_recorder_finish(recorder, &err), "%s", err.text);
}

static int64_t ask(const char *sql)
{
	return store_file_ask(path, sql);
}

#define SAMPLES_OF(domain) \
	"SELECT sum(count) FROM samples WHERE domain = '" domain "'"
#define TAKEN_OF(domain)                                             \
	"SELECT sum(taken) FROM account JOIN domain ON domain.id = " \
	"account.domain WHERE domain.name = '" domain "'"

START_TEST(guests_that_are_there_have_numbers_from_the_start)
{
	kind_of_guests = _i;
	let_appear(100, 1, "a");
	let_appear(200, 1, "b");
	if (!begin())
		return;
	put(1, 0);
	put(2, 0);
	put(2, 1);
	finish();
	ck_assert_int_eq(ask(SAMPLES_OF("a")), 1);
	ck_assert_int_eq(ask(SAMPLES_OF("b")), 2);
	ck_assert_int_eq(ask(TAKEN_OF("a")), 1);
	ck_assert_int_eq(ask(TAKEN_OF("b")), 2);
}
END_TEST

START_TEST(a_new_guest_is_known_by_its_first_sample)
{
	kind_of_guests = _i;
	if (!begin())
		return;
	let_appear(100, 1, "a");
	put(VPROF_SAMPLE_OTHERS, 100);
	put(VPROF_SAMPLE_OTHERS, 100);
	end_slice();
	ck_assert_uint_eq(fake.ids[1], 100);
	put(1, 0);
	finish();
	ck_assert_int_eq(ask(SAMPLES_OF("a")), 3);
	ck_assert_int_eq(ask(TAKEN_OF("a")), 1);
	ck_assert_int_eq(ask("SELECT sum(taken) FROM account "
			     "WHERE domain IS NULL"),
			 2);
}
END_TEST

START_TEST(a_guest_that_was_gone_at_once_is_told_by_its_id)
{
	if (!begin())
		return;
	put(VPROF_SAMPLE_OTHERS, 77);
	end_slice();
	finish();
	ck_assert_int_eq(ask(SAMPLES_OF("kvm-77")), 1);
	ck_assert_uint_eq(fake.ids[1], 0);
}
END_TEST

START_TEST(what_a_guest_leaves_is_read_before_its_number_is_anothers)
{
	let_appear(100, 1, "a");
	if (!begin())
		return;
	put(1, 0);
	end_slice();
	let_vanish(100);
	let_appear(200, 1, "b");
	put(1, 0);
	end_slice();
	/* its last ones; the new guest has no number yet */
	put(1, 0);
	put(VPROF_SAMPLE_OTHERS, 200);
	end_slice();
	end_slice();
	ck_assert_uint_eq(fake.ids[1], 200);
	put(1, 0);
	finish();
	ck_assert_int_eq(ask(SAMPLES_OF("a")), 3);
	ck_assert_int_eq(ask(SAMPLES_OF("b")), 2);
	ck_assert_int_eq(ask(TAKEN_OF("a")), 3);
}
END_TEST

START_TEST(an_id_that_is_used_again_is_another_guest)
{
	kind_of_guests = _i;
	let_appear(100, 1, "a");
	if (!begin())
		return;
	put(1, 0);
	end_slice();
	let_vanish(100);
	let_appear(100, 2, "other");
	end_slice();
	put(VPROF_SAMPLE_OTHERS, 100);
	end_slice();
	for (int i = 0; i < 3; i++)
		end_slice();
	put(1, 0);
	put(VPROF_SAMPLE_OTHERS, 100);
	finish();
	ck_assert_int_eq(ask(SAMPLES_OF("a")), 1);
	ck_assert_int_eq(ask(SAMPLES_OF("other")), 3);
}
END_TEST

/* Many come and go: entries and numbers are used again, and nothing is missed. */
START_TEST(sums_are_exact_over_many_guests)
{
	char name[16];
	int number;

	kind_of_guests = _i;
	if (!begin())
		return;
	for (uint64_t id = 1; id <= 50; id++) {
		snprintf(name, sizeof(name), "g%d", (int)id);
		let_appear(id, id, name);
		put(VPROF_SAMPLE_OTHERS, id);
		end_slice();
		for (number = 1; number < MAX_NUMBERS; number++)
			if (fake.ids[number] == id && !fake.is_leaving[number])
				break;
		if (number < MAX_NUMBERS)
			put(number, 0);
		else
			put(VPROF_SAMPLE_OTHERS, id);
		put(0, getpid());
		let_vanish(id);
		end_slice();
	}
	finish();
	ck_assert_int_eq(ask("SELECT sum(count) FROM sample"), 150);
	ck_assert_int_eq(ask("SELECT sum(taken) FROM account"), 150);
	ck_assert_int_eq(ask("SELECT sum(delivered) FROM account"), 150);
	ck_assert_int_eq(ask(SAMPLES_OF("host")), 50);
	ck_assert_int_eq(ask("SELECT count(*) FROM (SELECT domain FROM samples "
			     "WHERE domain <> 'host' GROUP BY domain "
			     "HAVING sum(count) = 2)"),
			 50);
}
END_TEST

START_TEST(user_code_of_a_guest_is_one_place_with_a_name)
{
	let_appear(100, 1, "a");
	if (!begin())
		return;
	put(1, 0);
	put(1, 1);
	fake.waiting[1].ip = 0x500000;
	finish();
	ck_assert_int_eq(ask("SELECT count(*) FROM places "
			     "WHERE kind = 'guest' AND symbol LIKE '(user%'"),
			 1);
}
END_TEST

/* enable_mediated_pmu as the kernel shows it, NULL: an older kernel. */
static bool can_sample_with(const char *value, char *why, size_t size)
{
	char root[] = "/tmp/vprof-test-sys.XXXXXX", command[256];
	bool can;

	ck_assert_ptr_nonnull(mkdtemp(root));
	snprintf(command, sizeof(command),
		 "mkdir -p %s/sys/module/kvm/parameters", root);
	ck_assert_int_eq(system(command), 0);
	if (value) {
		snprintf(command, sizeof(command),
			 "echo %s >%s/sys/module/kvm/parameters/"
			 "enable_mediated_pmu",
			 value, root);
		ck_assert_int_eq(system(command), 0);
	}
	can = vprof_guest_access_explain(root, why, size);
	snprintf(command, sizeof(command), "rm -r %s", root);
	ck_assert_int_eq(system(command), 0);
	return can;
}

START_TEST(a_mediated_pmu_is_said_to_be_why)
{
	char why[512] = "";

	ck_assert(can_sample_with(NULL, why, sizeof(why)));
	ck_assert(can_sample_with("N", why, sizeof(why)));
	ck_assert_str_eq(why, "");
	ck_assert(!can_sample_with("Y", why, sizeof(why)));
	ck_assert_ptr_nonnull(strstr(why, "enable_mediated_pmu=N"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guests");
	TCase *tcase = tcase_create("guests");
	SRunner *runner;
	int nr_failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase,
			    guests_that_are_there_have_numbers_from_the_start,
			    0, NR_KINDS);
	tcase_add_loop_test(tcase, a_new_guest_is_known_by_its_first_sample, 0,
			    NR_KINDS);
	tcase_add_test(tcase, a_guest_that_was_gone_at_once_is_told_by_its_id);
	tcase_add_test(
		tcase,
		what_a_guest_leaves_is_read_before_its_number_is_anothers);
	tcase_add_loop_test(tcase, an_id_that_is_used_again_is_another_guest, 0,
			    NR_KINDS);
	tcase_add_loop_test(tcase, sums_are_exact_over_many_guests, 0,
			    NR_KINDS);
	tcase_add_test(tcase, user_code_of_a_guest_is_one_place_with_a_name);
	tcase_add_test(tcase, a_mediated_pmu_is_said_to_be_why);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	nr_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return nr_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

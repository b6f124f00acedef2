/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recording of guests that there are not, by a capture that has what a test puts
 * into it. Takes the place of the library's list of domains and of its module.
 */
#ifndef FAKE_GUESTS_H
#define FAKE_GUESTS_H

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

#include "capture/accounts.h"
#include "capture/capture.h"
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

static inline void let_appear(uint64_t id, uint64_t start, const char *name)
{
	struct vprof_domain_info *info = &guests[nr_guests++];

	*info = (struct vprof_domain_info){
		.kind = kinds[kind_of_guests].name,
		.id = id,
		.start = start,
	};
	snprintf(info->name, sizeof(info->name), "%s", name);
}

static inline void let_vanish(uint64_t id)
{
	for (size_t i = 0; i < nr_guests; i++)
		if (guests[i].id == id)
			guests[i] = guests[--nr_guests];
}

/* In place of the library's: nobody wants to know of another kind. */
int vprof_domain_for_each(const char *kind,
			  int (*fn)(void *data,
				    const struct vprof_domain_info *info),
			  void *data)
{
	int ret = 0;

	ck_assert_str_eq(kind, kinds[kind_of_guests].name);
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
	bool keeps_guests; /* removing one fails */
	struct vprof_accounts accounts[MAX_NUMBERS];
	struct vprof_accounts others;
	struct vprof_accounts gone;
} fake;

static inline int open_fake(const struct vprof_capture_options *options,
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

static inline void free_fake(struct vprof_capture *capture)
{
	close(capture->fd);
}

static inline int switch_fake(struct vprof_capture *capture,
			      struct vprof_error *err)
{
	(void)capture;
	(void)err;
	return 0;
}

static inline void mark_fake(struct vprof_capture *capture)
{
	(void)capture;
}

static inline struct vprof_accounts *accounts_of(unsigned int domain)
{
	if (domain == VPROF_SAMPLE_OTHERS)
		return &fake.others;
	return &fake.accounts[domain];
}

static inline ssize_t read_fake(struct vprof_capture *capture,
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

static inline int get_accounts_fake(struct vprof_capture *capture,
				    unsigned int domain, unsigned int event,
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
static inline int add_guest_fake(struct vprof_capture *capture, uint64_t id,
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

static inline int remove_guest_fake(struct vprof_capture *capture,
				    unsigned int domain)
{
	(void)capture;
	ck_assert(fake.ids[domain] && !fake.is_leaving[domain]);
	if (fake.keeps_guests)
		return -ENOMEM;
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
static struct vprof_guest_map given_maps[MAX_NUMBERS];
static size_t nr_given_maps;
static uint64_t given_age_s; /* a rolling store's; 0: it is not one */
static char path[PATH_LEN];

static inline bool begin(void)
{
	struct vprof_event_spec event;
	struct vprof_recorder_options options = {
		.size = sizeof(options),
		.capture = { .size = sizeof(options.capture),
			     .kind = VPROF_CAPTURE_KMOD,
			     .events = &event,
			     .nr_events = 1,
			     .with_guests = true },
		.store = { .size = sizeof(options.store),
			   .is_rolling = given_age_s > 0,
			   .max_age_s = given_age_s },
		.store_path = path,
		/* no clock ends a slice here */
		.slice_ns = UINT64_MAX,
		.maps = given_maps,
		.nr_maps = nr_given_maps,
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

static inline void set_up(void)
{
	nr_guests = 0;
	nr_given_maps = 0;
	given_age_s = 0;
	kind_of_guests = 0;
	recorder = NULL;
	snprintf(path, sizeof(path), "/tmp/vprof-test-guests.%d", getpid());
	unlink(path);
}

static inline void tear_down(void)
{
	vprof_recorder_free(recorder);
	store_file_remove(path);
}

/* A sample of the domain's user code waits to be read. */
static inline void put(uint16_t domain, uint32_t pid)
{
	fake.waiting[fake.nr_waiting++] = (struct vprof_sample){
		.ip = 0x400000,
		.pid = pid,
		.domain = domain,
		.context = VPROF_SAMPLE_USER,
	};
}

static inline void end_slice(void)
{
	struct vprof_error err = { 0 };

	ck_assert_msg(!vprof_recorder_flush(recorder, &err), "%s", err.text);
}

static inline void finish(void)
{
	struct vprof_error err = { 0 };

	ck_assert_msg(!vprof_recorder_finish(recorder, &err), "%s", err.text);
}

static inline int64_t ask(const char *sql)
{
	return store_file_ask(path, sql);
}

#endif

// SPDX-License-Identifier: GPL-2.0-only
/* Walks through the faults of an operation. */
#include "fail_nth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fail_nth {
	/* The calling thread's own, so that no other thread gets a fault. */
	int fd;
};

/* As the kernel boots, allocations that may wait are never failed. */
static const struct {
	const char *path;
	const char *value;
} settings[] = {
	{ "/sys/kernel/debug/failslab/ignore-gfp-wait", "N" },
	{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N" },
	{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N" },
	{ "/sys/kernel/debug/fail_page_alloc/min-order", "0" },
};

static const char *const verbose_settings[] = {
	"/sys/kernel/debug/failslab/verbose",
	"/sys/kernel/debug/fail_page_alloc/verbose",
	"/sys/kernel/debug/fail_usercopy/verbose",
};

static int write_file(const char *path, const char *value)
{
	int err = 0;
	int fd;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int apply_settings(int is_verbose)
{
	size_t i;
	int err;

	for (i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		err = write_file(settings[i].path, settings[i].value);
		if (err)
			return err;
	}
	for (i = 0; i < sizeof(verbose_settings) / sizeof(*verbose_settings);
	     i++) {
		err = write_file(verbose_settings[i], is_verbose ? "2" : "0");
		if (err)
			return err;
	}
	return 0;
}

int fail_nth_new(int is_verbose, struct fail_nth **ret_fail_nth)
{
	struct fail_nth *fail_nth;
	int err;

	err = apply_settings(is_verbose);
	if (err)
		return err == -ENOENT ? -ENOSYS : err;
	fail_nth = calloc(1, sizeof(*fail_nth));
	if (!fail_nth)
		return -ENOMEM;
	fail_nth->fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth->fd < 0) {
		err = errno == ENOENT ? -ENOSYS : -errno;
		goto free_fail_nth;
	}
	*ret_fail_nth = fail_nth;
	return 0;

free_fail_nth:
	free(fail_nth);
	return err;
}

void fail_nth_free(struct fail_nth *fail_nth)
{
	if (!fail_nth)
		return;
	close(fail_nth->fd);
	free(fail_nth);
}

static int arm(const struct fail_nth *fail_nth, unsigned int nth)
{
	char text[16];
	int length;

	length = snprintf(text, sizeof(text), "%u", nth);
	return pwrite(fail_nth->fd, text, length, 0) == length ? 0 : -errno;
}

/*
 * Take the fault back. Whether the operation met it is what fail-nth reads as,
 * but reading and writing are themselves copies that can meet it: a read that
 * fails proves that the fault was still to come, and so does a write after it.
 */
static int disarm(const struct fail_nth *fail_nth, int *ret_was_met)
{
	char text[16];
	ssize_t length;

	length = pread(fail_nth->fd, text, sizeof(text), 0);
	if (length < 0 && errno != EFAULT)
		return -errno;
	*ret_was_met = length > 0 && text[0] == '0';
	while (pwrite(fail_nth->fd, "0", 1, 0) != 1)
		if (errno != EFAULT)
			return -errno;
	return 0;
}

static int may_fail_with(const struct fail_nth_operation *operation, int err)
{
	const int *error;

	if (err == -ENOMEM || err == -EFAULT)
		return 1;
	for (error = operation->errors; error && *error; error++)
		if (err == -*error)
			return 1;
	return 0;
}

/* One run; nth 0 means without a fault. */
static int run_once(const struct fail_nth *fail_nth,
		    const struct fail_nth_operation *operation,
		    char *const *args, unsigned int nth, int *ret_was_met,
		    int *ret_result)
{
	static char state[FAIL_NTH_STATE_SIZE] __attribute__((aligned(16)));
	int result = 0;
	int err = 0;

	memset(state, 0, sizeof(state));
	if (operation->prepare) {
		err = operation->prepare(state, args);
		if (err)
			printf("# %s: preparing it failed: %s\n",
			       operation->name, strerror(-err));
	}
	if (!err)
		err = arm(fail_nth, nth);
	if (!err) {
		result = operation->run(state);
		err = disarm(fail_nth, ret_was_met);
	}
	if (operation->undo)
		operation->undo(state);
	if (!err)
		*ret_result = result;
	return err;
}

static int pass_untouched(const struct fail_nth *fail_nth,
			  const struct fail_nth_operation *operation,
			  char *const *args, unsigned int nth)
{
	int was_met, result, err;

	err = run_once(fail_nth, operation, args, 0, &was_met, &result);
	if (err || !result)
		return err;
	printf("# %s: fails without a fault (%s), after fault %u\n",
	       operation->name, strerror(-result), nth);
	return result;
}

int fail_nth_walk(struct fail_nth *fail_nth,
		  const struct fail_nth_operation *operation, char *const *args,
		  unsigned int max, struct fail_nth_count *ret_count)
{
	struct fail_nth_count count = { 0 };
	unsigned int nth;
	int first_error = 0;
	int was_met, result, err;

	/* What is only made once, by a first use, is no part of the walk. */
	err = pass_untouched(fail_nth, operation, args, 0);
	for (nth = 1; !err; nth++) {
		if (nth > max) {
			printf("# %s: still meets faults after %u of them\n",
			       operation->name, max);
			err = -ELOOP;
			break;
		}
		err = run_once(fail_nth, operation, args, nth, &was_met,
			       &result);
		if (err)
			break;
		if (!was_met && !result)
			break;
		count.nr_faults++;
		if (!result) {
			count.nr_survived++;
		} else if (was_met && may_fail_with(operation, result)) {
			count.nr_failed++;
		} else {
			printf("# %s: fault %u%s gave %s\n", operation->name,
			       nth, was_met ? "" : ", which it did not meet,",
			       strerror(-result));
			if (!first_error)
				first_error = result;
		}
		err = pass_untouched(fail_nth, operation, args, nth);
	}
	*ret_count = count;
	return first_error ? first_error : err;
}

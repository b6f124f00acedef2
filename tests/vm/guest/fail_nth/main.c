// SPDX-License-Identifier: GPL-2.0-only
/* fail_nth: walk through the faults of one operation of the table. */
#include "fail_nth.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	DEFAULT_MAX = 20000,
};

static void print_usage(FILE *out)
{
	const struct fail_nth_operation *operation;

	fprintf(out,
		"usage: fail_nth [-v] [-m MAX] OPERATION [ARGUMENT...]\n"
		"  -v  the kernel logs a stack for each fault\n"
		"  -m  give up after MAX faults (%d)\n"
		"operations:\n",
		DEFAULT_MAX);
	for (operation = fail_nth_operations; operation->name; operation++)
		fprintf(out, "  %s%s%s\n", operation->name,
			operation->arguments ? " " : "",
			operation->arguments ? operation->arguments : "");
}

static const struct fail_nth_operation *find_operation(const char *name)
{
	const struct fail_nth_operation *operation;

	for (operation = fail_nth_operations; operation->name; operation++)
		if (!strcmp(operation->name, name))
			return operation;
	return NULL;
}

static int walk(const struct fail_nth_operation *operation, char *const *args,
		unsigned int max, int is_verbose)
{
	struct fail_nth_count count;
	struct fail_nth *fail_nth;
	int err;

	/* A page fault in here would count as one of the operation's. */
	if (mlockall(MCL_CURRENT) < 0)
		return -errno;
	err = fail_nth_new(is_verbose, &fail_nth);
	if (err)
		return err;
	err = fail_nth_walk(fail_nth, operation, args, max, &count);
	printf("%s - fail_nth %s: %u faults, %u failed cleanly, %u survived\n",
	       err ? "not ok" : "ok", operation->name, count.nr_faults,
	       count.nr_failed, count.nr_survived);
	fail_nth_free(fail_nth);
	return err;
}

int main(int argc, char **argv)
{
	const struct fail_nth_operation *operation;
	unsigned int max = DEFAULT_MAX;
	int is_verbose = 0;
	int option, err;

	while ((option = getopt(argc, argv, "+vm:h")) != -1) {
		switch (option) {
		case 'v':
			is_verbose = 1;
			break;
		case 'm':
			max = strtoul(optarg, NULL, 0);
			break;
		case 'h':
			print_usage(stdout);
			return 0;
		default:
			print_usage(stderr);
			return 2;
		}
	}
	operation = optind < argc ? find_operation(argv[optind++]) : NULL;
	if (!operation || argc - optind != operation->nr_args) {
		print_usage(stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	err = walk(operation, argv + optind, max, is_verbose);
	if (err)
		fprintf(stderr, "fail_nth: %s: %s\n", operation->name,
			err == -ENOSYS ? "this kernel has no fault injection, "
					 "or debugfs is not mounted"
				       : strerror(-err));
	return err ? 1 : 0;
}

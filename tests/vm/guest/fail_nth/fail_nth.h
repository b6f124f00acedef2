/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Systematic fault injection: run an operation again and again, with its first
 * allocation failing, then its second, ... until a run meets no fault.
 *
 * Counted are the places where the kernel lets a fault in on behalf of the
 * calling thread: slab and page allocations, and copies from and to user space
 * (which fail with -EFAULT). See Linux, Documentation/fault-injection.
 */
#ifndef FAIL_NTH_H
#define FAIL_NTH_H

struct fail_nth;

/**
 * struct fail_nth_operation - something to run under injected faults
 * @name:      what to call it, on the command line too
 * @arguments: its arguments for the usage text, NULL if it takes none
 * @nr_args:   how many arguments it takes
 * @prepare:   makes what @run needs, with no fault; may be NULL
 * @run:       the operation itself, one thread, nothing but system calls; what
 *             it took before it failed may be left to @undo
 * @undo:      gives back what @prepare and @run took, with no fault, whatever
 *             @run returned; may be NULL
 * @errors:    errno values, ended by 0, that @run may fail with beside ENOMEM
 *             and EFAULT; may be NULL
 *
 * The functions return 0 or a negative errno. A zeroed area of
 * FAIL_NTH_STATE_SIZE bytes is theirs from @prepare to @undo.
 */
struct fail_nth_operation {
	const char *name;
	const char *arguments;
	int nr_args;
	int (*prepare)(void *state, char *const *args);
	int (*run)(void *state);
	void (*undo)(void *state);
	const int *errors;
};

enum {
	FAIL_NTH_STATE_SIZE = 4096,
};

/* What became of the faults of one walk. */
struct fail_nth_count {
	unsigned int nr_faults; /* = nr_failed + nr_survived */
	unsigned int nr_failed; /* run failed, with an errno it may fail with */
	unsigned int nr_survived; /* run passed all the same */
};

/**
 * fail_nth_new() - ready the calling thread and this kernel for walks
 * @is_verbose: have the kernel log a stack for each fault
 * @ret_fail_nth: the new object, untouched on failure
 *
 * Return: 0; -ENOSYS if this kernel has no fault injection or debugfs is not
 * mounted; else a negative errno.
 */
int fail_nth_new(int is_verbose, struct fail_nth **ret_fail_nth);
void fail_nth_free(struct fail_nth *fail_nth);

/**
 * fail_nth_walk() - run @operation with each of its faults in turn
 * @max: give up (-ELOOP) after so many
 * @ret_count: how the faults ended, also when the walk is cut short
 *
 * After each fault the operation is run once more without one and has to pass:
 * a failure must leave nothing behind. What went wrong is printed to stdout as
 * lines that begin with "# ".
 *
 * Return: 0 if every fault was survived or gave an errno that it may give.
 */
int fail_nth_walk(struct fail_nth *fail_nth,
		  const struct fail_nth_operation *operation, char *const *args,
		  unsigned int max, struct fail_nth_count *ret_count);

/* The operations that main knows; ended by an entry without a name. */
extern const struct fail_nth_operation fail_nth_operations[];

#endif

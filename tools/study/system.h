/* SPDX-License-Identifier: GPL-2.0-only */
/* One system under one load: runs that are measured, and one that is profiled. */
#ifndef VPROF_TOOLS_STUDY_SYSTEM_H
#define VPROF_TOOLS_STUDY_SYSTEM_H

#include "study/load.h"
#include "study/profile.h"
#include "study/results.h"

#include <stdbool.h>
#include <vprof/error.h>

/**
 * struct system_options - how it is measured
 * @nr_runs: without a profiler, @seconds each
 * @profile_seconds: of the one run that is sampled
 * @store: name of its store
 * @sender: the way to a shell there, before "sh"
 * @subject: the receiver, as the profile has it
 */
struct system_options {
	unsigned int nr_runs;
	unsigned int seconds;
	unsigned int profile_seconds;
	struct profiling profiling;
	const char *store;
	const char *sender;
	struct profile_subject subject;
};

/**
 * system_measure - put the receiver under load and write down what it did
 * @load: its sessions and addresses
 * @system: empty; also filled in as far as it came when this fails. Its state and
 *          why say what became of it
 *
 * Everything that it started is ended again, also when a signal comes.
 *
 * Return: 0: also when a program is missing and the state says so; -EINTR, or
 * another negative errno.
 */
int system_measure(struct load *load, const struct system_options *options,
		   struct study_system *system, struct vprof_error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Profiles of a study: taken by vprof-record, read and compared by the library. */
#ifndef VPROF_TOOLS_STUDY_PROFILE_H
#define VPROF_TOOLS_STUDY_PROFILE_H

#include "study/results.h"

#include <stdbool.h>
#include <stdint.h>
#include <vprof/error.h>

/**
 * struct profiling - how profiles are taken
 * @folder: where the stores go
 * @event: as vprof-record's -e has it; NULL: its default
 * @period: 0: its default
 */
struct profiling {
	const char *folder;
	const char *event;
	uint64_t period;
};

/**
 * profile_check_event - whether there is such an event, long before it is sampled
 * @event, @period: as in struct profiling
 *
 * Return: 0, also where this machine cannot sample it, or as vprof_event_parse().
 */
int profile_check_event(const char *event, uint64_t period,
			struct vprof_error *err);

/**
 * profile_take - run a command while the whole machine is sampled, guests too
 * @store: name of the store in the folder; one that is there is replaced
 * @timeout_s: for the command; vprof-record has some more to end
 * @ret_output: the command's standard output, for free()
 *
 * Return: as child_run(); the command's own status where vprof-record could
 * record.
 */
int profile_take(const struct profiling *profiling, const char *store,
		 const char *const argv[], unsigned int timeout_s,
		 char **ret_output, struct vprof_error *err);

/**
 * struct profile_subject - whose time is looked at
 * @uuid: as its hypervisor knows it; NULL or "": not known
 * @name: where that does not find it
 * @is_host: it runs on this machine's own kernel
 * @has_others: the profile is of all domains together, as what one does is work
 *              for others too; its own share of it is noted
 */
struct profile_subject {
	const char *uuid;
	const char *name;
	bool is_host;
	bool has_others;
};

/**
 * profile_read - what a store says of one domain
 * @ret_profile: filled in; what it held is to be nothing
 *
 * Return: 0, -ENOENT the domain is not in it, -ENODATA it has no samples, or as
 * vprof_query_add_store(). @ret_profile then has its store, and why.
 */
int profile_read(const struct profiling *profiling, const char *store,
		 const struct profile_subject *subject,
		 struct study_profile *ret_profile, struct vprof_error *err);

/**
 * profile_compare - how the functions of one domain changed from @a to @b
 * @domain: its name in both
 * @ret_changes: for study_receive; the largest growth first
 */
int profile_compare(const struct profiling *profiling, const char *a,
		    const char *b, const char *domain,
		    struct study_change **ret_changes, size_t *ret_nr,
		    struct vprof_error *err);

#endif

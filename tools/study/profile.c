// SPDX-License-Identifier: GPL-2.0-only
/* Profiles of a study: taken by vprof-record, read and compared by the library. */
#include "study/profile.h"

#include "column.h"
#include "study/child.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <vprof/diff.h>
#include <vprof/event.h>
#include <vprof/query.h>

enum {
	MAX_ARGUMENTS = 64,
	MAX_FUNCTIONS = 400,
	NAMES_S = 120, /* vprof-record looks for guests' names at its end */
};

/* Functions with less of the domain's samples are not kept. */
#define LEAST_SHARE 0.0001

static const unsigned int keys = 1u << VPROF_KEY_DOMAIN |
				 1u << VPROF_KEY_CONTEXT |
				 1u << VPROF_KEY_IMAGE | 1u << VPROF_KEY_SYMBOL;

static int make_path(const struct profiling *profiling, const char *store,
		     char ret_path[PATH_MAX])
{
	int length =
		snprintf(ret_path, PATH_MAX, "%s/%s", profiling->folder, store);

	return length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* ---- taking --------------------------------------------------------------- */

/* A list of events is vprof-record's to take apart. */
int profile_check_event(const char *event, uint64_t period,
			struct vprof_error *err)
{
	const struct vprof_event_defaults defaults = { .period = period };
	struct vprof_event_spec spec;
	int ret;

	if (event && strchr(event, ','))
		return 0;
	ret = event ? vprof_event_parse(event, &defaults, &spec, err)
		    : vprof_event_default(&defaults, &spec, err);
	return ret == -EOPNOTSUPP ? 0 : ret;
}

static const char *find_myself(char ret_path[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", ret_path, PATH_MAX - 1);

	if (length <= 0)
		return "vprof";
	ret_path[length] = '\0';
	return ret_path;
}

int profile_take(const struct profiling *profiling, const char *store,
		 const char *const argv[], unsigned int timeout_s,
		 char **ret_output, struct vprof_error *err)
{
	const char *all[MAX_ARGUMENTS];
	char path[PATH_MAX], myself[PATH_MAX], period[32];
	int nr = 0;

	if (make_path(profiling, store, path))
		return vprof_error_set(err, -ENAMETOOLONG, "%s: %s", store,
				       strerror(ENAMETOOLONG));
	unlink(path);
	all[nr++] = find_myself(myself);
	all[nr++] = "record";
	all[nr++] = "-aq";
	all[nr++] = "-o";
	all[nr++] = path;
	if (profiling->event) {
		all[nr++] = "-e";
		all[nr++] = profiling->event;
	}
	if (profiling->period) {
		snprintf(period, sizeof(period), "%" PRIu64, profiling->period);
		all[nr++] = "-c";
		all[nr++] = period;
	}
	all[nr++] = "--";
	while (*argv && nr < MAX_ARGUMENTS - 1)
		all[nr++] = *argv++;
	all[nr] = NULL;
	return child_run((char *const *)all, timeout_s + NAMES_S, ret_output,
			 err);
}

/* ---- reading -------------------------------------------------------------- */

struct answer {
	struct vprof_query *query;
	const struct vprof_profile *profile;
};

static int ask(const struct profiling *profiling, const char *store,
	       unsigned int keys_asked, struct answer *answer,
	       struct vprof_error *err)
{
	const struct vprof_query_options options = {
		.size = sizeof(options),
		.keys = keys_asked,
		.has_one_unnamed = true,
	};
	char path[PATH_MAX];
	int ret;

	ret = make_path(profiling, store, path);
	if (!ret)
		ret = vprof_query_new(&options, &answer->query, err);
	if (!ret)
		ret = vprof_query_add_store(answer->query, path, err);
	if (!ret)
		ret = vprof_query_finish(answer->query, &answer->profile, err);
	return ret;
}

static bool is_subject(const struct profile_subject *subject,
		       const struct vprof_profile_domain *domain)
{
	bool is_host = !strcmp(domain->kind, "host");

	if (subject->is_host || is_host)
		return subject->is_host && is_host;
	if (subject->uuid && *subject->uuid && *domain->uuid)
		return !strcasecmp(subject->uuid, domain->uuid);
	return subject->name && !strcmp(subject->name, domain->name);
}

static int find_domain(const struct vprof_profile *profile,
		       const struct profile_subject *subject,
		       size_t *ret_domain)
{
	for (size_t i = 0; i < profile->nr_domains; i++)
		if (is_subject(subject, &profile->domains[i])) {
			*ret_domain = i;
			return 0;
		}
	return -ENOENT;
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static void take_split(const struct vprof_profile_sums *sums,
		       struct study_split *split)
{
	const uint64_t *parts = sums->part_weight;
	uint64_t all = sums->weight;

	split->hypervisor = column_share(parts[VPROF_PART_HYPERVISOR], all);
	split->driver = column_share(parts[VPROF_PART_DRIVER], all);
	split->kernel = column_share(parts[VPROF_PART_KERNEL], all);
	split->user = column_share(parts[VPROF_PART_USER], all);
	split->interrupts = NAN;
}

/* @domain: of the lines; they are all of the first where it is no key. */
static int take_functions(const struct vprof_profile_event *event,
			  size_t domain, uint64_t all,
			  struct study_profile *profile)
{
	const struct vprof_profile_line *line;
	struct study_function *function;
	size_t nr = 0;

	profile->functions = calloc(MAX_FUNCTIONS, sizeof(*function));
	if (!profile->functions)
		return -ENOMEM;
	for (size_t i = 0; i < event->nr_lines && nr < MAX_FUNCTIONS; i++) {
		line = &event->lines[i];
		if (line->domain != domain ||
		    column_share(line->weight, all) < LEAST_SHARE)
			continue;
		function = &profile->functions[nr++];
		function->symbol = copy(line->symbol);
		function->context = copy(column_context_name(line->context));
		function->image = copy(line->image);
		function->samples = line->samples;
		function->share = column_share(line->weight, all);
	}
	profile->nr_functions = nr;
	return 0;
}

static void add_others(const struct vprof_profile *profile, size_t domain,
		       struct vprof_profile_sums *sums)
{
	const struct vprof_profile_sums *other;

	for (size_t i = 0; i < profile->nr_domains; i++) {
		if (i == domain)
			continue;
		other = &profile->events[0].domain_sums[i];
		sums->samples += other->samples;
		sums->weight += other->weight;
		for (int part = 0; part < VPROF_NR_PARTS; part++)
			sums->part_weight[part] += other->part_weight[part];
	}
}

static int take_event(const struct vprof_profile *profile, size_t domain,
		      bool has_others, struct study_profile *ret_profile)
{
	const struct vprof_profile_event *event = &profile->events[0];
	struct vprof_profile_sums sums = event->domain_sums[domain];
	uint64_t own = sums.weight;

	ret_profile->domain = copy(profile->domains[domain].name);
	if (has_others)
		add_others(profile, domain, &sums);
	ret_profile->own_share = has_others ? column_share(own, sums.weight)
					    : NAN;
	ret_profile->event = copy(event->name);
	ret_profile->period = event->is_frequency ? 0 : event->period;
	ret_profile->samples = sums.samples;
	ret_profile->lost = event->taken - event->delivered;
	take_split(&sums, &ret_profile->split);
	return take_functions(event, has_others ? 0 : domain, sums.weight,
			      ret_profile);
}

static int read_answer(const struct answer *answer, const char *store,
		       const struct profile_subject *subject,
		       struct study_profile *ret_profile,
		       struct vprof_error *err)
{
	const struct vprof_profile *profile = answer->profile;
	size_t domain;

	if (!profile->nr_events || !profile->events[0].all_samples)
		return vprof_error_set(err, -ENODATA,
				       "%s has no samples: no counter to "
				       "sample by? vprof-list sources",
				       store);
	if (find_domain(profile, subject, &domain))
		return vprof_error_set(
			err, -ENOENT,
			"%s has no samples of the receiver \"%s\": it is no "
			"guest of this machine, or guests cannot be sampled "
			"here%s%s",
			store, subject->name ? subject->name : "",
			profile->nr_sessions && *profile->sessions[0].no_guests
				? ": "
				: "",
			profile->nr_sessions ? profile->sessions[0].no_guests
					     : "");
	if (!profile->events[0].domain_sums[domain].samples)
		return vprof_error_set(err, -ENODATA, "%s has no samples of %s",
				       store, profile->domains[domain].name);
	if (take_event(profile, domain, subject->has_others, ret_profile))
		return vprof_error_set(err, -ENOMEM, "no memory");
	return 0;
}

int profile_read(const struct profiling *profiling, const char *store,
		 const struct profile_subject *subject,
		 struct study_profile *ret_profile, struct vprof_error *err)
{
	struct vprof_error why = { 0 };
	struct answer answer = { 0 };
	int ret;

	ret = ask(profiling, store,
		  subject->has_others ? keys & ~(1u << VPROF_KEY_DOMAIN) : keys,
		  &answer, &why);
	if (!ret)
		ret = read_answer(&answer, store, subject, ret_profile, &why);
	vprof_query_free(answer.query);
	ret_profile->store = copy(store);
	if (!ret)
		return 0;
	ret_profile->why = copy(why.text);
	return vprof_error_set(err, ret, "%s", why.text);
}

/* ---- comparing ------------------------------------------------------------ */

static double share_or_absent(const struct vprof_diff_change *change, int side)
{
	return change->samples[side] ? change->share[side] : NAN;
}

static void take_change(const struct vprof_diff_line *line,
			struct study_change *ret_change)
{
	const struct vprof_diff_change *change = &line->change;
	const struct vprof_profile_line *side =
		line->sides[VPROF_DIFF_B] ? line->sides[VPROF_DIFF_B]
					  : line->sides[VPROF_DIFF_A];

	*ret_change = (struct study_change){
		.symbol = copy(side->symbol),
		.context = copy(column_context_name(side->context)),
		.image = copy(side->image),
		.share_a = share_or_absent(change, VPROF_DIFF_A),
		.share_b = share_or_absent(change, VPROF_DIFF_B),
		.change = change->change,
		.z = change->z,
		.samples_a = change->samples[VPROF_DIFF_A],
		.samples_b = change->samples[VPROF_DIFF_B],
	};
}

static int take_changes(const struct vprof_diff *diff,
			struct study_change **ret_changes, size_t *ret_nr)
{
	const struct vprof_diff_event *event = &diff->events[0];
	struct study_change *changes;
	size_t nr = 0;

	changes = calloc(event->nr_lines + 1, sizeof(*changes));
	if (!changes)
		return -ENOMEM;
	for (size_t i = 0; event->is_compared && i < event->nr_lines; i++) {
		const struct vprof_diff_line *line = &event->lines[i];

		if (diff->domains[line->domain].is_wanted &&
		    (line->change.share[VPROF_DIFF_A] >= LEAST_SHARE ||
		     line->change.share[VPROF_DIFF_B] >= LEAST_SHARE))
			take_change(line, &changes[nr++]);
	}
	*ret_changes = changes;
	*ret_nr = nr;
	return 0;
}

static int compare(const struct answer *a, const struct answer *b,
		   const char *domain, struct study_change **ret_changes,
		   size_t *ret_nr, struct vprof_error *err)
{
	const struct vprof_diff_options options = {
		.size = sizeof(options),
		.keys = keys,
		.base = VPROF_DIFF_OF_DOMAIN,
		.order = VPROF_DIFF_BY_CHANGE,
		.domains = &domain,
		.nr_domains = 1,
		.labels = { "A", "B" },
	};
	struct vprof_diff *diff;
	int ret;

	ret = vprof_diff_new(&options, a->profile, b->profile, &diff, err);
	if (ret)
		return ret;
	if (take_changes(diff, ret_changes, ret_nr))
		ret = vprof_error_set(err, -ENOMEM, "no memory");
	vprof_diff_free(diff);
	return ret;
}

int profile_compare(const struct profiling *profiling, const char *a,
		    const char *b, const char *domain,
		    struct study_change **ret_changes, size_t *ret_nr,
		    struct vprof_error *err)
{
	struct answer answers[2] = { 0 };
	int ret;

	ret = ask(profiling, a, keys, &answers[0], err);
	if (!ret)
		ret = ask(profiling, b, keys, &answers[1], err);
	if (!ret)
		ret = compare(&answers[0], &answers[1], domain, ret_changes,
			      ret_nr, err);
	vprof_query_free(answers[0].query);
	vprof_query_free(answers[1].query);
	return ret;
}

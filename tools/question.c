// SPDX-License-Identifier: GPL-2.0-only
/* What is asked of profiles, as it is given; and why there may be nothing to say. */
#include "question.h"

#include "command.h"
#include "escape.h"
#include "report.h"
#include "time_point.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is asked ----------------------------------------------------- */

static int split(const struct option_set *set, struct question_domains *domains,
		 char *rest)
{
	char *name;

	while ((name = strsep(&rest, ","))) {
		if (!*name)
			return option_refuse(set, "--domain: a name is empty");
		if (domains->nr_names == QUESTION_MAX_DOMAINS)
			return option_refuse(set, "--domain: %d at most",
					     QUESTION_MAX_DOMAINS);
		domains->names[domains->nr_names++] = name;
	}
	return EXIT_OK;
}

int question_split_domains(const struct option_set *set,
			   struct question_domains *domains)
{
	int ret = EXIT_OK;

	for (size_t i = 0; !ret && i < domains->texts.nr_items; i++) {
		domains->copies[i] = strdup(domains->texts.items[i]);
		if (!domains->copies[i])
			err(EXIT_FAILED, "--domain");
		ret = split(set, domains, domains->copies[i]);
	}
	for (size_t i = 0; !ret && i < domains->nr_names; i++)
		if (!strcmp(domains->names[i], "all")) {
			domains->nr_names = 0;
			break;
		}
	return ret;
}

void question_free_domains(struct question_domains *domains)
{
	for (size_t i = 0; i < domains->texts.nr_items; i++)
		free(domains->copies[i]);
}

int question_parse_keys(const struct option_set *set, const char *text,
			struct column_list *ret_keys)
{
	const char *bad;
	size_t length;

	bad = column_parse_keys(text, ret_keys, &length);
	if (!bad)
		return EXIT_OK;
	return option_refuse(set,
			     "no column \"%.*s\" to sort by. There are: %s.",
			     (int)length, bad, column_key_names());
}

/* ---- nothing to say says why ------------------------------------------- */

uint64_t question_count_samples(const struct vprof_profile *profile,
				bool in_all)
{
	uint64_t samples = 0;

	for (size_t i = 0; i < profile->nr_events; i++)
		samples += in_all ? profile->events[i].all_samples
				  : profile->events[i].samples;
	return samples;
}

static uint64_t count_lost(const struct vprof_profile *profile)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < profile->nr_events; i++)
		lost += report_count_lost(&profile->events[i]);
	return lost;
}

static void say_span(const struct vprof_profile *profile)
{
	char start[TIME_POINT_TEXT], end[TIME_POINT_TEXT];

	time_point_format(profile->store_start_ns, true, start);
	time_point_format(profile->store_end_ns, true, end);
	warnx("nothing was sampled in that time: the profile is of %s to %s",
	      start, end);
}

void question_say_nothing(const char *path, const struct vprof_profile *profile,
			  const char *domains)
{
	if (!profile->store_start_ns)
		warnx("no samples in %s: the recording ended before its first "
		      "slice was written",
		      path);
	else if (!profile->start_ns)
		say_span(profile);
	else if (question_count_samples(profile, true))
		warnx("no samples of %s in this profile; the other domains "
		      "have %llu",
		      domains,
		      (unsigned long long)question_count_samples(profile,
								 true));
	else if (count_lost(profile))
		warnx("no samples in %s: all %llu were lost", path,
		      (unsigned long long)count_lost(profile));
	else
		warnx("no samples in %s: nothing of what was asked for ran",
		      path);
}

void question_say(const struct vprof_error *error)
{
	char *text = escape_for_terminal(error->text);

	warnx("%s", text ? text : "out of memory");
	free(text);
}

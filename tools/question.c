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

void question_init(struct question *question)
{
	*question = (struct question){ .keys_text = QUESTION_KEYS,
				       .percent_limit = -1 };
}

static int split(const struct option_set *set, struct question *question,
		 char *rest)
{
	char *name;

	while ((name = strsep(&rest, ","))) {
		if (!*name)
			return option_refuse(set, "--domain: a name is empty");
		if (question->nr_domains == QUESTION_MAX_DOMAINS)
			return option_refuse(set, "--domain: %d at most",
					     QUESTION_MAX_DOMAINS);
		question->domains[question->nr_domains++] = name;
	}
	return EXIT_OK;
}

static int split_domains(const struct option_set *set,
			 struct question *question)
{
	const struct option_list *texts = &question->domain_texts;
	int ret = EXIT_OK;

	for (size_t i = 0; !ret && i < texts->nr_items; i++) {
		question->copies[i] = strdup(texts->items[i]);
		if (!question->copies[i])
			err(EXIT_FAILED, "--domain");
		ret = split(set, question, question->copies[i]);
	}
	for (size_t i = 0; !ret && i < question->nr_domains; i++)
		if (!strcmp(question->domains[i], "all")) {
			question->nr_domains = 0;
			break;
		}
	return ret;
}

static int parse_keys(const struct option_set *set, struct question *question)
{
	const char *bad;
	size_t length;

	bad = column_parse_keys(question->keys_text, &question->keys, &length);
	if (!bad)
		return EXIT_OK;
	return option_refuse(set,
			     "no column \"%.*s\" to sort by. There are: %s.",
			     (int)length, bad, column_key_names());
}

int question_check(const struct option_set *set, struct question *question)
{
	int ret;

	if (question->is_json && question->is_csv)
		return option_refuse(set, "--json or --csv, not both");
	if (question->since_ns && question->until_ns &&
	    question->since_ns >= question->until_ns)
		return option_refuse(set, "--since is not before --until");
	ret = parse_keys(set, question);
	return ret ? ret : split_domains(set, question);
}

void question_destroy(struct question *question)
{
	for (size_t i = 0; i < question->domain_texts.nr_items; i++)
		free(question->copies[i]);
}

double question_get_limit(const struct question *question, double otherwise)
{
	return question->percent_limit >= 0 ? question->percent_limit / 100
					    : otherwise;
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

static void say_span(const char *path, const struct vprof_profile *profile)
{
	char start[TIME_POINT_TEXT], end[TIME_POINT_TEXT];

	time_point_format(profile->store_start_ns, true, start);
	time_point_format(profile->store_end_ns, true, end);
	warnx("%s: nothing was sampled in that time: the profile is of %s to "
	      "%s (--since, --until)",
	      path, start, end);
}

void question_say_nothing(const char *path, const struct vprof_profile *profile,
			  const char *domains)
{
	if (!profile->store_start_ns)
		warnx("no samples in %s: the recording ended before its first "
		      "slice was written",
		      path);
	else if (!profile->start_ns)
		say_span(path, profile);
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

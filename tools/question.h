/* SPDX-License-Identifier: GPL-2.0-only */
/* What is asked of profiles, as it is given; and why there may be nothing to say. */
#ifndef VPROF_TOOLS_QUESTION_H
#define VPROF_TOOLS_QUESTION_H

#include "column.h"
#include "option.h"

#include <vprof/query.h>

enum { QUESTION_MAX_DOMAINS = 64 };

#define QUESTION_KEYS "domain,context,image,symbol" /* where nobody says */

/**
 * struct question - what the commands that read profiles all take
 * @domain_texts: -d as given; option_take_list() fills it in
 * @keys_text: --sort as given
 * @percent_limit: below 0: what the output has of itself
 * @domains: one by one; none: all
 */
struct question {
	struct option_list domain_texts;
	const char *keys_text;
	const char *event;
	int64_t since_ns;
	int64_t until_ns;
	double percent_limit;
	uint64_t max_lines;
	bool is_json;
	bool is_csv;

	struct column_list keys;
	const char *domains[QUESTION_MAX_DOMAINS];
	size_t nr_domains;
	char *copies[OPTION_LIST_MAX];
};

/** question_init - nothing in particular */
void question_init(struct question *question);

/**
 * question_check - what was given makes sense together; keys and domains one by one
 *
 * "g1,g2" and several -d are the same; "all" is none in particular.
 *
 * Return: EXIT_OK, EXIT_USAGE after a sentence.
 */
int question_check(const struct option_set *set, struct question *question);
void question_destroy(struct question *question);

/** question_get_limit - a share; @otherwise: where nobody says */
double question_get_limit(const struct question *question, double otherwise);

/** question_count_samples - of all events; of all domains or those asked for */
uint64_t question_count_samples(const struct vprof_profile *profile,
				bool in_all);

/** question_say_nothing - why a profile has no samples; @domains: asked for, or NULL */
void question_say_nothing(const char *path, const struct vprof_profile *profile,
			  const char *domains);

/** question_say - the sentence, safe for a terminal: names in it come from stores */
void question_say(const struct vprof_error *error);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* What is asked of profiles, as it is given; and why there may be nothing to say. */
#ifndef VPROF_TOOLS_QUESTION_H
#define VPROF_TOOLS_QUESTION_H

#include "column.h"
#include "option.h"

#include <vprof/query.h>

enum { QUESTION_MAX_DOMAINS = 64 };

/**
 * struct question_domains - the option -d
 * @texts: as given; option_take_list() fills it in
 * @names: one by one; none: all
 */
struct question_domains {
	struct option_list texts;
	const char *names[QUESTION_MAX_DOMAINS];
	size_t nr_names;
	char *copies[OPTION_LIST_MAX];
};

/**
 * question_split_domains - "g1,g2" and several -d are the same; "all" is none in
 *			    particular
 *
 * Return: EXIT_OK, EXIT_USAGE after a sentence.
 */
int question_split_domains(const struct option_set *set,
			   struct question_domains *domains);
void question_free_domains(struct question_domains *domains);

/** question_parse_keys - --sort's list. Return: EXIT_OK, EXIT_USAGE after a sentence */
int question_parse_keys(const struct option_set *set, const char *text,
			struct column_list *ret_keys);

/** question_count_samples - of all events; of all domains or those asked for */
uint64_t question_count_samples(const struct vprof_profile *profile,
				bool in_all);

/** question_say_nothing - why a profile has no samples; @domains: asked for, or NULL */
void question_say_nothing(const char *path, const struct vprof_profile *profile,
			  const char *domains);

/** question_say - the sentence, safe for a terminal: names in it come from stores */
void question_say(const struct vprof_error *error);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a figure says, as a sentence, from the results. Each is for free(); NULL:
 * no memory.
 */
#ifndef VPROF_TOOLS_STUDY_SAYS_H
#define VPROF_TOOLS_STUDY_SAYS_H

#include "study/results.h"

char *says_throughput(const struct study_receive *receive);
char *says_split(const struct study_receive *receive);
char *says_functions(const struct study_receive *receive);
char *says_changes(const struct study_receive *receive);

/** says_systems - @unit: "Mbit/s" */
char *says_systems(const struct study_part *part, const char *unit);
/** says_systems_cost - @work: what is done: "megabit" */
char *says_systems_cost(const struct study_part *part, const char *work);
char *says_systems_split(const struct study_part *part);
char *says_systems_functions(const struct study_part *part);

/**
 * says_find_function - of @profile; NULL: absent
 * @symbol, @context: NULL is the same as ""
 * @image: NULL: of whichever
 */
const struct study_function *
says_find_function(const struct study_profile *profile, const char *symbol,
		   const char *context, const char *image);

#endif

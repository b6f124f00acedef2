/* SPDX-License-Identifier: GPL-2.0-only */
/* Which settings of a sweep are the points A and B. */
#ifndef VPROF_TOOLS_STUDY_RECEIVE_CHOOSE_H
#define VPROF_TOOLS_STUDY_RECEIVE_CHOOSE_H

#include "study/results.h"

/** receive_rule - how receive_choose() chooses, in lines; the last is NULL */
extern const char *const receive_rule[];

/**
 * receive_choose - the points A and B of what was swept, by receive_rule
 *
 * By medians: a run now and then is off by a factor of two.
 */
void receive_choose(const struct study_receive *found,
		    const struct study_sweep_row **ret_a,
		    const struct study_sweep_row **ret_b);

#endif

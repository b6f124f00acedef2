/* SPDX-License-Identifier: GPL-2.0-only */
/* Which functions a plot compares, out of the many that profiles have. */
#ifndef VPROF_TOOLS_STUDY_FUNCTIONS_H
#define VPROF_TOOLS_STUDY_FUNCTIONS_H

#include "study/plot.h"

/** struct functions_shown - free() the list; its texts are the results' */
struct functions_shown {
	struct plot_function *list;
	size_t nr;
};

/**
 * functions_of_points - the published ones, each below ours; then what else
 * changed most from A to B. Series: A, B, the fix
 */
struct functions_shown functions_of_points(const struct study_receive *receive);

/** functions_by_change - all, the largest first either way; for free(); or NULL */
const struct study_change **
functions_by_change(const struct study_receive *receive);

/** functions_sort_by_growth - the largest growth first, the largest loss last */
void functions_sort_by_growth(const struct study_change **changes, size_t nr);

/** functions_of_systems - what differs most first. Series: linux, dom0, guest */
struct functions_shown functions_of_systems(const struct study_part *part);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Two systems under the same load: their rates, and where the difference goes. */
#ifndef VPROF_TOOLS_STUDY_COMPARE_SYSTEMS_H
#define VPROF_TOOLS_STUDY_COMPARE_SYSTEMS_H

#include "study/results.h"

#include <stddef.h>

/**
 * system_price - what a unit of work costs, to what it costs @native
 *
 * By the profiles' samples, which are time while a processor worked: 1 is what
 * @native spends on a request, or a megabit. NAN: not by the same event and period.
 */
double system_price(const struct study_system *system,
		    const struct study_system *native);

/**
 * struct system_growth - a function, or all of a context
 * @native, @here: what it takes of a unit of work; 1 is all that @native takes
 */
struct system_growth {
	const struct study_function *function;
	double native;
	double here;
};

/**
 * system_growths - the functions that take more of a unit of work than natively
 * @ret_growths: at most @max, the largest growth first
 *
 * Return: how many.
 */
size_t system_growths(const struct study_system *system,
		      const struct study_system *native,
		      struct system_growth *ret_growths, size_t max);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/* Two systems under the same load: their rates, and where the difference goes. */
#include "study/compare_systems.h"

#include "study/says.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static bool are_like(const struct study_profile *a,
		     const struct study_profile *b)
{
	return a->samples && b->samples && a->period &&
	       a->period == b->period && a->event && b->event &&
	       !strcmp(a->event, b->event);
}

double system_price(const struct study_system *system,
		    const struct study_system *native)
{
	const struct study_profile *a = &native->profile;
	const struct study_profile *b = &system->profile;

	if (!are_like(a, b) || !(native->profiled_work > 0) ||
	    !(system->profiled_work > 0))
		return NAN;
	return ((double)b->samples / system->profiled_work) /
	       ((double)a->samples / native->profiled_work);
}

/* By name and context: an image is a path on one, and a guest's on the other. */
static double find_share(const struct study_profile *profile,
			 const struct study_function *function)
{
	const struct study_function *found;

	found = says_find_function(profile, function->symbol, function->context,
				   NULL);
	return found ? found->share : 0;
}

static double grown_by(const struct system_growth *growth)
{
	return growth->here - growth->native;
}

/* Into its place among those that grew most. Return: how many there are now. */
static size_t place(struct system_growth *growths, size_t nr, size_t max,
		    const struct system_growth *growth)
{
	size_t at = nr;

	while (at && grown_by(&growths[at - 1]) < grown_by(growth))
		at--;
	if (at == max)
		return nr;
	if (nr == max)
		nr--;
	memmove(&growths[at + 1], &growths[at], (nr - at) * sizeof(*growths));
	growths[at] = *growth;
	return nr + 1;
}

size_t system_growths(const struct study_system *system,
		      const struct study_system *native,
		      struct system_growth *ret_growths, size_t max)
{
	double price = system_price(system, native);
	struct system_growth growth;
	size_t nr = 0;

	if (isnan(price))
		return 0;
	for (size_t i = 0; i < system->profile.nr_functions; i++) {
		growth.function = &system->profile.functions[i];
		if (!growth.function->symbol)
			continue;
		growth.here = growth.function->share * price;
		growth.native = find_share(&native->profile, growth.function);
		if (growth.here > growth.native)
			nr = place(ret_growths, nr, max, &growth);
	}
	return nr;
}

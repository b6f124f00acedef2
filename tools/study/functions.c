// SPDX-License-Identifier: GPL-2.0-only
/* Which functions a plot compares, out of the many that profiles have. */
#include "study/functions.h"

#include "study/published.h"
#include "study/says.h"
#include "study/show.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	NR_OTHERS = 9, /* beside the published ones */
	NR_SYSTEMS_FUNCTIONS = 12,
	NR_CANDIDATES = 40, /* of each system: those with most samples */
};

static const struct study_profile *
profile_of_point(const struct study_receive *receive, int name)
{
	const struct study_point *point = receive->points[name];

	return point && point->profile.samples ? &point->profile : NULL;
}

static const struct study_profile *
profile_of_system(const struct study_part *part, int name)
{
	const struct study_system *system = part->systems[name];

	return system && system->profile.samples ? &system->profile : NULL;
}

static void set_share(struct plot_function *function, int series,
		      const struct study_function *found)
{
	function->is_known[series] = true;
	function->shares[series] = found ? found->share : NAN;
}

static void look_up(struct plot_function *function,
		    const struct study_profile *profile, int series)
{
	if (profile)
		set_share(function, series,
			  says_find_function(profile, function->symbol,
					     function->context,
					     function->image));
}

/* An image is a path on one system, and a guest's on the other. */
static void look_up_elsewhere(struct plot_function *function,
			      const struct study_profile *profile, int series)
{
	if (profile)
		set_share(function, series,
			  says_find_function(
				  profile, function->symbol, function->context,
				  *function->symbol ? NULL : function->image));
}

/* The kernel's, of whichever image. */
static const struct study_function *
find_symbol(const struct study_profile *profile, const char *symbol)
{
	for (size_t i = 0; i < profile->nr_functions; i++)
		if (profile->functions[i].symbol &&
		    !strcmp(profile->functions[i].symbol, symbol))
			return &profile->functions[i];
	return NULL;
}

static struct plot_function from_function(const struct study_function *source)
{
	return (struct plot_function){
		.symbol = show_or_empty(source->symbol),
		.context = show_or_empty(source->context),
		.image = show_or_empty(source->image),
	};
}

/* ---- points ------------------------------------------------------------- */

static double zero_if_absent(double share)
{
	return isnan(share) ? 0 : share;
}

/* What the published functions leave of each profile of ours. */
static void set_rest(struct plot_function *rest,
		     const struct plot_function *list, size_t nr)
{
	for (int s = 0; s < PLOT_MAX_SERIES; s++)
		rest->shares[s] = 1;
	for (size_t i = 0; i < nr; i++)
		for (int s = 0; s < PLOT_MAX_SERIES && !list[i].is_published;
		     s++) {
			rest->is_known[s] = list[i].is_known[s];
			rest->shares[s] -= zero_if_absent(list[i].shares[s]);
		}
}

/* The last of the published rows is what the others leave. */
static bool is_rest(size_t row)
{
	return row + 1 == published_nr_functions;
}

static struct plot_function ours(const struct study_receive *receive,
				 const char *symbol)
{
	struct plot_function function = { .symbol = symbol, .image = "" };
	const struct study_profile *profile;
	const struct study_function *found;

	for (int s = 0; s < STUDY_NR_POINTS; s++) {
		profile = profile_of_point(receive, s);
		if (!profile)
			continue;
		found = find_symbol(profile, symbol);
		set_share(&function, s, found);
		if (found)
			function.context = show_or_empty(found->context);
	}
	if (!function.context)
		function.context = "in none of our profiles";
	return function;
}

static size_t add_published(const struct study_receive *receive,
			    struct plot_function *list)
{
	const struct published_row *row;
	size_t nr = 0;

	for (size_t i = 0; i < published_nr_functions; i++) {
		row = &published_functions[i];
		list[nr] = ours(receive, row->name);
		if (is_rest(i)) {
			set_rest(&list[nr], list, nr);
			list[nr].context = "all of them";
		}
		nr++;
		list[nr++] = (struct plot_function){
			.symbol = row->name,
			.context = "published",
			.image = "",
			.is_published = true,
			.shares = { row->a, row->b },
			.is_known = { true, true },
		};
	}
	return nr;
}

static bool is_published(const char *symbol)
{
	for (size_t i = 0; i < published_nr_functions; i++)
		if (!strcmp(published_functions[i].name, symbol))
			return true;
	return false;
}

static int compare_changes(const void *left, const void *right)
{
	const struct study_change *a =
		*(const struct study_change *const *)left;
	const struct study_change *b =
		*(const struct study_change *const *)right;
	double by_a = fabs(zero_if_absent(a->change));
	double by_b = fabs(zero_if_absent(b->change));

	return (by_a < by_b) - (by_a > by_b);
}

static int compare_growth(const void *left, const void *right)
{
	const struct study_change *a =
		*(const struct study_change *const *)left;
	const struct study_change *b =
		*(const struct study_change *const *)right;
	double by_a = zero_if_absent(a->change);
	double by_b = zero_if_absent(b->change);

	return (by_a < by_b) - (by_a > by_b);
}

void functions_sort_by_growth(const struct study_change **changes, size_t nr)
{
	qsort(changes, nr, sizeof(*changes), compare_growth);
}

const struct study_change **
functions_by_change(const struct study_receive *receive)
{
	const struct study_change **sorted;

	sorted = calloc(receive->nr_changes + 1, sizeof(*sorted));
	if (!sorted)
		return NULL;
	for (size_t i = 0; i < receive->nr_changes; i++)
		sorted[i] = &receive->changes[i];
	qsort(sorted, receive->nr_changes, sizeof(*sorted), compare_changes);
	return sorted;
}

static struct plot_function from_change(const struct study_receive *receive,
					const struct study_change *change)
{
	struct plot_function function = {
		.symbol = show_or_empty(change->symbol),
		.context = show_or_empty(change->context),
		.image = show_or_empty(change->image),
		.shares = { change->share_a, change->share_b },
		.is_known = { true, true },
	};

	look_up(&function, profile_of_point(receive, STUDY_POINT_FIXED),
		STUDY_POINT_FIXED);
	return function;
}

static void add_changed(const struct study_receive *receive,
			const struct study_change *const *sorted,
			struct functions_shown *shown)
{
	size_t nr = 0;

	for (size_t i = 0; i < receive->nr_changes && nr < NR_OTHERS; i++) {
		if (sorted[i]->symbol && is_published(sorted[i]->symbol))
			continue;
		shown->list[shown->nr++] = from_change(receive, sorted[i]);
		nr++;
	}
}

/* Nothing was compared: what takes most, where there is a profile. */
static void add_largest(const struct study_receive *receive,
			struct functions_shown *shown)
{
	const struct study_profile *profile = NULL;
	const struct study_function *source;
	size_t nr = 0;

	for (int s = 0; s < STUDY_NR_POINTS && !profile; s++)
		profile = profile_of_point(receive, s);
	for (size_t i = 0;
	     profile && i < profile->nr_functions && nr < NR_OTHERS; i++) {
		source = &profile->functions[i];
		if (source->symbol && is_published(source->symbol))
			continue;
		shown->list[shown->nr] = from_function(source);
		for (int s = 0; s < STUDY_NR_POINTS; s++)
			look_up(&shown->list[shown->nr],
				profile_of_point(receive, s), s);
		shown->nr++;
		nr++;
	}
}

struct functions_shown functions_of_points(const struct study_receive *receive)
{
	const struct study_change **sorted = functions_by_change(receive);
	struct functions_shown shown = { 0 };

	shown.list = calloc(2 * published_nr_functions + NR_OTHERS,
			    sizeof(*shown.list));
	if (shown.list && sorted) {
		shown.nr = add_published(receive, shown.list);
		if (receive->nr_changes)
			add_changed(receive, sorted, &shown);
		else
			add_largest(receive, &shown);
	}
	free(sorted);
	return shown;
}

/* ---- systems ------------------------------------------------------------- */

static double spread(const struct plot_function *function)
{
	double low = INFINITY, high = -INFINITY;

	for (int s = 0; s < PLOT_MAX_SERIES; s++) {
		if (!function->is_known[s])
			continue;
		low = fmin(low, zero_if_absent(function->shares[s]));
		high = fmax(high, zero_if_absent(function->shares[s]));
	}
	return high - low;
}

static int compare_spreads(const void *left, const void *right)
{
	double a = spread(left), b = spread(right);

	return (a < b) - (a > b);
}

static bool has_function(const struct functions_shown *shown,
			 const struct plot_function *function)
{
	for (size_t i = 0; i < shown->nr; i++)
		if (!strcmp(shown->list[i].symbol, function->symbol) &&
		    !strcmp(shown->list[i].context, function->context) &&
		    (*function->symbol ||
		     !strcmp(shown->list[i].image, function->image)))
			return true;
	return false;
}

static void add_candidates(const struct study_part *part, int system,
			   struct functions_shown *shown)
{
	const struct study_profile *profile = profile_of_system(part, system);
	const struct study_function *source;

	for (size_t i = 0;
	     profile && i < profile->nr_functions && i < NR_CANDIDATES; i++) {
		source = &profile->functions[i];
		struct plot_function function = from_function(source);

		if (has_function(shown, &function))
			continue;
		for (int s = 0; s < STUDY_NR_SYSTEMS; s++)
			look_up_elsewhere(&function, profile_of_system(part, s),
					  s);
		shown->list[shown->nr++] = function;
	}
}

struct functions_shown functions_of_systems(const struct study_part *part)
{
	struct functions_shown shown = { 0 };

	shown.list = calloc((size_t)STUDY_NR_SYSTEMS * NR_CANDIDATES,
			    sizeof(*shown.list));
	for (int s = 0; shown.list && s < STUDY_NR_SYSTEMS; s++)
		add_candidates(part, s, &shown);
	qsort(shown.list, shown.nr, sizeof(*shown.list), compare_spreads);
	if (shown.nr > NR_SYSTEMS_FUNCTIONS)
		shown.nr = NR_SYSTEMS_FUNCTIONS;
	return shown;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The profiles of the part "receive" beside what was published, as text. */
#include "study/report_receive_beside.h"

#include "study/published.h"
#include "study/show.h"
#include "table.h"

#include <math.h>
#include <string.h>

enum { INDENT = 2, MAX_FUNCTIONS = 15 };

static const struct terminal plain;

static const struct study_profile *
get_profile(const struct study_receive *receive, enum study_point_name name)
{
	const struct study_point *point = receive->points[name];

	return point && point->profile.domain ? &point->profile : NULL;
}

/* @is_known: there is a profile, in which it may be absent. */
static const char *share(bool is_known, double value, char text[SHOW_LEN])
{
	return is_known ? show_share_exactly(value, text) : "-";
}

static int add_beside(struct table *table, const struct study_receive *receive,
		      const char *name, const double ours[STUDY_NR_POINTS],
		      const struct published_row *published)
{
	char texts[STUDY_NR_POINTS][SHOW_LEN], a[SHOW_LEN], b[SHOW_LEN];
	const char *cells[6] = { name };

	for (int p = 0; p < STUDY_NR_POINTS; p++)
		cells[p + 1] =
			share(get_profile(receive, p), ours[p], texts[p]);
	cells[4] = published ? share(true, published->a, a) : "";
	cells[5] = published ? share(true, published->b, b) : "";
	return table_add_row(table, cells, TERMINAL_PLAIN, NULL);
}

static void begin_beside(struct table *table, const char *what)
{
	*table = (struct table){
		.columns = { { what, false },
			     { "A", true },
			     { "B", true },
			     { "B, FIXED", true },
			     { "published A", true },
			     { "published B", true } },
		.nr_columns = 6,
	};
}

static int print_split(const struct study_receive *receive, FILE *out)
{
	double ours[4][STUDY_NR_POINTS];
	const struct study_profile *profile;
	struct table table;
	int ret;

	for (int p = 0; p < STUDY_NR_POINTS; p++) {
		profile = get_profile(receive, p);
		ours[0][p] = profile ? profile->split.kernel : NAN;
		ours[1][p] = profile ? profile->split.driver : NAN;
		ours[2][p] = profile ? profile->split.hypervisor : NAN;
		ours[3][p] = profile ? profile->split.user : NAN;
	}
	fputs("\nWhere the receiver's time goes, beside the published study\n",
	      out);
	begin_beside(&table, "PART");
	ret = add_beside(&table, receive, "kernel", ours[0],
			 &published_split[PUBLISHED_KERNEL]);
	if (!ret)
		ret = add_beside(&table, receive, "network driver (modules)",
				 ours[1], &published_split[PUBLISHED_DRIVER]);
	if (!ret)
		ret = add_beside(&table, receive, "hypervisor", ours[2],
				 &published_split[PUBLISHED_HYPERVISOR]);
	if (!ret)
		ret = add_beside(&table, receive, "user", ours[3], NULL);
	if (!ret)
		table_print(&table, out, &plain, INDENT);
	table_destroy(&table);
	return ret;
}

static double find_share(const struct study_profile *profile,
			 const char *symbol)
{
	const struct study_function *function;
	double sum = NAN;

	for (size_t i = 0; profile && i < profile->nr_functions; i++) {
		function = &profile->functions[i];
		if (function->symbol && !strcmp(function->symbol, symbol))
			sum = (isnan(sum) ? 0 : sum) + function->share;
	}
	return sum;
}

static bool is_published(const char *symbol)
{
	for (size_t i = 0; i + 1 < published_nr_functions; i++)
		if (!strcmp(published_functions[i].name, symbol))
			return true;
	return false;
}

/* Functions that are large in one of our profiles, under their names of today. */
static int add_function(struct table *table,
			const struct study_receive *receive,
			const struct study_function *function)
{
	double ours[STUDY_NR_POINTS];

	for (int p = 0; p < STUDY_NR_POINTS; p++)
		ours[p] = find_share(get_profile(receive, p), function->symbol);
	return add_beside(table, receive, function->symbol, ours, NULL);
}

static int add_published(struct table *table,
			 const struct study_receive *receive)
{
	double ours[STUDY_NR_POINTS], rest[STUDY_NR_POINTS];
	const struct study_profile *profile;
	int ret = 0;

	for (int p = 0; p < STUDY_NR_POINTS; p++)
		rest[p] = get_profile(receive, p) ? 1 : NAN;
	for (size_t i = 0; !ret && i < published_nr_functions; i++) {
		for (int p = 0; p < STUDY_NR_POINTS; p++) {
			profile = get_profile(receive, p);
			ours[p] =
				i + 1 == published_nr_functions
					? rest[p]
					: find_share(
						  profile,
						  published_functions[i].name);
			if (!isnan(ours[p]))
				rest[p] -= ours[p];
		}
		ret = add_beside(table, receive, published_functions[i].name,
				 ours, &published_functions[i]);
	}
	return ret;
}

static int print_functions(const struct study_receive *receive, FILE *out)
{
	const struct study_profile *b = get_profile(receive, STUDY_POINT_B);
	const struct study_profile *shown =
		b ? b : get_profile(receive, STUDY_POINT_A);
	const struct study_function *function;
	struct table table;
	size_t nr = 0;
	int ret;

	fputs("\nFunctions, as shares of the receiver's time; absent: no "
	      "sample in it.\nskbuff_ctor is not in today's Linux\n",
	      out);
	begin_beside(&table, "FUNCTION");
	ret = add_published(&table, receive);
	for (size_t i = 0;
	     !ret && shown && i < shown->nr_functions && nr < MAX_FUNCTIONS;
	     i++) {
		function = &shown->functions[i];
		if (!function->symbol || is_published(function->symbol))
			continue;
		nr++;
		ret = add_function(&table, receive, function);
	}
	if (!ret)
		table_print(&table, out, &plain, INDENT);
	table_destroy(&table);
	return ret;
}

int report_receive_beside(const struct study_receive *receive, FILE *out)
{
	int ret;

	if (!get_profile(receive, STUDY_POINT_A) &&
	    !get_profile(receive, STUDY_POINT_B))
		return 0;
	ret = print_split(receive, out);
	return ret ? ret : print_functions(receive, out);
}

// SPDX-License-Identifier: GPL-2.0-only
/* A comparison of two profiles: what its outputs have in common. */
#include "diff.h"

#include <errno.h>
#include <math.h>
#include <string.h>

bool diff_is_shown(const struct diff_report *report,
		   const struct vprof_diff_line *line, uint64_t nr_before)
{
	/* A change of just that much is not lost to binary fractions. */
	const double slack = 1e-9;

	if (report->max_lines && nr_before >= report->max_lines)
		return false;
	return fabs(line->change.change) + slack >= report->least_change;
}

const char *diff_domain_name(const struct vprof_diff *diff, uint32_t domain)
{
	const struct vprof_diff_domain *item = &diff->domains[domain];

	return item->sides[VPROF_DIFF_B] ? item->sides[VPROF_DIFF_B]->name
					 : item->sides[VPROF_DIFF_A]->name;
}

/* Places without a name are one for each image: there is no offset to show. */
static const char *get_unnamed(const struct vprof_profile_line *line,
			       char scratch[COLUMN_SCRATCH])
{
	if (!line->image)
		return "(no name)";
	snprintf(scratch, COLUMN_SCRATCH, "%.200s (no name)", line->image);
	return scratch;
}

struct column_value diff_get_key(const struct diff_report *report,
				 const struct vprof_diff_line *line,
				 const struct column *column,
				 struct column_source *source)
{
	const enum vprof_diff_side side =
		line->sides[VPROF_DIFF_B] ? VPROF_DIFF_B : VPROF_DIFF_A;

	if (column->key == VPROF_KEY_DOMAIN)
		return (struct column_value){
			.text = diff_domain_name(report->diff, line->domain),
		};
	if (column->key == VPROF_KEY_SYMBOL && !line->sides[side]->symbol)
		return (struct column_value){
			.text = get_unnamed(line->sides[side], source->scratch),
		};
	source->profile = report->diff->sides[side];
	return column->get(source, line->sides[side]);
}

static const char *const base_names[] = {
	[VPROF_DIFF_OF_ALL] = "all",
	[VPROF_DIFF_OF_DOMAIN] = "domain",
};

const char *diff_base_name(enum vprof_diff_base base)
{
	return base_names[base];
}

int diff_parse_base(const char *text, enum vprof_diff_base *ret_base)
{
	for (size_t i = 0; i < sizeof(base_names) / sizeof(base_names[0]);
	     i++) {
		if (strcmp(text, base_names[i]) != 0)
			continue;
		*ret_base = (enum vprof_diff_base)i;
		return 0;
	}
	return -EINVAL;
}

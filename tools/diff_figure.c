// SPDX-License-Identifier: GPL-2.0-only
/* The figures of a comparison: what text, CSV, JSON, --order and the man page know. */
#include "diff_figure.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define A VPROF_DIFF_A
#define B VPROF_DIFF_B
#define KIND(name) DIFF_FIGURE_##name
#define BY(name) VPROF_DIFF_BY_##name

/* clang-format off */
const struct diff_figure diff_figures[] = {
	{ "share_a",	"A",	  BY(SHARE_A), KIND(SHARE),   A },
	{ "share_b",	"B",	  BY(SHARE_B), KIND(SHARE),   B },
	{ "change",	"CHANGE", BY(CHANGE),  KIND(CHANGE),  A },
	{ "ratio",	"B/A",	  BY(RATIO),   KIND(RATIO),   A },
	{ "z",		"Z",	  BY(Z),       KIND(Z),	      A },
	{ "state",	NULL,	  -1,	       KIND(STATE),   A },
	{ "samples_a",	NULL,	  -1,	       KIND(SAMPLES), A },
	{ "samples_b",	NULL,	  -1,	       KIND(SAMPLES), B },
	{ "weight_a",	NULL,	  -1,	       KIND(WEIGHT),  A },
	{ "weight_b",	NULL,	  -1,	       KIND(WEIGHT),  B },
};
/* clang-format on */

const size_t nr_diff_figures = sizeof(diff_figures) / sizeof(diff_figures[0]);

static const char *get_state(const struct vprof_diff_change *change)
{
	if (!change->samples[A])
		return "new";
	return change->samples[B] ? "both" : "gone";
}

/* Three digits that count, as far as there is something behind the point. */
static int get_ratio_digits(double ratio)
{
	if (ratio >= 100)
		return 0;
	return ratio >= 10 ? 1 : 2;
}

/* What rounds to nothing has no sign. */
const char *diff_figure_signed(double value, int digits,
			       char text[DIFF_FIGURE_TEXT])
{
	char zero[DIFF_FIGURE_TEXT];

	snprintf(text, DIFF_FIGURE_TEXT, "%+.*f", digits, value);
	snprintf(zero, DIFF_FIGURE_TEXT, "%.*f", digits, 0.0);
	if (!strcmp(text + 1, zero))
		strcpy(text, zero);
	return text;
}

const char *diff_figure_for_people(const struct diff_figure *figure,
				   const struct vprof_diff_change *change,
				   char text[DIFF_FIGURE_TEXT])
{
	switch (figure->kind) {
	case DIFF_FIGURE_SHARE:
		if (!change->samples[figure->side])
			return "absent";
		snprintf(text, DIFF_FIGURE_TEXT, "%.2f%%",
			 100 * change->share[figure->side]);
		return text;
	case DIFF_FIGURE_CHANGE:
		return diff_figure_signed(100 * change->change, 2, text);
	case DIFF_FIGURE_RATIO:
		if (!change->samples[A] || !change->samples[B])
			return get_state(change);
		snprintf(text, DIFF_FIGURE_TEXT, "%.*f",
			 get_ratio_digits(change->ratio), change->ratio);
		return text;
	case DIFF_FIGURE_Z:
		return diff_figure_signed(change->z, 1, text);
	default:
		return get_state(change);
	}
}

const char *diff_figure_for_programs(const struct diff_figure *figure,
				     const struct vprof_diff_change *change,
				     char text[DIFF_FIGURE_TEXT],
				     bool *ret_is_text)
{
	double real = 0;

	*ret_is_text = false;
	switch (figure->kind) {
	case DIFF_FIGURE_STATE:
		*ret_is_text = true;
		return get_state(change);
	case DIFF_FIGURE_SAMPLES:
		snprintf(text, DIFF_FIGURE_TEXT, "%" PRIu64,
			 change->samples[figure->side]);
		return text;
	case DIFF_FIGURE_WEIGHT:
		snprintf(text, DIFF_FIGURE_TEXT, "%" PRIu64,
			 change->weight[figure->side]);
		return text;
	case DIFF_FIGURE_SHARE:
		real = change->share[figure->side];
		break;
	case DIFF_FIGURE_CHANGE:
		real = change->change;
		break;
	case DIFF_FIGURE_RATIO:
		real = change->ratio;
		break;
	case DIFF_FIGURE_Z:
		real = change->z;
		break;
	}
	if (!isfinite(real))
		return "";
	snprintf(text, DIFF_FIGURE_TEXT, "%.6f", real);
	return text;
}

int diff_figure_parse_order(const char *text, enum vprof_diff_order *ret_order)
{
	for (size_t i = 0; i < nr_diff_figures; i++) {
		if (diff_figures[i].order < 0 ||
		    strcmp(diff_figures[i].name, text) != 0)
			continue;
		*ret_order = (enum vprof_diff_order)diff_figures[i].order;
		return 0;
	}
	return -EINVAL;
}

const char *diff_figure_order_names(void)
{
	static char names[128];

	if (*names)
		return names;
	for (size_t i = 0; i < nr_diff_figures; i++) {
		if (diff_figures[i].order < 0)
			continue;
		if (*names)
			strcat(names, ", ");
		strcat(names, diff_figures[i].name);
	}
	return names;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The table of domains of a comparison: A, B and the change, one below the other. */
#include "diff_text_domains.h"

#include "diff_figure.h"
#include "number.h"
#include "report.h"
#include "table.h"
#include "text_head.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELL = DIFF_FIGURE_TEXT };

static const struct table_column domain_columns[] = {
	{ "DOMAIN", false }, { "", false },      { "SAMPLES", true },
	{ "LOST", true },    { "SHARE", true },  { "hypervisor", true },
	{ "kernel", true },  { "driver", true }, { "user", true },
};

enum {
	NR_COLUMNS = sizeof(domain_columns) / sizeof(domain_columns[0]),
	FIRST_SHARE = 4,
	NR_SHARES = 1 + VPROF_NR_PARTS, /* of the whole, and of its parts */
};

/* What is told of a domain on one side. */
struct side {
	uint64_t samples;
	uint64_t lost;
	double shares[NR_SHARES];
};

static struct side get_side(const struct diff_report *report,
			    const struct vprof_diff_event *event,
			    const struct vprof_diff_domain *domain, int number)
{
	const struct vprof_profile *profile = report->diff->sides[number];
	const struct vprof_profile_event *whole = event->sides[number];
	const struct vprof_profile_sums *sums;
	struct side side = { 0 };

	if (!domain->sides[number])
		return side;
	sums = &whole->domain_sums[domain->sides[number] - profile->domains];
	side.samples = sums->samples;
	side.lost = sums->lost;
	side.shares[0] = column_share(sums->weight, whole->all_weight);
	for (int i = 0; i < VPROF_NR_PARTS; i++)
		side.shares[1 + i] =
			column_share(sums->part_weight[i], whole->all_weight);
	return side;
}

static int add_side(struct table *table, const char *label, const char *letter,
		    const struct side *side)
{
	char cells[NR_SHARES][CELL], samples[NUMBER_LEN], lost[NUMBER_LEN];
	const char *row[NR_COLUMNS];

	row[0] = label;
	row[1] = letter;
	row[2] = side->samples ? number_group(side->samples, samples)
			       : "absent";
	row[3] = side->lost ? number_group(side->lost, lost) : ".";
	for (int i = 0; i < NR_SHARES; i++) {
		row[FIRST_SHARE + i] = ".";
		if (side->shares[i] <= 0)
			continue;
		snprintf(cells[i], CELL, "%.1f%%", 100 * side->shares[i]);
		row[FIRST_SHARE + i] = cells[i];
	}
	return table_add_row(table, row, TERMINAL_PLAIN, NULL);
}

static int add_change(struct table *table, const struct side *sides)
{
	const struct side *a = &sides[VPROF_DIFF_A], *b = &sides[VPROF_DIFF_B];
	const char *row[NR_COLUMNS] = { "", "change", "", "" };
	char cells[NR_SHARES][CELL];

	if (!a->samples)
		row[2] = "new";
	else if (!b->samples)
		row[2] = "gone";
	for (int i = 0; i < NR_SHARES; i++) {
		row[FIRST_SHARE + i] = ".";
		if (a->shares[i] <= 0 && b->shares[i] <= 0)
			continue;
		row[FIRST_SHARE + i] = diff_figure_signed(
			100 * (b->shares[i] - a->shares[i]), 1, cells[i]);
	}
	return table_add_row(table, row, TERMINAL_PLAIN, NULL);
}

static char *make_label(const struct vprof_diff_domain *domain)
{
	return text_head_domain(domain->sides[VPROF_DIFF_B]
					? domain->sides[VPROF_DIFF_B]
					: domain->sides[VPROF_DIFF_A]);
}

static int add_domain(const struct diff_report *report, struct table *table,
		      const struct vprof_diff_event *event,
		      const struct vprof_diff_domain *domain)
{
	struct side sides[VPROF_DIFF_SIDES];
	char *label = make_label(domain);
	int ret;

	if (!label)
		return -ENOMEM;
	for (int s = 0; s < VPROF_DIFF_SIDES; s++)
		sides[s] = get_side(report, event, domain, s);
	ret = add_side(table, label, "A", &sides[VPROF_DIFF_A]);
	if (!ret)
		ret = add_side(table, "", "B", &sides[VPROF_DIFF_B]);
	if (!ret)
		ret = add_change(table, sides);
	free(label);
	return ret;
}

int diff_text_print_domains(const struct diff_report *report,
			    const struct vprof_diff_event *event,
			    const size_t *order, size_t nr_domains, FILE *out)
{
	struct table table = { .nr_columns = NR_COLUMNS };
	int ret = 0;

	memcpy(table.columns, domain_columns, sizeof(domain_columns));
	for (size_t i = 0; !ret && i < nr_domains; i++)
		ret = add_domain(report, &table, event,
				 &report->diff->domains[order[i]]);
	if (!ret) {
		fputc('\n', out);
		table_print(&table, out, &report->terminal, 0);
	}
	table_destroy(&table);
	return ret;
}

static double get_weight(const struct vprof_diff_change *change)
{
	return fmax(change->share[VPROF_DIFF_A], change->share[VPROF_DIFF_B]);
}

static bool is_listed(const struct diff_report *report,
		      const struct vprof_diff_event *event, size_t domain)
{
	const struct vprof_diff_change *change = &event->domains[domain];

	return report->diff->domains[domain].is_wanted &&
	       (change->samples[VPROF_DIFF_A] || change->samples[VPROF_DIFF_B]);
}

size_t diff_text_order_domains(const struct diff_report *report,
			       const struct vprof_diff_event *event,
			       size_t *order)
{
	const struct vprof_diff_change *changes = event->domains;
	size_t nr = 0, at;

	for (size_t i = 0; i < report->diff->nr_domains; i++) {
		if (!is_listed(report, event, i))
			continue;
		for (at = nr++; at && get_weight(&changes[order[at - 1]]) <
					      get_weight(&changes[i]);
		     at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	return nr;
}

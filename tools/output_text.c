// SPDX-License-Identifier: GPL-2.0-only
/* A report for people: who was sampled, the domains, then their functions. */
#include "escape.h"
#include "number.h"
#include "report.h"
#include "table.h"
#include "text_callers.h"
#include "text_head.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	CELL = 48,
	SECTION_INDENT = 2,
	MAX_NOTES = 5,
	HEADER_NAME = 16, /* columns */
	HEADER = 4 * HEADER_NAME + 8,
};

/* "12.34%"; nothing at all is a dot, which the eye passes over. */
static const char *format_share(char text[CELL], uint64_t part, uint64_t whole,
				int digits)
{
	if (part)
		snprintf(text, CELL, "%.*f%%", digits,
			 100 * column_share(part, whole));
	else
		strcpy(text, ".");
	return text;
}

static enum terminal_style get_style(double share)
{
	if (share >= 0.05)
		return TERMINAL_HOT;
	return share >= 0.005 ? TERMINAL_WARM : TERMINAL_PLAIN;
}

/* ---- the table of domains ---------------------------------------------- */

static const struct table_column domain_columns[] = {
	{ "DOMAIN", false }, { "SAMPLES", true },    { "LOST", true },
	{ "SHARE", true },   { "hypervisor", true }, { "kernel", true },
	{ "driver", true },  { "user", true },       { "names from", false },
};

enum { NR_DOMAIN_COLUMNS = sizeof(domain_columns) / sizeof(domain_columns[0]) };

static int add_domain(struct table *table,
		      const struct vprof_profile_domain *domain,
		      const struct vprof_profile_event *event,
		      const struct vprof_profile_sums *sums)
{
	char cells[NR_DOMAIN_COLUMNS][CELL];
	char samples[NUMBER_LEN], lost[NUMBER_LEN];
	const char *row[NR_DOMAIN_COLUMNS];
	char *label = text_head_domain(domain);
	int ret;

	if (!label)
		return -ENOMEM;
	row[0] = label;
	row[1] = number_group(sums->samples, samples);
	row[2] = sums->lost ? number_group(sums->lost, lost) : ".";
	row[3] = format_share(cells[3], sums->weight, event->all_weight, 1);
	for (int i = 0; i < VPROF_NR_PARTS; i++)
		row[4 + i] = format_share(cells[4 + i], sums->part_weight[i],
					  event->all_weight, 1);
	row[NR_DOMAIN_COLUMNS - 1] = domain->names_from;
	ret = table_add_row(table, row, TERMINAL_PLAIN, NULL);
	free(label);
	return ret;
}

/* Numbers of the domains that have samples, heaviest first. */
static size_t order_domains(const struct report *report,
			    const struct vprof_profile_event *event,
			    size_t *order)
{
	const struct vprof_profile_sums *sums = event->domain_sums;
	size_t nr = 0, at;

	for (size_t i = 0; i < report->profile->nr_domains; i++) {
		if (!sums[i].samples)
			continue;
		for (at = nr++;
		     at && sums[order[at - 1]].weight < sums[i].weight; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	return nr;
}

static int print_domains(const struct report *report,
			 const struct vprof_profile_event *event,
			 const size_t *order, size_t nr_domains, FILE *out)
{
	struct table table = { .nr_columns = NR_DOMAIN_COLUMNS };
	int ret = 0;

	memcpy(table.columns, domain_columns, sizeof(domain_columns));
	for (size_t i = 0; !ret && i < nr_domains; i++)
		ret = add_domain(&table, &report->profile->domains[order[i]],
				 event, &event->domain_sums[order[i]]);
	if (!ret) {
		fputc('\n', out);
		table_print(&table, out, &report->terminal, 0);
	}
	table_destroy(&table);
	return ret;
}

/* ---- a section of lines ------------------------------------------------ */

/* @domain: -1: lines do not tell domains apart. */
struct section {
	const struct report *report;
	const struct vprof_profile_event *event;
	struct table table;
	const struct column *shown[COLUMN_LIST_MAX];
	struct column_source source;
	char of_header[HEADER];
	long domain;
};

static void add_column(struct section *section, const struct column *column,
		       const char *header)
{
	struct table *table = &section->table;

	section->shown[table->nr_columns] = column;
	table->columns[table->nr_columns++] = (struct table_column){
		.header = header,
		.is_right = column->kind != COLUMN_TEXT,
	};
}

/* "OF g1" */
static void make_header(struct section *section)
{
	const struct vprof_profile *profile = section->report->profile;
	char *name =
		escape_for_terminal(profile->domains[section->domain].name);
	size_t width = HEADER_NAME;
	int length = name ? (int)terminal_text_fit(name, &width) : 0;

	snprintf(section->of_header, HEADER, "OF %.*s", length,
		 name ? name : "");
	free(name);
}

/* SHARE, OF the domain, then the keys; the domain stands above already. */
static void choose_columns(struct section *section)
{
	const struct column_list *keys = &section->report->keys;

	add_column(section, &columns[0], columns[0].header);
	if (section->domain >= 0) {
		make_header(section);
		add_column(section, &columns[1], section->of_header);
	}
	for (size_t i = 0; i < keys->nr_items; i++)
		if (keys->items[i]->key != VPROF_KEY_DOMAIN)
			add_column(section, keys->items[i],
				   keys->items[i]->header);
}

static const char *format_value(char text[CELL], const struct column *column,
				const struct column_value *value)
{
	switch (column->kind) {
	case COLUMN_SHARE:
		snprintf(text, CELL,
			 column->name[0] == 's' ? "%.2f%%" : "%.1f%%",
			 100 * value->share);
		return text;
	case COLUMN_NUMBER:
		snprintf(text, CELL, "%" PRIu64, value->number);
		return text;
	default:
		return value->text;
	}
}

static int add_line(struct section *section,
		    const struct vprof_profile_line *line)
{
	const struct report *report = section->report;
	const char *row[TABLE_MAX_COLUMNS];
	char cells[TABLE_MAX_COLUMNS][CELL];
	struct column_value value;
	double share;
	char *below = NULL;
	int ret;

	for (size_t i = 0; i < section->table.nr_columns; i++) {
		value = section->shown[i]->get(&section->source, line);
		row[i] = format_value(cells[i], section->shown[i], &value);
	}
	if (report->has_callers) {
		ret = text_callers_format(report, section->event, line, &below);
		if (ret)
			return ret;
	}
	share = column_share(line->weight, section->event->all_weight);
	return table_add_row(&section->table, row, get_style(share), below);
}

static bool is_in_section(const struct section *section,
			  const struct vprof_profile_line *line)
{
	return section->domain < 0 || line->domain == (uint32_t)section->domain;
}

static void print_rest(const struct section *section, uint64_t nr_hidden,
		       FILE *out)
{
	char number[NUMBER_LEN];

	if (!nr_hidden)
		return;
	fprintf(out, "  ...  (%s more", number_group(nr_hidden, number));
	if (section->report->max_lines)
		fputs(": --limit, --percent-limit 0)\n", out);
	else
		fprintf(out, " below %g%%: --percent-limit 0)\n",
			100 * section->report->least_share);
}

static int print_lines(struct section *section, FILE *out)
{
	const struct vprof_profile_event *event = section->event;
	uint64_t nr_shown = 0, nr_hidden = 0;
	int ret = 0;

	for (size_t i = 0; !ret && i < event->nr_lines; i++) {
		if (!is_in_section(section, &event->lines[i]))
			continue;
		if (!report_is_shown(section->report, event, &event->lines[i],
				     nr_shown)) {
			nr_hidden++;
			continue;
		}
		nr_shown++;
		ret = add_line(section, &event->lines[i]);
	}
	if (ret)
		return ret;
	if (nr_shown)
		table_print(&section->table, out, &section->report->terminal,
			    SECTION_INDENT);
	print_rest(section, nr_hidden, out);
	return 0;
}

static void print_section_title(const struct section *section, FILE *out)
{
	const struct vprof_profile *profile = section->report->profile;
	const struct terminal *terminal = &section->report->terminal;
	char share[CELL];
	char *name;

	fputc('\n', out);
	if (section->domain < 0)
		return;
	name = escape_for_terminal(profile->domains[section->domain].name);
	format_share(share, section->event->domain_sums[section->domain].weight,
		     section->event->all_weight, 1);
	fprintf(out, "%s%s  %s%s\n", terminal_style(terminal, TERMINAL_HEADING),
		name ? name : "?", share, terminal_reset(terminal));
	free(name);
}

static int print_section(const struct report *report,
			 const struct vprof_profile_event *event, long domain,
			 FILE *out)
{
	struct section section = {
		.report = report,
		.event = event,
		.domain = domain,
		.source = { .profile = report->profile, .event = event },
	};
	int ret;

	choose_columns(&section);
	print_section_title(&section, out);
	ret = print_lines(&section, out);
	table_destroy(&section.table);
	return ret;
}

static bool has_key(const struct report *report, enum vprof_key key)
{
	return column_list_keys(&report->keys) & 1u << key;
}

static int print_event(const struct report *report,
		       const struct vprof_profile_event *event, FILE *out)
{
	size_t *order;
	size_t nr;
	int ret;

	text_head_print_event(report, event, out);
	if (!event->samples)
		return 0;
	order = calloc(report->profile->nr_domains + 1, sizeof(*order));
	if (!order)
		return -ENOMEM;
	nr = order_domains(report, event, order);
	ret = print_domains(report, event, order, nr, out);
	if (!has_key(report, VPROF_KEY_DOMAIN)) {
		if (!ret)
			ret = print_section(report, event, -1, out);
		goto out_free;
	}
	for (size_t i = 0; !ret && i < nr; i++)
		ret = print_section(report, event, (long)order[i], out);
out_free:
	free(order);
	return ret;
}

/* ---- notes ------------------------------------------------------------- */

static bool has_reason(const struct vprof_profile_unnamed *unnamed)
{
	return unnamed->image && unnamed->why && *unnamed->why;
}

/* "1,234 samples in libfoo.so" */
static void print_unnamed(const struct vprof_profile_unnamed *unnamed,
			  const char *unit, FILE *out)
{
	char *image = escape_for_terminal(unnamed->image);
	char number[NUMBER_LEN];

	fprintf(out, "%s%s in %s", number_group(unnamed->samples, number), unit,
		image ? image : "?");
	free(image);
}

/* Images that say why they have no names at all, and what to give. */
static size_t print_reasons(const struct vprof_profile *profile, FILE *out)
{
	const struct vprof_profile_unnamed *unnamed = profile->unnamed;
	size_t nr_notes = 0;
	bool is_one;
	char *why;

	for (size_t i = 0; i < profile->nr_unnamed; i++) {
		if (!has_reason(&unnamed[i]))
			continue;
		if (nr_notes++ == MAX_NOTES)
			break;
		fputs(nr_notes == 1 ? "\n" : "", out);
		is_one = unnamed[i].samples == 1;
		print_unnamed(&unnamed[i], is_one ? " sample" : " samples",
			      out);
		why = escape_for_terminal(unnamed[i].why);
		fprintf(out, " %s no name: %s\n", is_one ? "has" : "have",
			why ? why : "");
		free(why);
	}
	if (nr_notes > MAX_NOTES)
		fputs("more images have none: --json lists them\n", out);
	return nr_notes;
}

/* Images whose symbols do not cover all that ran, in one sentence. */
static void print_uncovered(const struct vprof_profile *profile, bool is_first,
			    FILE *out)
{
	const struct vprof_profile_unnamed *unnamed = profile->unnamed;
	size_t nr_notes = 0;

	for (size_t i = 0; i < profile->nr_unnamed; i++) {
		if (!unnamed[i].image || has_reason(&unnamed[i]))
			continue;
		if (nr_notes++ == MAX_NOTES)
			break;
		if (nr_notes > 1)
			fputs(", ", out);
		else if (is_first)
			fputc('\n', out);
		print_unnamed(&unnamed[i], nr_notes == 1 ? " samples" : "",
			      out);
	}
	if (nr_notes)
		fprintf(out,
			"%s: no symbol covers them; debug packages of "
			"these files would\n",
			nr_notes > MAX_NOTES ? ", ..." : "");
}

static void print_notes(const struct report *report, FILE *out)
{
	size_t nr_notes = print_reasons(report->profile, out);

	print_uncovered(report->profile, !nr_notes, out);
	if (report->has_callers && !text_callers_are_there(report))
		fputs("\nNo sample has a caller: vprof-record -g takes call "
		      "chains, vprofd does with \"chains = on\"; of user code "
		      "by frame pointers\n",
		      out);
}

static int print_text(const struct report *report, FILE *out)
{
	int ret = 0;

	text_head_print(report->profile, "vprof  ", out);
	for (size_t i = 0; !ret && i < report->profile->nr_events; i++)
		ret = print_event(report, &report->profile->events[i], out);
	if (!ret)
		print_notes(report, out);
	return ret;
}

const struct output_ops output_text = {
	.name = "text",
	.is_paged = true,
	.least_share = 0.005,
	.least_lines = 5,
	.print = print_text,
};

// SPDX-License-Identifier: GPL-2.0-only
/* A comparison for people: the two profiles, the domains, then what grew and shrank. */
#include "diff.h"
#include "diff_figure.h"
#include "diff_notes.h"
#include "diff_text_domains.h"
#include "escape.h"
#include "number.h"
#include "table.h"
#include "text_head.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	CELL = 48,
	LABEL_MAX = 512,
	SECTION_INDENT = 2,
	BAR = 8,
	/* Standard errors; chance passes them once in 370 times. */
	SURE = 3,
};

static const char side_letters[VPROF_DIFF_SIDES] = { 'A', 'B' };

/* ---- a line ------------------------------------------------------------ */

/* @domain: -1: lines do not tell domains apart; @longest: the change of a whole bar */
struct section {
	const struct diff_report *report;
	const struct vprof_diff_event *event;
	struct table table;
	double longest;
	long domain;
};

/* "####" for what grew, "----" for what shrank. */
static const char *format_bar(char text[CELL], double change, double longest)
{
	int length = longest > 0 ? (int)lround(BAR * fabs(change) / longest)
				 : 0;

	length = length < BAR ? length : BAR;
	memset(text, change > 0 ? '#' : '-', (size_t)length);
	text[length] = '\0';
	return text;
}

static enum terminal_style get_style(const struct vprof_diff_change *change)
{
	if (fabs(change->z) < SURE)
		return TERMINAL_PLAIN;
	return fabs(change->change) >= 0.05 ? TERMINAL_HOT : TERMINAL_WARM;
}

static const char *format_key(char text[CELL], const struct column *column,
			      const struct column_value *value)
{
	if (column->kind == COLUMN_TEXT)
		return value->text;
	snprintf(text, CELL, "%" PRIu64, value->number);
	return text;
}

static bool is_shown_key(const struct column *column)
{
	return column->key != VPROF_KEY_DOMAIN;
}

static int add_line(struct section *section, const struct vprof_diff_line *line)
{
	const struct column_list *keys = &section->report->keys;
	struct column_source source = { 0 };
	char cells[TABLE_MAX_COLUMNS][CELL];
	const char *row[TABLE_MAX_COLUMNS];
	struct column_value value;
	size_t nr = 0;

	for (size_t i = 0; i < nr_diff_figures; i++) {
		if (!diff_figures[i].header)
			continue;
		row[nr] = diff_figure_for_people(&diff_figures[i],
						 &line->change, cells[nr]);
		nr++;
	}
	row[nr] = format_bar(cells[nr], line->change.change, section->longest);
	nr++;
	for (size_t i = 0; i < keys->nr_items; i++) {
		if (!is_shown_key(keys->items[i]))
			continue;
		value = diff_get_key(section->report, line, keys->items[i],
				     &source);
		row[nr] = format_key(cells[nr], keys->items[i], &value);
		nr++;
	}
	return table_add_row(&section->table, row, get_style(&line->change),
			     NULL);
}

static void add_column(struct table *table, const char *header, bool is_right)
{
	table->columns[table->nr_columns++] = (struct table_column){
		.header = header,
		.is_right = is_right,
	};
}

static void choose_columns(struct section *section)
{
	const struct column_list *keys = &section->report->keys;
	struct table *table = &section->table;

	for (size_t i = 0; i < nr_diff_figures; i++)
		if (diff_figures[i].header)
			add_column(table, diff_figures[i].header, true);
	add_column(table, "", false);
	for (size_t i = 0; i < keys->nr_items; i++)
		if (is_shown_key(keys->items[i]))
			add_column(table, keys->items[i]->header,
				   keys->items[i]->kind != COLUMN_TEXT);
}

/* ---- a section --------------------------------------------------------- */

static bool is_in_section(const struct section *section,
			  const struct vprof_diff_line *line)
{
	return section->domain < 0 || line->domain == (uint32_t)section->domain;
}

static void measure(struct section *section)
{
	const struct vprof_diff_event *event = section->event;

	for (size_t i = 0; i < event->nr_lines; i++)
		if (is_in_section(section, &event->lines[i]))
			section->longest =
				fmax(section->longest,
				     fabs(event->lines[i].change.change));
}

static void print_rest(const struct section *section, uint64_t nr_shown,
		       uint64_t nr_hidden, FILE *out)
{
	const double least = 100 * section->report->least_change;
	char number[NUMBER_LEN];

	if (!nr_hidden)
		return;
	number_group(nr_hidden, number);
	if (section->report->max_lines && nr_shown)
		fprintf(out, "  ...  (%s more: --limit, --percent-limit 0)\n",
			number);
	else if (nr_shown)
		fprintf(out,
			"  ...  (%s more changed by less than %g points: "
			"--percent-limit 0)\n",
			number, least);
	else
		fprintf(out,
			"  nothing changed by %g points (%s line%s: "
			"--percent-limit 0)\n",
			least, number, nr_hidden == 1 ? "" : "s");
}

static int print_lines(struct section *section, FILE *out)
{
	const struct vprof_diff_event *event = section->event;
	uint64_t nr_shown = 0, nr_hidden = 0;
	int ret = 0;

	for (size_t i = 0; !ret && i < event->nr_lines; i++) {
		if (!is_in_section(section, &event->lines[i]))
			continue;
		if (!diff_is_shown(section->report, &event->lines[i],
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
	print_rest(section, nr_shown, nr_hidden, out);
	return 0;
}

/* "g1  60.00% -> 82.10%  +22.10, Z +35.2" */
static void print_title(const struct section *section, FILE *out)
{
	const struct terminal *terminal = &section->report->terminal;
	const struct vprof_diff_change *change;
	char points[DIFF_FIGURE_TEXT], z[DIFF_FIGURE_TEXT];
	char *name;

	fputc('\n', out);
	if (section->domain < 0)
		return;
	change = &section->event->domains[section->domain];
	name = escape_for_terminal(diff_domain_name(section->report->diff,
						    (uint32_t)section->domain));
	fprintf(out, "%s%s  %.1f%% -> %.1f%%%s",
		terminal_style(terminal, TERMINAL_HEADING), name ? name : "?",
		100 * change->share[VPROF_DIFF_A],
		100 * change->share[VPROF_DIFF_B], terminal_reset(terminal));
	if (change->change != 0)
		fprintf(out, "  %s, Z %s",
			diff_figure_signed(100 * change->change, 1, points),
			diff_figure_signed(change->z, 1, z));
	if (section->report->base == VPROF_DIFF_OF_DOMAIN)
		fprintf(out, "; below: shares of what %s got",
			name ? name : "?");
	fputc('\n', out);
	free(name);
}

static int print_section(const struct diff_report *report,
			 const struct vprof_diff_event *event, long domain,
			 FILE *out)
{
	struct section section = {
		.report = report,
		.event = event,
		.domain = domain,
	};
	int ret;

	choose_columns(&section);
	measure(&section);
	print_title(&section, out);
	ret = print_lines(&section, out);
	table_destroy(&section.table);
	return ret;
}

/* ---- an event ---------------------------------------------------------- */

static bool is_same_rate(const struct vprof_profile_event *a,
			 const struct vprof_profile_event *b)
{
	return a->period == b->period && a->is_frequency == b->is_frequency;
}

static void print_event_head(const struct diff_report *report,
			     const struct vprof_diff_event *event, FILE *out)
{
	const struct terminal *terminal = &report->terminal;
	char *name = escape_for_terminal(event->name);

	fprintf(out, "\n%s%s%s\n", terminal_style(terminal, TERMINAL_HEADING),
		name ? name : "?", terminal_reset(terminal));
	free(name);
	for (int s = 0; s < VPROF_DIFF_SIDES; s++) {
		fprintf(out, "%c ", side_letters[s]);
		text_head_print_counts(event->sides[s], out);
	}
	if (!is_same_rate(event->sides[VPROF_DIFF_A],
			  event->sides[VPROF_DIFF_B]))
		fputs("   The rates differ: shares compare, numbers of samples would "
		      "with the same -c\n",
		      out);
}

static bool is_section(const struct diff_report *report,
		       const struct vprof_diff_event *event, size_t domain)
{
	const struct vprof_diff_change *change = &event->domains[domain];

	return report->diff->domains[domain].is_wanted &&
	       change->samples[VPROF_DIFF_A] && change->samples[VPROF_DIFF_B];
}

static int print_event(const struct diff_report *report,
		       const struct vprof_diff_event *event, FILE *out)
{
	size_t *order, nr;
	int ret;

	if (!event->is_compared)
		return 0;
	print_event_head(report, event, out);
	order = calloc(report->diff->nr_domains + 1, sizeof(*order));
	if (!order)
		return -ENOMEM;
	nr = diff_text_order_domains(report, event, order);
	ret = diff_text_print_domains(report, event, order, nr, out);
	if (!(column_list_keys(&report->keys) & 1u << VPROF_KEY_DOMAIN)) {
		if (!ret)
			ret = print_section(report, event, -1, out);
		goto out_free;
	}
	for (size_t i = 0; !ret && i < nr; i++)
		if (is_section(report, event, order[i]))
			ret = print_section(report, event, (long)order[i], out);
out_free:
	free(order);
	return ret;
}

static void print_head(const struct diff_report *report, FILE *out)
{
	char label[LABEL_MAX];
	char *path;

	for (int s = 0; s < VPROF_DIFF_SIDES; s++) {
		path = escape_for_terminal(report->labels[s]);
		snprintf(label, sizeof(label), "%c  %s   ", side_letters[s],
			 path ? path : "?");
		free(path);
		text_head_print(report->diff->sides[s], label, out);
	}
}

static int print_text(const struct diff_report *report, FILE *out)
{
	int ret = 0;

	print_head(report, out);
	for (size_t i = 0; !ret && i < report->diff->nr_events; i++)
		ret = print_event(report, &report->diff->events[i], out);
	if (!ret)
		diff_notes_print(report, out);
	return ret;
}

const struct diff_output_ops diff_output_text = {
	.is_paged = true,
	.least_change = 0.005,
	.print = print_text,
};

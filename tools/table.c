// SPDX-License-Identifier: GPL-2.0-only
/* Aligned tables: cells first, widths known at the end, then printed. */
#include "table.h"

#include "escape.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	GAP = 2,
	NARROWEST_CUT = 8, /* a cut text column keeps at least this much */
};

struct table_row {
	char *cells[TABLE_MAX_COLUMNS];
	char *below;
	enum terminal_style style;
};

static struct table_row *add_row(struct table *table)
{
	size_t nr = table->nr_allocated;
	struct table_row *rows;

	if (table->nr_rows == nr) {
		nr = nr ? nr * 2 : 16;
		rows = reallocarray(table->rows, nr, sizeof(*rows));
		if (!rows)
			return NULL;
		table->rows = rows;
		table->nr_allocated = nr;
	}
	return memset(&table->rows[table->nr_rows], 0, sizeof(*table->rows));
}

int table_add_row(struct table *table, const char *const *cells,
		  enum terminal_style style, char *below)
{
	struct table_row *row = add_row(table);

	if (!row) {
		free(below);
		return -ENOMEM;
	}
	table->nr_rows++;
	row->style = style;
	row->below = below;
	for (size_t i = 0; i < table->nr_columns; i++) {
		row->cells[i] = escape_for_terminal(cells[i] ? cells[i] : "");
		if (!row->cells[i])
			return -ENOMEM;
	}
	return 0;
}

void table_destroy(struct table *table)
{
	for (size_t r = 0; r < table->nr_rows; r++) {
		for (size_t i = 0; i < table->nr_columns; i++)
			free(table->rows[r].cells[i]);
		free(table->rows[r].below);
	}
	free(table->rows);
	memset(table, 0, sizeof(*table));
}

/* ---- widths ------------------------------------------------------------ */

static void measure(const struct table *table, size_t *widths)
{
	size_t width;

	for (size_t i = 0; i < table->nr_columns; i++) {
		widths[i] = terminal_text_width(table->columns[i].header);
		for (size_t r = 0; r < table->nr_rows; r++) {
			width = terminal_text_width(table->rows[r].cells[i]);
			if (width > widths[i])
				widths[i] = width;
		}
	}
}

static size_t sum_widths(const struct table *table, const size_t *widths)
{
	size_t sum = 0;

	for (size_t i = 0; i < table->nr_columns; i++)
		sum += widths[i] + (i ? GAP : 0);
	return sum;
}

/* Takes what is too much from the widest text columns, one column at a time. */
static void fit(const struct table *table, size_t *widths, size_t room)
{
	size_t widest;

	while (sum_widths(table, widths) > room) {
		widest = table->nr_columns;
		for (size_t i = 0; i < table->nr_columns; i++) {
			if (table->columns[i].is_right ||
			    widths[i] <= NARROWEST_CUT)
				continue;
			if (widest == table->nr_columns ||
			    widths[i] > widths[widest])
				widest = i;
		}
		if (widest == table->nr_columns)
			return;
		widths[widest]--;
	}
}

/* ---- printing ---------------------------------------------------------- */

static void print_spaces(FILE *out, size_t n)
{
	fprintf(out, "%*s", (int)n, "");
}

/* The first @width columns of a text, the last of them a dot. */
static void print_cut(FILE *out, const char *text, size_t width, bool is_last)
{
	size_t left = width - 1;

	fwrite(text, 1, terminal_text_fit(text, &left), out);
	fputc('.', out);
	if (!is_last)
		print_spaces(out, left);
}

static void print_cell(FILE *out, const struct table_column *column,
		       const char *text, size_t width, bool is_last)
{
	size_t needed = terminal_text_width(text);

	if (needed > width) {
		print_cut(out, text, width, is_last);
		return;
	}
	if (column->is_right)
		print_spaces(out, width - needed);
	fputs(text, out);
	if (!column->is_right && !is_last)
		print_spaces(out, width - needed);
}

static void print_row(const struct table *table, FILE *out,
		      const char *const *cells, const size_t *widths,
		      unsigned int indent)
{
	size_t nr = table->nr_columns;

	/* No spaces at a line's end. */
	while (nr && !*cells[nr - 1])
		nr--;
	print_spaces(out, indent);
	for (size_t i = 0; i < nr; i++) {
		if (i)
			print_spaces(out, GAP);
		print_cell(out, &table->columns[i], cells[i], widths[i],
			   i + 1 == nr);
	}
}

static void print_header(const struct table *table, FILE *out,
			 const struct terminal *terminal, const size_t *widths,
			 unsigned int indent)
{
	const char *cells[TABLE_MAX_COLUMNS];

	for (size_t i = 0; i < table->nr_columns; i++)
		cells[i] = table->columns[i].header;
	fputs(terminal_style(terminal, TERMINAL_HEADING), out);
	print_row(table, out, cells, widths, indent);
	fprintf(out, "%s\n", terminal_reset(terminal));
}

void table_print(const struct table *table, FILE *out,
		 const struct terminal *terminal, unsigned int indent)
{
	size_t widths[TABLE_MAX_COLUMNS];
	const struct table_row *row;

	measure(table, widths);
	if (terminal->width > indent)
		fit(table, widths, terminal->width - indent);
	print_header(table, out, terminal, widths, indent);
	for (size_t r = 0; r < table->nr_rows; r++) {
		row = &table->rows[r];
		fputs(terminal_style(terminal, row->style), out);
		print_row(table, out, (const char *const *)row->cells, widths,
			  indent);
		fputs(row->style ? terminal_reset(terminal) : "", out);
		fputc('\n', out);
		if (row->below)
			fputs(row->below, out);
	}
}

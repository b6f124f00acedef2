/* SPDX-License-Identifier: GPL-2.0-only */
/* Aligned tables: cells first, widths known at the end, then printed. */
#ifndef VPROF_TOOLS_TABLE_H
#define VPROF_TOOLS_TABLE_H

#include "terminal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { TABLE_MAX_COLUMNS = 16 };

/** struct table_column - @is_right: figures line up at their right end */
struct table_column {
	const char *header;
	bool is_right;
};

/** struct table - members are the implementation's but @columns */
struct table {
	struct table_column columns[TABLE_MAX_COLUMNS];
	size_t nr_columns;
	struct table_row *rows;
	size_t nr_rows;
	size_t nr_allocated;
};

/**
 * table_add_row - cells as given; they are copied and escaped for a terminal
 * @below: printed after the row as it is, for free() by table_destroy(); or NULL
 *
 * Return: 0 or -ENOMEM.
 */
int table_add_row(struct table *table, const char *const *cells,
		  enum terminal_style style, char *below);

/** table_print - header and rows, @indent spaces before each; cut to the terminal */
void table_print(const struct table *table, FILE *out,
		 const struct terminal *terminal, unsigned int indent);
void table_destroy(struct table *table);

#endif

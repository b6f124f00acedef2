/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns of a report's lines: what text, CSV, JSON, --sort and the man page know. */
#ifndef VPROF_TOOLS_COLUMN_H
#define VPROF_TOOLS_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vprof/query.h>

enum column_kind {
	COLUMN_TEXT,
	COLUMN_NUMBER,
	COLUMN_SHARE, /* 0..1 */
};

/** struct column_value - a cell; text NULL: there is none */
struct column_value {
	const char *text;
	uint64_t number;
	double share;
};

enum { COLUMN_SCRATCH = 256 };

/**
 * struct column_source - where cells come from
 * @scratch: for a text that is made on the way
 */
struct column_source {
	const struct vprof_profile *profile;
	const struct vprof_profile_event *event;
	char scratch[COLUMN_SCRATCH];
};

/**
 * struct column - a column
 * @name: in JSON, in CSV's first line, in --sort
 * @header: in text; NULL: not shown there
 * @key: enum vprof_key, or -1: it tells no lines apart
 * @with: only where lines are told apart by this key; -1: always
 * @get: @line's cell
 */
struct column {
	const char *name;
	const char *header;
	int key;
	int with;
	enum column_kind kind;
	struct column_value (*get)(struct column_source *source,
				   const struct vprof_profile_line *line);
};

extern const struct column columns[];
extern const size_t nr_columns;

enum { COLUMN_LIST_MAX = 16 };

/** struct column_list - columns in the order they are shown */
struct column_list {
	const struct column *items[COLUMN_LIST_MAX];
	size_t nr_items;
};

/**
 * column_parse_keys - "domain,context,symbol"
 *
 * Return: NULL, or the name that is none. Names are separated by commas; @text
 * is only read.
 */
const char *column_parse_keys(const char *text, struct column_list *ret_list,
			      size_t *ret_length);

/** column_is_known - do lines told apart by these keys have that column? */
bool column_is_known(const struct column_list *keys,
		     const struct column *column);

/** column_list_keys - bits 1 << enum vprof_key */
unsigned int column_list_keys(const struct column_list *list);

/** column_key_names - "domain, context, ...", of those that --sort takes */
const char *column_key_names(void);

/** column_context_name - "hypervisor", "kernel", "user" */
const char *column_context_name(unsigned int context);

/** column_format_place - what is shown for a place without a name; @text is returned */
char *column_format_place(const char *image, uint64_t offset,
			  char text[COLUMN_SCRATCH]);

/** column_share - part / whole; 0 of nothing */
double column_share(uint64_t part, uint64_t whole);

#endif

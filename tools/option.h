/* SPDX-License-Identifier: GPL-2.0-only */
/* Options as tables: parsing, -h and the usage text come from the same rows. */
#ifndef VPROF_TOOLS_OPTION_H
#define VPROF_TOOLS_OPTION_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct option_row - one option
 * @letter: "-x", or 0: it has none
 * @name: "--name", or NULL: it has none
 * @value: what its value is called ("FILE"); NULL: it takes none
 * @help: one line
 * @take: stores @text (NULL where @value is) in @field. Returns NULL, or what
 *        would have been right: "a number above 0"
 * @offset: of the field, in the struct handed to option_parse()
 */
struct option_row {
	char letter;
	const char *name;
	const char *value;
	const char *help;
	const char *(*take)(void *field, const char *text);
	size_t offset;
};

/**
 * struct option_set - what a command takes. -h and --help are in every set.
 * @command: "vprof-record"
 * @operands: "[--] [COMMAND [ARGUMENT...]]", or ""
 * @summary: one sentence
 * @examples: lines, or NULL
 * @stops_at_operand: what follows the first operand belongs to it
 */
struct option_set {
	const char *command;
	const char *operands;
	const char *summary;
	const struct option_row *rows;
	size_t nr_rows;
	const char *examples;
	bool stops_at_operand;
};

enum {
	OPTION_HELPED = -1,  /* -h: usage is on stdout */
	OPTION_REFUSED = -2, /* the sentence is on stderr */
};

/**
 * option_parse - take the options in, into the fields of @values
 *
 * Return: index in argv of the first operand (argc: none), OPTION_HELPED or
 * OPTION_REFUSED.
 */
int option_parse(const struct option_set *set, int argc, char **argv,
		 void *values);

/** option_exit_code - what main returns for OPTION_HELPED, OPTION_REFUSED */
int option_exit_code(int parsed);

/** option_refuse - say what is wrong and how to get help; Return: EXIT_USAGE */
int option_refuse(const struct option_set *set, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

enum { OPTION_LIST_MAX = 64 };

struct option_list {
	const char *items[OPTION_LIST_MAX];
	size_t nr_items;
};

/*
 * Takers, and the type of the field they fill in:
 *
 *   switch    bool
 *   text      const char *
 *   list      struct option_list: one item each time the option is given
 *   number    uint64_t above 0: 20000, 20,000, 20k, 1M
 *   duration  uint64_t in ns: 500ms, 30s, 5m, 2h, 1d
 *   percent   double, 0..100
 */
const char *option_take_switch(void *field, const char *text);
const char *option_take_text(void *field, const char *text);
const char *option_take_list(void *field, const char *text);
const char *option_take_number(void *field, const char *text);
const char *option_take_duration(void *field, const char *text);
const char *option_take_percent(void *field, const char *text);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/* Options as tables: parsing, -h and the usage text come from the same rows. */
#include "option.h"

#include "command.h"
#include "terminal.h"

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_ROWS = 48,
	/* getopt's numbers of options that have a name only */
	FIRST_UNLETTERED = 256,
	HELP_COLUMN = 30,
	LABEL_MAX = 80,
};

static const struct option_row help_row = { 'h',        "help", NULL,
					    "say this", NULL,   0 };

/* getopt's own tables, made from a set's. */
struct getopt_tables {
	char letters[2 * MAX_ROWS + 8];
	struct option names[MAX_ROWS + 2];
};

static void add_row(struct getopt_tables *tables, const struct option_row *row,
		    int number)
{
	size_t nr_letters = strlen(tables->letters);
	struct option *name = tables->names;

	if (row->letter)
		snprintf(tables->letters + nr_letters,
			 sizeof(tables->letters) - nr_letters, "%c%s",
			 row->letter, row->value ? ":" : "");
	if (!row->name)
		return;
	while (name->name)
		name++;
	name->name = row->name;
	name->has_arg = row->value ? required_argument : no_argument;
	name->val = row->letter ? row->letter : number;
}

static void make_tables(const struct option_set *set,
			struct getopt_tables *tables)
{
	memset(tables, 0, sizeof(*tables));
	/* ':' first: a missing value is told from an unknown option */
	strcpy(tables->letters, set->stops_at_operand ? "+:" : ":");
	for (size_t i = 0; i < set->nr_rows && i < MAX_ROWS; i++)
		add_row(tables, &set->rows[i], FIRST_UNLETTERED + (int)i);
	add_row(tables, &help_row, 0);
}

static const struct option_row *find_row(const struct option_set *set,
					 int number)
{
	for (size_t i = 0; i < set->nr_rows; i++)
		if (number == (int)i + FIRST_UNLETTERED ||
		    (set->rows[i].letter && set->rows[i].letter == number))
			return &set->rows[i];
	return number == help_row.letter ? &help_row : NULL;
}

static void print_row(const struct option_row *row)
{
	char label[LABEL_MAX];
	char letter[4] = "";

	if (row->letter)
		snprintf(letter, sizeof(letter), "-%c", row->letter);
	snprintf(label, sizeof(label), "  %-2s%s %s%s%s%s", letter,
		 row->letter && row->name ? "," : " ", row->name ? "--" : "",
		 row->name ? row->name : "", row->value ? " " : "",
		 row->value ? row->value : "");
	printf("%-*s %s\n", HELP_COLUMN, label, row->help);
}

static void print_help(const struct option_set *set)
{
	printf("usage: %s [OPTION...]%s%s\n\n%s\n\n", set->command,
	       *set->operands ? " " : "", set->operands, set->summary);
	for (size_t i = 0; i < set->nr_rows; i++)
		print_row(&set->rows[i]);
	print_row(&help_row);
	if (set->examples)
		printf("\n%s", set->examples);
}

int option_refuse(const struct option_set *set, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vwarnx(format, args);
	va_end(args);
	fprintf(stderr, "Options: %s -h\n", set->command);
	return EXIT_USAGE;
}

static int take_row(const struct option_set *set, const struct option_row *row,
		    void *values)
{
	const char *expected;

	expected = row->take((char *)values + row->offset, optarg);
	if (!expected)
		return 0;
	if (row->name)
		option_refuse(set, "--%s %s: expected %s", row->name,
			      optarg ? optarg : "", expected);
	else
		option_refuse(set, "-%c %s: expected %s", row->letter,
			      optarg ? optarg : "", expected);
	return OPTION_REFUSED;
}

/* argv[optind - 1] is the culprit, except for a letter amid others. */
static int refuse_unknown(const struct option_set *set, char **argv)
{
	if (find_row(set, optopt))
		option_refuse(set, "\"%s\": it takes no value",
			      argv[optind - 1]);
	else if (optopt > 0 && optopt < FIRST_UNLETTERED && isprint(optopt))
		option_refuse(set, "no option \"-%c\"", optopt);
	else
		option_refuse(set, "no option \"%s\", or not one alone",
			      argv[optind - 1]);
	return OPTION_REFUSED;
}

int option_parse(const struct option_set *set, int argc, char **argv,
		 void *values)
{
	const struct option_row *row;
	struct getopt_tables tables;
	int number;

	make_tables(set, &tables);
	optind = 0;
	opterr = 0;
	while ((number = getopt_long(argc, argv, tables.letters, tables.names,
				     NULL)) != -1) {
		if (number == ':') {
			option_refuse(set, "\"%s\" wants a value",
				      argv[optind - 1]);
			return OPTION_REFUSED;
		}
		row = find_row(set, number);
		if (!row)
			return refuse_unknown(set, argv);
		if (row == &help_row) {
			print_help(set);
			return OPTION_HELPED;
		}
		if (take_row(set, row, values))
			return OPTION_REFUSED;
	}
	return optind;
}

int option_exit_code(int parsed)
{
	if (parsed == OPTION_HELPED)
		return terminal_end("the help", 0);
	return EXIT_USAGE;
}

const char *option_take_switch(void *field, const char *text)
{
	(void)text;
	*(bool *)field = true;
	return NULL;
}

const char *option_take_text(void *field, const char *text)
{
	if (!*text)
		return "something, not \"\"";
	*(const char **)field = text;
	return NULL;
}

const char *option_take_list(void *field, const char *text)
{
	struct option_list *list = field;

	if (list->nr_items == OPTION_LIST_MAX)
		return "it 64 times at most";
	list->items[list->nr_items++] = text;
	return NULL;
}

/* A value with one of these after it is that many times as large. */
struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit number_units[] = {
	{ "", 1 },
	{ "k", 1000 },
	{ "M", 1000000 },
	{ "G", 1000000000 },
};

static const struct unit duration_units[] = {
	{ "ms", 1000000ull },          { "s", 1000000000ull },
	{ "", 1000000000ull },         { "m", 60 * 1000000000ull },
	{ "h", 3600 * 1000000000ull }, { "d", 86400 * 1000000000ull },
};

/* Digits, commas between them allowed, then a unit. negative errno. */
static int parse_scaled(const char *text, const struct unit *units,
			size_t nr_units, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	for (; isdigit((unsigned char)*text) || *text == ','; text++) {
		if (*text == ',')
			continue;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *text - '0', &value))
			return -EINVAL;
	}
	for (size_t i = 0; i < nr_units; i++) {
		if (strcmp(text, units[i].name))
			continue;
		if (__builtin_mul_overflow(value, units[i].factor, &value) ||
		    !value)
			return -EINVAL;
		*ret_value = value;
		return 0;
	}
	return -EINVAL;
}

const char *option_take_number(void *field, const char *text)
{
	if (parse_scaled(text, number_units,
			 sizeof(number_units) / sizeof(number_units[0]), field))
		return "a whole number above 0 (100000, 100,000 or 100k)";
	return NULL;
}

const char *option_take_duration(void *field, const char *text)
{
	if (parse_scaled(text, duration_units,
			 sizeof(duration_units) / sizeof(duration_units[0]),
			 field))
		return "a time such as 500ms, 30s, 5m, 2h or 1d";
	return NULL;
}

const char *option_take_percent(void *field, const char *text)
{
	char *end;
	double value;

	value = strtod(text, &end);
	if (end != text && *end == '%')
		end++;
	if (end == text || *end || !isfinite(value) || value < 0 || value > 100)
		return "a percentage from 0 to 100";
	*(double *)field = value;
	return NULL;
}

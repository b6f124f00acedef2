// SPDX-License-Identifier: GPL-2.0-only
/* vprofd's command line. */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "config_key.h"
#include "message.h"

enum { USAGE = 2, FIRST_UNLETTERED = 256 };

/* The order is that of the numbers getopt gives to options without a letter. */
enum { CHECK = FIRST_UNLETTERED, DEFAULTS, VERSION };

static const struct {
	struct option option;
	const char *value;
	const char *help;
} rows[] = {
	{ { "config", required_argument, NULL, 'c' },
	  "FILE",
	  "read FILE instead of /etc/vprof.conf" },
	{ { "check", no_argument, NULL, CHECK },
	  NULL,
	  "say whether the configuration is right, and end" },
	{ { "defaults", no_argument, NULL, DEFAULTS },
	  NULL,
	  "print a vprof.conf with every key and its default, and end" },
	{ { "verbose", no_argument, NULL, 'v' }, NULL, "say more" },
	{ { "version", no_argument, NULL, VERSION }, NULL, "say which" },
	{ { "help", no_argument, NULL, 'h' }, NULL, "say this" },
};

enum { NR_ROWS = sizeof(rows) / sizeof(rows[0]) };

static void print_help(void)
{
	char label[32];
	size_t i;

	puts("usage: vprofd [OPTION...]\n\n"
	     "Profiles the machine at a low rate, all the time, into a bounded store.\n"
	     "Stays in the foreground: systemd, or whoever starts it, keeps it.\n");
	for (i = 0; i < NR_ROWS; i++) {
		int letter = rows[i].option.val;

		snprintf(label, sizeof(label), "%c%c%s --%s %s",
			 letter < FIRST_UNLETTERED ? '-' : ' ',
			 letter < FIRST_UNLETTERED ? letter : ' ',
			 letter < FIRST_UNLETTERED ? "," : " ",
			 rows[i].option.name,
			 rows[i].value ? rows[i].value : "");
		printf("  %-22s %s\n", label, rows[i].help);
	}
	puts("\nSee vprofd(8), vprof.conf(5); vprof-status says how it does.");
}

/* "c:vh" and getopt_long's table, from the rows. */
static void make_tables(char *letters, struct option *options)
{
	size_t i;

	for (i = 0; i < NR_ROWS; i++) {
		options[i] = rows[i].option;
		if (options[i].val >= FIRST_UNLETTERED)
			continue;
		*letters++ = (char)options[i].val;
		if (options[i].has_arg == required_argument)
			*letters++ = ':';
	}
	*letters = '\0';
	memset(&options[NR_ROWS], 0, sizeof(options[0]));
}

static int refuse(const char *sentence, const char *quoted)
{
	fprintf(stderr, "vprofd: %s%s%s%s. See vprofd -h\n", sentence,
		quoted ? " \"" : "", quoted ? quoted : "", quoted ? "\"" : "");
	return USAGE;
}

/* Return: VPROF_OPTIONS_RUN, or what main returns. */
static int take(struct vprof_options *options, int letter, char **argv)
{
	switch (letter) {
	case 'c':
		options->config_path = optarg;
		return VPROF_OPTIONS_RUN;
	case 'v':
		options->is_verbose = true;
		return VPROF_OPTIONS_RUN;
	case CHECK:
		options->is_check = true;
		return VPROF_OPTIONS_RUN;
	case DEFAULTS:
		options->is_defaults = true;
		return VPROF_OPTIONS_RUN;
	case 'h':
		print_help();
		return vprof_message_end_output("the help");
	case VERSION:
		puts("vprofd " VPROF_VERSION);
		return vprof_message_end_output("the version");
	case ':':
		return refuse("a value is missing after", argv[optind - 1]);
	default:
		return refuse("no option", argv[optind - 1]);
	}
}

int vprof_options_parse(int argc, char **argv,
			struct vprof_options *ret_options)
{
	struct vprof_options options = { 0 };
	struct option table[NR_ROWS + 1];
	char letters[2 * NR_ROWS + 2] = ":";
	int letter, r;

	make_tables(letters + 1, table);
	opterr = 0;
	while ((letter = getopt_long(argc, argv, letters, table, NULL)) != -1) {
		r = take(&options, letter, argv);
		if (r != VPROF_OPTIONS_RUN)
			return r;
	}
	if (optind < argc)
		return refuse("it takes options only, not", argv[optind]);
	*ret_options = options;
	return VPROF_OPTIONS_RUN;
}

int vprof_options_print_defaults(void)
{
	const struct vprof_config_key *key;
	size_t i;

	puts("# vprof.conf: what vprofd does. vprof.conf(5); reload: systemctl reload vprofd");
	for (i = 0; (key = vprof_config_key_at(i)); i++) {
		printf("\n# %s", key->help);
		if (key->fallback_is)
			printf("; default: %s", key->fallback_is);
		printf("\n#%s = %s\n", key->name,
		       key->fallback ? key->fallback : key->value);
	}
	return vprof_message_end_output("the defaults");
}

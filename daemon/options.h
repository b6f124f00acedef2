/* SPDX-License-Identifier: GPL-2.0-only */
/* vprofd's command line. */
#ifndef VPROFD_OPTIONS_H
#define VPROFD_OPTIONS_H

#include <stdbool.h>

/**
 * struct vprof_options
 * @config_path: -c; NULL: VPROF_CONFIG_PATH where that exists
 * @is_check: --check: read the configuration and say whether it is right
 * @is_defaults: --defaults: print a vprof.conf with every key
 * @is_verbose: -v
 */
struct vprof_options {
	const char *config_path;
	bool is_check;
	bool is_defaults;
	bool is_verbose;
};

enum {
	VPROF_OPTIONS_RUN = -1, /* go on; else main returns what came back */
};

/**
 * vprof_options_parse - read the command line
 *
 * Return: VPROF_OPTIONS_RUN, 0 (help or version is on stdout) or 2 (the
 * sentence is on stderr).
 */
int vprof_options_parse(int argc, char **argv,
			struct vprof_options *ret_options);

/**
 * vprof_options_print_defaults - every key of vprof.conf, commented out
 *
 * Return: what main returns: 0, or 1 where stdout took not all of it (the
 * sentence is on stderr).
 */
int vprof_options_print_defaults(void);

#endif

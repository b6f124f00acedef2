// SPDX-License-Identifier: GPL-2.0-only
/* vprof-list: which events, domains and sources there are here. */
#include "command.h"
#include "option.h"

#include <vprof/domain.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int print_domain(void *data, const struct vprof_domain_info *info)
{
	(void)data;
	printf("%-12s %-8s %6" PRIu64 "  %s; names from %s\n", info->name,
	       info->kind, info->id, info->about, info->names_from);
	return 0;
}

static int list_domains(void)
{
	printf("%-12s %-8s %6s  %s\n", "DOMAIN", "KIND", "ID", "ABOUT");
	vprof_domain_for_each(print_domain, NULL);
	return EXIT_OK;
}

static const struct list_kind {
	const char *name;
	int (*run)(void);
} kinds[] = {
	{ "domains", list_domains },
};

static const struct option_set list_set = {
	.command = "vprof-list",
	.operands = "events|domains|sources",
	.summary = "Say which events, domains and sources there are here.",
};

int cmd_list(int argc, char **argv)
{
	int first;

	first = option_parse(&list_set, argc, argv, NULL);
	if (first < 0)
		return option_exit_code(first);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (first + 1 == argc && !strcmp(argv[first], kinds[i].name))
			return kinds[i].run();
	return option_refuse(&list_set, "say what: events, domains or sources");
}

// SPDX-License-Identifier: GPL-2.0-only
/* vprof-list: which events, domains and sources there are here. */
#include "command.h"
#include "escape.h"
#include "number.h"
#include "option.h"
#include "terminal.h"

#include <vprof/capture.h>
#include <vprof/domain.h>
#include <vprof/event.h>

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What follows the kind on the command line, or NULL. */
struct listing {
	const char *word;
	unsigned int nr_lines;
	const char *pmu;
};

/* With a word, only events that have it in their name, with their unit masks. */
static int print_event(void *data, const struct vprof_event_info *info)
{
	struct listing *listing = data;
	static bool is_wanted;

	if (!info->is_unit_mask)
		is_wanted = !listing->word ||
			    strcasestr(info->name, listing->word);
	if (!is_wanted)
		return 0;
	if (!listing->pmu || strcmp(listing->pmu, info->pmu) != 0)
		printf("%s%s:\n", listing->pmu ? "\n" : "", info->pmu);
	listing->pmu = info->pmu;
	listing->nr_lines++;
	if (info->is_unit_mask)
		printf("    :%-29s %s\n", info->name, info->description);
	else
		printf("  %-32s %s\n", info->name, info->description);
	return 0;
}

static int list_events(struct listing *listing)
{
	struct vprof_event_spec spec;
	char period[NUMBER_LEN];

	vprof_event_for_each(print_event, listing);
	if (listing->word && !listing->nr_lines) {
		warnx("no event has \"%s\" in its name. All: vprof-list events",
		      listing->word);
		return EXIT_FAILED;
	}
	if (!listing->word && !vprof_event_default(NULL, &spec, NULL))
		printf("\nSampled when none is named: %s every %s %s. "
		       "Also: rNNNN, a raw code; PMU/term=value,.../\n",
		       spec.name, number_group(spec.period, period), spec.unit);
	return EXIT_OK;
}

static int print_domain(void *data, const struct vprof_domain_info *info)
{
	/* Whoever owns a guest may have named it. */
	char *name = escape_for_terminal(info->name);
	char *about = escape_for_terminal(info->about);

	(void)data;
	printf("%-12s %-8s %4" PRIu64 "  %s%s%s\n", name ? name : "?",
	       info->kind, info->id, about ? about : "?",
	       *info->names_from ? "; names from " : "", info->names_from);
	free(name);
	free(about);
	return 0;
}

static int list_domains(struct listing *listing)
{
	(void)listing;
	printf("%-12s %-8s %4s  %s\n", "DOMAIN", "KIND", "ID", "ABOUT");
	vprof_domain_for_each(NULL, print_domain, NULL);
	return EXIT_OK;
}

/* A source of a capture that is not here can't be; it is not the reason. */
static int list_sources(struct listing *listing)
{
	struct vprof_source_info info;

	(void)listing;
	printf("%-17s %-5s %s\n", "SOURCE", "HERE", "WHY");
	for (unsigned int i = 0; !vprof_source_probe(i, &info); i++)
		printf("%s%-*s %-5s %s\n", info.parent ? "  " : "",
		       info.parent ? 15 : 17, info.name,
		       info.is_available ? "yes" : "no", info.why);
	return EXIT_OK;
}

static const struct list_kind {
	const char *name;
	int (*run)(struct listing *listing);
	bool takes_word;
} kinds[] = {
	{ "events", list_events, true },
	{ "domains", list_domains, false },
	{ "sources", list_sources, false },
};

static const struct option_set list_set = {
	.command = "vprof-list",
	.operands = "events [WORD] | domains | sources",
	.summary =
		"Say which events, domains and sources there are here, and why "
		"others are not.",
	.examples = "  vprof-list events dtlb   events that have it in their "
		    "name, with their unit masks\n",
};

static int refuse(int nr, char **words)
{
	if (!nr)
		return option_refuse(&list_set, "say what to list: events, "
						"domains or sources");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(words[0], kinds[i].name))
			return option_refuse(
				&list_set, "what is \"%s\"? After %s %s",
				words[1 + kinds[i].takes_word], words[0],
				kinds[i].takes_word ? "comes one WORD"
						    : "comes nothing");
	return option_refuse(&list_set,
			     "no \"%s\" to list: there are events, domains or "
			     "sources",
			     words[0]);
}

int cmd_list(int argc, char **argv)
{
	struct listing listing = { 0 };
	int first, nr, ret;

	first = option_parse(&list_set, argc, argv, NULL);
	if (first < 0)
		return option_exit_code(first);
	nr = argc - first;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!nr || nr > 1 + kinds[i].takes_word ||
		    strcmp(argv[first], kinds[i].name) != 0)
			continue;
		listing.word = nr > 1 ? argv[first + 1] : NULL;
		ret = kinds[i].run(&listing);
		return ret ? ret : terminal_end("the list", 0);
	}
	return refuse(nr, argv + first);
}

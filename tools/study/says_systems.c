// SPDX-License-Identifier: GPL-2.0-only
/* What the figures of the parts "nics" and "web" say, as sentences. */
#include "study/says.h"

#include "study/compare_systems.h"
#include "study/functions.h"
#include "study/runs.h"
#include "study/show.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[STUDY_NR_SYSTEMS] = {
	[STUDY_LINUX] = "native Linux",
	[STUDY_DOM0] = "dom0",
	[STUDY_GUEST] = "the guest",
};

static void say_ratio(FILE *out, const char *name, const struct runs_sum *sum,
		      double native, bool is_first)
{
	fprintf(out, "%s%s reaches %.0f%% of native Linux",
		is_first ? "" : ", ", name, 100 * sum->median / native);
	if (sum->nr > 1)
		fprintf(out, " (%.0f to %.0f%% in %zu runs)",
			100 * sum->lowest / native, 100 * sum->highest / native,
			sum->nr);
}

static void say_rate(FILE *out, const char *name, const struct runs_sum *sum,
		     const char *unit, bool is_first)
{
	char rate[SHOW_LEN];

	fprintf(out, "%s%s reaches %s %s", is_first ? "" : ", ", name,
		show_rate(sum->median, rate), unit);
}

char *says_systems(const struct study_part *part, const char *unit)
{
	struct runs_sum native = runs_of_system(part->systems[STUDY_LINUX]);
	bool is_first = true, has_ratio = native.median > 0;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	for (int i = 0; i < STUDY_NR_SYSTEMS; i++) {
		struct runs_sum sum = runs_of_system(part->systems[i]);

		if (!sum.nr || (has_ratio && i == STUDY_LINUX))
			continue;
		if (has_ratio)
			say_ratio(out, names[i], &sum, native.median, is_first);
		else
			say_rate(out, names[i], &sum, unit, is_first);
		is_first = false;
	}
	if (is_first && has_ratio)
		say_rate(out, "native Linux", &native, unit, true);
	else if (is_first)
		fputs("Nothing was measured", out);
	if (!has_ratio)
		fputs("; without native Linux there is no ratio", out);
	else if (is_first)
		fputs("; nothing was measured on Xen", out);
	fputs(".", out);
	fclose(out);
	return text;
}

static void say_cost(FILE *out, const struct study_system *system,
		     const struct study_system *native, const char *name,
		     bool is_first)
{
	struct system_growth most;

	fprintf(out,
		is_first ? "%s takes %.2f times the processor time of native "
			   "Linux"
			 : ", %s %.2f times",
		name, system_price(system, native));
	if (system_growths(system, native, &most, 1))
		fprintf(out, " (what grew most: %s)", most.function->symbol);
}

char *says_systems_cost(const struct study_part *part, const char *work)
{
	const struct study_system *native = part->systems[STUDY_LINUX];
	bool is_first = true;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	fprintf(out, "For a %s ", work);
	for (int i = 0; i < STUDY_NR_SYSTEMS; i++) {
		if (i == STUDY_LINUX || !native || !part->systems[i] ||
		    isnan(system_price(part->systems[i], native)))
			continue;
		say_cost(out, part->systems[i], native, names[i], is_first);
		is_first = false;
	}
	fputs(is_first ? "nothing can be compared." : ".", out);
	fclose(out);
	return text;
}

static bool is_profiled(const struct study_system *system)
{
	return system && system->profile.samples;
}

char *says_systems_split(const struct study_part *part)
{
	const struct study_split *split;
	char *text = NULL, share[SHOW_LEN];
	bool is_first = true;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	for (int i = 0; i < STUDY_NR_SYSTEMS; i++) {
		if (!is_profiled(part->systems[i]) || i == STUDY_LINUX)
			continue;
		split = &part->systems[i]->profile.split;
		fprintf(out, "%s %s's time %s is the hypervisor's",
			is_first ? "Of" : "; of", names[i],
			show_share(isnan(split->hypervisor) ? 0
							    : split->hypervisor,
				   share));
		if (!isnan(split->interrupts))
			fprintf(out, " and %s goes to interrupts",
				show_share(split->interrupts, share));
		is_first = false;
	}
	fputs(is_first ? "Neither dom0 nor a guest was profiled." : ".", out);
	fclose(out);
	return text;
}

char *says_systems_functions(const struct study_part *part)
{
	struct functions_shown shown = functions_of_systems(part);
	const struct plot_function *most = shown.list;
	char *name = shown.nr ? show_function(most->symbol, most->image) : NULL;
	bool is_alone = is_profiled(part->systems[STUDY_LINUX]) +
				is_profiled(part->systems[STUDY_DOM0]) +
				is_profiled(part->systems[STUDY_GUEST]) ==
			1;
	char *text = NULL, share[SHOW_LEN];
	bool is_first = true;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out) {
		free(shown.list);
		free(name);
		return NULL;
	}
	if (!name)
		fputs("No functions are known.", out);
	for (int i = 0; name && i < STUDY_NR_SYSTEMS; i++) {
		if (!most->is_known[i])
			continue;
		if (is_first)
			fprintf(out,
				is_alone ? "What takes most is %s: "
					 : "The systems differ most in %s: ",
				name);
		fprintf(out, "%s%s on %s", is_first ? "" : ", ",
			show_share(most->shares[i], share), names[i]);
		is_first = false;
	}
	fputs(name ? "." : "", out);
	fclose(out);
	free(name);
	free(shown.list);
	return text;
}

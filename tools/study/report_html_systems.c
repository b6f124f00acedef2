// SPDX-License-Identifier: GPL-2.0-only
/* The sections "nics" and "web" of report.html. */
#include "study/report_html_systems.h"

#include "number.h"
#include "study/compare_systems.h"
#include "study/functions.h"
#include "study/html.h"
#include "study/plot.h"
#include "study/published.h"
#include "study/report_html_functions.h"
#include "study/report_html_state.h"
#include "study/runs.h"
#include "study/says.h"
#include "study/show.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* What tells one of the two parts from the other. */
struct section {
	const char *name; /* "nics": of its figures' ids and its command */
	const char *unit;
	const char *work; /* what is done, once */
	const char *measured;
	const struct plot_published *published;
	size_t nr_published;
};

/* ---- the systems themselves -------------------------------------------------- */

static void print_system_facts(FILE *out, const struct study_system *system)
{
	fputs("<td class=\"text\">", out);
	html_text(out, show_or_empty(system->kernel));
	if (system->hypervisor && *system->hypervisor) {
		fputs(", ", out);
		html_text(out, system->hypervisor);
	}
	if (system->cpus)
		fprintf(out, ", %" PRIu64 " CPUs", system->cpus);
	if (system->interfaces)
		fprintf(out, ", %" PRIu64 " interfaces", system->interfaces);
	if (system->server) {
		fputs(", ", out);
		html_text(out, system->server);
	}
	if (system->load) {
		fputs(", load: ", out);
		html_text(out, system->load);
	}
	fputs("</td>", out);
}

static void print_ratio(FILE *out, const struct runs_sum *sum, double native)
{
	if (native > 0 && sum->nr)
		html_element(out, "td", "%.1f%% (%.1f to %.1f)",
			     100 * sum->median / native,
			     100 * sum->lowest / native,
			     100 * sum->highest / native);
	else
		html_element(out, "td", "no ratio");
}

static void print_rates(FILE *out, const struct study_system *system)
{
	char rate[SHOW_LEN], errors[NUMBER_LEN];

	fputs("<td>", out);
	for (size_t i = 0; i < system->nr_runs; i++) {
		fputs(i ? " / " : "", out);
		html_text(out, show_rate(system->runs[i].rate, rate));
		if (!system->runs[i].errors)
			continue;
		fprintf(out, " (%s errors)",
			number_group(system->runs[i].errors, errors));
	}
	fputs("</td>", out);
}

static void print_systems_table(FILE *out, const struct study_part *part)
{
	double native = runs_of_system(part->systems[STUDY_LINUX]).median;
	const struct study_system *system;
	struct runs_sum sum;
	char rate[SHOW_LEN];

	for (int i = 0; i < STUDY_NR_SYSTEMS; i++) {
		system = part->systems[i];
		if (!system)
			continue;
		sum = runs_of_system(system);
		html_row_begin(out, study_system_text(i));
		html_element(out, "td", "%s",
			     sum.nr ? show_rate(sum.median, rate)
				    : "not measured");
		print_ratio(out, &sum, native);
		print_rates(out, system);
		print_system_facts(out, system);
		html_row_end(out);
	}
}

static void print_published(FILE *out, const struct section *section)
{
	for (size_t i = 0; i < section->nr_published; i++) {
		html_row_begin(out, "published");
		html_element(out, "td", "not given");
		html_element(out, "td", "%s", section->published[i].label);
		html_element(out, "td", "not given");
		html_element(out, "td class=\"text\"", "%s",
			     section->published[i].of);
		html_row_end(out);
	}
}

static void print_rates_figure(FILE *out, const struct section *section,
			       const struct study_part *part)
{
	const char *const headers[] = {
		"system",   section->unit, "of native Linux (lowest, highest)",
		"each run", "what it is",  NULL
	};
	char id[32];
	char *sentence = says_systems(part, section->unit);
	const struct html_figure figure = { id, sentence, section->measured };

	snprintf(id, sizeof(id), "%s-rates", section->name);
	html_figure_begin(out, &figure);
	plot_systems(out, part, section->unit, section->published,
		     section->nr_published, figure.id);
	html_table_begin(out, &figure, headers);
	print_systems_table(out, part);
	print_published(out, section);
	html_figure_end(out);
	free(sentence);
}

/* ---- where the time goes -------------------------------------------------------- */

static size_t list_bars(const struct study_part *part,
			struct plot_bar bars[STUDY_NR_SYSTEMS])
{
	const struct study_profile *profile;
	char share[SHOW_LEN];
	size_t nr = 0;

	for (int i = 0; i < STUDY_NR_SYSTEMS; i++) {
		if (!part->systems[i] || !part->systems[i]->profile.samples)
			continue;
		profile = &part->systems[i]->profile;
		bars[nr].is_published = false;
		bars[nr].length = 1;
		bars[nr].split = profile->split;
		snprintf(
			bars[nr].label, sizeof(bars[nr].label), "%s%s%s",
			study_system_text(i),
			isnan(profile->split.interrupts) ? "" : ", interrupts ",
			isnan(profile->split.interrupts)
				? ""
				: show_share(profile->split.interrupts, share));
		nr++;
	}
	return nr;
}

static void print_share(FILE *out, double share)
{
	char text[SHOW_LEN];

	html_element(out, "td", "%s",
		     isnan(share) ? "not known" : show_share(share, text));
}

static void print_split_table(FILE *out, const struct study_part *part)
{
	char samples[NUMBER_LEN], lost[NUMBER_LEN];
	const struct study_profile *profile;

	for (int i = 0; i < STUDY_NR_SYSTEMS; i++) {
		if (!part->systems[i])
			continue;
		profile = &part->systems[i]->profile;
		html_row_begin(out, study_system_text(i));
		print_share(out, profile->split.hypervisor);
		print_share(out, profile->split.driver);
		print_share(out, profile->split.kernel);
		print_share(out, profile->split.user);
		print_share(out, profile->split.interrupts);
		html_element(out, "td", "%s",
			     number_group(profile->samples, samples));
		html_element(out, "td", "%s",
			     number_group(profile->lost, lost));
		html_element(out, "td class=\"text\"", "%s",
			     profile->store ? profile->store
					    : show_or_empty(profile->why));
		html_row_end(out);
	}
}

static void print_split(FILE *out, const struct section *section,
			const struct study_part *part)
{
	static const char *const headers[] = {
		"system",     "hypervisor", "driver", "kernel", "user",
		"interrupts", "samples",    "lost",   "store",  NULL,
	};
	struct plot_bar bars[STUDY_NR_SYSTEMS];
	size_t nr = list_bars(part, bars);
	char *sentence = says_systems_split(part);
	char id[32];
	const struct html_figure figure = {
		id, sentence,
		"Of all domains' samples, as dom0 works for its guest. "
		"Interrupts, on the way to their handlers, are inside the "
		"other shares, not beside them."
	};

	snprintf(id, sizeof(id), "%s-split", section->name);
	html_figure_begin(out, &figure);
	plot_split(out, bars, nr, figure.id);
	html_table_begin(out, &figure, headers);
	print_split_table(out, part);
	html_figure_end(out);
	free(sentence);
}

/* ---- what the same work costs ------------------------------------------------ */

static double price_of(const struct study_part *part, int name)
{
	const struct study_system *native = part->systems[STUDY_LINUX];
	const struct study_system *system = part->systems[name];

	return native && system ? system_price(system, native) : NAN;
}

static bool has_prices(const struct study_part *part)
{
	return isfinite(price_of(part, STUDY_DOM0)) ||
	       isfinite(price_of(part, STUDY_GUEST));
}

static size_t list_prices(const struct study_part *part,
			  struct plot_bar bars[STUDY_NR_SYSTEMS])
{
	size_t nr = 0;

	for (int i = 0; i < STUDY_NR_SYSTEMS; i++) {
		if (!isfinite(price_of(part, i)))
			continue;
		bars[nr].is_published = false;
		bars[nr].length = price_of(part, i);
		bars[nr].split = part->systems[i]->profile.split;
		snprintf(bars[nr].label, sizeof(bars[nr].label), "%s, %.2f",
			 study_system_text(i), bars[nr].length);
		nr++;
	}
	return nr;
}

static void print_cost(FILE *out, const struct section *section,
		       const struct study_part *part)
{
	static const char *const headers[] = { "system, times native Linux",
					       "hypervisor",
					       "driver",
					       "kernel",
					       "user",
					       NULL };
	struct plot_bar bars[STUDY_NR_SYSTEMS];
	size_t nr = list_prices(part, bars);
	char *sentence = says_systems_cost(part, section->work);
	char id[32];
	const struct html_figure figure = {
		id, sentence,
		"Processor time for the same work, by samples: 100% is all "
		"that native Linux takes."
	};

	snprintf(id, sizeof(id), "%s-cost", section->name);
	html_figure_begin(out, &figure);
	plot_split(out, bars, nr, figure.id);
	html_table_begin(out, &figure, headers);
	for (size_t i = 0; i < nr; i++) {
		html_row_begin(out, bars[i].label);
		print_share(out, bars[i].split.hypervisor * bars[i].length);
		print_share(out, bars[i].split.driver * bars[i].length);
		print_share(out, bars[i].split.kernel * bars[i].length);
		print_share(out, bars[i].split.user * bars[i].length);
		html_row_end(out);
	}
	html_figure_end(out);
	free(sentence);
}

/* ---- functions ---------------------------------------------------------------------- */

static void print_functions(FILE *out, const struct section *section,
			    const struct study_part *part)
{
	static const char *const headers[] = { "function", "where", "linux",
					       "dom0",     "guest", NULL };
	static const struct plot_comparison comparison = {
		{ { "linux", "c-fixed" },
		  { "dom0", "c-a" },
		  { "guest", "c-b" } },
		.nr_joined = STUDY_NR_SYSTEMS,
	};
	struct functions_shown shown = functions_of_systems(part);
	char *sentence = says_systems_functions(part);
	char id[32];
	const struct html_figure figure = {
		id, sentence,
		"Share of all domains' samples, each grid line ten times "
		"the one before; what does not occur in a profile is at the "
		"left, absent. The functions in which the systems differ most."
	};

	snprintf(id, sizeof(id), "%s-functions", section->name);
	report_html_functions(out, &figure, &comparison, headers, &shown);
	free(shown.list);
	free(sentence);
}

/* ---- the section ------------------------------------------------------------------------ */

static bool is_any_measured(const struct study_part *part)
{
	for (int i = 0; i < STUDY_NR_SYSTEMS; i++)
		if (runs_of_system(part->systems[i]).nr)
			return true;
	return false;
}

static bool is_any_profiled(const struct study_part *part)
{
	for (int i = 0; i < STUDY_NR_SYSTEMS; i++)
		if (part->systems[i] && part->systems[i]->profile.samples)
			return true;
	return false;
}

static void print_states(FILE *out, const struct section *section,
			 const struct study_part *part)
{
	const struct study_system *system;

	report_html_state(out, "This part", part->state, part->why);
	for (int i = 0; i < STUDY_NR_SYSTEMS; i++) {
		system = part->systems[i];
		if (system)
			report_html_state(out, study_system_text(i),
					  system->state, system->why);
		else
			html_element(out, "p class=\"notice\"",
				     "%s: not measured yet. On that system: "
				     "vprof-study %s -o DIR --as %s",
				     study_system_text(i), section->name,
				     study_system_text(i));
	}
}

static void print_section(FILE *out, const struct section *section,
			  const struct study_part *part)
{
	print_states(out, section, part);
	if (is_any_measured(part))
		print_rates_figure(out, section, part);
	if (has_prices(part))
		print_cost(out, section, part);
	if (is_any_profiled(part)) {
		print_split(out, section, part);
		print_functions(out, section, part);
	}
}

static const struct plot_published published_nics[] = {
	{ PUBLISHED_NICS_DOM0, "about 75%", "dom0" },
};

static const struct plot_published published_web[] = {
	{ PUBLISHED_WEB_BELOW, "under 80%", "web server, first figure" },
	{ PUBLISHED_WEB_SECOND, "about 34%", "web server, second figure" },
};

void report_html_nics(FILE *out, const struct study_part *part)
{
	static const struct section section = {
		.name = "nics",
		.unit = "Mbit/s",
		.work = "megabit",
		.measured = "Received over all interfaces at once; each run a "
			    "mark, a stroke at their median. Dashed: the "
			    "published ratio of dom0 to native Linux, laid at "
			    "our Linux.",
		.published = published_nics,
		.nr_published = 1,
	};

	print_section(out, &section, part);
}

void report_html_web(FILE *out, const struct study_part *part)
{
	static const struct section section = {
		.name = "web",
		.unit = "requests/s",
		.work = "request",
		.measured = "Requests answered in a second; each run a mark, a "
			    "stroke at their median. Dashed: the published "
			    "ratios to native Linux, laid at our Linux.",
		.published = published_web,
		.nr_published = 2,
	};

	print_section(out, &section, part);
}

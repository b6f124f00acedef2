// SPDX-License-Identifier: GPL-2.0-only
/* The parts "nics" and "web" as text. */
#include "study/report_loads.h"

#include "escape.h"
#include "number.h"
#include "study/compare_systems.h"
#include "study/published.h"
#include "study/runs.h"
#include "table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 48, INDENT = 2, MAX_GROWTHS = 12 };

static const struct terminal plain;

/* A part, and what was published of it. */
struct loads_part {
	const struct study_part *part;
	const char *title;
	const char *unit;
	const char *unit_of_work;
	const char *published[STUDY_NR_SYSTEMS];
};

static const char *percent(double value, int digits, char text[TEXT])
{
	if (isnan(value))
		return "-";
	snprintf(text, TEXT, "%.*f%%", digits, value * 100);
	return text;
}

static void print_escaped(FILE *out, const char *text)
{
	char *safe = escape_for_terminal(text ? text : "?");

	fputs(safe ? safe : "?", out);
	free(safe);
}

/* ---- rates ------------------------------------------------------------- */

static int add_rate(struct table *table, const struct loads_part *part,
		    enum study_system_name name)
{
	struct runs_sum native =
		runs_of_system(part->part->systems[STUDY_LINUX]);
	struct runs_sum sum = runs_of_system(part->part->systems[name]);
	char runs[TEXT], median[TEXT], spread[TEXT], ratio[TEXT] = "-";
	const char *cells[] = {
		study_system_text(name), runs, median, spread, ratio, ""
	};

	if (!sum.nr)
		return 0;
	snprintf(runs, TEXT, "%zu", sum.nr);
	snprintf(median, TEXT, "%.1f", sum.median);
	snprintf(spread, TEXT, "%.1f - %.1f", sum.lowest, sum.highest);
	if (native.median > 0)
		snprintf(ratio, TEXT, "%.1f%% (%.1f - %.1f)",
			 sum.median / native.median * 100,
			 sum.lowest / native.median * 100,
			 sum.highest / native.median * 100);
	if (part->published[name])
		cells[5] = part->published[name];
	return table_add_row(table, cells, TERMINAL_PLAIN, NULL);
}

static int print_rates(const struct loads_part *part, FILE *out)
{
	struct table table = {
		.columns = { { "SYSTEM", false },
			     { "RUNS", true },
			     { part->unit, true },
			     { "LOWEST - HIGHEST", true },
			     { "OF LINUX", true },
			     { "PUBLISHED", false } },
		.nr_columns = 6,
	};
	int ret = 0;

	for (int i = 0; !ret && i < STUDY_NR_SYSTEMS; i++)
		ret = add_rate(&table, part, (enum study_system_name)i);
	if (!ret && table.nr_rows)
		table_print(&table, out, &plain, INDENT);
	table_destroy(&table);
	return ret;
}

/* ---- profiles ---------------------------------------------------------- */

static int add_split(struct table *table, const struct loads_part *part,
		     enum study_system_name name)
{
	const struct study_system *system = part->part->systems[name];
	const struct study_system *native = part->part->systems[STUDY_LINUX];
	const struct study_split *split;
	char samples[NUMBER_LEN], texts[7][TEXT];

	if (!system || !system->profile.samples)
		return 0;
	split = &system->profile.split;

	const char *cells[] = {
		study_system_text(name),
		number_group(system->profile.samples, samples),
		percent(split->hypervisor, 1, texts[0]),
		percent(split->kernel, 1, texts[1]),
		percent(split->driver, 1, texts[2]),
		percent(split->user, 1, texts[3]),
		percent(split->interrupts, 1, texts[4]),
		percent(system->profile.own_share, 1, texts[6]),
		percent(native ? system_price(system, native) : NAN, 0,
			texts[5]),
	};

	return table_add_row(table, cells, TERMINAL_PLAIN, NULL);
}

static int print_splits(const struct loads_part *part, FILE *out)
{
	struct table table = {
		.columns = { { "SYSTEM", false },
			     { "SAMPLES", true },
			     { "hypervisor", true },
			     { "kernel", true },
			     { "driver", true },
			     { "user", true },
			     { "INTERRUPTS", true },
			     { "OWN", true },
			     { "PRICE", true } },
		.nr_columns = 9,
	};
	int ret = 0;

	for (int i = 0; !ret && i < STUDY_NR_SYSTEMS; i++)
		ret = add_split(&table, part, (enum study_system_name)i);
	if (!ret && table.nr_rows) {
		fprintf(out,
			"\n  Where the time goes, of all domains together; "
			"INTERRUPTS: on the way to their handlers,\n"
			"  virtual ones too, inside the other four; OWN: the receiver's, "
			"the rest is other domains';\n  PRICE: "
			"processor time for a %s, linux's is 100%%\n",
			part->unit_of_work);
		table_print(&table, out, &plain, INDENT);
	}
	table_destroy(&table);
	return ret;
}

static int print_growths(const struct loads_part *part,
			 enum study_system_name name, FILE *out)
{
	const struct study_system *system = part->part->systems[name];
	const struct study_system *native = part->part->systems[STUDY_LINUX];
	struct system_growth growths[MAX_GROWTHS + 1];
	struct table table = {
		.columns = { { "LINUX", true },
			     { study_system_text(name), true },
			     { "MORE", true },
			     { "CONTEXT", false },
			     { "SYMBOL", false } },
		.nr_columns = 5,
	};
	size_t nr;
	int ret = 0;

	if (!system || !native)
		return 0;
	nr = system_growths(system, native, growths, MAX_GROWTHS);
	for (size_t i = 0; !ret && i < nr; i++) {
		double native_share = growths[i].native;
		char texts[3][TEXT];
		const char *cells[] = {
			native_share > 0 ? percent(native_share, 2, texts[0])
					 : "absent",
			percent(growths[i].here, 2, texts[1]),
			percent(growths[i].here - native_share, 2, texts[2]),
			growths[i].function->context,
			growths[i].function->symbol,
		};

		ret = table_add_row(&table, cells, TERMINAL_PLAIN, NULL);
	}
	if (!ret && nr) {
		fprintf(out,
			"\n  What grew from linux to %s: 100%% is what linux "
			"spends on a %s\n",
			study_system_text(name), part->unit_of_work);
		table_print(&table, out, &plain, INDENT);
	}
	table_destroy(&table);
	return ret;
}

/* ---- the parts --------------------------------------------------------- */

/* What is missing, and why. */
static void print_missing(const struct loads_part *part, FILE *out)
{
	const struct study_system *system;

	for (int i = 0; i < STUDY_NR_SYSTEMS; i++) {
		system = part->part->systems[i];
		fprintf(out, "  %-6s ",
			study_system_text((enum study_system_name)i));
		if (!system) {
			fprintf(out, "not measured\n");
			continue;
		}
		print_escaped(out, system->kernel);
		if (system->hypervisor && *system->hypervisor) {
			fputs(" on ", out);
			print_escaped(out, system->hypervisor);
		}
		fprintf(out, ", %" PRIu64 " CPU%s", system->cpus,
			system->cpus == 1 ? "" : "s");
		if (system->interfaces)
			fprintf(out, ", %" PRIu64 " interfaces",
				system->interfaces);
		if (system->server) {
			fputs(", ", out);
			print_escaped(out, system->server);
		}
		if (system->state != STUDY_DONE) {
			fprintf(out, "; %s: ", study_state_name(system->state));
			print_escaped(out, system->why);
		}
		if (system->profile.why) {
			fputs("; no profile: ", out);
			print_escaped(out, system->profile.why);
		}
		fputc('\n', out);
	}
	fputc('\n', out);
}

static int print_part(const struct loads_part *part, FILE *out)
{
	int ret;

	if (!part->part)
		return 0;
	fprintf(out, "\n%s\n\n", part->title);
	print_missing(part, out);
	ret = print_rates(part, out);
	if (!ret)
		ret = print_splits(part, out);
	if (!ret)
		ret = print_growths(part, STUDY_DOM0, out);
	if (!ret)
		ret = print_growths(part, STUDY_GUEST, out);
	return ret;
}

int report_loads_text(const struct study_results *results, FILE *out)
{
	char nics_dom0[TEXT], web[TEXT];
	const struct loads_part nics = {
		.part = results->nics,
		.title = "nics: receiving over several interfaces at once",
		.unit = "Mbit/s",
		.unit_of_work = "megabit",
		.published = { [STUDY_DOM0] = nics_dom0 },
	};
	const struct loads_part web_part = {
		.part = results->web,
		.title = "web: nginx under wrk",
		.unit = "REQUESTS/s",
		.unit_of_work = "request",
		.published = { [STUDY_GUEST] = web },
	};
	int ret;

	snprintf(nics_dom0, TEXT, "about %.0f%%", PUBLISHED_NICS_DOM0 * 100);
	snprintf(web, TEXT, "less than %.0f%%; about %.0f%%",
		 PUBLISHED_WEB_BELOW * 100, PUBLISHED_WEB_SECOND * 100);
	ret = print_part(&nics, out);
	return ret ? ret : print_part(&web_part, out);
}

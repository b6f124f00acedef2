// SPDX-License-Identifier: LGPL-2.1-or-later
/* Events as people write them: EVENT[:UNIT_MASK...][:u|k|h...][@PERIOD]. */
#include "event/event.h"

#include "base/perf_open.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	/* the module and the kernel refuse less */
	MIN_CLOCK_NS = 10000,
	MIN_HARDWARE_PERIOD = 500,
	MAX_HZ = 100000,
	/* libpfm4's and the kernel's names are a third of it */
	MAX_NAME = VPROF_EVENT_NAME_MAX - 8,
};

/* ---- the text's parts -------------------------------------------------------- */

/* What stands around the name. */
struct parts {
	char name[VPROF_EVENT_NAME_MAX];
	uint64_t period; /* 0: not said */
	bool is_frequency;
	/* of u, k, h; "": not said */
	char levels[4];
};

static int parse_factor(const char *text, uint64_t *ret_factor,
			bool *ret_is_frequency)
{
	static const struct {
		const char *text;
		uint64_t factor;
		bool is_frequency;
	} suffixes[] = {
		{ "", 1, false },        { "k", 1000, false },
		{ "M", 1000000, false }, { "G", 1000000000, false },
		{ "Hz", 1, true },       { "kHz", 1000, true },
	};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (strcmp(text, suffixes[i].text))
			continue;
		*ret_factor = suffixes[i].factor;
		*ret_is_frequency = suffixes[i].is_frequency;
		return 0;
	}
	return -EINVAL;
}

static int parse_period(const char *text, struct parts *parts)
{
	uint64_t period = 0, factor;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	for (; isdigit((unsigned char)*text) || *text == ','; text++)
		if (*text != ',' &&
		    (__builtin_mul_overflow(period, 10, &period) ||
		     __builtin_add_overflow(period, *text - '0', &period)))
			return -EINVAL;
	if (parse_factor(text, &factor, &parts->is_frequency) ||
	    __builtin_mul_overflow(period, factor, &period) || !period ||
	    period > INT64_MAX)
		return -EINVAL;
	parts->period = period;
	return 0;
}

/* "name:k:u" and "name:ku" alike. What is not of u, k, h is part of the name. */
static void split_levels(struct parts *parts)
{
	static const char levels[] = "ukh";
	bool is_said[sizeof(levels)] = { false };
	size_t nr = 0;
	char *colon;

	while ((colon = strrchr(parts->name, ':')) && colon[1] &&
	       !colon[1 + strspn(colon + 1, levels)]) {
		for (const char *level = colon + 1; *level; level++)
			is_said[strchr(levels, *level) - levels] = true;
		*colon = '\0';
	}
	for (size_t i = 0; levels[i]; i++)
		if (is_said[i])
			parts->levels[nr++] = levels[i];
}

static int split(const char *text, struct parts *parts, struct vprof_error *err)
{
	size_t length = strlen(text);
	char *at;

	memset(parts, 0, sizeof(*parts));
	if (length > MAX_NAME)
		return vprof_error_set(
			err, -EINVAL,
			"an event's name has at most %d letters: "
			"\"%.40s...\"",
			MAX_NAME, text);
	for (size_t i = 0; i < length; i++)
		if (!isprint((unsigned char)text[i]) || text[i] == ' ')
			return vprof_error_set(err, -EINVAL,
					       "an event has no spaces or "
					       "control characters in it");
	memcpy(parts->name, text, length + 1);
	at = strrchr(parts->name, '@');
	if (at) {
		*at = '\0';
		if (parse_period(at + 1, parts))
			return vprof_error_set(
				err, -EINVAL,
				"\"%s\": after @ comes a whole number, with "
				"k, M or G as a period (100000, 100,000, "
				"100k), with Hz or kHz as a frequency (99Hz)",
				text);
	}
	split_levels(parts);
	if (!*parts->name)
		return vprof_error_set(err, -EINVAL,
				       "\"%s\" names no event. All: vprof-list "
				       "events",
				       text);
	return 0;
}

/* ---- the forms of a name ------------------------------------------------------ */

static int find_alias(const char *name, struct vprof_event_spec *spec,
		      struct vprof_error *err)
{
	const struct vprof_event_alias *alias;

	(void)err;
	for (size_t i = 0; (alias = vprof_event_get_alias(i)); i++) {
		if (strcmp(alias->name, name))
			continue;
		strcpy(spec->name, name);
		spec->type = alias->type;
		spec->config = alias->config;
		return 0;
	}
	return -ENOENT;
}

static int find_raw(const char *name, struct vprof_event_spec *spec,
		    struct vprof_error *err)
{
	size_t nr_digits = strspn(name + 1, "0123456789abcdefABCDEF");

	if (name[0] != 'r' || !nr_digits || name[1 + nr_digits])
		return -ENOENT;
	if (nr_digits > 16)
		return vprof_error_set(err, -EINVAL,
				       "\"%s\": a raw code has at most 16 "
				       "hexadecimal digits",
				       name);
	strcpy(spec->name, name);
	spec->type = PERF_TYPE_RAW;
	spec->config = strtoull(name + 1, NULL, 16);
	return 0;
}

/* In this order: libpfm4 has the sentence for a name that nobody knows. */
static int (*const forms[])(const char *name, struct vprof_event_spec *spec,
			    struct vprof_error *err) = {
	find_alias,
	find_raw,
	vprof_event_find_sysfs,
	vprof_event_find_pfm,
};

/* Only names of PMUs have something else after a colon. */
static int explain_modifier(const char *name, struct vprof_error *err)
{
	char event[VPROF_EVENT_NAME_MAX];
	struct vprof_event_spec spec;
	const char *colon = strchr(name, ':');

	if (!colon)
		return -ENOENT;
	snprintf(event, sizeof(event), "%.*s", (int)(colon - name), name);
	if (find_alias(event, &spec, NULL) && find_raw(event, &spec, NULL))
		return -ENOENT;
	return vprof_error_set(
		err, -EINVAL, "%s has no modifier \"%s\": there are u, k and h",
		event, colon + 1);
}

static int find_event(const char *name, struct vprof_event_spec *spec,
		      struct vprof_error *err)
{
	struct vprof_error form_err = { 0 };
	int ret = -ENOENT;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		ret = forms[i](name, spec, &form_err);
		if (ret != -ENOENT)
			break;
	}
	if (ret && explain_modifier(name, err) == -EINVAL)
		return -EINVAL;
	if (ret)
		return vprof_error_set(err, ret, "%s", form_err.text);
	return 0;
}

/* ---- periods ------------------------------------------------------------------ */

static bool is_clock(const struct vprof_event_spec *spec)
{
	return spec->type == PERF_TYPE_SOFTWARE &&
	       (spec->config == PERF_COUNT_SW_CPU_CLOCK ||
		spec->config == PERF_COUNT_SW_TASK_CLOCK);
}

/*
 * What an event counts, told by its name, and a period that gives some hundreds
 * to thousands of samples a second where it happens often. The first row whose
 * word is in the name holds.
 */
static const struct {
	const char *word;
	const char *unit;
	uint64_t period;
} kinds[] = {
	{ "clock", "ns", 1000000 },
	{ "faults", "events", 100 },
	{ "switches", "events", 100 },
	{ "migrations", "events", 10 },
	{ "stalled-cycles", "cycles", 1000000 },
	{ "miss", "events", 10000 },
	{ "cyc", "cycles", 1000000 },
	{ "clk", "cycles", 1000000 },
	{ "inst", "instructions", 1000000 },
	{ "uops", "events", 1000000 },
	{ "", "events", 100000 },
};

static size_t find_kind(const char *name)
{
	size_t i = 0;

	while (!strcasestr(name, kinds[i].word))
		i++;
	return i;
}

static uint64_t min_period(const struct vprof_event_spec *spec)
{
	if (is_clock(spec))
		return MIN_CLOCK_NS;
	return spec->type == PERF_TYPE_SOFTWARE ? 1 : MIN_HARDWARE_PERIOD;
}

static int set_period(const struct parts *parts,
		      const struct vprof_event_defaults *defaults,
		      struct vprof_event_spec *spec, struct vprof_error *err)
{
	size_t kind = find_kind(spec->name);

	spec->unit = kinds[kind].unit;
	if (parts->period) {
		spec->period = parts->period;
		spec->is_frequency = parts->is_frequency;
	} else if (!spec->period && defaults && defaults->period) {
		spec->period = defaults->period;
		spec->is_frequency = defaults->is_frequency;
	} else if (!spec->period) {
		spec->period = kinds[kind].period;
	}
	if (spec->is_frequency && spec->period > MAX_HZ)
		return vprof_error_set(err, -EINVAL,
				       "%llu samples a second of %s are too "
				       "many: at most %d",
				       (unsigned long long)spec->period,
				       spec->name, MAX_HZ);
	if (!spec->is_frequency && spec->period < min_period(spec))
		return vprof_error_set(
			err, -EINVAL,
			"a period of %llu is too short for %s: at least %llu "
			"%s. The machine would do nothing but sample",
			(unsigned long long)spec->period, spec->name,
			(unsigned long long)min_period(spec), spec->unit);
	return 0;
}

static void set_levels(const struct parts *parts, struct vprof_event_spec *spec)
{
	if (!*parts->levels)
		return;
	spec->exclude_user = !strchr(parts->levels, 'u');
	spec->exclude_kernel = !strchr(parts->levels, 'k');
	spec->exclude_hypervisor = !strchr(parts->levels, 'h');
	strncat(spec->name, ":", sizeof(spec->name) - strlen(spec->name) - 1);
	strncat(spec->name, parts->levels,
		sizeof(spec->name) - strlen(spec->name) - 1);
}

int vprof_event_parse(const char *text,
		      const struct vprof_event_defaults *defaults,
		      struct vprof_event_spec *ret_spec,
		      struct vprof_error *err)
{
	struct vprof_event_spec spec = { 0 };
	struct parts parts;
	int ret;

	ret = split(text, &parts, err);
	if (ret)
		return ret;
	ret = find_event(parts.name, &spec, err);
	if (ret)
		return ret;
	ret = set_period(&parts, defaults, &spec, err);
	if (ret)
		return ret;
	set_levels(&parts, &spec);
	*ret_spec = spec;
	return 0;
}

int vprof_event_default(const struct vprof_event_defaults *defaults,
			struct vprof_event_spec *ret_spec,
			struct vprof_error *err)
{
	/* libpfm4's names of unhalted cycles on AMD, Intel, AMD Zen; perf's */
	static const char *const cycles[] = {
		"CPU_CLK_UNHALTED",
		"UNHALTED_CORE_CYCLES",
		"CYCLES_NOT_IN_HALT",
	};
	char pmu[VPROF_EVENT_NAME_MAX];

	vprof_perf_get_pmu(pmu, sizeof(pmu));
	if (!*pmu)
		return vprof_event_parse("cpu-clock", defaults, ret_spec, err);
	for (size_t i = 0; i < sizeof(cycles) / sizeof(cycles[0]); i++)
		if (!vprof_event_parse(cycles[i], defaults, ret_spec, NULL))
			return 0;
	return vprof_event_parse("cycles", defaults, ret_spec, err);
}

static int for_each_alias(vprof_event_fn *fn, void *data)
{
	const struct vprof_event_alias *alias;
	struct vprof_event_info info = { 0 };
	char pmu[VPROF_EVENT_NAME_MAX];
	int ret = 0;

	vprof_perf_get_pmu(pmu, sizeof(pmu));
	for (size_t i = 0; !ret && (alias = vprof_event_get_alias(i)); i++) {
		if (alias->type == PERF_TYPE_HARDWARE && !*pmu)
			continue;
		info.name = alias->name;
		info.pmu = "kernel";
		info.description = alias->description;
		ret = fn(data, &info);
	}
	return ret;
}

int vprof_event_for_each(vprof_event_fn *fn, void *data)
{
	char pmu[VPROF_EVENT_NAME_MAX];
	int ret;

	ret = for_each_alias(fn, data);
	vprof_perf_get_pmu(pmu, sizeof(pmu));
	if (!ret && *pmu)
		ret = vprof_event_for_each_pfm(fn, data);
	return ret;
}

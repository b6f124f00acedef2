// SPDX-License-Identifier: GPL-2.0-only
/* The keys of vprof.conf: one row each, and how their values are read. */
#include "config_key.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <vprof/capture.h>
#include <vprof/nearest.h>

#include "config.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* ---- numbers and their units -------------------------------------------- */

struct unit {
	const char *suffix;
	uint64_t factor;
};

static const struct unit counts[] = {
	{ "", 1 },
	{ "k", 1000 },
	{ "M", 1000 * 1000 },
	{ "G", 1000 * 1000 * 1000 },
};

static const struct unit bytes[] = {
	{ "K", 1 << 10 },
	{ "M", 1 << 20 },
	{ "G", 1 << 30 },
};

static const struct unit durations[] = {
	{ "ms", 1000 * 1000 },
	{ "s", 1000 * 1000 * 1000 },
	{ "m", 60ULL * 1000 * 1000 * 1000 },
	{ "h", 3600ULL * 1000 * 1000 * 1000 },
	{ "d", 24 * 3600ULL * 1000 * 1000 * 1000 },
};

static bool read_quantity(const char *text, const struct unit *units,
			  size_t nr_units, uint64_t *ret_value)
{
	unsigned long long value;
	char *end;
	size_t i;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno)
		return false;
	for (i = 0; i < nr_units; i++)
		if (!strcmp(end, units[i].suffix))
			return !__builtin_mul_overflow(value, units[i].factor,
						       ret_value);
	return false;
}

static void *field_of(const struct vprof_config_key *key,
		      struct vprof_config *config)
{
	return (char *)config + key->offset;
}

static const char *take_quantity(const struct vprof_config_key *key,
				 struct vprof_config *config, const char *text,
				 const struct unit *units, size_t nr_units,
				 const char *form)
{
	uint64_t value, from, to;

	if (!read_quantity(text, units, nr_units, &value))
		return form;
	if (key->from && read_quantity(key->from, units, nr_units, &from) &&
	    value < from)
		return form;
	if (key->to && read_quantity(key->to, units, nr_units, &to) &&
	    value > to)
		return form;
	memcpy(field_of(key, config), &value, sizeof(value));
	return NULL;
}

static const char *take_count(const struct vprof_config_key *key,
			      struct vprof_config *config, const char *text)
{
	return take_quantity(key, config, text, counts, ARRAY_SIZE(counts),
			     "a number, or one with k, M or G");
}

static const char *take_size(const struct vprof_config_key *key,
			     struct vprof_config *config, const char *text)
{
	return take_quantity(key, config, text, bytes, ARRAY_SIZE(bytes),
			     "a size with K, M or G");
}

static const char *take_duration(const struct vprof_config_key *key,
				 struct vprof_config *config, const char *text)
{
	return take_quantity(key, config, text, durations,
			     ARRAY_SIZE(durations),
			     "a time with ms, s, m, h or d");
}

/* ---- words and texts ---------------------------------------------------- */

static const char *take_word(const struct vprof_config_key *key,
			     struct vprof_config *config, const char *text)
{
	uint64_t i;

	for (i = 0; key->words[i]; i++) {
		if (strcmp(key->words[i], text) != 0)
			continue;
		memcpy(field_of(key, config), &i, sizeof(i));
		return NULL;
	}
	return "one of";
}

static const char *take_path(const struct vprof_config_key *key,
			     struct vprof_config *config, const char *text)
{
	size_t length = strlen(text);

	if (text[0] != '/' || text[length - 1] == '/')
		return "a file's path that begins with /";
	if (length >= key->size)
		return "a shorter path";
	memcpy(field_of(key, config), text, length + 1);
	return NULL;
}

static const char *take_group(const struct vprof_config_key *key,
			      struct vprof_config *config, const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || length >= key->size || strpbrk(text, " \t:,/"))
		return "the name of a group";
	memcpy(field_of(key, config), text, length + 1);
	return NULL;
}

static const char *take_event(const struct vprof_config_key *key,
			      struct vprof_config *config, const char *text)
{
	size_t length = strlen(text);

	(void)key;
	if (length == 0 || length >= sizeof(config->events[0].text))
		return "an event (vprof-list events)";
	if (config->nr_events >= VPROF_CONFIG_MAX_EVENTS)
		return "one of at most 32 events";
	config->events[config->nr_events].line = config->line;
	memcpy(config->events[config->nr_events++].text, text, length + 1);
	return NULL;
}

/* "GUEST=FILE", and a guest has one. */
static const char *take_map(const struct vprof_config_key *key,
			    struct vprof_config *config, const char *text)
{
	struct vprof_config_map *map = &config->maps[config->nr_maps];
	const char *equals = strchr(text, '=');
	size_t length = equals ? (size_t)(equals - text) : 0;
	size_t i;

	(void)key;
	if (!length || length >= sizeof(map->guest) || equals[1] != '/' ||
	    strlen(equals + 1) >= sizeof(map->file))
		return "GUEST=FILE, the file's path beginning with /";
	for (i = 0; i < config->nr_maps; i++)
		if (strlen(config->maps[i].guest) == length &&
		    !memcmp(config->maps[i].guest, text, length))
			return "one line for each guest";
	if (config->nr_maps >= VPROF_CONFIG_MAX_MAPS)
		return "one of at most 64 guests";
	memcpy(map->guest, text, length);
	map->guest[length] = '\0';
	strcpy(map->file, equals + 1);
	map->line = config->line;
	config->nr_maps++;
	return NULL;
}

/* ---- the table ---------------------------------------------------------- */

/* In the order of enum vprof_capture_kind. */
static const char *const capture_words[] = {
	[VPROF_CAPTURE_AUTO] = "auto",
	[VPROF_CAPTURE_KMOD] = "kmod",
	[VPROF_CAPTURE_PERF_EVENT] = "perf_event",
	NULL,
};

static const char *const chains_words[] = {
	[VPROF_CONFIG_CHAINS_OFF] = "off",
	[VPROF_CONFIG_CHAINS_KERNEL] = "kernel",
	[VPROF_CONFIG_CHAINS_USER] = "user",
	[VPROF_CONFIG_CHAINS_ON] = "on",
	NULL,
};

#define FIELD(member)                                    \
	.offset = offsetof(struct vprof_config, member), \
	.size = sizeof(((struct vprof_config *)NULL)->member)

static const struct vprof_config_key keys[] = {
	{
		.name = "event",
		.value = "EVENT",
		.fallback_is = "cycles, or cpu-clock where there is no PMU",
		.help = "an event to sample; one line for each",
		.take = take_event,
		.may_repeat = true,
		FIELD(events),
	},
	{
		.name = "frequency",
		.value = "HZ",
		.fallback = "49",
		.from = "1",
		.to = "10k",
		.help = "samples per second and CPU",
		.take = take_count,
		FIELD(frequency),
	},
	{
		.name = "period",
		.value = "COUNT",
		.fallback_is = "frequency decides",
		.from = "1",
		.to = "1000G",
		.help = "counts of the event per sample; instead of frequency",
		.take = take_count,
		FIELD(period),
	},
	{
		.name = "chains",
		.value = "WHICH",
		.fallback = "off",
		.words = chains_words,
		.help = "call chains to take with each sample",
		.take = take_word,
		FIELD(chains),
	},
	{
		.name = "capture",
		.value = "KIND",
		.fallback = "auto",
		.words = capture_words,
		.help = "what brings the samples; auto: the module where it is loaded",
		.take = take_word,
		FIELD(capture),
	},
	{
		.name = "slice",
		.value = "TIME",
		.fallback = "1s",
		.from = "100ms",
		.to = "1m",
		.help = "equal samples of such a span are counted together",
		.take = take_duration,
		FIELD(slice_ns),
	},
	{
		.name = "buffer",
		.value = "SIZE",
		.fallback = "256K",
		.from = "32K",
		.to = "16M",
		.help = "memory for samples not yet read, per CPU",
		.take = take_size,
		FIELD(buffer_bytes),
	},
	{
		.name = "map",
		.value = "GUEST=FILE",
		.fallback_is = "names come from the guest's memory",
		.help = "names for a guest's kernel from its System.map, vmlinux or kallsyms; one line for each",
		.take = take_map,
		.may_repeat = true,
		FIELD(maps),
	},
	{
		.name = "xen_syms",
		.value = "FILE",
		.fallback_is = "/proc/xen/xensyms",
		.help = "Xen's names from its xen-syms, or a list as nm writes it",
		.take = take_path,
		FIELD(xen_symbols),
	},
	{
		.name = "store",
		.value = "FILE",
		.fallback = "/var/lib/vprof/vprof.store",
		.help = "the profile store",
		.take = take_path,
		FIELD(store),
	},
	{
		.name = "max_size",
		.value = "SIZE",
		.fallback = "256M",
		.from = "2M",
		.to = "1024G",
		.help = "bound of the store; the oldest slices go first",
		.take = take_size,
		FIELD(max_bytes),
	},
	{
		.name = "max_age",
		.value = "TIME",
		.fallback = "7d",
		.from = "1m",
		.to = "3650d",
		.help = "slices older than this go",
		.take = take_duration,
		FIELD(max_age_ns),
	},
	{
		.name = "socket",
		.value = "FILE",
		.fallback = "/run/vprof/control",
		.help = "the control socket",
		.take = take_path,
		FIELD(socket),
	},
	{
		.name = "group",
		.value = "GROUP",
		.fallback = "vprof",
		.help = "whose members may read the store and ask vprofd",
		.take = take_group,
		FIELD(group),
	},
};

const struct vprof_config_key *vprof_config_key_at(size_t index)
{
	return index < ARRAY_SIZE(keys) ? &keys[index] : NULL;
}

int vprof_config_key_find(const char *name, struct vprof_error *err)
{
	struct vprof_nearest nearest;
	size_t i;

	vprof_nearest_begin(&nearest, name);
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!strcmp(keys[i].name, name))
			return (int)i;
		vprof_nearest_offer(&nearest, keys[i].name);
	}
	return vprof_error_set(
		err, -ENOENT, "no key \"%.64s\".%s%s%s All: man vprof.conf",
		name, nearest.word ? " Near it: " : "",
		nearest.word ? nearest.word : "", nearest.word ? "." : "");
}

/* ": auto, kmod, perf_event" or ", from 1 to 10k" */
static void describe_values(const struct vprof_config_key *key, char *text,
			    size_t size)
{
	size_t i;

	text[0] = '\0';
	for (i = 0; key->words && key->words[i]; i++) {
		strncat(text, i ? ", " : ": ", size - strlen(text) - 1);
		strncat(text, key->words[i], size - strlen(text) - 1);
	}
	if (!key->from)
		return;
	strncat(text, ", from ", size - strlen(text) - 1);
	strncat(text, key->from, size - strlen(text) - 1);
	strncat(text, " to ", size - strlen(text) - 1);
	strncat(text, key->to, size - strlen(text) - 1);
}

int vprof_config_key_set(const struct vprof_config_key *key,
			 struct vprof_config *config, const char *text,
			 struct vprof_error *err)
{
	const char *wanted;
	char values[96];

	wanted = key->take(key, config, text);
	if (!wanted)
		return 0;
	describe_values(key, values, sizeof(values));
	return vprof_error_set(err, -EINVAL, "%s wants %s%s, not \"%.128s\"",
			       key->name, wanted, values, text);
}

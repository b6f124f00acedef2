// SPDX-License-Identifier: LGPL-2.1-or-later
/* Events in the kernel's own form: "PMU/event=0x3c,umask=1/", by sysfs. */
#include "event/event.h"

#include "base/small_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES "/sys/bus/event_source/devices"

enum {
	LINE_MAX_LEN = 512,
	PATH_MAX_LEN = 512,
	WORD_MAX_LEN = VPROF_EVENT_NAME_MAX,
	/* an event file names terms, terms do not name events */
	MAX_DEPTH = 1,
};

static int read_line(const char *pmu, const char *folder, const char *name,
		     char *ret_line, size_t size)
{
	char path[PATH_MAX_LEN];

	/* a name is one component: never a way out of the folder */
	if (strchr(name, '/') || name[0] == '.' || strchr(pmu, '/') ||
	    pmu[0] == '.')
		return -ENOENT;
	snprintf(path, sizeof(path), DEVICES "/%s/%s/%s", pmu, folder, name);
	return vprof_read_line(path, ret_line, size) ? 0 : -ENOENT;
}

static uint64_t *find_word(struct vprof_event_spec *spec, const char *name)
{
	if (!strcmp(name, "config"))
		return &spec->config;
	if (!strcmp(name, "config1"))
		return &spec->config1;
	if (!strcmp(name, "config2"))
		return &spec->config2;
	return NULL;
}

/*
 * A format is "config:0-7,32-35": where the value's bits go, lowest first.
 *
 * Return: 0, -EINVAL for a format that makes no sense, -ERANGE for a value that
 * does not fit.
 */
static int put_value(struct vprof_event_spec *spec, char *format,
		     uint64_t value)
{
	char *bits = strchr(format, ':');
	char *range, *save = NULL;
	uint64_t *word;
	unsigned int low, high;
	int nr;

	if (!bits)
		return -EINVAL;
	*bits++ = '\0';
	word = find_word(spec, format);
	if (!word)
		return -EINVAL;
	for (range = strtok_r(bits, ",", &save); range;
	     range = strtok_r(NULL, ",", &save)) {
		nr = sscanf(range, "%u-%u", &low, &high);
		if (nr < 1)
			return -EINVAL;
		if (nr == 1)
			high = low;
		if (low > high || high > 63)
			return -EINVAL;
		for (; low <= high; low++, value >>= 1)
			*word = (*word & ~(1ull << low)) | (value & 1) << low;
	}
	return value ? -ERANGE : 0;
}

static int parse_terms(const char *pmu, const char *terms, int depth,
		       struct vprof_event_spec *spec, struct vprof_error *err);

static int put_term(const char *pmu, char *term, int depth,
		    struct vprof_event_spec *spec, struct vprof_error *err)
{
	char line[LINE_MAX_LEN];
	char *equals = strchr(term, '=');
	uint64_t value = 1;
	char *end;
	int ret;

	if (!equals && depth < MAX_DEPTH &&
	    !read_line(pmu, "events", term, line, sizeof(line)))
		return parse_terms(pmu, line, depth + 1, spec, err);
	if (equals) {
		*equals = '\0';
		value = strtoull(equals + 1, &end, 0);
		if (end == equals + 1 || *end)
			return vprof_error_set(err, -EINVAL,
					       "\"%s\" of %s/%s=.../ is no "
					       "number",
					       equals + 1, pmu, term);
	}
	ret = read_line(pmu, "format", term, line, sizeof(line));
	if (ret)
		return vprof_error_set(err, -EINVAL,
				       "the PMU \"%s\" has no term \"%s\": see "
				       "%s/%s/format",
				       pmu, term, DEVICES, pmu);
	ret = put_value(spec, line, value);
	if (ret)
		return vprof_error_set(err, -EINVAL,
				       "the value of \"%s\" does not fit what "
				       "%s/%s/format/%s says",
				       term, DEVICES, pmu, term);
	return 0;
}

static int parse_terms(const char *pmu, const char *terms, int depth,
		       struct vprof_event_spec *spec, struct vprof_error *err)
{
	char copy[LINE_MAX_LEN];
	char *term, *save = NULL;
	int ret;

	snprintf(copy, sizeof(copy), "%s", terms);
	for (term = strtok_r(copy, ",", &save); term;
	     term = strtok_r(NULL, ",", &save)) {
		ret = put_term(pmu, term, depth, spec, err);
		if (ret)
			return ret;
	}
	return 0;
}

int vprof_event_find_sysfs(const char *name, struct vprof_event_spec *spec,
			   struct vprof_error *err)
{
	struct vprof_event_spec found = { 0 };
	const char *slash = strchr(name, '/');
	size_t length = strlen(name);
	char terms[WORD_MAX_LEN];
	char pmu[WORD_MAX_LEN];
	char line[LINE_MAX_LEN];
	int ret;

	if (!slash)
		return -ENOENT;
	if (slash == name || name[length - 1] != '/' ||
	    slash + 2 > name + length - 1 || length >= sizeof(pmu))
		return vprof_error_set(err, -EINVAL,
				       "\"%s\": a PMU's event is written "
				       "PMU/term=value,.../",
				       name);
	snprintf(pmu, sizeof(pmu), "%.*s", (int)(slash - name), name);
	snprintf(terms, sizeof(terms), "%.*s",
		 (int)(name + length - 1 - slash - 1), slash + 1);
	if (read_line(pmu, ".", "type", line, sizeof(line)))
		return vprof_error_set(err, -EINVAL,
				       "this machine has no PMU \"%s\". There "
				       "are: ls " DEVICES,
				       pmu);
	found.type = (uint32_t)strtoul(line, NULL, 10);
	ret = parse_terms(pmu, terms, 0, &found, err);
	if (ret)
		return ret;
	snprintf(found.name, sizeof(found.name), "%s", name);
	*spec = found;
	return 0;
}

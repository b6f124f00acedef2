// SPDX-License-Identifier: LGPL-2.1-or-later
/* Events by libpfm4's names, with the nearest ones for names it does not know. */
#include "event/event.h"

#include <errno.h>
#include <perfmon/pfmlib_perf_event.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vprof/nearest.h>

enum {
	MAX_OFFERS = 5,
	OFFERS_LEN = 320,
	PMU_NAME_LEN = 64,
};

/* libpfm4 looks the machine over once for all. */
static int init_pfm(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static bool is_ready;
	int ret = PFM_SUCCESS;

	pthread_mutex_lock(&lock);
	if (!is_ready)
		ret = pfm_initialize();
	is_ready = ret == PFM_SUCCESS;
	pthread_mutex_unlock(&lock);
	return ret == PFM_SUCCESS ? 0 : -ENOSYS;
}

/* ---- walking its tables -------------------------------------------------------- */

typedef int pmu_fn(void *data, const pfm_pmu_info_t *pmu);

static int for_each_pmu(pmu_fn *fn, void *data)
{
	pfm_pmu_info_t pmu;
	int ret = 0;

	for (int i = 0; !ret && i < PFM_PMU_MAX; i++) {
		memset(&pmu, 0, sizeof(pmu));
		pmu.size = sizeof(pmu);
		if (pfm_get_pmu_info((pfm_pmu_t)i, &pmu) == PFM_SUCCESS)
			ret = fn(data, &pmu);
	}
	return ret;
}

/* A PMU of this machine's CPU, not the kernel's generic names. */
static bool is_here(const pfm_pmu_info_t *pmu)
{
	return pmu->is_present && pmu->type == PFM_PMU_TYPE_CORE;
}

static int get_event(int index, pfm_event_info_t *ret_event)
{
	memset(ret_event, 0, sizeof(*ret_event));
	ret_event->size = sizeof(*ret_event);
	if (pfm_get_event_info(index, PFM_OS_NONE, ret_event) != PFM_SUCCESS)
		return -ENOENT;
	return 0;
}

static int get_attribute(int event, int attribute, pfm_event_attr_info_t *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->size = sizeof(*ret);
	if (pfm_get_event_attr_info(event, attribute, PFM_OS_NONE, ret) !=
	    PFM_SUCCESS)
		return -ENOENT;
	return ret->type == PFM_ATTR_UMASK ? 0 : -ENOENT;
}

/* The numbers of a PMU's events are not always dense, so this asks each. */
static int for_each_event(const pfm_pmu_info_t *pmu,
			  int (*fn)(void *data, const pfm_event_info_t *event),
			  void *data)
{
	pfm_event_info_t event;
	int ret = 0;

	for (int i = pmu->first_event; !ret && i != -1;
	     i = pfm_get_event_next(i))
		if (!get_event(i, &event))
			ret = fn(data, &event);
	return ret;
}

/* ---- what was meant -------------------------------------------------------------- */

/* Names to offer, as one text. */
struct offers {
	const char *wanted;
	size_t wanted_length;
	struct vprof_nearest nearest;
	char text[OFFERS_LEN];
	unsigned int nr;
};

static void begin_offers(struct offers *offers, const char *wanted)
{
	memset(offers, 0, sizeof(*offers));
	offers->wanted = wanted;
	offers->wanted_length = strlen(wanted);
	vprof_nearest_begin(&offers->nearest, wanted);
}

static void add_offer(struct offers *offers, const char *name)
{
	size_t length = strlen(offers->text);

	if (offers->nr++ >= MAX_OFFERS)
		return;
	snprintf(offers->text + length, sizeof(offers->text) - length, "%s%s",
		 length ? ", " : "", name);
}

static void consider(struct offers *offers, const char *name)
{
	vprof_nearest_offer(&offers->nearest, name);
	if (offers->wanted_length >= 3 && strcasestr(name, offers->wanted))
		add_offer(offers, name);
}

/* The nearest by letters stands first, then those that contain it. */
static const char *finish_offers(struct offers *offers)
{
	const char *nearest = offers->nearest.word;
	char others[OFFERS_LEN];

	if (nearest && !strstr(offers->text, nearest)) {
		memcpy(others, offers->text, sizeof(others));
		snprintf(offers->text, sizeof(offers->text), "%s%s%.300s",
			 nearest, *others ? ", " : "", others);
	}
	return offers->text;
}

static int consider_event(void *data, const pfm_event_info_t *event)
{
	consider(data, event->name);
	return 0;
}

static int consider_pmu(void *data, const pfm_pmu_info_t *pmu)
{
	return is_here(pmu) ? for_each_event(pmu, consider_event, data) : 0;
}

static void consider_aliases(struct offers *offers)
{
	const struct vprof_event_alias *alias;

	for (size_t i = 0; (alias = vprof_event_get_alias(i)); i++)
		consider(offers, alias->name);
}

struct name_search {
	const char *name;
	size_t length;
	char pmu[PMU_NAME_LEN];
	int index;
};

static int match_event(void *data, const pfm_event_info_t *event)
{
	struct name_search *search = data;

	if (strncasecmp(event->name, search->name, search->length) ||
	    event->name[search->length])
		return 0;
	search->index = event->idx;
	return 1;
}

static int match_here(void *data, const pfm_pmu_info_t *pmu)
{
	return is_here(pmu) ? for_each_event(pmu, match_event, data) : 0;
}

static int match_elsewhere(void *data, const pfm_pmu_info_t *pmu)
{
	struct name_search *search = data;
	pfm_event_info_t event;

	if (pmu->is_present || pmu->first_event == -1)
		return 0;
	/* those of PMUs that are not here are dense, but can't be walked */
	for (int i = 0; i < pmu->nevents; i++) {
		if (get_event(pmu->first_event + i, &event) ||
		    !match_event(search, &event))
			continue;
		snprintf(search->pmu, sizeof(search->pmu), "%s", pmu->name);
		return 1;
	}
	return 0;
}

static int find_here_name(void *data, const pfm_pmu_info_t *pmu)
{
	struct name_search *search = data;

	if (!is_here(pmu))
		return 0;
	snprintf(search->pmu, sizeof(search->pmu), "%s", pmu->name);
	return 1;
}

/* ---- the sentences ----------------------------------------------------------------- */

static int explain_unknown(const char *name, struct vprof_error *err)
{
	size_t length = strcspn(name, ":");
	struct name_search elsewhere = { .name = name, .length = length };
	struct name_search here = { .pmu = "this machine" };
	char bare[VPROF_EVENT_NAME_MAX];
	struct offers offers;
	const char *near;

	for_each_pmu(find_here_name, &here);
	if (for_each_pmu(match_elsewhere, &elsewhere))
		return vprof_error_set(err, -ENOENT,
				       "no event \"%s\" on %s; %s has one of "
				       "that name. What there is here: "
				       "vprof-list events",
				       name, here.pmu, elsewhere.pmu);
	snprintf(bare, sizeof(bare), "%.*s", (int)length, name);
	begin_offers(&offers, bare);
	for_each_pmu(consider_pmu, &offers);
	consider_aliases(&offers);
	near = finish_offers(&offers);
	return vprof_error_set(err, -ENOENT,
			       "no event \"%s\" on %s. %s%s%sAll: vprof-list "
			       "events",
			       name, here.pmu, *near ? "Near it: " : "", near,
			       *near ? ". " : "");
}

/* The event is known, the rest of the text is not a unit mask of it. */
static int explain_unit_mask(const char *name, struct vprof_error *err)
{
	const char *colon = strchr(name, ':');
	struct name_search search = {
		.name = name,
		.length = colon ? (size_t)(colon - name) : strlen(name),
	};
	pfm_event_attr_info_t attribute;
	pfm_event_info_t event;
	struct offers all;

	if (!for_each_pmu(match_here, &search) ||
	    get_event(search.index, &event))
		return explain_unknown(name, err);
	begin_offers(&all, colon ? colon + 1 : "");
	for (int i = 0; i < event.nattrs; i++) {
		if (get_attribute(search.index, i, &attribute))
			continue;
		add_offer(&all, attribute.name);
		vprof_nearest_offer(&all.nearest, attribute.name);
	}
	if (!colon)
		return vprof_error_set(err, -ENOENT,
				       "%s needs a unit mask (%s:MASK): %s%s",
				       name, name, all.text,
				       all.nr > MAX_OFFERS ? ", ..." : "");
	if (all.nearest.word)
		return vprof_error_set(err, -ENOENT,
				       "%s has no unit mask \"%s\". Near it: "
				       "%s. All: vprof-list events",
				       event.name, colon + 1, all.nearest.word);
	return vprof_error_set(
		err, -ENOENT, "%s has no unit mask \"%s\". It has: %s%s",
		event.name, colon + 1, all.nr ? all.text : "none",
		all.nr > MAX_OFFERS ? ", ..." : "");
}

static int explain(int code, const char *name, struct vprof_error *err)
{
	switch (code) {
	case PFM_ERR_NOTFOUND:
		return explain_unknown(name, err);
	case PFM_ERR_ATTR:
	case PFM_ERR_UMASK:
	case PFM_ERR_ATTR_VAL:
		return explain_unit_mask(name, err);
	default:
		return vprof_error_set(err, -EINVAL, "\"%s\": %s", name,
				       pfm_strerror(code));
	}
}

/* ---- encoding ------------------------------------------------------------------------ */

/* What libpfm4 writes out though it is no part of the event. */
static bool is_modifier(const char *part)
{
	static const char *const modifiers[] = {
		"u=", "k=", "h=", "mg=", "mh=", "excl=", "period=", "freq="
	};

	for (size_t i = 0; i < sizeof(modifiers) / sizeof(modifiers[0]); i++)
		if (!strncmp(part, modifiers[i], strlen(modifiers[i])))
			return true;
	return false;
}

/* Of "pmu::EVENT:MASK:e=0:u=1..." what says something: "EVENT:MASK". */
static void make_name(char *full, char *ret_name, size_t size)
{
	char *name = strstr(full, "::");
	char *part, *equals, *save = NULL;
	size_t length = 0;

	name = name ? name + 2 : full;
	*ret_name = '\0';
	for (part = strtok_r(name, ":", &save); part && length < size;
	     part = strtok_r(NULL, ":", &save)) {
		equals = strchr(part, '=');
		if (equals && (is_modifier(part) || !strcmp(equals, "=0")))
			continue;
		length += (size_t)snprintf(ret_name + length, size - length,
					   "%s%s", length ? ":" : "", part);
	}
}

int vprof_event_find_pfm(const char *name, struct vprof_event_spec *spec,
			 struct vprof_error *err)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	char *full = NULL;
	pfm_perf_encode_arg_t arg = {
		.attr = &attr,
		.fstr = &full,
		.size = sizeof(arg),
	};
	int ret;

	if (init_pfm())
		return vprof_error_set(err, -ENOENT,
				       "no event \"%s\": libpfm4 does not know "
				       "this CPU. There are raw codes (r003c) "
				       "and cpu-clock",
				       name);
	ret = pfm_get_os_event_encoding(name, PFM_PLM0 | PFM_PLM3,
					PFM_OS_PERF_EVENT_EXT, &arg);
	if (ret != PFM_SUCCESS)
		return explain(ret, name, err);
	if (attr.precise_ip || attr.exclusive || attr.pinned ||
	    attr.exclude_host) {
		free(full);
		return vprof_error_set(err, -EINVAL,
				       "\"%s\": of the modifiers only u, k and "
				       "h mean something to vprof",
				       name);
	}
	spec->type = attr.type;
	spec->config = attr.config;
	spec->config1 = attr.config1;
	spec->config2 = attr.config2;
	spec->period = attr.sample_period;
	spec->is_frequency = attr.freq;
	make_name(full, spec->name, VPROF_EVENT_NAME_MAX - 8);
	free(full);
	return 0;
}

/* ---- listing --------------------------------------------------------------------------- */

struct listing {
	vprof_event_fn *fn;
	void *data;
	const char *pmu;
};

static int list_event(void *data, const pfm_event_info_t *event)
{
	const struct listing *listing = data;
	struct vprof_event_info info = {
		.name = event->name,
		.pmu = listing->pmu,
		.description = event->desc,
	};
	pfm_event_attr_info_t attribute;
	int ret;

	ret = listing->fn(listing->data, &info);
	info.is_unit_mask = true;
	for (int i = 0; !ret && i < event->nattrs; i++) {
		if (get_attribute(event->idx, i, &attribute))
			continue;
		info.name = attribute.name;
		info.description = attribute.desc;
		ret = listing->fn(listing->data, &info);
	}
	return ret;
}

static int list_pmu(void *data, const pfm_pmu_info_t *pmu)
{
	struct listing *listing = data;

	if (!is_here(pmu))
		return 0;
	listing->pmu = pmu->name;
	return for_each_event(pmu, list_event, listing);
}

int vprof_event_for_each_pfm(vprof_event_fn *fn, void *data)
{
	struct listing listing = { .fn = fn, .data = data };

	if (init_pfm())
		return 0;
	return for_each_pmu(list_pmu, &listing);
}

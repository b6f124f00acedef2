// SPDX-License-Identifier: GPL-2.0-only
/* From configuration to what a recorder takes. */
#include "plan.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NS_PER_S = 1000000000 };

static int refuse_line(const struct vprof_config *config, unsigned int line,
		       const struct vprof_error *cause, struct vprof_error *err)
{
	return vprof_error_set(err, cause->code, "%s:%u: %s", config->path,
			       line, cause->text);
}

/* Reports add up what has one name. */
static int check_not_twice(const struct vprof_plan *plan, size_t number,
			   struct vprof_error *err)
{
	const struct vprof_event_spec *events = plan->events;
	const struct vprof_config *config = &plan->config;
	size_t i;

	for (i = 0; i < number; i++)
		if (!strcmp(events[i].name, events[number].name))
			return vprof_error_set(
				err, -EINVAL,
				"%s:%u: %s was given on line %u already",
				config->path, config->events[number].line,
				events[number].name, config->events[i].line);
	return 0;
}

/* What the event, without the period for all, has nothing wrong with. */
static int explain_event(const struct vprof_config *config, const char *event,
			 unsigned int line, const struct vprof_error *cause,
			 struct vprof_error *err)
{
	struct vprof_event_spec spec;

	if (config->period_line && event &&
	    vprof_event_parse(event, NULL, &spec, NULL) == 0)
		line = config->period_line;
	return refuse_line(config, line, cause, err);
}

static int parse_events(struct vprof_plan *plan, struct vprof_error *err)
{
	const struct vprof_config *config = &plan->config;
	const struct vprof_event_defaults defaults = {
		.period = config->period ? config->period : config->frequency,
		.is_frequency = config->period == 0,
	};
	struct vprof_error cause = { 0 };
	size_t i;
	int r;

	if (config->nr_events == 0) {
		plan->options.capture.nr_events = 1;
		r = vprof_event_default(&defaults, &plan->events[0], &cause);
		return r < 0 ? explain_event(config, NULL, config->period_line,
					     &cause, err)
			     : 0;
	}
	plan->options.capture.nr_events = (unsigned int)config->nr_events;
	for (i = 0; i < config->nr_events; i++) {
		r = vprof_event_parse(config->events[i].text, &defaults,
				      &plan->events[i], &cause);
		if (r < 0)
			return explain_event(config, config->events[i].text,
					     config->events[i].line, &cause,
					     err);
		r = check_not_twice(plan, i, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* What is in them is looked at when their guest is. */
static int check_maps(struct vprof_plan *plan, struct vprof_error *err)
{
	const struct vprof_config *config = &plan->config;
	size_t i;

	for (i = 0; i < config->nr_maps; i++) {
		const struct vprof_config_map *map = &config->maps[i];

		if (access(map->file, R_OK) < 0)
			return vprof_error_set(
				err, -errno,
				"%s:%u: cannot read the map \"%s\": %s",
				config->path, map->line, map->file,
				strerror(errno));
		plan->maps[i].domain = map->guest;
		plan->maps[i].file = map->file;
	}
	plan->options.maps = plan->maps;
	plan->options.nr_maps = config->nr_maps;
	return 0;
}

static void fill_options(struct vprof_plan *plan)
{
	const struct vprof_config *config = &plan->config;
	struct vprof_recorder_options *options = &plan->options;

	options->size = sizeof(*options);
	options->capture.size = sizeof(options->capture);
	options->capture.kind = (enum vprof_capture_kind)config->capture;
	options->capture.events = plan->events;
	options->capture.kernel_chain =
		config->chains == VPROF_CONFIG_CHAINS_KERNEL ||
		config->chains == VPROF_CONFIG_CHAINS_ON;
	options->capture.user_chain = config->chains ==
					      VPROF_CONFIG_CHAINS_USER ||
				      config->chains == VPROF_CONFIG_CHAINS_ON;
	options->capture.with_guests = true;
	options->capture.buffer_bytes = config->buffer_bytes;
	options->store_path = config->store;
	options->store.size = sizeof(options->store);
	options->store.is_rolling = true;
	options->store.max_bytes = config->max_bytes;
	options->store.max_age_s = config->max_age_ns / NS_PER_S;
	options->slice_ns = config->slice_ns;
	if (*config->xen_symbols)
		options->xen_symbols = config->xen_symbols;
}

int vprof_plan_new(const struct vprof_config *config,
		   struct vprof_plan **ret_plan, struct vprof_error *err)
{
	struct vprof_plan *plan = calloc(1, sizeof(*plan));
	int r;

	if (!plan)
		return vprof_error_set(err, -ENOMEM, "out of memory");
	plan->config = *config;
	fill_options(plan);
	r = parse_events(plan, err);
	if (r == 0)
		r = check_maps(plan, err);
	if (r < 0) {
		free(plan);
		return r;
	}
	*ret_plan = plan;
	return 0;
}

/* Whether a sentence has a word. */
static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (; (text = strstr(text, word)); text++)
		if (text[-1] == ' ' && text[length] == ' ')
			return true;
	return false;
}

int vprof_plan_explain(const struct vprof_plan *plan,
		       const struct vprof_error *cause, struct vprof_error *err)
{
	const struct vprof_config *config = &plan->config;
	size_t i;

	for (i = 0; i < config->nr_events; i++)
		if (has_word(cause->text + 1, plan->events[i].name))
			return refuse_line(config, config->events[i].line,
					   cause, err);
	return vprof_error_set(err, cause->code, "%s", cause->text);
}

void vprof_plan_free(struct vprof_plan *plan)
{
	free(plan);
}

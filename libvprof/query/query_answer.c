// SPDX-License-Identifier: LGPL-2.1-or-later
/* The answer to a query, as its reader sees it: names, in order, heaviest first. */
#include "query/asked.h"
#include "query/order.h"
#include "query/query_tables.h"

#include <errno.h>
#include <stdlib.h>

static const char *get_name(const struct vprof_query *query, uint32_t name)
{
	return vprof_names_get(&query->names, name);
}

/* ---- what was asked for and is not there ------------------------------- */

static int refuse_domain(const struct vprof_query *query, const char *asked,
			 struct vprof_error *err)
{
	const struct vprof_query_domain *domain;
	struct vprof_asked_list list = { 0 };

	for (size_t i = 0; i < query->domains.nr_items; i++) {
		domain = vprof_vector_get(&query->domains, i);
		vprof_asked_list_add(&list, get_name(query, domain->name),
				     domain->number);
	}
	if (!list.length)
		return vprof_error_set(err, -ENOENT,
				       "no domain named \"%s\": the store "
				       "has none",
				       asked);
	return vprof_error_set(err, -ENOENT,
			       "no domain named \"%s\". There are: %s.", asked,
			       list.text);
}

static int refuse_event(const struct vprof_query *query,
			struct vprof_error *err)
{
	const struct vprof_query_event *event;
	struct vprof_asked_list list = { 0 };

	for (size_t i = 0; i < query->events.nr_items; i++) {
		event = vprof_vector_get(&query->events, i);
		vprof_asked_list_add(&list, get_name(query, event->name), 0);
	}
	return vprof_error_set(err, -ENOENT,
			       "no event \"%s\" in the store. There are: %s.",
			       query->event, list.length ? list.text : "none");
}

static int check_asked(const struct vprof_query *query, struct vprof_error *err)
{
	const struct vprof_query_event *event;

	for (size_t i = 0; i < query->options.nr_domains; i++)
		if (!query->is_domain_known[i])
			return refuse_domain(query, query->domain_names[i],
					     err);
	if (!query->event)
		return 0;
	for (size_t i = 0; i < query->events.nr_items; i++) {
		event = vprof_vector_get(&query->events, i);
		if (event->is_wanted)
			return 0;
	}
	return refuse_event(query, err);
}

/* ---- the parts of the answer ------------------------------------------- */

/* The last one is what a report's head describes: the host's. */
static int answer_sessions_of(struct vprof_query *query, bool is_guests)
{
	const struct vprof_query_session *session;
	struct vprof_profile_session *item;
	const uint32_t *t;

	query->profile_sessions.item_size = sizeof(*item);
	for (size_t i = 0; i < query->sessions.nr_items; i++) {
		session = vprof_vector_get(&query->sessions, i);
		if (session->is_guests != is_guests)
			continue;
		t = session->texts;
		item = vprof_vector_add(&query->profile_sessions);
		if (!item)
			return -ENOMEM;
		*item = (struct vprof_profile_session){
			.host = get_name(query, t[0]),
			.kernel = get_name(query, t[1]),
			.hypervisor = get_name(query, t[2]),
			.capture = get_name(query, t[3]),
			.source = get_name(query, t[4]),
			.pmu = get_name(query, t[5]),
			.why = get_name(query, t[6]),
			.command = get_name(query, t[7]),
			.no_guests = get_name(query, t[8]),
			.nr_cpus = session->nr_cpus,
		};
	}
	return 0;
}

static int answer_sessions(struct vprof_query *query)
{
	int ret = answer_sessions_of(query, true);

	return ret ? ret : answer_sessions_of(query, false);
}

static int answer_domains(struct vprof_query *query)
{
	const struct vprof_query_domain *domain;
	struct vprof_profile_domain *item;

	query->profile_domains.item_size = sizeof(*item);
	for (size_t i = 0; i < query->domains.nr_items; i++) {
		domain = vprof_vector_get(&query->domains, i);
		item = vprof_vector_add(&query->profile_domains);
		if (!item)
			return -ENOMEM;
		*item = (struct vprof_profile_domain){
			.name = get_name(query, domain->name),
			.kind = get_name(query, domain->kind),
			.number = domain->number,
			.names_from = get_name(query, domain->names_from),
			.uuid = domain->has_uuids
					? ""
					: get_name(query, domain->uuid),
		};
	}
	return 0;
}

static int compare_unnamed(const void *a, const void *b)
{
	const struct vprof_profile_unnamed *x = a, *y = b;

	if (x->samples != y->samples)
		return x->samples < y->samples ? 1 : -1;
	return vprof_order_texts(x->image, y->image);
}

static int answer_unnamed(struct vprof_query *query)
{
	const struct vprof_query_unnamed *unnamed;
	struct vprof_profile_unnamed *item;

	query->profile_unnamed.item_size = sizeof(*item);
	for (size_t i = 0; i < query->unnamed.nr_items; i++) {
		unnamed = vprof_vector_get(&query->unnamed, i);
		item = vprof_vector_add(&query->profile_unnamed);
		if (!item)
			return -ENOMEM;
		item->image = get_name(query, unnamed->image);
		item->why = get_name(query, unnamed->why);
		item->samples = unnamed->samples;
	}
	if (query->profile_unnamed.nr_items)
		qsort(query->profile_unnamed.items,
		      query->profile_unnamed.nr_items, sizeof(*item),
		      compare_unnamed);
	return 0;
}

/* Heaviest first. */
static int compare_lines(const void *a, const void *b)
{
	const struct vprof_profile_line *x = a, *y = b;
	int order;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	if (x->samples != y->samples)
		return x->samples < y->samples ? 1 : -1;
	order = vprof_order_lines(x, y);
	return order ? order : (x->id > y->id) - (x->id < y->id);
}

static int answer_lines(struct vprof_query *query)
{
	const struct vprof_query_line *line;
	struct vprof_profile_line *item;

	query->profile_lines.item_size = sizeof(*item);
	/* The lines of an event are neighbours: one event after the other. */
	for (uint32_t e = 0; e < query->events.nr_items; e++) {
		for (size_t i = 0; i < query->lines.nr_items; i++) {
			line = vprof_vector_get(&query->lines, i);
			if (line->event != e)
				continue;
			item = vprof_vector_add(&query->profile_lines);
			if (!item)
				return -ENOMEM;
			*item = (struct vprof_profile_line){
				.id = (uint32_t)i + 1,
				.domain = line->domain,
				.context = line->context,
				.pid = line->pid,
				.image = get_name(query, line->image),
				.symbol = get_name(query, line->symbol),
				.process = get_name(query, line->process),
				.offset = line->offset,
				.samples = line->samples,
				.weight = line->weight,
			};
		}
	}
	return 0;
}

/* Gives an event its lines: the next ones. */
static void take_lines(struct vprof_query *query, uint32_t number,
		       size_t *next_line, struct vprof_profile_event *item)
{
	const struct vprof_query_line *line;
	struct vprof_profile_line *lines;
	size_t nr = 0;

	if (*next_line == query->profile_lines.nr_items)
		return;
	lines = vprof_vector_get(&query->profile_lines, *next_line);
	while (*next_line + nr < query->profile_lines.nr_items) {
		line = vprof_vector_get(&query->lines, lines[nr].id - 1);
		if (line->event != number)
			break;
		nr++;
	}
	if (nr)
		qsort(lines, nr, sizeof(*lines), compare_lines);
	item->lines = lines;
	item->nr_lines = nr;
	*next_line += nr;
}

static int answer_losses(struct vprof_query *query,
			 const struct vprof_query_event *event)
{
	const struct vprof_query_loss *loss;
	struct vprof_profile_loss *item;

	query->profile_losses.item_size = sizeof(*item);
	for (size_t i = 0; i < event->losses.nr_items; i++) {
		loss = vprof_vector_get(&event->losses, i);
		item = vprof_vector_add(&query->profile_losses);
		if (!item)
			return -ENOMEM;
		item->reason = get_name(query, loss->reason);
		item->count = loss->count;
	}
	return 0;
}

static uint64_t sum_samples(const struct vprof_query_event *event)
{
	const struct vprof_profile_sums *sums;
	uint64_t samples = 0;

	for (size_t i = 0; i < event->sums.nr_items; i++) {
		sums = vprof_vector_get(&event->sums, i);
		vprof_add_saturated(&samples, sums->samples);
	}
	return samples;
}

static int answer_event(struct vprof_query *query, uint32_t number,
			size_t *next_line)
{
	const struct vprof_query_event *event =
		vprof_vector_get(&query->events, number);
	struct vprof_profile_event *item;

	item = vprof_vector_add(&query->profile_events);
	if (!item)
		return -ENOMEM;
	*item = (struct vprof_profile_event){
		.name = get_name(query, event->name),
		.unit = get_name(query, event->unit),
		.period = event->period,
		.is_frequency = event->is_frequency,
		.taken = event->taken,
		.delivered = event->delivered,
		.nr_losses = event->losses.nr_items,
		.samples = sum_samples(event),
		.all_samples = event->all_samples,
		.all_weight = event->all_weight,
		.domain_sums = event->sums.items,
	};
	take_lines(query, number, next_line, item);
	return answer_losses(query, event);
}

/* Losses of all events are in one array, which has stopped growing by now. */
static void point_at_losses(struct vprof_query *query)
{
	struct vprof_profile_loss *loss = query->profile_losses.items;
	struct vprof_profile_event *event;

	for (size_t i = 0; i < query->profile_events.nr_items; i++) {
		event = vprof_vector_get(&query->profile_events, i);
		event->losses = loss;
		loss = event->nr_losses ? loss + event->nr_losses : loss;
	}
}

static int answer_events(struct vprof_query *query)
{
	const struct vprof_query_event *event;
	size_t next_line = 0;
	int ret;

	query->profile_events.item_size = sizeof(struct vprof_profile_event);
	for (uint32_t i = 0; i < query->events.nr_items; i++) {
		event = vprof_vector_get(&query->events, i);
		if (!event->is_wanted)
			continue;
		ret = answer_event(query, i, &next_line);
		if (ret)
			return ret;
	}
	point_at_losses(query);
	return 0;
}

static int make_answer(struct vprof_query *query)
{
	struct vprof_profile *profile = &query->profile;
	int ret;

	ret = answer_sessions(query);
	if (!ret)
		ret = answer_domains(query);
	if (!ret)
		ret = answer_unnamed(query);
	if (!ret)
		ret = answer_lines(query);
	if (!ret)
		ret = answer_events(query);
	if (ret)
		return ret;
	*profile = (struct vprof_profile){
		.sessions = query->profile_sessions.items,
		.nr_sessions = query->profile_sessions.nr_items,
		.domains = query->profile_domains.items,
		.nr_domains = query->profile_domains.nr_items,
		.events = query->profile_events.items,
		.nr_events = query->profile_events.nr_items,
		.unnamed = query->profile_unnamed.items,
		.nr_unnamed = query->profile_unnamed.nr_items,
		.start_ns = query->start_ns,
		.end_ns = query->end_ns,
		.store_start_ns = query->store_start_ns,
		.store_end_ns = query->store_end_ns,
	};
	return 0;
}

int vprof_query_finish(struct vprof_query *query,
		       const struct vprof_profile **ret_profile,
		       struct vprof_error *err)
{
	int ret;

	ret = check_asked(query, err);
	if (ret)
		return ret;
	ret = make_answer(query);
	if (ret)
		return vprof_error_set(err, ret, "out of memory");
	*ret_profile = &query->profile;
	return 0;
}

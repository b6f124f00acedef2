// SPDX-License-Identifier: LGPL-2.1-or-later
/* Two profiles side by side: events and domains matched, compared, and answered. */
#include <vprof/diff.h>

#include "query/diff_change.h"
#include "query/diff_check.h"
#include "query/diff_domains.h"
#include "query/diff_lines.h"
#include "query/diff_work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- events ------------------------------------------------------------ */

static const struct vprof_profile_event *
find_event(const struct vprof_profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->nr_events; i++)
		if (!strcmp(profile->events[i].name, name))
			return &profile->events[i];
	return NULL;
}

static int add_event(struct vprof_diff_work *work,
		     const struct vprof_profile_event *a,
		     const struct vprof_profile_event *b)
{
	struct vprof_diff_event *event = vprof_vector_add(&work->events);

	if (!event)
		return -ENOMEM;
	event->name = a ? a->name : b->name;
	event->sides[VPROF_DIFF_A] = a;
	event->sides[VPROF_DIFF_B] = b;
	event->is_compared = a && b && a->all_samples && b->all_samples;
	return 0;
}

/* A's events in A's order, then those that B alone has. */
static int match_events(struct vprof_diff_work *work)
{
	const struct vprof_profile *a = work->answer.sides[VPROF_DIFF_A];
	const struct vprof_profile *b = work->answer.sides[VPROF_DIFF_B];
	int ret = 0;

	work->events.item_size = sizeof(struct vprof_diff_event);
	for (size_t i = 0; !ret && i < a->nr_events; i++)
		ret = add_event(work, &a->events[i],
				find_event(b, a->events[i].name));
	for (size_t i = 0; !ret && i < b->nr_events; i++)
		if (!find_event(a, b->events[i].name))
			ret = add_event(work, NULL, &b->events[i]);
	return ret;
}

/* ---- domains of an event ----------------------------------------------- */

static void compare_domain(const struct vprof_diff_work *work,
			   const struct vprof_diff_event *event,
			   const struct vprof_diff_domain *domain,
			   struct vprof_diff_change *ret_change)
{
	struct vprof_diff_part parts[VPROF_DIFF_SIDES] = { 0 };
	const struct vprof_profile_sums *sums;
	size_t index;

	for (int s = 0; s < VPROF_DIFF_SIDES; s++) {
		parts[s].all_samples = event->sides[s]->all_samples;
		parts[s].all_weight = event->sides[s]->all_weight;
		if (!domain->sides[s])
			continue;
		index = (size_t)(domain->sides[s] -
				 work->answer.sides[s]->domains);
		sums = &event->sides[s]->domain_sums[index];
		parts[s].samples = sums->samples;
		parts[s].weight = sums->weight;
	}
	vprof_diff_compare(parts, ret_change);
}

static int compare_event(struct vprof_diff_work *work,
			 struct vprof_diff_event *event)
{
	const size_t first = work->domain_changes.nr_items;
	struct vprof_diff_change *change;

	for (size_t i = 0; i < work->domains.nr_items; i++) {
		change = vprof_vector_add(&work->domain_changes);
		if (!change)
			return -ENOMEM;
		if (event->is_compared)
			compare_domain(work, event,
				       vprof_vector_get(&work->domains, i),
				       change);
	}
	if (!event->is_compared)
		return 0;
	return vprof_diff_add_lines(
		work, event, vprof_vector_get(&work->domain_changes, first));
}

static int compare_events(struct vprof_diff_work *work)
{
	int ret = 0;

	work->domain_changes.item_size = sizeof(struct vprof_diff_change);
	work->lines.item_size = sizeof(struct vprof_diff_line);
	for (size_t i = 0; !ret && i < work->events.nr_items; i++)
		ret = compare_event(work, vprof_vector_get(&work->events, i));
	return ret;
}

/* ---- the answer -------------------------------------------------------- */

/* Arrays have stopped growing: now they stay where they are. */
static void make_answer(struct vprof_diff_work *work)
{
	struct vprof_diff *answer = &work->answer;
	struct vprof_diff_event *event;
	size_t next_line = 0;

	for (size_t i = 0; i < work->events.nr_items; i++) {
		event = vprof_vector_get(&work->events, i);
		event->domains = vprof_vector_get(&work->domain_changes,
						  i * work->domains.nr_items);
		if (event->nr_lines)
			event->lines =
				vprof_vector_get(&work->lines, next_line);
		next_line += event->nr_lines;
	}
	answer->domains = work->domains.items;
	answer->nr_domains = work->domains.nr_items;
	answer->events = work->events.items;
	answer->nr_events = work->events.nr_items;
}

static int compare(struct vprof_diff_work *work, struct vprof_error *err)
{
	int ret;

	ret = vprof_diff_match_domains(work, err);
	if (ret)
		return ret;
	ret = match_events(work);
	if (!ret)
		ret = compare_events(work);
	if (ret)
		return vprof_error_set(err, ret, "out of memory");
	ret = vprof_diff_check(work, err);
	if (!ret)
		make_answer(work);
	return ret;
}

static int check_options(const struct vprof_diff_options *options,
			 struct vprof_error *err)
{
	if (options->size != sizeof(*options))
		return vprof_error_set(err, -EINVAL,
				       "the program was built for another "
				       "version of libvprof");
	if ((options->nr_domains || options->base == VPROF_DIFF_OF_DOMAIN) &&
	    !(options->keys & 1u << VPROF_KEY_DOMAIN))
		return vprof_error_set(err, -EINVAL,
				       "lines that do not tell domains apart "
				       "can't be compared by domain");
	return 0;
}

int vprof_diff_new(const struct vprof_diff_options *options,
		   const struct vprof_profile *a, const struct vprof_profile *b,
		   struct vprof_diff **ret_diff, struct vprof_error *err)
{
	struct vprof_diff_work *work;
	int ret;

	ret = check_options(options, err);
	if (ret)
		return ret;
	work = calloc(1, sizeof(*work));
	if (!work)
		return vprof_error_set(err, -ENOMEM, "out of memory");
	work->options = *options;
	work->answer.sides[VPROF_DIFF_A] = a;
	work->answer.sides[VPROF_DIFF_B] = b;
	ret = compare(work, err);
	if (ret) {
		vprof_diff_free(&work->answer);
		return ret;
	}
	*ret_diff = &work->answer;
	return 0;
}

void vprof_diff_free(struct vprof_diff *diff)
{
	struct vprof_diff_work *work = (struct vprof_diff_work *)diff;

	if (!diff)
		return;
	vprof_vector_destroy(&work->domains);
	vprof_vector_destroy(&work->events);
	vprof_vector_destroy(&work->domain_changes);
	vprof_vector_destroy(&work->lines);
	for (int s = 0; s < VPROF_DIFF_SIDES; s++)
		free(work->domain_of[s]);
	free(work);
}

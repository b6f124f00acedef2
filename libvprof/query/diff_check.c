// SPDX-License-Identifier: LGPL-2.1-or-later
/* Whether two profiles have anything in common; else what each has instead. */
#include "query/diff_check.h"

#include "query/asked.h"

#include <errno.h>

/* Two of them and their labels have to fit into a sentence. */
enum { SHORT_LIST = 130 };

/* ---- events ------------------------------------------------------------ */

static void list_events(const struct vprof_diff_work *work, int side,
			struct vprof_asked_list *list)
{
	const struct vprof_profile *profile = work->answer.sides[side];

	*list = (struct vprof_asked_list){ .max_length = SHORT_LIST };
	for (size_t i = 0; i < profile->nr_events; i++)
		vprof_asked_list_add(list, profile->events[i].name, 0);
}

static int refuse_events(const struct vprof_diff_work *work,
			 struct vprof_error *err)
{
	const char *const *labels = work->options.labels;
	struct vprof_asked_list a, b;

	list_events(work, VPROF_DIFF_A, &a);
	list_events(work, VPROF_DIFF_B, &b);
	return vprof_error_set(err, -ENODATA,
			       "no event in common: %s has %s, %s has %s. "
			       "Record both with the same -e",
			       labels[VPROF_DIFF_A], a.length ? a.text : "none",
			       labels[VPROF_DIFF_B],
			       b.length ? b.text : "none");
}

static int refuse_silence(const struct vprof_diff_work *work,
			  const struct vprof_diff_event *event,
			  struct vprof_error *err)
{
	bool is_a = !event->sides[VPROF_DIFF_A]->all_samples;

	return vprof_error_set(
		err, -ENODATA,
		"nothing to compare: %s has no samples of %s. Record it again "
		"with a smaller period (-c), or for longer",
		work->options.labels[is_a ? VPROF_DIFF_A : VPROF_DIFF_B],
		event->name);
}

static int check_events(const struct vprof_diff_work *work,
			struct vprof_error *err)
{
	const struct vprof_diff_event *event, *common = NULL;

	for (size_t i = 0; i < work->events.nr_items; i++) {
		event = vprof_vector_get(&work->events, i);
		if (event->is_compared)
			return 0;
		if (event->sides[VPROF_DIFF_A] && event->sides[VPROF_DIFF_B])
			common = event;
	}
	return common ? refuse_silence(work, common, err)
		      : refuse_events(work, err);
}

/* ---- domains ----------------------------------------------------------- */

/* Of any event that is compared. */
static bool has_samples(const struct vprof_diff_work *work, size_t domain,
			int side)
{
	const struct vprof_diff_change *change;

	for (size_t i = 0; i < work->events.nr_items; i++) {
		change = vprof_vector_get(&work->domain_changes,
					  i * work->domains.nr_items + domain);
		if (change->samples[side])
			return true;
	}
	return false;
}

static void list_domains(const struct vprof_diff_work *work, int side,
			 struct vprof_asked_list *list)
{
	const struct vprof_diff_domain *domain;

	*list = (struct vprof_asked_list){ .max_length = SHORT_LIST };
	for (size_t i = 0; i < work->domains.nr_items; i++) {
		domain = vprof_vector_get(&work->domains, i);
		if (has_samples(work, i, side))
			vprof_asked_list_add(list, domain->sides[side]->name,
					     domain->sides[side]->number);
	}
}

static int refuse_domains(const struct vprof_diff_work *work,
			  struct vprof_error *err)
{
	const char *const *labels = work->options.labels;
	struct vprof_asked_list a, b;

	list_domains(work, VPROF_DIFF_A, &a);
	list_domains(work, VPROF_DIFF_B, &b);
	return vprof_error_set(
		err, -ENODATA,
		"%s has samples on both sides: %s has %s, %s has %s. A guest "
		"is known by its uuid, else by its kind and name",
		work->options.nr_domains ? "no domain asked for" : "no domain",
		labels[VPROF_DIFF_A], a.text, labels[VPROF_DIFF_B], b.text);
}

static int check_domains(const struct vprof_diff_work *work,
			 struct vprof_error *err)
{
	const struct vprof_diff_domain *domain;

	if (!vprof_diff_tells_domains(work))
		return 0;
	for (size_t i = 0; i < work->domains.nr_items; i++) {
		domain = vprof_vector_get(&work->domains, i);
		if (domain->is_wanted && has_samples(work, i, VPROF_DIFF_A) &&
		    has_samples(work, i, VPROF_DIFF_B))
			return 0;
	}
	return refuse_domains(work, err);
}

int vprof_diff_check(const struct vprof_diff_work *work,
		     struct vprof_error *err)
{
	int ret = check_events(work, err);

	return ret ? ret : check_domains(work, err);
}

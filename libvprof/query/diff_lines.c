// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which line of one profile is which of the other, and which come first. */
#include "query/diff_lines.h"

#include "base/intern.h"
#include "query/diff_change.h"
#include "query/names.h"
#include "query/order.h"

#include <errno.h>
#include <stdlib.h>

/*
 * Lines of an event being matched. Texts of the two profiles, which are in pools
 * of their own, get numbers here.
 *
 * @who_keys, @where_keys: as a query's; @line_keys: pairs of those
 * @first: index of the event's first line
 */
struct matcher {
	struct vprof_diff_work *work;
	const struct vprof_diff_change *domain_changes;
	struct vprof_names names;
	struct vprof_intern who_keys;
	struct vprof_intern where_keys;
	struct vprof_intern line_keys;
	size_t first;
};

static int init(struct matcher *matcher)
{
	int ret;

	ret = vprof_intern_init(&matcher->who_keys);
	if (!ret)
		ret = vprof_intern_init(&matcher->where_keys);
	if (!ret)
		ret = vprof_intern_init(&matcher->line_keys);
	return ret;
}

static void destroy(struct matcher *matcher)
{
	vprof_names_destroy(&matcher->names);
	vprof_intern_destroy(&matcher->who_keys);
	vprof_intern_destroy(&matcher->where_keys);
	vprof_intern_destroy(&matcher->line_keys);
}

/* ---- matching ---------------------------------------------------------- */

static int64_t get_id(struct vprof_intern *table, uint64_t a, uint64_t b)
{
	struct vprof_intern_entry *entry;
	bool is_new;

	entry = vprof_intern_get(table, a, b, &is_new);
	return entry ? (int64_t)entry->id : -ENOMEM;
}

/* A line's number among the event's, from 1; negative errno. */
static int64_t get_number(struct matcher *matcher,
			  const struct vprof_profile_line *line,
			  uint32_t domain)
{
	int64_t image, symbol, process, who, where;

	image = vprof_names_add(&matcher->names, line->image);
	symbol = vprof_names_add(&matcher->names, line->symbol);
	process = vprof_names_add(&matcher->names, line->process);
	if (image < 0 || symbol < 0 || process < 0)
		return -ENOMEM;
	who = get_id(&matcher->who_keys, (uint64_t)domain << 8 | line->context,
		     (uint64_t)process << 32 | (uint32_t)line->pid);
	where = get_id(&matcher->where_keys, (uint64_t)image << 32 | symbol,
		       line->offset);
	if (who < 0 || where < 0)
		return -ENOMEM;
	return get_id(&matcher->line_keys, (uint64_t)who, (uint64_t)where);
}

static bool is_compared(const struct matcher *matcher, uint32_t domain)
{
	const struct vprof_diff_change *change =
		&matcher->domain_changes[domain];
	const struct vprof_diff_domain *item =
		vprof_vector_get(&matcher->work->domains, domain);

	return item->is_wanted && change->samples[VPROF_DIFF_A] &&
	       change->samples[VPROF_DIFF_B];
}

static int add_line(struct matcher *matcher, int side,
		    const struct vprof_profile_line *line)
{
	struct vprof_diff_work *work = matcher->work;
	struct vprof_diff_line *item;
	uint32_t domain = 0;
	int64_t number;
	size_t index;

	if (vprof_diff_tells_domains(work)) {
		domain = work->domain_of[side][line->domain];
		if (!is_compared(matcher, domain))
			return 0;
	}
	number = get_number(matcher, line, domain);
	if (number < 0)
		return (int)number;
	index = matcher->first + (size_t)number - 1;
	if (index < work->lines.nr_items) {
		item = vprof_vector_get(&work->lines, index);
	} else {
		item = vprof_vector_add(&work->lines);
		if (!item)
			return -ENOMEM;
		item->domain = domain;
	}
	item->sides[side] = line;
	return 0;
}

static int match(struct matcher *matcher, const struct vprof_diff_event *event)
{
	const struct vprof_profile_event *side;
	int ret = 0;

	for (int s = 0; s < VPROF_DIFF_SIDES; s++) {
		side = event->sides[s];
		for (size_t i = 0; !ret && i < side->nr_lines; i++)
			ret = add_line(matcher, s, &side->lines[i]);
	}
	return ret;
}

/* ---- figures ----------------------------------------------------------- */

static void compare_line(const struct matcher *matcher,
			 const struct vprof_diff_event *event,
			 struct vprof_diff_line *line)
{
	const struct vprof_diff_change *domain =
		&matcher->domain_changes[line->domain];
	struct vprof_diff_part parts[VPROF_DIFF_SIDES] = { 0 };
	bool is_of_domain = matcher->work->options.base == VPROF_DIFF_OF_DOMAIN;

	for (int s = 0; s < VPROF_DIFF_SIDES; s++) {
		if (line->sides[s]) {
			parts[s].samples = line->sides[s]->samples;
			parts[s].weight = line->sides[s]->weight;
		}
		parts[s].all_samples = is_of_domain
					       ? domain->samples[s]
					       : event->sides[s]->all_samples;
		parts[s].all_weight = is_of_domain
					      ? domain->weight[s]
					      : event->sides[s]->all_weight;
	}
	vprof_diff_compare(parts, &line->change);
}

/* ---- order ------------------------------------------------------------- */

static double get_order(const struct vprof_diff_line *line,
			enum vprof_diff_order order)
{
	switch (order) {
	case VPROF_DIFF_BY_RATIO:
		return line->change.ratio;
	case VPROF_DIFF_BY_Z:
		return line->change.z;
	case VPROF_DIFF_BY_SHARE_A:
		return line->change.share[VPROF_DIFF_A];
	case VPROF_DIFF_BY_SHARE_B:
		return line->change.share[VPROF_DIFF_B];
	default:
		return line->change.change;
	}
}

static const struct vprof_profile_line *
get_either(const struct vprof_diff_line *line)
{
	return line->sides[VPROF_DIFF_B] ? line->sides[VPROF_DIFF_B]
					 : line->sides[VPROF_DIFF_A];
}

static int compare_keys(const struct vprof_diff_line *a,
			const struct vprof_diff_line *b)
{
	const struct vprof_profile_line *x = get_either(a), *y = get_either(b);
	int order = vprof_order_lines(x, y);

	if (order)
		return order;
	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	if (x->context != y->context)
		return x->context < y->context ? -1 : 1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

static int compare_lines(const void *a, const void *b, void *data)
{
	const enum vprof_diff_order *order = data;
	double x = get_order(a, *order), y = get_order(b, *order);

	if (x == y) {
		x = get_order(a, VPROF_DIFF_BY_CHANGE);
		y = get_order(b, VPROF_DIFF_BY_CHANGE);
	}
	if (x != y)
		return x < y ? 1 : -1;
	return compare_keys(a, b);
}

int vprof_diff_add_lines(struct vprof_diff_work *work,
			 struct vprof_diff_event *event,
			 const struct vprof_diff_change *domain_changes)
{
	struct matcher matcher = { .work = work,
				   .domain_changes = domain_changes,
				   .first = work->lines.nr_items };
	struct vprof_diff_line *lines;
	int ret;

	ret = init(&matcher);
	if (!ret)
		ret = match(&matcher, event);
	destroy(&matcher);
	if (ret)
		return ret;
	event->nr_lines = work->lines.nr_items - matcher.first;
	if (!event->nr_lines)
		return 0;
	lines = vprof_vector_get(&work->lines, matcher.first);
	for (size_t i = 0; i < event->nr_lines; i++)
		compare_line(&matcher, event, &lines[i]);
	qsort_r(lines, event->nr_lines, sizeof(*lines), compare_lines,
		&work->options.order);
	return 0;
}

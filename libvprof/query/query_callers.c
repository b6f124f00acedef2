// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who called a function, as a tree: from the ways samples came, heaviest first. */
#include "query/query.h"

#include <errno.h>
#include <stdlib.h>

enum { MAX_DEPTH = 1024 }; /* of a tree: those farther out are left out */

static int64_t get_label(struct vprof_query *query,
			 const struct vprof_query_label *label)
{
	struct vprof_intern_entry *entry;
	struct vprof_query_label *item;
	bool is_new;

	/* A symbol's offset is 0; without one the offset tells. */
	entry = vprof_intern_get(&query->label_keys,
				 (uint64_t)label->context << 62 |
					 (uint64_t)label->image << 31 |
					 label->symbol,
				 label->offset, &is_new);
	if (!entry)
		return -ENOMEM;
	if (!is_new)
		return entry->id;
	item = vprof_vector_add(&query->labels);
	if (!item)
		return -ENOMEM;
	*item = *label;
	return entry->id;
}

int64_t vprof_query_get_node(struct vprof_query *query, uint32_t parent,
			     const struct vprof_query_label *label)
{
	struct vprof_intern_entry *entry;
	struct vprof_query_node *item;
	int64_t number;
	bool is_new;

	number = get_label(query, label);
	if (number < 0)
		return number;
	entry = vprof_intern_get(&query->node_keys, parent, number, &is_new);
	if (!entry)
		return -ENOMEM;
	if (!is_new)
		return entry->id;
	item = vprof_vector_add(&query->nodes);
	if (!item)
		return -ENOMEM;
	item->parent = parent;
	item->label = (uint32_t)number;
	return entry->id;
}

/* ---- the tree ---------------------------------------------------------- */

static bool is_label(const struct vprof_query *query,
		     const struct vprof_caller *caller,
		     const struct vprof_query_label *label)
{
	return caller->symbol ==
		       vprof_names_get(&query->names, label->symbol) &&
	       caller->image == vprof_names_get(&query->names, label->image) &&
	       caller->offset == label->offset &&
	       caller->context == label->context;
}

/* The caller of that label in a list, made when it is new. */
static struct vprof_caller *get_caller(struct vprof_query *query,
				       struct vprof_caller **list,
				       const struct vprof_query_label *label)
{
	struct vprof_caller *caller;

	for (caller = *list; caller; caller = caller->next)
		if (is_label(query, caller, label))
			return caller;
	caller = calloc(1, sizeof(*caller));
	if (!caller)
		return NULL;
	caller->image = vprof_names_get(&query->names, label->image);
	caller->symbol = vprof_names_get(&query->names, label->symbol);
	caller->offset = label->offset;
	caller->context = label->context;
	caller->next = *list;
	*list = caller;
	return caller;
}

static int add_way(struct vprof_query *query, struct vprof_caller **list,
		   const struct vprof_query_way *way)
{
	const struct vprof_query_node *node;
	struct vprof_caller *caller;
	uint32_t id = way->node;

	for (int depth = 0; id && depth < MAX_DEPTH; depth++) {
		node = vprof_vector_get(&query->nodes, id - 1);
		caller = get_caller(
			query, list,
			vprof_vector_get(&query->labels, node->label - 1));
		if (!caller)
			return -ENOMEM;
		vprof_add_saturated(&caller->samples, way->samples);
		vprof_add_saturated(&caller->weight, way->weight);
		list = &caller->callers;
		id = node->parent;
	}
	return 0;
}

static struct vprof_caller *merge(struct vprof_caller *a,
				  struct vprof_caller *b)
{
	struct vprof_caller *head = NULL, **tail = &head;

	while (a && b) {
		struct vprof_caller **from = a->weight >= b->weight ? &a : &b;

		*tail = *from;
		*from = (*from)->next;
		tail = &(*tail)->next;
	}
	*tail = a ? a : b;
	return head;
}

/* Merge sort of one list: heaviest first. */
static struct vprof_caller *sort(struct vprof_caller *list)
{
	struct vprof_caller *slow = list, *fast;

	if (!list || !list->next)
		return list;
	for (fast = list->next; fast && fast->next; fast = fast->next->next)
		slow = slow->next;
	fast = slow->next;
	slow->next = NULL;
	return merge(sort(list), sort(fast));
}

static struct vprof_caller *sort_tree(struct vprof_caller *list)
{
	for (struct vprof_caller *caller = list; caller; caller = caller->next)
		caller->callers = sort_tree(caller->callers);
	return sort(list);
}

static int compare_ways(const void *a, const void *b)
{
	const struct vprof_query_way *way = a, *other = b;

	return (way->line > other->line) - (way->line < other->line);
}

static void sort_ways(struct vprof_query *query)
{
	if (query->are_ways_sorted || !query->ways.nr_items)
		return;
	qsort(query->ways.items, query->ways.nr_items, query->ways.item_size,
	      compare_ways);
	query->are_ways_sorted = true;
}

/* The first of a line's ways. */
static size_t find_ways(const struct vprof_query *query, uint32_t line)
{
	size_t low = 0, high = query->ways.nr_items, middle;
	const struct vprof_query_way *way;

	while (low < high) {
		middle = low + (high - low) / 2;
		way = vprof_vector_get(&query->ways, middle);
		if (way->line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int vprof_query_get_callers(struct vprof_query *query,
			    const struct vprof_profile_line *line,
			    struct vprof_caller **ret_callers)
{
	struct vprof_caller *callers = NULL;
	const struct vprof_query_way *way;
	int ret;

	sort_ways(query);
	for (size_t i = find_ways(query, line->id); i < query->ways.nr_items;
	     i++) {
		way = vprof_vector_get(&query->ways, i);
		if (way->line != line->id)
			break;
		ret = add_way(query, &callers, way);
		if (ret) {
			vprof_caller_free(callers);
			return ret;
		}
	}
	*ret_callers = sort_tree(callers);
	return 0;
}

void vprof_caller_free(struct vprof_caller *callers)
{
	struct vprof_caller *next;

	for (; callers; callers = next) {
		next = callers->next;
		vprof_caller_free(callers->callers);
		free(callers);
	}
}

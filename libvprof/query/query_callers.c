// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who called a function, as a tree: from the ways samples came, heaviest first. */
#include "query/query_ways.h"

#include <errno.h>
#include <stdlib.h>

enum { MAX_DEPTH = 1024 }; /* of a tree: those farther out are left out */

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

int vprof_query_get_callers(struct vprof_query *query,
			    const struct vprof_profile_line *line,
			    struct vprof_caller **ret_callers)
{
	struct vprof_caller *callers = NULL;
	const struct vprof_query_way *ways;
	size_t nr;
	int ret;

	ways = vprof_query_get_ways(query, line->id, &nr);
	for (size_t i = 0; i < nr; i++) {
		ret = add_way(query, &callers, &ways[i]);
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

// SPDX-License-Identifier: LGPL-2.1-or-later
/* The ways that samples came: of each line, from which chain of callers. */
#include "query/query_ways.h"

#include "base/keyed.h"

#include <stdlib.h>

static int64_t get_label(struct vprof_query *query,
			 const struct vprof_query_label *label)
{
	void *item;
	int64_t id;

	/* A symbol's offset is 0; without one the offset tells. */
	id = vprof_keyed_get(&query->label_keys, &query->labels,
			     (uint64_t)label->context << 62 |
				     (uint64_t)label->image << 31 |
				     label->symbol,
			     label->offset, &item);
	if (item)
		*(struct vprof_query_label *)item = *label;
	return id;
}

int64_t vprof_query_get_node(struct vprof_query *query, uint32_t parent,
			     const struct vprof_query_label *label)
{
	struct vprof_query_node *node;
	int64_t number, id;
	void *item;

	number = get_label(query, label);
	if (number < 0)
		return number;
	id = vprof_keyed_get(&query->node_keys, &query->nodes, parent, number,
			     &item);
	node = item;
	if (node) {
		node->parent = parent;
		node->label = (uint32_t)number;
	}
	return id;
}

int vprof_query_add_way(struct vprof_query *query, uint32_t line, uint32_t node,
			uint64_t samples, uint64_t weight)
{
	struct vprof_query_way *way;
	void *item;
	int64_t id;

	id = vprof_keyed_get(&query->way_keys, &query->ways, line, node, &item);
	if (id < 0)
		return (int)id;
	way = vprof_vector_get(&query->ways, id - 1);
	way->line = line;
	way->node = node;
	vprof_add_saturated(&way->samples, samples);
	vprof_add_saturated(&way->weight, weight);
	return 0;
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

static size_t find_first(const struct vprof_query *query, uint32_t line)
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

const struct vprof_query_way *
vprof_query_get_ways(struct vprof_query *query, uint32_t line, size_t *ret_nr)
{
	const struct vprof_query_way *ways = query->ways.items;
	size_t first, end;

	sort_ways(query);
	first = find_first(query, line);
	for (end = first; end < query->ways.nr_items; end++)
		if (ways[end].line != line)
			break;
	*ret_nr = end - first;
	return end > first ? &ways[first] : NULL;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ways that samples came: of each line, from which chain of callers. */
#ifndef VPROF_QUERY_WAYS_H
#define VPROF_QUERY_WAYS_H

#include "query/query_tables.h"

/**
 * vprof_query_get_node - the number of a function called by a node's
 * @parent: 0: by nobody
 *
 * Return: > 0, or negative errno.
 */
int64_t vprof_query_get_node(struct vprof_query *query, uint32_t parent,
			     const struct vprof_query_label *label);

/** vprof_query_add_way - count samples of a line that came by a node */
int vprof_query_add_way(struct vprof_query *query, uint32_t line, uint32_t node,
			uint64_t samples, uint64_t weight);

/** vprof_query_get_ways - all of a line; from then on none may be added */
const struct vprof_query_way *
vprof_query_get_ways(struct vprof_query *query, uint32_t line, size_t *ret_nr);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles that guests recorded of themselves: which guest of the host's it is. */
#ifndef VPROF_QUERY_GUESTS_H
#define VPROF_QUERY_GUESTS_H

#include "query/query.h"

struct vprof_input;

/* A guest that a store has heard of, when that was recorded, and its hypervisor. */
struct vprof_query_guest {
	struct vprof_query_domain domain;
	int64_t start_ns, end_ns;
	size_t first_symbol, nr_symbols;
	bool has_samples; /* taken from outside */
};

/* Of the hypervisor, whose functions a guest has no names of. */
struct vprof_query_symbol {
	uint64_t offset, size;
	uint32_t name;
};

/**
 * vprof_query_tie_host - make a guest's own host the guest
 * @domain: a row of @input's; changed where it is a guest's host
 *
 * Return: 0, or -EXDEV: it is a guest's, but of none that the other stores have,
 * or of another time (@input says which).
 */
int vprof_query_tie_host(struct vprof_input *input,
			 struct vprof_query_domain *domain);

/** vprof_query_name_hypervisor - the hypervisor's function for a tied @input; 0: none */
uint32_t vprof_query_name_hypervisor(const struct vprof_input *input,
				     uint64_t offset);

/** vprof_query_explain_untied - the sentence for -EXDEV */
int vprof_query_explain_untied(const struct vprof_input *input,
			       const char *path, struct vprof_error *err);

#endif

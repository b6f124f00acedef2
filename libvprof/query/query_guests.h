/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles that guests recorded of themselves: which guest of the host's it is. */
#ifndef VPROF_QUERY_GUESTS_H
#define VPROF_QUERY_GUESTS_H

#include "query/query_input.h"

/** vprof_query_take_guests - those that a host's store tells of; 0 or negative errno */
int vprof_query_take_guests(struct vprof_query *query, struct sqlite3 *db);

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

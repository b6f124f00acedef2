/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which domain of one profile is which of the other. */
#ifndef VPROF_DIFF_DOMAINS_H
#define VPROF_DIFF_DOMAINS_H

#include "query/diff_work.h"

/** vprof_diff_match_domains - fill in @domains and @domain_of */
int vprof_diff_match_domains(struct vprof_diff_work *work,
			     struct vprof_error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Taking part in the session of Xen's that another domain leads. */
#ifndef VPROF_XENOPROF_MEMBER_H
#define VPROF_XENOPROF_MEMBER_H

#include <linux/types.h>

#include "xenoprof_agreement.h"

struct vprof_domain_set;

/* What a session wants of the leader's. Valid from _begin() to _end(). */
struct vprof_xenoprof_membership {
	struct vprof_domain_set *domains;
	const struct vprof_xenoprof_event *events;
	unsigned int nr_events;
	char text[VPROF_XENOPROF_TEXT_MAX]; /* the events */
};

int vprof_xenoprof_member_begin(
	const struct vprof_xenoprof_membership *membership);
void vprof_xenoprof_member_end(void);
bool vprof_xenoprof_member_is_in(void);
void vprof_xenoprof_member_cpu_online(unsigned int cpu);
void vprof_xenoprof_member_exit(void);

#endif /* VPROF_XENOPROF_MEMBER_H */

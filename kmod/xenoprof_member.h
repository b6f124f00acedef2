/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Taking part in the session of Xen's that another domain leads.
 *
 * Xen lets a domain in once the leader has listed it and set up its events, and
 * out while it is still listed and nothing is counted. It tells nobody. So the
 * two say in the domain's part of xenstore where they are, under data/vprof:
 *
 *   wants    the domain's, while it has a session: its events
 *   state    likewise: waiting, joined, failed
 *   events   the leader's: there from when the domain may come in until it is
 *            to go out
 */
#ifndef VPROF_XENOPROF_MEMBER_H
#define VPROF_XENOPROF_MEMBER_H

#include <linux/types.h>

#include "xenoprof_buffer.h"

#define VPROF_XENOPROF_STORE "data/vprof"

enum { VPROF_XENOPROF_TEXT_MAX = 320 };

struct vprof_domain_set;

/* What a session wants of the leader's. Valid from _begin() to _end(). */
struct vprof_xenoprof_membership {
	struct vprof_domain_set *domains;
	const struct vprof_xenoprof_event *events;
	unsigned int nr_events;
	char text[VPROF_XENOPROF_TEXT_MAX]; /* the events */
};

void vprof_xenoprof_events_text(const struct xenoprof_counter *counters,
				const struct vprof_xenoprof_event *events,
				unsigned int nr_events, char *text);
int vprof_xenoprof_member_begin(
	const struct vprof_xenoprof_membership *membership);
void vprof_xenoprof_member_end(void);
bool vprof_xenoprof_member_is_in(void);
void vprof_xenoprof_member_cpu_online(unsigned int cpu);
void vprof_xenoprof_member_exit(void);

#endif /* VPROF_XENOPROF_MEMBER_H */

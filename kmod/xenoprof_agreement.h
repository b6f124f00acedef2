/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the domain that leads a session of Xen's and those that take part in it
 * agree on.
 *
 * Xen lets a domain in once the leader has listed it and set up its events, and
 * out while it is still listed and nothing is counted. It tells nobody. So the
 * two say in the domain's part of xenstore where they are, under data/vprof:
 *
 *   wants    the domain's, while it has a session: its events
 *   state    likewise: waiting, joined, failed
 *   events   the leader's: there from when the domain may come in until it is
 *            to go out
 *
 * xenoprof_actives.c is the leader's side, xenoprof_member.c the domain's.
 */
#ifndef VPROF_XENOPROF_AGREEMENT_H
#define VPROF_XENOPROF_AGREEMENT_H

#include <linux/types.h>

#include "xenoprof_buffer.h"

#define VPROF_XENOPROF_STORE "data/vprof"

enum { VPROF_XENOPROF_TEXT_MAX = 320 };

unsigned int vprof_xenoprof_depth(const struct vprof_xenoprof_event *events,
				  unsigned int nr_events);
void vprof_xenoprof_events_text(const struct xenoprof_counter *counters,
				const struct vprof_xenoprof_event *events,
				unsigned int nr_events, char *text);

#endif /* VPROF_XENOPROF_AGREEMENT_H */

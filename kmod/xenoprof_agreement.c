// SPDX-License-Identifier: GPL-2.0-only
/* What a session of Xen's counts, as its leader and its members compare it. */
#include "xenoprof_agreement.h"

#include <linux/kernel.h>
#include <linux/minmax.h>

/**
 * vprof_xenoprof_depth() - How many callers Xen is asked for
 * @events: nr_events of them
 * @nr_events: how many
 *
 * Xen has one depth for all events. One more tells what is cut.
 *
 * Return: addresses; 0: no chains.
 */
unsigned int vprof_xenoprof_depth(const struct vprof_xenoprof_event *events,
				  unsigned int nr_events)
{
	unsigned int i, depth = 0;

	for (i = 0; i < nr_events; i++)
		if (events[i].chain_flags)
			depth = max(depth, events[i].max_chain + 1);
	return depth;
}

/**
 * vprof_xenoprof_events_text() - What is counted, to be compared
 * @counters: nr_events of them
 * @events: likewise
 * @nr_events: at most XENOPROF_MAX_COUNTERS
 * @text: VPROF_XENOPROF_TEXT_MAX bytes
 *
 * Xen has one depth of call chains for all: it is in each.
 */
void vprof_xenoprof_events_text(const struct xenoprof_counter *counters,
				const struct vprof_xenoprof_event *events,
				unsigned int nr_events, char *text)
{
	unsigned int i, depth = vprof_xenoprof_depth(events, nr_events);
	size_t length = 0;

	for (i = 0; i < nr_events; i++)
		length += scnprintf(text + length,
				    VPROF_XENOPROF_TEXT_MAX - length,
				    "%s%x.%llx@%llu/%u%u-%u", i ? " " : "",
				    counters[i].event, counters[i].unit_mask,
				    counters[i].count, counters[i].kernel,
				    counters[i].user, depth);
}

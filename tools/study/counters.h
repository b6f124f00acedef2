/* SPDX-License-Identifier: GPL-2.0-only */
/* The receiver's own counters: whether the fault happened, whatever a profile says. */
#ifndef VPROF_TOOLS_STUDY_COUNTERS_H
#define VPROF_TOOLS_STUDY_COUNTERS_H

#include "study/session.h"

#include <stdint.h>
#include <vprof/error.h>

/** struct counters - TcpExtTCPRcvCollapsed and TcpExtPruneCalled */
struct counters {
	uint64_t collapsed;
	uint64_t pruned;
};

/** counters_read - as they are now */
int counters_read(struct session *session, struct counters *ret_counters,
		  struct vprof_error *err);

/** counters_parse - the text of /proc/net/netstat; -ENOENT one of them is not there */
int counters_parse(const char *text, struct counters *ret_counters);

/** counters_since - how much @now is more than @before */
struct counters counters_since(const struct counters *before,
			       const struct counters *now);

#endif

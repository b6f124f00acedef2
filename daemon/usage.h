/* SPDX-License-Identifier: GPL-2.0-only */
/* What vprofd itself costs. */
#ifndef VPROFD_USAGE_H
#define VPROFD_USAGE_H

#include <stdint.h>

/** vprof_usage_read - processor time so far, memory now and at most; 0: not known */
void vprof_usage_read(uint64_t *ret_cpu_ns, uint64_t *ret_rss_bytes,
		      uint64_t *ret_peak_rss_bytes);

#endif

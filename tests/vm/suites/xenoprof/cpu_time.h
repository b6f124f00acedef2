/* SPDX-License-Identifier: GPL-2.0-only */
/* What Xen itself counted as a domain's CPU time. */
#ifndef CPU_TIME_H
#define CPU_TIME_H

#include <stdint.h>

/* Exits with a "not ok" line where Xen does not say. In ns. */
uint64_t cpu_time_of(unsigned int domid);

#endif /* CPU_TIME_H */

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much memory there is for this process. */
#ifndef VPROF_MEMORY_LIMIT_H
#define VPROF_MEMORY_LIMIT_H

#include <stdint.h>

/**
 * vprof_memory_limit - bytes that this process may have, as it was at the first call
 *
 * The least of the machine's memory, RLIMIT_DATA and the bounds of the control
 * group, which systemd sets; whoever goes beyond the last is killed.
 */
uint64_t vprof_memory_limit(void);

#endif

// SPDX-License-Identifier: LGPL-2.1-or-later
/* What time it is. */
#include "base/now.h"

uint64_t vprof_now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

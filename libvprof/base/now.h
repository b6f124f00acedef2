/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What time it is. */
#ifndef VPROF_NOW_H
#define VPROF_NOW_H

#include <stdint.h>
#include <time.h>

/** vprof_now_ns - by a clock that cannot fail */
uint64_t vprof_now_ns(clockid_t clock);

#endif

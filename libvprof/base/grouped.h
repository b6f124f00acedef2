/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers in sentences. */
#ifndef VPROF_GROUPED_H
#define VPROF_GROUPED_H

#include <stdint.h>

enum { VPROF_GROUPED_LEN = 32 };

/** vprof_grouped - "1,234,567", into @text, which is returned */
char *vprof_grouped(uint64_t number, char text[VPROF_GROUPED_LEN]);

#endif

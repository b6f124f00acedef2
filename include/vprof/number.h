/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers as people read them. */
#ifndef VPROF_NUMBER_H
#define VPROF_NUMBER_H

#include <stdint.h>

enum { VPROF_NUMBER_LEN = 32 };

/** vprof_number_group - "1,234,567", into @text, which is returned */
char *vprof_number_group(uint64_t number, char text[VPROF_NUMBER_LEN]);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers as people read them. */
#ifndef VPROF_TOOLS_NUMBER_H
#define VPROF_TOOLS_NUMBER_H

#include <vprof/number.h>

enum { NUMBER_LEN = VPROF_NUMBER_LEN };

/** number_group - "1,234,567", into @text, which is returned */
char *number_group(uint64_t number, char text[NUMBER_LEN]);

/** number_ending - "" or "s": "1 sample", "2 samples" */
const char *number_ending(uint64_t number);

/** number_bytes - "412 KB", "1.3 GB" */
char *number_bytes(uint64_t bytes, char text[NUMBER_LEN]);

#endif

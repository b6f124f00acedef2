// SPDX-License-Identifier: LGPL-2.1-or-later
/* Numbers in sentences. */
#include "base/grouped.h"

char *vprof_grouped(uint64_t number, char text[VPROF_GROUPED_LEN])
{
	char backwards[VPROF_GROUPED_LEN];
	unsigned int nr = 0, i;

	for (i = 0; number || !i; i++) {
		if (i && i % 3 == 0)
			backwards[nr++] = ',';
		backwards[nr++] = (char)('0' + number % 10);
		number /= 10;
	}
	for (i = 0; i < nr; i++)
		text[i] = backwards[nr - 1 - i];
	text[nr] = '\0';
	return text;
}

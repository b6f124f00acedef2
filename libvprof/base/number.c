// SPDX-License-Identifier: LGPL-2.1-or-later
/* Numbers as people read them. */
#include <vprof/number.h>

#include <inttypes.h>
#include <stdio.h>

char *vprof_number_group(uint64_t number, char text[VPROF_NUMBER_LEN])
{
	char digits[VPROF_NUMBER_LEN];
	size_t nr, length = 0;

	nr = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, number);
	for (size_t i = 0; i < nr; i++) {
		if (i && (nr - i) % 3 == 0)
			text[length++] = ',';
		text[length++] = digits[i];
	}
	text[length] = '\0';
	return text;
}

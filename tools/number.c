// SPDX-License-Identifier: GPL-2.0-only
/* Numbers as people read them. */
#include "number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

char *number_group(uint64_t number, char text[NUMBER_LEN])
{
	char digits[NUMBER_LEN];
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

const char *number_ending(uint64_t number)
{
	return number == 1 ? "" : "s";
}

char *number_bytes(uint64_t bytes, char text[NUMBER_LEN])
{
	static const char *const units[] = { "KB", "MB", "GB", "TB" };
	double value = (double)bytes / 1024;
	size_t unit = 0;

	for (; value >= 1024 && unit < 3; unit++)
		value /= 1024;
	snprintf(text, NUMBER_LEN, "%.*f %s", unit && value < 10 ? 1 : 0, value,
		 units[unit]);
	return text;
}

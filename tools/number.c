// SPDX-License-Identifier: GPL-2.0-only
/* Numbers as people read them. */
#include "number.h"

#include <stdio.h>

char *number_group(uint64_t number, char text[NUMBER_LEN])
{
	return vprof_number_group(number, text);
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

// SPDX-License-Identifier: GPL-2.0-only
/*
 * In dom0: copies its input, and adds to each line that tells of a part the CPU
 * time in ns that Xen counted of dom0 since the line before it.
 *
 *   LOAD | part_times
 */
#include "cpu_time.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DOM0, MAX_LINE = 4096 };

int main(void)
{
	uint64_t before = cpu_time_of(DOM0), after;
	char line[MAX_LINE];

	while (fgets(line, sizeof(line), stdin)) {
		after = cpu_time_of(DOM0);
		line[strcspn(line, "\n")] = '\0';
		fputs(line, stdout);
		if (!strncmp(line, "part ", 5))
			printf(" %llu", (unsigned long long)(after - before));
		putchar('\n');
		before = after;
	}
	return 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which CPUs there are, as the kernel writes it: "0-3,5". */
#include "base/cpu_list.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/small_file.h"

static int parse_cpu(const char **at, unsigned int *ret_cpu)
{
	unsigned long cpu;
	char *end;

	if (!isdigit((unsigned char)**at))
		return -EINVAL;
	cpu = strtoul(*at, &end, 10);
	if (cpu >= VPROF_MAX_CPUS)
		return -EINVAL;
	*at = end;
	*ret_cpu = cpu;
	return 0;
}

static int parse_range(const char **at, struct vprof_cpu_list *list)
{
	unsigned int first;
	unsigned int last;

	if (parse_cpu(at, &first))
		return -EINVAL;
	last = first;
	if (**at == '-') {
		(*at)++;
		if (parse_cpu(at, &last) || last < first)
			return -EINVAL;
	}
	for (; first <= last; first++)
		list->has[first] = true;
	if (last + 1 > list->end)
		list->end = last + 1;
	return 0;
}

int vprof_cpu_list_parse(const char *text, struct vprof_cpu_list *ret_list)
{
	const char *at = text;

	memset(ret_list, 0, sizeof(*ret_list));
	for (;;) {
		if (parse_range(&at, ret_list))
			return -EINVAL;
		if (*at != ',')
			break;
		at++;
	}
	return *at == '\0' || *at == '\n' ? 0 : -EINVAL;
}

int vprof_cpu_list_read(const char *which, struct vprof_cpu_list *ret_list)
{
	char path[64];
	char text[4096];
	ssize_t got;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/%s", which);
	got = vprof_read_file(path, text, sizeof(text) - 1);
	if (got < 0)
		return got;
	text[got] = '\0';
	return vprof_cpu_list_parse(text, ret_list);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which CPUs there are, as the kernel writes it: "0-3,5". */
#ifndef LIBVPROF_CPU_LIST_H
#define LIBVPROF_CPU_LIST_H

#include <stdbool.h>

enum { VPROF_MAX_CPUS = 8192 };

/** struct vprof_cpu_list - a set of CPUs */
struct vprof_cpu_list {
	unsigned int end; /* past the highest */
	bool has[VPROF_MAX_CPUS];
};

/** vprof_cpu_list_parse - -EINVAL where @text is no list */
int vprof_cpu_list_parse(const char *text, struct vprof_cpu_list *ret_list);

/** vprof_cpu_list_read - the CPUs that are "online" now, or "possible" */
int vprof_cpu_list_read(const char *which, struct vprof_cpu_list *ret_list);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* perf_event_open, and in words why it refuses. */
#ifndef LIBVPROF_PERF_OPEN_H
#define LIBVPROF_PERF_OPEN_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <vprof/error.h>

/** vprof_perf_open - the system call; a descriptor or a negative errno */
int vprof_perf_open(const struct perf_event_attr *attr, pid_t pid, int cpu);

/**
 * vprof_perf_explain - the sentence for what vprof_perf_open() returned
 * @event: its name
 * @is_whole_machine: what was asked for
 *
 * Return: @code, or -EACCES for every refusal that a privilege would mend.
 */
int vprof_perf_explain(int code, const char *event, bool is_whole_machine,
		       struct vprof_error *err);

/** vprof_perf_get_paranoid - kernel.perf_event_paranoid; 2 when it can't be read */
int vprof_perf_get_paranoid(void);

/** vprof_perf_get_sysctl - a number of /proc/sys/kernel, or @otherwise */
long vprof_perf_get_sysctl(const char *name, long otherwise);

/**
 * vprof_perf_get_pmu - the CPU's PMU as the kernel names its driver
 * @ret_name: "" when the machine exposes none
 */
void vprof_perf_get_pmu(char *ret_name, size_t size);

#endif

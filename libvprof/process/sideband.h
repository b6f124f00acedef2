/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's stream of forks, execs, exits and mappings: perf dummy events. */
#ifndef LIBVPROF_SIDEBAND_H
#define LIBVPROF_SIDEBAND_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <vprof/error.h>

#include "process/sideband_record.h"

struct vprof_sideband;

typedef void vprof_sideband_fn(void *data,
			       const struct vprof_sideband_record *record);

/**
 * vprof_sideband_open - begin to listen
 * @pid: 0: the whole machine; else this process, and what it starts
 * @buffer_bytes: per CPU, 0: default; less is taken where the kernel's limit on
 *                locked memory leaves no more
 *
 * Return: 0, or a negative errno: -EACCES not permitted, -ESRCH no such
 * process, -ENOSYS no perf events in this kernel, ...
 */
int vprof_sideband_open(pid_t pid, size_t buffer_bytes,
			struct vprof_sideband **ret_sideband,
			struct vprof_error *err);
void vprof_sideband_free(struct vprof_sideband *sideband);

/** vprof_sideband_get_fd - polls readable when a buffer is a quarter full */
int vprof_sideband_get_fd(const struct vprof_sideband *sideband);

/**
 * vprof_sideband_drain - hand out what has happened until now, in time order
 *
 * Everything published before the call is handed out. LOST records are counted
 * here and handed out too.
 *
 * Return: number of records.
 */
ssize_t vprof_sideband_drain(struct vprof_sideband *sideband,
			     vprof_sideband_fn *fn, void *data);

/** vprof_sideband_lost - records the kernel dropped, or that made no sense */
uint64_t vprof_sideband_lost(const struct vprof_sideband *sideband);

/**
 * vprof_sideband_follow_cpus - begin to listen on CPUs that came online
 *
 * Return: number of CPUs that came or went since the last call: what happened
 * on them in between was not heard.
 */
int vprof_sideband_follow_cpus(struct vprof_sideband *sideband);

#endif

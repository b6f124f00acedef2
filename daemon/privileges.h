/* SPDX-License-Identifier: GPL-2.0-only */
/* What vprofd may do: as little as sampling a whole machine takes. */
#ifndef VPROFD_PRIVILEGES_H
#define VPROFD_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>
#include <vprof/error.h>

/**
 * vprof_privileges_raise_limits - descriptors and locked memory for every CPU
 *
 * As far as the hard limit goes where the limits may not be raised.
 */
void vprof_privileges_raise_limits(void);

/**
 * vprof_privileges_join_group - make new files the group's
 * @ret_gid: of the group
 *
 * Return: 0, -ENOENT there is no such group, -EPERM not allowed to.
 */
int vprof_privileges_join_group(const char *name, gid_t *ret_gid,
				struct vprof_error *err);

/**
 * vprof_privileges_drop - give up, for good, every capability but those below
 *
 *   PERFMON             counters, /dev/vprof
 *   SYS_PTRACE          other processes' /proc/PID/maps and root
 *   CHECKPOINT_RESTORE  /proc/PID/map_files: the file that was mapped, renamed or not
 *   DAC_READ_SEARCH     the executables that were sampled
 *   SYSLOG              addresses in /proc/kallsyms
 *   SYS_ADMIN           only where this kernel does not count without it
 *
 * Return: 0 or a negative errno.
 */
int vprof_privileges_drop(struct vprof_error *err);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What /proc says of a process. */
#ifndef LIBVPROF_PROCESS_READ_H
#define LIBVPROF_PROCESS_READ_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct vprof_process;
struct vprof_process_table;

/**
 * struct vprof_proc_stat - from /proc/PID/stat
 * @start_ticks: since boot
 */
struct vprof_proc_stat {
	char comm[16];
	pid_t parent;
	bool is_kernel_thread;
	uint64_t start_ticks;
};

/** vprof_proc_stat_parse - -EINVAL where @text is no such line */
int vprof_proc_stat_parse(const char *text, struct vprof_proc_stat *ret_stat);

/**
 * vprof_process_read - fill in what /proc says
 * @process: just added; where it is gone it counts as ended
 */
void vprof_process_read(struct vprof_process *process);

/** vprof_process_read_all - read every process of the machine that is not known yet */
int vprof_process_read_all(struct vprof_process_table *table);

/**
 * vprof_process_read_again - after events were lost: what is different now
 *
 * A process that runs another executable counts as having done an exec now.
 */
int vprof_process_read_again(struct vprof_process_table *table);

/** vprof_pid_in_namespace - the number @pid has in its own namespace, and its user */
int vprof_pid_in_namespace(pid_t pid, pid_t *ret_pid, uid_t *ret_uid);

#endif

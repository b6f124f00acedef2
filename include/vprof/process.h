/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who ran what when: processes, their maps, and the events that change them. */
#ifndef VPROF_PROCESS_H
#define VPROF_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <vprof/error.h>

struct vprof_processes;
struct vprof_process;
struct vprof_image;

/**
 * struct vprof_process_options - how to follow processes
 * @size: sizeof
 * @pid: 0: the whole machine; else this process and what it starts
 */
struct vprof_process_options {
	size_t size;
	pid_t pid;
	size_t buffer_bytes;
};

/**
 * vprof_processes_new - begin to follow processes
 *
 * Opens perf dummy events (fork, exec, exit, comm, mmap with build-ids) first
 * and reads /proc afterwards, so that nothing falls between.
 */
int vprof_processes_new(const struct vprof_process_options *options,
			struct vprof_processes **ret_processes,
			struct vprof_error *err);
void vprof_processes_free(struct vprof_processes *processes);

/** vprof_processes_get_fd - polls readable when events wait */
int vprof_processes_get_fd(const struct vprof_processes *processes);

/**
 * vprof_processes_update - take in every event that has happened
 *
 * Return: number of events, or a negative errno.
 */
int vprof_processes_update(struct vprof_processes *processes);

/**
 * vprof_processes_get_changed_ns - when a process event was seen last
 *
 * Since then, and up to the time of the last vprof_processes_update(), a pid
 * means one process.
 *
 * Return: CLOCK_MONOTONIC; UINT64_MAX: not known, events were lost.
 */
uint64_t
vprof_processes_get_changed_ns(const struct vprof_processes *processes);

/**
 * vprof_processes_lost - process events the kernel had to drop
 *
 * Not zero: some samples may be named after a process's earlier image.
 */
uint64_t vprof_processes_lost(const struct vprof_processes *processes);

/**
 * vprof_processes_find - the process that had @pid at @time_ns
 *
 * A process that execs becomes another struct vprof_process from that moment.
 * Never NULL: an unknown pid gets one, read from /proc if it still lives. The
 * pointer stays valid until vprof_processes_forget() after the process's end.
 * Fast for a pid that was asked for last and did not change since.
 */
struct vprof_process *vprof_processes_find(struct vprof_processes *processes,
					   pid_t pid, uint64_t time_ns);

/** vprof_processes_forget - free processes that ended; no pointer to them may be held */
void vprof_processes_forget(struct vprof_processes *processes);

pid_t vprof_process_get_pid(const struct vprof_process *process);
const char *vprof_process_get_comm(const struct vprof_process *process);
/** vprof_process_get_executable - path, or "" for kernel threads */
const char *vprof_process_get_executable(const struct vprof_process *process);
uint64_t vprof_process_get_start_ns(const struct vprof_process *process);
bool vprof_process_is_kernel_thread(const struct vprof_process *process);
/** vprof_process_is_below - @process is @ancestor or was started below it */
bool vprof_process_is_below(const struct vprof_process *process,
			    pid_t ancestor);

/* For the recorder's own number of a process; 0 at first. */
uint64_t vprof_process_get_tag(const struct vprof_process *process);
void vprof_process_set_tag(struct vprof_process *process, uint64_t tag);

/**
 * vprof_process_resolve - which image, where in it
 * @ip: a user address
 * @ret_image: lives as long as @processes, or until vprof_processes_let_go()
 * @ret_offset: offset in the image's file; for the vDSO in its mapping; for
 *              code without a file (JIT) the address itself
 *
 * Return: 0, or -ENOENT when nothing is mapped there.
 */
int vprof_process_resolve(struct vprof_process *process, uint64_t ip,
			  struct vprof_image **ret_image, uint64_t *ret_offset);

/**
 * vprof_kernel_resolve - the same for an address of this machine's kernel
 *
 * Images are "[kernel]" and one for each module, "[ext4]"; offsets are from
 * _stext and from the module's start, so they do not depend on KASLR.
 */
int vprof_kernel_resolve(struct vprof_processes *processes, uint64_t ip,
			 struct vprof_image **ret_image, uint64_t *ret_offset);

/**
 * vprof_processes_let_go - all that was to be asked of an image was asked
 * @image: from either of these
 *
 * Return: true: nothing maps it any more, and it is gone; false: it stays, with
 * its tag.
 */
bool vprof_processes_let_go(struct vprof_image *image);

#endif

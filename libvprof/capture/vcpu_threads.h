/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which threads run vCPUs, learned from the samples taken in guests. */
#ifndef LIBVPROF_VCPU_THREADS_H
#define LIBVPROF_VCPU_THREADS_H

#include <stdbool.h>
#include <stdint.h>

enum { VPROF_VCPU_THREAD_SLOTS = 4096 };

/**
 * struct vprof_vcpu_threads - a set of threads; zeroed memory is an empty one
 * @slots: open addressing; a thread as perf's samples have it: pid in the low
 *         half, tid in the high one; 0: free
 */
struct vprof_vcpu_threads {
	uint64_t slots[VPROF_VCPU_THREAD_SLOTS];
	unsigned int nr;
};

/**
 * vprof_vcpu_threads_add - a sample was taken in a guest that @thread ran
 *
 * A full set is emptied: those that still run guests are soon in it again, and
 * those that have ended are not.
 */
void vprof_vcpu_threads_add(struct vprof_vcpu_threads *threads,
			    uint64_t thread);
bool vprof_vcpu_threads_has(const struct vprof_vcpu_threads *threads,
			    uint64_t thread);

#endif

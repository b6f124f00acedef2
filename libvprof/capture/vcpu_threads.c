// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which threads run vCPUs, learned from the samples taken in guests. */
#include "capture/vcpu_threads.h"

#include <string.h>

enum {
	MASK = VPROF_VCPU_THREAD_SLOTS - 1,
	MAX_THREADS = VPROF_VCPU_THREAD_SLOTS / 2,
};

/* The slot that has it, or the free one where it would be. */
static unsigned int find(const struct vprof_vcpu_threads *threads,
			 uint64_t thread)
{
	unsigned int slot = (unsigned int)(thread >> 32) & MASK;

	while (threads->slots[slot] && threads->slots[slot] != thread)
		slot = (slot + 1) & MASK;
	return slot;
}

void vprof_vcpu_threads_add(struct vprof_vcpu_threads *threads, uint64_t thread)
{
	unsigned int slot = find(threads, thread);

	if (threads->slots[slot] || !thread)
		return;
	if (threads->nr == MAX_THREADS) {
		memset(threads, 0, sizeof(*threads));
		slot = find(threads, thread);
	}
	threads->slots[slot] = thread;
	threads->nr++;
}

bool vprof_vcpu_threads_has(const struct vprof_vcpu_threads *threads,
			    uint64_t thread)
{
	return threads->nr && threads->slots[find(threads, thread)];
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One sample as it leaves a capture. */
#ifndef VPROF_SAMPLE_H
#define VPROF_SAMPLE_H

#include <stdint.h>

/* The numbers are those of enum vprof_context in <linux/vprof.h>. */
enum vprof_sample_context {
	VPROF_SAMPLE_HYPERVISOR = 0,
	VPROF_SAMPLE_KERNEL = 1,
	VPROF_SAMPLE_USER = 2,
	VPROF_NR_SAMPLE_CONTEXTS
};

/* A sample's domain when it is a guest that the capture was not told of. */
enum { VPROF_SAMPLE_OTHERS = UINT16_MAX };

/* A sample's pid when it is not known on behalf of which process it came. */
enum { VPROF_SAMPLE_PID_UNKNOWN = (1 << 24) - 1 };

/**
 * struct vprof_sample - one sample
 * @time_ns: CLOCK_MONOTONIC
 * @ip: instruction pointer
 * @weight: counts it stands for (the period, where that changes); 0: the
 *          event's fixed period
 * @pid: host: process (tgid), 0 the idle task; OTHERS: the guest's id (see
 *       vprof_capture_add_guest()); a guest: its vCPU, where that is known
 * @domain: 0: the host; a guest's number; or VPROF_SAMPLE_OTHERS
 * @event: index in the capture's events
 * @context: enum vprof_sample_context
 * @who: the four above, in one word
 * @nr_more: equal ones but for their time that are handed out with it, see
 *           struct vprof_capture_handler
 * @cpu: where it was taken
 * @nr_kernel: kernel return addresses at the start of @chain
 * @nr_user: user return addresses after them
 * @chain: innermost first; valid during the call only; NULL: none
 */
struct vprof_sample {
	uint64_t time_ns;
	uint64_t ip;
	uint64_t weight;
	union {
		struct {
			uint32_t pid;
			uint16_t domain;
			uint8_t event;
			uint8_t context;
		};
		uint64_t who;
	};
	uint32_t nr_more;
	uint16_t cpu;
	uint8_t nr_kernel;
	uint8_t nr_user;
	const uint64_t *chain;
};

#endif

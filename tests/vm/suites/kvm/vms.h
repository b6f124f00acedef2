/* SPDX-License-Identifier: GPL-2.0-only */
/* A session with guests, and what each of its domains was told, for the tests. */
#ifndef VMS_H
#define VMS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "session.h"

/*
 * In real time a sample takes about as long as PERIOD, and far longer on a busy
 * host. Then nothing but samples goes on, perf pauses the counter until the next
 * tick, and if it overflows while it is being paused, perf on AMD never has it
 * count again (amd_pmu_disable_event() in NMI, x86_pmu_start() without reload).
 */
enum { MAX_VMS = 4, PERIOD = 100003, PERIOD_REAL_TIME = 2000003 };

/* Of the samples of one domain. */
struct seen {
	uint64_t first, last; /* the guest's place, first..last */
	uint64_t pid;         /* that each record should have */
	uint64_t context[VPROF_NR_CONTEXTS];
	uint64_t in_place; /* of the guest's own, ip in the place */
	uint64_t host_ip;  /* of the hypervisor's, ip in our kernel */
	uint64_t has_pid;
};

struct vm {
	pid_t pid;
	const char *mode;
	struct session domain;
	struct tally tally;
	struct seen seen;
};

/* A running VM; its place is known from its mode. */
void vm_start(struct vm *vm, const char *mode, unsigned int vcpu);
void vm_kill(struct vm *vm);
void vm_add(struct vm *vm, const struct session *host);
void vm_drain(struct vm *vm);
uint64_t vm_samples(const struct vm *vm);
uint64_t vm_guest_samples(const struct vm *vm);

/* CPU time of a process's vCPU threads, or of all if it names none, in ns. */
uint64_t vcpu_ns(pid_t pid);

/* host and others, mapped, with an event of cycles in guests too. */
void open_with_guests(struct session *host, struct vm *others,
		      unsigned int flags);
void open_with_guests_every(unsigned int period, struct session *host,
			    struct vm *others, unsigned int flags);
void sleep_ms(unsigned int ms);
uint64_t now_ns(void);

#endif

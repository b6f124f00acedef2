/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Xen's xenoprof interface, as its public/xenoprof.h of 4.17 has it for x86-64.
 * Linux dropped its copy in 5.12, Xen the hypercall in 4.20 (Debian) and 4.22.
 */
#ifndef VPROF_XENOPROF_ABI_H
#define VPROF_XENOPROF_ABI_H

#ifdef __KERNEL__
#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>
#else
#include "buffer_shim.h"
#endif

enum xenoprof_op {
	XENOPROF_INIT = 0,
	XENOPROF_RESET_ACTIVE_LIST = 1,
	XENOPROF_RESET_PASSIVE_LIST = 2,
	XENOPROF_SET_ACTIVE = 3,
	XENOPROF_SET_PASSIVE = 4,
	XENOPROF_RESERVE_COUNTERS = 5,
	XENOPROF_COUNTER = 6,
	XENOPROF_SETUP_EVENTS = 7,
	XENOPROF_ENABLE_VIRQ = 8,
	XENOPROF_START = 9,
	XENOPROF_STOP = 10,
	XENOPROF_DISABLE_VIRQ = 11,
	XENOPROF_RELEASE_COUNTERS = 12,
	XENOPROF_SHUTDOWN = 13,
	XENOPROF_GET_BUFFER = 14,
	XENOPROF_SET_BACKTRACE = 15,
};

/* The address in a mark, before a sample that has its call chain behind it. */
#define XENOPROF_ESCAPE (~0ull)

enum {
	XENOPROF_MAX_PASSIVE = 25, /* domains in Xen's list */
	XENOPROF_MAX_PAGES = 32,   /* of buffers, a domain */
	XENOPROF_MAX_COUNTERS = 8,
};

struct xenoprof_init {
	s32 num_events; /* in: asked for; out: counters there are */
	s32 is_primary;
	char cpu_type[64];
};

struct xenoprof_get_buffer {
	s32 max_samples; /* in */
	s32 nbuf;
	s32 bufsize;
	u64 buf_gmaddr; /* out: machine address */
};

struct xenoprof_passive {
	u16 domain_id;
	s32 max_samples;
	s32 nbuf;
	s32 bufsize;
	u64 buf_gmaddr;
};

struct xenoprof_counter {
	u32 ind;
	u64 count;
	u32 enabled;
	u32 event;
	u32 hypervisor; /* Xen looks at kernel instead */
	u32 kernel;
	u32 user;
	u64 unit_mask;
};

enum xenoprof_mode {
	XENOPROF_MODE_USER = 0,
	XENOPROF_MODE_KERNEL = 1,
	XENOPROF_MODE_XEN = 2,
	XENOPROF_NR_MODES
};

struct xenoprof_log {
	u64 eip;
	u8 mode;  /* enum xenoprof_mode */
	u8 event; /* ind of its counter */
};

/*
 * One vCPU's buffer. Xen writes at head, the reader moves tail. Full is when
 * head would reach tail; then Xen counts into lost_samples. The four counts are
 * never set back, the indices are at ENABLE_VIRQ.
 */
struct xenoprof_buf {
	u32 event_head;
	u32 event_tail;
	u32 event_size;
	u32 vcpu_id;
	u64 xen_samples;
	u64 kernel_samples;
	u64 user_samples;
	u64 lost_samples;
	struct xenoprof_log event_log[];
};

static_assert(sizeof(struct xenoprof_init) == 72);
static_assert(sizeof(struct xenoprof_get_buffer) == 24);
static_assert(offsetof(struct xenoprof_get_buffer, buf_gmaddr) == 16);
static_assert(sizeof(struct xenoprof_passive) == 24);
static_assert(offsetof(struct xenoprof_passive, max_samples) == 4);
static_assert(sizeof(struct xenoprof_counter) == 48);
static_assert(offsetof(struct xenoprof_counter, enabled) == 16);
static_assert(offsetof(struct xenoprof_counter, unit_mask) == 40);
static_assert(sizeof(struct xenoprof_log) == 16);
static_assert(offsetof(struct xenoprof_buf, event_log) == 48);

#endif /* VPROF_XENOPROF_ABI_H */

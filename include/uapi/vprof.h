/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/*
 * The contract of /dev/vprof: sessions, buffers, records.
 *
 * An open file is a session. Its life:
 *
 *   open                          a session that does nothing yet
 *   VPROF_IOC_INFO                what this module and this machine can do
 *   VPROF_IOC_ADD_EVENT ...       what to count; gives the event its index
 *   VPROF_IOC_ADD_DOMAIN ...      whom to sample; makes the domain's buffer and
 *                                 says where to mmap it
 *   mmap                          the buffer, twice: see "Buffers"
 *   VPROF_IOC_START               counters on
 *   poll, read slots, store tail  until done
 *   VPROF_IOC_STOP                counters off; what is buffered stays readable,
 *                                 START may follow again
 *   VPROF_IOC_REMOVE_DOMAIN       a guest is gone
 *   VPROF_IOC_STATS               the accounts, at any time
 *   VPROF_IOC_OPEN_MEMORY         a virtual machine's memory, to be read
 *   close                         everything is given back, whatever state the
 *                                 session is in and whoever closes it
 *
 * Events and domains are added before the first START only (-EBUSY after), but
 * guests, which come and go: they are added and removed at any time.
 * Several sessions may run at once; they share nothing but the hardware. Xen's
 * own profiler (source xenoprof) takes one at a time: START of another gives
 * -ENOSPC meanwhile. A guest added while that one runs stops it for the moment
 * that Xen needs to take its list of domains anew.
 *
 * open gives -EPERM without CAP_PERFMON or CAP_SYS_ADMIN (in the initial user
 * namespace) or when the kernel is locked down for perf, besides what the mode
 * of the device file says. The descriptor may be passed on.
 *
 * START returns 0, or -EBUSY when running, -EINVAL without an event, without the
 * domain HOST, or with an event of VPROF_EVENT_GUESTS and no domain OTHERS,
 * -ENOSPC when the counters are taken by others (nothing runs then), -EOPNOTSUPP
 * when the source xenpmu lacks something (xenpmu_unmet of struct vprof_info). With
 * domains that are VPROF_DOMAIN_ACTIVE: -EAGAIN while one of them has no session
 * of its own that is started, -EXDEV when one's has other events, -ETIMEDOUT when
 * one did not come in.
 * STOP returns 0, or -EINVAL when not running. Any other ioctl gives -ENOTTY.
 *
 * poll says POLLIN when the reader is invited: a lane has taken watermark slots
 * since the last invitation, or wakeup_ms have passed with something to read,
 * or the session was stopped with something to read. It says so until what was
 * there at the invitation is read. Without domains it says POLLERR.
 *
 * Rules for every struct passed in:
 *
 *   - its first member, size, is sizeof the struct as the caller was compiled,
 *     the same as in the ioctl's number (-EINVAL if they differ); a size the
 *     module does not know gives -E2BIG (larger: the caller is newer) or -EINVAL
 *     (smaller than the first version);
 *   - reserved members and flag bits outside the _ALL mask must be 0 (-EINVAL);
 *     "out" members are not looked at;
 *   - a pointer that can't be read or written gives -EFAULT and changes nothing;
 *   - nothing is written back on failure, except where said otherwise.
 *
 * Accounts are exact. At every moment, for every event on every CPU, in each
 * domain:
 *
 *   taken = delivered + lost[0] + lost[1] + ...
 *
 * where taken counts overflow interrupts that reached the session's handler (on
 * Xen: of the contexts and domains that it asked for), delivered the sample
 * records published in a buffer, and lost the rest, by reason. While counters
 * run the numbers of one CPU are read one after another and can differ by the
 * overflow that is being handled; stopped, they are equal.
 *
 * What no account can hold: the kernel's perf core stops a counter until the
 * next tick when it interrupts more often than kernel.perf_event_max_sample_rate
 * allows. Those times are counted (vprof_stats.throttled); the overflows that
 * did not happen meanwhile are unknown. Some processors' counters count on past
 * their overflow after that: the module starts such a one anew, a tenth of a
 * second later. A CPU that is offline does not count.
 * With the source xenpmu Xen stops a CPU's counters from each overflow until dom0
 * has handled it: what happens meanwhile is unknown too. Periods are drawn at random
 * there, around the one that was asked for.
 *
 * Buffers
 *
 * Each domain has one buffer of nr_lanes lanes. A lane has one producer, a CPU
 * (in NMI, in interrupts and with both nested), and one consumer. It is a ring
 * of nr_slots 16-byte slots, a power of two. Positions are free running counts
 * of slots (u64), the slot of a position is position & (nr_slots - 1).
 *
 * The buffer is mapped in two pieces from the offset that ADD_DOMAIN returned:
 *
 *   offset + 0                  PROT_READ only. For lane i at i * lane_bytes:
 *                               one page that begins with struct
 *                               vprof_lane_producer, then the slots.
 *   offset + consumer_offset    PROT_READ | PROT_WRITE: an array of
 *                               struct vprof_lane_consumer, one per lane.
 *
 * Both MAP_SHARED, whole pieces only, never executable; anything else gives
 * -EINVAL, writing to or executing the first piece -EPERM. A child of fork does
 * not inherit them. They outlive close, which stops the counters all the same.
 * The slots of a lane whose CPU was never online since ADD_DOMAIN have no memory
 * (SIGBUS); its head stays 0.
 *
 * The kernel believes nothing in the consumer's piece. It looks at tail when the
 * room that it knows of is used up; a tail that is not between the last good
 * tail and head makes the lane count as full (VPROF_LOST_BAD_TAIL) until a good
 * tail is stored.
 *
 * Order of memory accesses. The letters stand at the accesses on both sides.
 *
 *   kernel (the lane's CPU)               consumer
 *
 *   tail = load_acquire(tail)     (D)     head = load_acquire(head)       (B)
 *   if room                               read slots [tail, head)
 *     write slots                         store_release(tail, head)       (C)
 *     store_release(head)         (A)
 *
 *   A pairs with B: a consumer that sees head sees the slots before it.
 *   C pairs with D: the kernel that sees tail overwrites only what was read.
 *
 * Nested producers (an NMI inside an interrupt's reserve..commit) take slots
 * further on; head moves once, past all of them, when the outermost commits. So
 * a consumer never sees a slot that is still being written.
 *
 * Records
 *
 * A record is 1..VPROF_RECORD_MAX_SLOTS consecutive slots (it may wrap around
 * the end of the ring). The first 8 bytes are its head, see VPROF_HEAD_*. A
 * reader skips types that it does not know by their number of slots; a number of
 * slots of 0, or past head, is corruption: stop reading the lane.
 *
 * A sample's time is the lane's latest VPROF_RECORD_TIME plus its own 16-bit
 * delta in units of 2^VPROF_DELTA_SHIFT ns; the producer writes a time record
 * before the delta overflows, and as the first record of a lane. Time records
 * may go back a little: a nested producer's comes with its own, later one.
 */
#ifndef _UAPI_VPROF_H
#define _UAPI_VPROF_H

#include <linux/types.h>
#include <linux/ioctl.h>

/* Raised when ioctls or the mmap layout change in a way old callers can't use. */
#define VPROF_API_VERSION	1
/* Raised when a record's meaning changes. New record types don't raise it. */
#define VPROF_RECORD_VERSION	1

#define VPROF_DEVICE_PATH	"/dev/vprof"

enum vprof_limits {
	VPROF_MAX_EVENTS	= 32,	/* per session */
	VPROF_MAX_DOMAINS	= 256,	/* per session */
	VPROF_MAX_CHAIN		= 125,	/* return addresses in a sample */
	VPROF_RECORD_MAX_SLOTS	= 64,
	VPROF_MIN_LANE_SLOTS	= 256,
	VPROF_MAX_LANE_SLOTS	= 1 << 20,
};

/* ---- records ---------------------------------------------------------- */

struct vprof_slot {
	__u64 head;
	__u64 data;
};

/*
 * The head of a record, from the lowest bit:
 *
 *   pid      24  by the domain's kind, see enum vprof_domain_kind
 *   delta    16  time since the lane's last time record, >> VPROF_DELTA_SHIFT
 *   event     6  index that ADD_EVENT gave
 *   context   4  enum vprof_context
 *   slots     7  slots of this record, this one included
 *   type      6  enum vprof_record_type
 *   reserved  1  0
 */
#define VPROF_HEAD_PID_SHIFT		0
#define VPROF_HEAD_PID_BITS		24
#define VPROF_HEAD_DELTA_SHIFT		24
#define VPROF_HEAD_DELTA_BITS		16
#define VPROF_HEAD_EVENT_SHIFT		40
#define VPROF_HEAD_EVENT_BITS		6
#define VPROF_HEAD_CONTEXT_SHIFT	46
#define VPROF_HEAD_CONTEXT_BITS		4
#define VPROF_HEAD_SLOTS_SHIFT		50
#define VPROF_HEAD_SLOTS_BITS		7
#define VPROF_HEAD_TYPE_SHIFT		57
#define VPROF_HEAD_TYPE_BITS		6

/* VPROF_HEAD_GET(head, PID), VPROF_HEAD_PUT(PID, pid), ... */
#define VPROF_HEAD_GET(head, field)                                            \
	(((head) >> VPROF_HEAD_##field##_SHIFT) &                              \
	 ((1ull << VPROF_HEAD_##field##_BITS) - 1))
#define VPROF_HEAD_PUT(field, value)                                           \
	((__u64)(value) << VPROF_HEAD_##field##_SHIFT)

#define VPROF_PID_UNKNOWN	((1u << VPROF_HEAD_PID_BITS) - 1)

#define VPROF_DELTA_SHIFT		15	/* 32.8 us; overflows after 2.1 s */

enum vprof_context {
	VPROF_CONTEXT_HYPERVISOR	= 0,
	VPROF_CONTEXT_KERNEL		= 1,
	VPROF_CONTEXT_USER		= 2,
	VPROF_NR_CONTEXTS
};

/*
 * SAMPLE   1 slot    data: instruction pointer
 * CHAIN    2.. slots data: instruction pointer; the following slots hold, as an
 *                    array of u64: word 0: bits 0..7 number of kernel return
 *                    addresses k, bits 8..15 number of user return addresses u,
 *                    bit 16 kernel part cut short, bit 17 user part cut short
 *                    (max_chain reached, or memory that can't be read now),
 *                    rest 0; then k kernel and u user addresses, innermost
 *                    first; then a zero word if needed to fill the slot. When
 *                    the sample hit the kernel, the first user address is where
 *                    user space entered it. A guest's own samples have none,
 *                    but with VPROF_EVENT_GUEST_CHAIN its kernel's: along frame
 *                    pointers, by the guest's page tables. They are put when
 *                    the vCPU is about to run again, on the CPU where it does.
 * TIME     1 slot    data: CLOCK_MONOTONIC in ns
 * LOST     1 slot    data: bits 0..47 number of samples lost since the last
 *                    LOST of this lane, event and reason; bits 48..63 enum
 *                    vprof_lost_reason. Written before the first record that
 *                    found room again, and at STOP when there is room.
 * PERIOD   1 slot    data: the period that the samples of this event on this
 *                    lane stand for from here on. Only for events added with a
 *                    frequency; before the first sample of such an event.
 */
enum vprof_record_type {
	VPROF_RECORD_SAMPLE	= 1,
	VPROF_RECORD_CHAIN	= 2,
	VPROF_RECORD_TIME	= 3,
	VPROF_RECORD_LOST	= 4,
	VPROF_RECORD_PERIOD	= 5,
};

#define VPROF_CHAIN_KERNEL_SHIFT	0
#define VPROF_CHAIN_USER_SHIFT	8
#define VPROF_CHAIN_COUNT_MASK	0xffu
#define VPROF_CHAIN_KERNEL_CUT	(1u << 16)
#define VPROF_CHAIN_USER_CUT	(1u << 17)

#define VPROF_LOST_COUNT_BITS	48
#define VPROF_LOST_COUNT_MASK	((1ull << VPROF_LOST_COUNT_BITS) - 1)

enum vprof_lost_reason {
	VPROF_LOST_FULL		= 0,	/* the lane was full: reader too slow */
	VPROF_LOST_BAD_TAIL	= 1,	/* the consumer's tail was nonsense */
	VPROF_LOST_NESTED	= 2,	/* interrupts nested too deeply */
	VPROF_LOST_STOPPING	= 3,	/* came while the session was stopping */
	VPROF_LOST_HYPERVISOR	= 4,	/* Xen's own buffer was full: it does not
					 * say of which event, so they are
					 * divided as the samples beside them */
	VPROF_NR_LOST_REASONS
};

/* ---- the mapped buffer ------------------------------------------------- */

struct vprof_lane_producer {
	__u64 head;		/* slots written; see "Order" (A) */
	__u64 nr_slots;		/* never changes */
	__u64 reserved[6];
};

struct vprof_lane_consumer {
	__u64 tail;		/* slots read; see "Order" (C) */
	__u64 reserved[7];	/* its own cache line */
};

/* ---- ioctls ------------------------------------------------------------ */

/* What this module and machine can do. Any time. */
#define VPROF_FEATURE_HW_PMU	(1u << 0)  /* a hardware PMU; else cpu-clock only */
#define VPROF_FEATURE_CHAIN	(1u << 1)  /* call chains */
#define VPROF_FEATURE_KVM	(1u << 2)  /* domains of kind KVM */
#define VPROF_FEATURE_XEN	(1u << 3)  /* domains of kind XEN */
#define VPROF_FEATURE_GUEST_CHAIN (1u << 4) /* call chains of guests' kernels */
#define VPROF_FEATURE_XEN_ITSELF (1u << 5) /* one is VPROF_XEN_ITSELF */
#define VPROF_FEATURE_ACTIVE	(1u << 6)  /* this is an active domain of Xen's */

/*
 * What the source xenpmu needs and does not have now. Xen's counters are dom0's
 * where its PMU is in mode "all"; each CPU's by the vCPU of the same number.
 */
enum vprof_xenpmu_condition {
	VPROF_XENPMU_DOM0	= 1 << 0, /* this is no PV dom0 of Xen */
	VPROF_XENPMU_LINUX	= 1 << 1, /* built without it, or hidden */
	VPROF_XENPMU_VPMU	= 1 << 2, /* Xen's virtual PMU is off */
	VPROF_XENPMU_WATCHDOG	= 1 << 3, /* that is why: its NMI watchdog */
	VPROF_XENPMU_DRIVER	= 1 << 4, /* Linux got no PMU from Xen */
	VPROF_XENPMU_MODE	= 1 << 5, /* the mode is another; guests keep
					   * the module from setting it */
	VPROF_XENPMU_VCPUS	= 1 << 6, /* dom0's are not as many as CPUs */
	VPROF_XENPMU_PINNING	= 1 << 7, /* dom0's vCPUs are not pinned */
};

struct vprof_info {
	__u32 size;
	__u32 api_version;
	__u32 record_version;
	__u32 features;
	__u32 nr_cpus;		/* possible CPUs; CPU ids are below it */
	__u32 max_events;
	__u32 max_domains;
	__u32 nr_lost_reasons;
	char source[16];	/* "perf", "xenoprof", "xenoprof-active",
				 * "xenpmu" */
	char pmu[32];		/* the CPU PMU's name, or "" */
	__u32 xenpmu_unmet;	/* enum vprof_xenpmu_condition */
	__u32 reserved0;
	__u64 reserved[3];
};

/*
 * VPROF_IOC_ADD_EVENT
 *
 * type, config, config1, config2 as in struct perf_event_attr. Opens the event
 * on every online CPU, disabled; a CPU that comes online later gets it then.
 * While it counts it has a counter of its own on each CPU, never shared by time.
 *
 * Returns the event's index (>= 0), or
 *   -EINVAL     unknown flags, reserved not 0, no period, period too short
 *               (below min_period) or frequency above VPROF_MAX_FREQUENCY,
 *               chain too long, nothing left to count (user and kernel
 *               excluded); or the PMU says so. min_period is then written back
 *   -ENOENT     this PMU has no such event
 *   -ENOSPC     VPROF_MAX_EVENTS reached
 *   -EOPNOTSUPP the event cannot interrupt (no PMU), or is a tracepoint or a
 *               breakpoint; or GUEST_CHAIN, which this source has not
 *   -EBUSY      already started once
 */
#define VPROF_MAX_FREQUENCY	100000

#define VPROF_EVENT_EXCLUDE_USER	(1u << 0)
#define VPROF_EVENT_EXCLUDE_KERNEL	(1u << 1)
#define VPROF_EVENT_EXCLUDE_HYPERVISOR	(1u << 2)
#define VPROF_EVENT_FREQUENCY		(1u << 3)  /* period is in Hz per CPU */
#define VPROF_EVENT_KERNEL_CHAIN	(1u << 4)
#define VPROF_EVENT_USER_CHAIN		(1u << 5)
#define VPROF_EVENT_GUESTS		(1u << 6)  /* in guests too; without it
						    * perf does not count there */
#define VPROF_EVENT_GUEST_CHAIN		(1u << 7)  /* of guests' kernels too; with
						    * GUESTS and KERNEL_CHAIN */
#define VPROF_EVENT_FLAGS_ALL		((1u << 8) - 1)

struct vprof_event {
	__u32 size;
	__u32 flags;		/* VPROF_EVENT_* */
	__u32 type;
	__u32 max_chain;	/* return addresses, kernel's first, then the
				 * user's; 0: VPROF_MAX_CHAIN */
	__u64 config;
	__u64 config1;
	__u64 config2;
	__u64 period;		/* events per sample, or Hz */
	__u64 min_period;	/* out: shortest period for this type and config */
	__u64 reserved[2];
};

/*
 * VPROF_IOC_ADD_DOMAIN
 *
 * Returns the domain's index in this session (>= 0), or
 *   -EINVAL     unknown kind, an id where the kind has none, reserved not 0,
 *               nr_slots no power of two or out of range
 *   -EOPNOTSUPP this source cannot sample this kind of domain
 *   -ESRCH      no such guest
 *   -EEXIST     the session has it already
 *   -ENOSPC     VPROF_MAX_DOMAINS reached, or as many as the source can take
 *   -ENOMEM     no memory for the buffer, or more than the module's parameter
 *               max_buffer_mb allows a session
 *   -EBUSY      already started once, and the domain is no guest (KVM, XEN), or
 *               a guest that this source takes before START only
 *
 * What the pid of a record's head says, and the lanes:
 *
 *   HOST    this Linux: a Xen dom0, or any other. pid: the process (tgid, initial
 *           pid namespace), 0 the idle task. A lane per CPU. On Xen, the process
 *           is known for context USER; KERNEL says the one that was current when
 *           interrupts were on again; HYPERVISOR says VPROF_PID_UNKNOWN.
 *   KVM     a virtual machine of this Linux; id: its VMM's tgid. pid: the number
 *           of its vCPU. Context HYPERVISOR: the host's kernel on a vCPU's
 *           thread. A lane per CPU of the host.
 *   XEN     another domain of Xen's; id: domid. pid: the number of its vCPU.
 *           Context HYPERVISOR: Xen on its behalf. One lane (xenoprof), or a
 *           lane per CPU (xenpmu). xenpmu knows of dom0 only that Xen worked on
 *           its behalf: the rest of Xen's time is in id VPROF_XEN_ITSELF.
 *   OTHERS  guests that are no domain of this session (yet); id 0. pid: the
 *           VMM's tgid, or the domid. Nothing is lost while a new guest waits to
 *           be added.
 *
 * VPROF_IOC_REMOVE_DOMAIN, struct vprof_domain_ref
 *
 * A guest (KVM, XEN) of that index takes no more samples: new ones are OTHERS'.
 * Its accounts and what is in its buffer can still be read, until an ADD_DOMAIN
 * gives its index to another. -ENOENT no such domain, or removed already; -EINVAL
 * no guest.
 */
enum vprof_domain_kind {
	VPROF_DOMAIN_HOST	= 0,
	VPROF_DOMAIN_KVM	= 1,
	VPROF_DOMAIN_XEN	= 2,
	VPROF_DOMAIN_OTHERS	= 3,
	VPROF_NR_DOMAIN_KINDS
};

/* Xen's number for itself. With VPROF_FEATURE_XEN_ITSELF. */
#define VPROF_XEN_ITSELF	0x7ff2

/*
 * A domain of Xen's (xenoprof) that samples itself: Xen gives its samples to
 * itself alone, so that its processes are known, and none come here. Its module
 * has the source xenoprof-active (VPROF_FEATURE_ACTIVE), there START returns at
 * once, and samples come from when the dom0 that lists it has started:
 * nr_counting of VPROF_IOC_STATS is 0 before, and after that has stopped. The two
 * sessions have the same events. START there gives -EXDEV while dom0's session
 * that a session before was in goes on with other events.
 */
#define VPROF_DOMAIN_ACTIVE	(1u << 0)
#define VPROF_DOMAIN_FLAGS_ALL	((1u << 1) - 1)

struct vprof_domain {
	__u32 size;
	__u32 kind;		/* enum vprof_domain_kind */
	__u64 id;
	__u32 nr_slots;		/* per lane, a power of two */
	__u32 watermark;	/* slots in a lane that wake the reader; 0: half */
	__u32 nr_lanes;		/* out */
	__u32 wakeup_ms;	/* wake a waiting reader at least this often while
				 * there is something to read; 0: 100 */
	__u64 lane_bytes;	/* out */
	__u64 mmap_offset;	/* out */
	__u64 mmap_bytes;	/* out: nr_lanes * lane_bytes */
	__u64 consumer_offset;	/* out: absolute mmap offset of the consumer's piece */
	__u64 consumer_bytes;	/* out */
	__u32 flags;		/* VPROF_DOMAIN_* */
	__u32 reserved0;
	__u64 reserved;
};

struct vprof_domain_ref {
	__u32 size;
	__u32 index;		/* that ADD_DOMAIN returned */
	__u64 reserved[2];
};

/*
 * VPROF_IOC_STATS
 *
 * The accounts of one event on one lane (CPU) of one domain.
 * cpu VPROF_STATS_ALL_CPUS: summed over CPUs; event VPROF_STATS_ALL_EVENTS
 * likewise. -ENOENT: no such event, domain or CPU.
 *
 * nr_counting says on how many of these (event, CPU) pairs a counter runs now:
 * less than expected while a CPU is offline, or when its counter was taken.
 */
#define VPROF_STATS_ALL_CPUS	(~0u)
#define VPROF_STATS_ALL_EVENTS	(~0u)
#define VPROF_MAX_LOST_REASONS	16

struct vprof_stats {
	__u32 size;
	__u32 domain;		/* in: index */
	__u32 event;		/* in: index */
	__u32 cpu;		/* in */
	__u64 taken;
	__u64 delivered;
	__u64 lost[VPROF_MAX_LOST_REASONS];
	__u64 throttled;	/* times perf stopped the counter for its rate */
	__u32 nr_counting;
	__u32 reserved0;
	__u64 reserved[2];
};

/*
 * VPROF_IOC_OPEN_MEMORY
 *
 * Returns a descriptor (closed on exec) through which the physical memory of a
 * virtual machine of KVM is read, and nothing else is done: its kernel's names
 * lie in there. It needs no domain and outlives the session. While it is open,
 * KVM stays loaded. Or
 *   -EINVAL     flags or reserved not 0
 *   -EPERM      without CAP_SYS_ADMIN (in the initial user namespace)
 *   -EOPNOTSUPP this kernel has no KVM, or it is not loaded
 *   -ESRCH      no such process
 *   -ENOENT     it has no virtual machine, or not yet
 *   -ENOTUNIQ   it has several
 *
 * VPROF_IOC_MEMORY_RANGES, struct vprof_memory_ranges, of that descriptor
 *
 * Where there is memory, ascending, neighbours as one; in pages of 4 KiB. What
 * is a device's, or for reading only, is left out. Returns 0, with nr what there
 * is: more than there was room for is not written.
 *
 * VPROF_IOC_MEMORY_READ, struct vprof_memory_read, of that descriptor
 *
 * Pieces of memory, each stride after the one before, to buffer one after
 * another. A piece that can't be read is zeroes there. Only what the host has in
 * memory now is read: nothing is allocated or brought back from swap for it, and
 * a device's registers are never read.
 *
 * Returns the number of pieces that were read, or
 *   -EINVAL     reserved not 0, no pieces or empty ones, more than
 *               VPROF_MAX_MEMORY_PIECES or VPROF_MAX_MEMORY_BYTES in all
 *   -EFAULT     the buffer
 *   -ESRCH      the machine's process is gone
 *   -EINTR      the caller is being killed
 */
#define VPROF_MAX_MEMORY_PIECES	4096
#define VPROF_MAX_MEMORY_BYTES	(256u << 10)

struct vprof_memory {
	__u32 size;
	__u32 flags;		/* 0 */
	__u64 id;		/* as of a domain of kind KVM: its VMM's tgid */
	__u64 reserved[2];
};

struct vprof_memory_range {
	__u64 address;
	__u64 bytes;
};

struct vprof_memory_ranges {
	__u32 size;
	__u32 nr;		/* in: room at ranges; out: that there are */
	__u64 ranges;		/* a pointer: struct vprof_memory_range[] */
	__u64 reserved[2];
};

struct vprof_memory_read {
	__u32 size;
	__u32 nr_pieces;
	__u32 piece_bytes;
	__u32 reserved0;
	__u64 address;		/* of the first, in the machine */
	__u64 stride;
	__u64 buffer;		/* a pointer */
	__u64 reserved[2];
};

#define VPROF_IOC_MAGIC		0xB7
#define VPROF_IOC_INFO		_IOWR(VPROF_IOC_MAGIC, 0, struct vprof_info)
#define VPROF_IOC_ADD_EVENT	_IOWR(VPROF_IOC_MAGIC, 1, struct vprof_event)
#define VPROF_IOC_ADD_DOMAIN	_IOWR(VPROF_IOC_MAGIC, 2, struct vprof_domain)
#define VPROF_IOC_START		_IO(VPROF_IOC_MAGIC, 3)
#define VPROF_IOC_STOP		_IO(VPROF_IOC_MAGIC, 4)
#define VPROF_IOC_STATS		_IOWR(VPROF_IOC_MAGIC, 5, struct vprof_stats)
#define VPROF_IOC_REMOVE_DOMAIN	_IOW(VPROF_IOC_MAGIC, 6, struct vprof_domain_ref)
#define VPROF_IOC_OPEN_MEMORY	_IOW(VPROF_IOC_MAGIC, 7, struct vprof_memory)
#define VPROF_IOC_MEMORY_RANGES	_IOWR(VPROF_IOC_MAGIC, 8, struct vprof_memory_ranges)
#define VPROF_IOC_MEMORY_READ	_IOW(VPROF_IOC_MAGIC, 9, struct vprof_memory_read)

/* Nothing here may move. */
#ifndef __cplusplus
#define VPROF_ASSERT_SIZE(name, bytes)                                         \
	_Static_assert(sizeof(struct name) == (bytes), #name)
#define VPROF_ASSERT_AT(name, member, offset)                                  \
	_Static_assert(__builtin_offsetof(struct name, member) == (offset),    \
		       #name "." #member)
VPROF_ASSERT_SIZE(vprof_slot, 16);
VPROF_ASSERT_AT(vprof_slot, data, 8);
VPROF_ASSERT_SIZE(vprof_lane_producer, 64);
VPROF_ASSERT_AT(vprof_lane_producer, nr_slots, 8);
VPROF_ASSERT_SIZE(vprof_lane_consumer, 64);
VPROF_ASSERT_SIZE(vprof_info, 112);
VPROF_ASSERT_AT(vprof_info, source, 32);
VPROF_ASSERT_AT(vprof_info, pmu, 48);
VPROF_ASSERT_AT(vprof_info, xenpmu_unmet, 80);
VPROF_ASSERT_AT(vprof_info, reserved, 88);
VPROF_ASSERT_SIZE(vprof_event, 72);
VPROF_ASSERT_AT(vprof_event, config, 16);
VPROF_ASSERT_AT(vprof_event, period, 40);
VPROF_ASSERT_AT(vprof_event, reserved, 56);
VPROF_ASSERT_SIZE(vprof_domain, 88);
VPROF_ASSERT_AT(vprof_domain, nr_slots, 16);
VPROF_ASSERT_AT(vprof_domain, lane_bytes, 32);
VPROF_ASSERT_AT(vprof_domain, flags, 72);
VPROF_ASSERT_SIZE(vprof_domain_ref, 24);
VPROF_ASSERT_SIZE(vprof_memory, 32);
VPROF_ASSERT_AT(vprof_memory, reserved, 16);
VPROF_ASSERT_SIZE(vprof_memory_range, 16);
VPROF_ASSERT_SIZE(vprof_memory_ranges, 32);
VPROF_ASSERT_AT(vprof_memory_ranges, ranges, 8);
VPROF_ASSERT_SIZE(vprof_memory_read, 56);
VPROF_ASSERT_AT(vprof_memory_read, address, 16);
VPROF_ASSERT_AT(vprof_memory_read, reserved, 40);
VPROF_ASSERT_SIZE(vprof_stats, 192);
VPROF_ASSERT_AT(vprof_stats, taken, 16);
VPROF_ASSERT_AT(vprof_stats, lost, 32);
VPROF_ASSERT_AT(vprof_stats, throttled, 160);
VPROF_ASSERT_AT(vprof_stats, reserved, 176);
_Static_assert(VPROF_NR_LOST_REASONS <= VPROF_MAX_LOST_REASONS, "reasons");
_Static_assert(2 + VPROF_MAX_CHAIN + 1 <= 2 * VPROF_RECORD_MAX_SLOTS, "chain");
#undef VPROF_ASSERT_SIZE
#undef VPROF_ASSERT_AT
#endif

#endif /* _UAPI_VPROF_H */

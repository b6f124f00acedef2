/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What brings samples to user space: the module, or perf_event_open. */
#ifndef VPROF_CAPTURE_H
#define VPROF_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <vprof/error.h>
#include <vprof/event.h>
#include <vprof/sample.h>

struct vprof_capture;

enum vprof_capture_kind {
	VPROF_CAPTURE_AUTO, /* the module where it is loaded */
	VPROF_CAPTURE_KMOD,
	VPROF_CAPTURE_PERF_EVENT,
};

/** enum vprof_guest_kind - what runs guests here; as enum vprof_domain_kind */
enum vprof_guest_kind {
	VPROF_GUEST_NONE = 0,
	VPROF_GUEST_KVM = 1,
	VPROF_GUEST_XEN = 2,
};

enum vprof_loss {
	VPROF_LOSS_FULL, /* buffer full: the reader was too slow */
	VPROF_LOSS_BAD_TAIL,
	VPROF_LOSS_NESTED,
	VPROF_LOSS_STOPPING,
	VPROF_LOSS_HYPERVISOR, /* Xen's own buffer was full */
	VPROF_LOSS_THROTTLED,  /* perf_event: the kernel held events back */
	VPROF_LOSS_MALFORMED,  /* a record that made no sense */
	VPROF_LOSS_NOT_STORED, /* read, but disk or memory was full */
	VPROF_LOSS_OTHER,      /* a reason that only a newer module knows */
	VPROF_NR_LOSSES
};

/** vprof_loss_name - "buffer full", ... */
const char *vprof_loss_name(enum vprof_loss loss);

/**
 * struct vprof_capture_options - what to capture
 * @size: sizeof(struct vprof_capture_options)
 * @kind: which capture
 * @events: @nr_events of them
 * @kernel_chain: take kernel call chains; @user_chain likewise
 * @guest_chain: of the kernels of guests of KVM too, where they are built with
 *               frame pointers; with @kernel_chain and @with_guests, and by the
 *               module alone
 * @pid: 0: the whole machine; else this process and what it starts from now on.
 *       The perf_event capture attaches to it and inherits; the module samples
 *       the machine and the recorder keeps the process's tree.
 * @enable_on_exec: with @pid: begin at its exec
 * @with_guests: sample guests too, where this machine has any and can
 * @buffer_bytes: per CPU; 0: default
 */
struct vprof_capture_options {
	size_t size;
	enum vprof_capture_kind kind;
	const struct vprof_event_spec *events;
	unsigned int nr_events;
	bool kernel_chain;
	bool user_chain;
	bool enable_on_exec;
	bool with_guests;
	bool guest_chain;
	pid_t pid;
	size_t buffer_bytes;
};

/**
 * struct vprof_capture_info - what came of it
 * @name: "kmod" or "perf_event"
 * @source: what programs the counters: "perf", ...
 * @pmu: name of the PMU, "" when the software clock is all there is
 * @why: one sentence when AUTO did not take the module, else ""
 * @guests: what kind of guests is sampled
 * @has_hypervisor: Xen itself is one of them, for what it did for whom is not
 *                  known: vprof_capture_add_guest() with VPROF_DOMAIN_ID_XEN
 * @is_active_domain: this is a domain of Xen's that dom0's session is to list as
 *                    active: start comes back at once, and samples come from
 *                    when dom0 starts (vprof_capture_is_counting()) until it
 *                    stops
 * @no_guests: one sentence where guests were asked for and cannot be, else ""
 */
struct vprof_capture_info {
	const char *name;
	const char *source;
	const char *pmu;
	const char *why;
	enum vprof_guest_kind guests;
	bool has_hypervisor;
	bool is_active_domain;
	const char *no_guests;
	unsigned int nr_cpus;
	bool is_whole_machine;
};

/**
 * struct vprof_accounts - overflows, exactly
 * @taken: delivered + sum of lost[], always
 * @delivered: handed out by vprof_capture_read()
 * @lost: by reason
 *
 * VPROF_LOSS_THROTTLED alone is no count: nobody knows how often a counter that
 * the kernel held back would have overflowed. perf_event: estimated from the
 * rate before; kmod: one for each time, so far more may be missing.
 */
struct vprof_accounts {
	uint64_t taken;
	uint64_t delivered;
	uint64_t lost[VPROF_NR_LOSSES];
};

/**
 * struct vprof_capture_handler - who takes the samples
 *
 * What was lost is not handed out but counted: vprof_capture_get_accounts().
 *
 * @may_combine: equal samples may come together, with the time of the first,
 *               in any order; which is a good deal cheaper
 * @combine_after_ns: CLOCK_MONOTONIC; those from then or before may not
 */
struct vprof_capture_handler {
	void (*sample)(void *data, const struct vprof_sample *sample);
	void *data;
	bool may_combine;
	uint64_t combine_after_ns;
};

int vprof_capture_open(const struct vprof_capture_options *options,
		       struct vprof_capture **ret_capture,
		       struct vprof_error *err);
void vprof_capture_free(struct vprof_capture *capture);

const struct vprof_capture_info *
vprof_capture_get_info(const struct vprof_capture *capture);

int vprof_capture_start(struct vprof_capture *capture, struct vprof_error *err);
int vprof_capture_stop(struct vprof_capture *capture, struct vprof_error *err);

/** vprof_capture_get_fd - a descriptor that polls readable when it is time to read */
int vprof_capture_get_fd(const struct vprof_capture *capture);

/**
 * vprof_capture_mark - remember how far the buffers are filled now
 *
 * The next vprof_capture_read() stops there. Between the two, drain the process
 * events: all that concern the marked samples are then known.
 */
void vprof_capture_mark(struct vprof_capture *capture);

/**
 * vprof_capture_read - hand out everything up to the mark, lane by lane, in
 * time order within a lane
 *
 * Return: number of samples, or a negative errno.
 */
ssize_t vprof_capture_read(struct vprof_capture *capture,
			   const struct vprof_capture_handler *handler);

/** What vprof_capture_get_accounts() may be asked for at once. */
#define VPROF_CAPTURE_ALL (~0u)

/**
 * vprof_capture_get_accounts - the accounts of one event in one domain
 * @domain: as samples carry it, or VPROF_CAPTURE_ALL
 * @event: index, or VPROF_CAPTURE_ALL
 *
 * Return: 0; -ENOENT no such event or domain; -EOPNOTSUPP: this capture does not
 * know whose samples it lost, so it has accounts of all domains only.
 */
int vprof_capture_get_accounts(struct vprof_capture *capture,
			       unsigned int domain, unsigned int event,
			       struct vprof_accounts *ret_accounts);

/**
 * vprof_capture_get_cpu_accounts - the host's accounts of one event on one CPU
 *
 * Return: 0, -ENOENT no such event or CPU. A perf_event capture with guests has
 * theirs in it too.
 */
int vprof_capture_get_cpu_accounts(struct vprof_capture *capture,
				   unsigned int event, unsigned int cpu,
				   struct vprof_accounts *ret_accounts);

/**
 * vprof_capture_add_guest - from now on its samples carry a number of its own
 * @id: KVM: tgid of its VMM; Xen: domid
 *
 * At any time, where info->guests is not NONE. Until then, and when there is no
 * room for it, they carry VPROF_SAMPLE_OTHERS and @id.
 *
 * Return: the number (> 0), -EEXIST, -ENOSPC, -ENOMEM, -EOPNOTSUPP.
 */
int vprof_capture_add_guest(struct vprof_capture *capture, uint64_t id,
			    struct vprof_error *err);

/**
 * vprof_capture_add_active_guest - a domain of Xen's that samples itself
 *
 * Before vprof_capture_start(), which then returns -EAGAIN while such a domain
 * does not wait for it, -EXDEV when one has other events, -ETIMEDOUT when one
 * waited but did not come. No sample of it comes here.
 *
 * Return: as vprof_capture_add_guest().
 */
int vprof_capture_add_active_guest(struct vprof_capture *capture, uint64_t id,
				   struct vprof_error *err);

/** vprof_capture_is_counting - do samples come? See is_active_domain */
bool vprof_capture_is_counting(struct vprof_capture *capture);

/**
 * vprof_capture_remove_guest - it is gone
 *
 * Its last samples come with the next vprof_capture_read(); its number and its
 * accounts stay until vprof_capture_add_guest() gives the number to another.
 */
int vprof_capture_remove_guest(struct vprof_capture *capture,
			       unsigned int domain);

/**
 * struct vprof_source_info - one line of "vprof-list sources"
 * @name: "kmod", "perf", "perf_event", ...
 * @parent: the capture a source belongs to, or NULL
 * @is_available: usable here and now by this user
 * @why: why not, and the command that mends it; or what it offers
 */
struct vprof_source_info {
	const char *name;
	const char *parent;
	bool is_available;
	char why[VPROF_ERROR_TEXT_MAX];
};

/**
 * vprof_source_get_limits - what samples of a source cannot tell
 * @source: as in struct vprof_capture_info
 *
 * Return: sentences for the head of a report, or "".
 */
const char *vprof_source_get_limits(const char *source);

/** vprof_source_probe - the @index-th source; -ENOENT past the last */
int vprof_source_probe(unsigned int index, struct vprof_source_info *ret_info);

#endif

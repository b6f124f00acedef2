/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Xen's profiler as a state machine: from idle to profiling, and back from
 * wherever it got to. There is one in the hypervisor, so one user at a time.
 */
#ifndef VPROF_XENOPROF_CONTROL_H
#define VPROF_XENOPROF_CONTROL_H

#include "xenoprof_abi.h"

/* What must be undone, in the order in which it was done. */
struct vprof_xenoprof_control {
	bool is_init;
	bool has_buffer;
	bool is_active;   /* dom0 is in Xen's list of active domains */
	bool has_actives; /* so are others */
	bool has_passive;
	bool has_counters;
	bool is_profiling;
	unsigned int nr_counters;
	char cpu_type[64];
};

/* Machine frames of a domain's buffers, one buffer after another. */
struct vprof_xenoprof_frames {
	u64 mfn;
	unsigned int nr_pages;
	unsigned int nr_buffers;
	unsigned int buffer_bytes;
};

int vprof_xenoprof_init(struct vprof_xenoprof_control *control);
int vprof_xenoprof_ask(struct vprof_xenoprof_control *control);
int vprof_xenoprof_get_buffer(struct vprof_xenoprof_frames *ret_frames);
int vprof_xenoprof_disable(void);
int vprof_xenoprof_get_own(struct vprof_xenoprof_control *control,
			   struct vprof_xenoprof_frames *ret_frames);
int vprof_xenoprof_get_passive(struct vprof_xenoprof_control *control,
			       u16 domid,
			       struct vprof_xenoprof_frames *ret_frames);
int vprof_xenoprof_list_active(struct vprof_xenoprof_control *control,
			       u16 domid);
int vprof_xenoprof_set_counters(struct vprof_xenoprof_control *control,
				struct xenoprof_counter *counters);
int vprof_xenoprof_set_backtrace(struct vprof_xenoprof_control *control,
				 unsigned int depth);
int vprof_xenoprof_enable(void);
int vprof_xenoprof_start(struct vprof_xenoprof_control *control);
void vprof_xenoprof_stop(struct vprof_xenoprof_control *control);
void vprof_xenoprof_end(struct vprof_xenoprof_control *control);

#endif /* VPROF_XENOPROF_CONTROL_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Xen says of a sample: the page that it shares with Linux's PMU driver.
 *
 * Xen's virtual PMU, in mode "all", counts on every physical CPU for dom0. At an
 * overflow it stops that CPU's counters, writes into the page of dom0's vCPU of
 * the same number whom it interrupted, and raises VIRQ_XENPMU. The driver lets
 * perf handle the overflow, and has Xen start the counters again. So a page says
 * of one sample at a time, and no other comes before that is handled.
 */
#ifndef VPROF_XENPMU_PAGE_H
#define VPROF_XENPMU_PAGE_H

#include <linux/types.h>

struct perf_event;
struct pt_regs;

/* Whom an overflow hit, and where. */
struct vprof_xenpmu_spot {
	u64 ip;
	u32 vcpu;
	u16 domid;       /* 0: dom0; DOMID_XEN: Xen, for nobody that is known */
	u8 context;      /* enum vprof_context */
	bool is_current; /* dom0's, and the process is still the current one */
};

int vprof_xenpmu_page_init(void);
bool vprof_xenpmu_page_is_there(void);

/* NMI context: vprof_xenpmu_page_find. */
void vprof_xenpmu_page_find(const struct perf_event *event,
			    struct pt_regs *regs,
			    struct vprof_xenpmu_spot *ret_spot);

#endif /* VPROF_XENPMU_PAGE_H */

// SPDX-License-Identifier: GPL-2.0-only
/* Reads whom Xen's PMU interrupted from the page that Linux's driver has. */
#include "xenpmu_page.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/limits.h>
#include <linux/percpu.h>
#include <linux/perf_event.h>
#include <linux/ptrace.h>
#include <uapi/vprof.h>
#include <xen/interface/xen.h>
#include <xen/interface/xenpmu.h>

/* uses what xen.h defines */
#include <xen/interface/vcpu.h>

enum {
	IRQ_PROCESSING = 1, /* XENPMU_IRQ_PROCESSING of arch/x86/xen/pmu.c */
	RING_OF_USER = 3,
};

/* As arch/x86/xen/pmu.c has it, for each CPU, in Linux 4.3 to 6.12. */
struct driver_page {
	struct xen_pmu_data *data;
	u8 flags;
};

/*
 * When dom0's vCPU last began to run, as Xen said at our last looks. Handlers of
 * one interrupt run in the order of their counters' numbers.
 */
struct last_look {
	u64 running_since;
	u64 running_since_before; /* of an earlier interrupt, for sure */
	int counter;
};

static struct driver_page __percpu *driver_pages;
static struct vcpu_runstate_info __percpu *runstates; /* may be NULL */
static DEFINE_PER_CPU(struct last_look, last_look);

/* NMI context: all down to vprof_xenpmu_page_find(). */

/*
 * Has dom0's vCPU run without a break since before the last sample that was
 * handled here? Then it ran when this one was taken. Counters with higher numbers
 * may be of the same interrupt as the last look: they ask about the one before.
 */
static bool has_dom0_run(const struct perf_event *event)
{
	struct last_look *last = this_cpu_ptr(&last_look);
	int counter = event->hw.idx;
	u64 since;

	if (!runstates)
		return false;
	since = READ_ONCE(this_cpu_ptr(runstates)->state_entry_time);
	if (counter <= last->counter)
		last->running_since_before = last->running_since;
	last->counter = counter;
	last->running_since = since;
	return since == last->running_since_before;
}

/*
 * Xen says "user" of 64-bit PV guests alone, whose kernels are in ring 3 too: in
 * this segment whenever Xen has entered them, and never below 4 GiB else.
 */
static bool is_32_bit_user(const struct xen_pmu_regs *regs)
{
	return (regs->cs & 3) == RING_OF_USER && regs->cs != FLAT_KERNEL_CS64 &&
	       regs->ip <= U32_MAX;
}

static bool is_user(const struct xen_pmu_arch *pmu)
{
	const struct xen_pmu_regs *regs = &pmu->r.regs;

	if (pmu->pmu_flags & PMU_SAMPLE_PV)
		return pmu->pmu_flags & PMU_SAMPLE_USER || is_32_bit_user(regs);
	return !(pmu->pmu_flags & PMU_SAMPLE_REAL) && regs->cpl == RING_OF_USER;
}

/* No interrupt of Xen's: ours, as the registers say. */
static void find_by_regs(struct pt_regs *regs,
			 struct vprof_xenpmu_spot *ret_spot)
{
	*ret_spot = (struct vprof_xenpmu_spot){
		.ip = instruction_pointer(regs),
		.context = user_mode(regs) ? VPROF_CONTEXT_USER
					   : VPROF_CONTEXT_KERNEL,
		.is_current = true,
	};
}

/**
 * vprof_xenpmu_page_find() - Whom did this overflow interrupt?
 * @event: what overflowed
 * @regs: as perf has them
 * @ret_spot: whom, and where
 *
 * In an overflow handler. For a sample in Xen the page says which vCPU Xen ran
 * on, not of which domain; its segments and flags are that vCPU's, not Xen's.
 */
void vprof_xenpmu_page_find(const struct perf_event *event,
			    struct pt_regs *regs,
			    struct vprof_xenpmu_spot *ret_spot)
{
	const struct driver_page *page = this_cpu_ptr(driver_pages);
	const struct xen_pmu_data *data = page->data;
	bool has_run = has_dom0_run(event);

	if (!data || !(page->flags & IRQ_PROCESSING)) {
		find_by_regs(regs, ret_spot);
		return;
	}
	*ret_spot = (struct vprof_xenpmu_spot){
		.ip = data->pmu.r.regs.ip,
		.vcpu = data->vcpu_id,
		.domid = data->domain_id,
	};
	if (data->domain_id == DOMID_XEN) {
		ret_spot->context = VPROF_CONTEXT_HYPERVISOR;
		if (has_run && data->pcpu_id == smp_processor_id())
			ret_spot->domid = 0;
		return;
	}
	ret_spot->context = is_user(&data->pmu) ? VPROF_CONTEXT_USER
						: VPROF_CONTEXT_KERNEL;
	if (data->domain_id == DOMID_SELF) {
		ret_spot->domid = 0;
		ret_spot->is_current = true;
	}
}

#if IS_ENABLED(CONFIG_KPROBES) && IS_ENABLED(CONFIG_KALLSYMS_ALL)

/*
 * Neither variable is exported, nor is the function that finds them. A kprobe
 * finds that one; it is never armed.
 */
static unsigned long __nocfi find_symbol(const char *name)
{
	struct kprobe probe = {
		.symbol_name = "kallsyms_lookup_name",
		.flags = KPROBE_FLAG_DISABLED,
	};
	unsigned long (*lookup)(const char *name);

	if (register_kprobe(&probe))
		return 0;
	lookup = (void *)probe.addr;
	unregister_kprobe(&probe);
	return lookup(name);
}

#else

static unsigned long find_symbol(const char *name)
{
	return 0;
}

#endif

/**
 * vprof_xenpmu_page_init() - Find the driver's pages
 *
 * Once. Without the other variable no sample in Xen is known to be dom0's.
 *
 * Return: 0, -EOPNOTSUPP this Linux has none, or hides them.
 */
int vprof_xenpmu_page_init(void)
{
	driver_pages = (void __percpu *)find_symbol("xenpmu_shared");
	runstates = (void __percpu *)find_symbol("xen_runstate");
	return driver_pages ? 0 : -EOPNOTSUPP;
}

/**
 * vprof_xenpmu_page_is_there() - Did Xen give Linux a page for each CPU?
 *
 * Return: whether it did; not where its virtual PMU was off when Linux booted.
 */
bool vprof_xenpmu_page_is_there(void)
{
	unsigned int cpu;

	if (!driver_pages)
		return false;
	for_each_online_cpu (cpu)
		if (!per_cpu_ptr(driver_pages, cpu)->data)
			return false;
	return true;
}

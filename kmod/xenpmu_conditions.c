// SPDX-License-Identifier: GPL-2.0-only
/* Asks Xen and Linux what they are like, and sets the mode of Xen's PMU. */
#include "xenpmu_conditions.h"
#include "perf_events.h"
#include "xenpmu_page.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <uapi/vprof.h>
#include <asm/xen/hypercall.h>
#include <xen/interface/platform.h>
#include <xen/interface/vcpu.h>
#include <xen/interface/version.h>
#include <xen/interface/xenpmu.h>
#include <xen/xen-ops.h>
#include <xen/xen.h>

/*
 * 0, or what it was before we set it. Two that set it at once write the same.
 */
static u64 mode_before;

static int call(unsigned int op, u64 *val)
{
	struct xen_pmu_params params = {
		.version = { XENPMU_VER_MAJ, XENPMU_VER_MIN },
		.val = *val,
	};
	int err = HYPERVISOR_xenpmu_op(op, &params);

	*val = params.val;
	return err;
}

/* 0: it has none: it is off. */
static u64 get_mode(void)
{
	u64 mode = 0;

	return call(XENPMU_mode_get, &mode) ? 0 : mode;
}

/**
 * vprof_xenpmu_is_mode_set() - Does dom0 sample everybody?
 *
 * Return: whether the mode is "all".
 */
bool vprof_xenpmu_is_mode_set(void)
{
	return get_mode() == XENPMU_MODE_ALL;
}

/**
 * vprof_xenpmu_set_mode() - Let dom0 sample everybody, if Xen allows
 *
 * It does not while there are guests that were made in another mode.
 */
void vprof_xenpmu_set_mode(void)
{
	u64 before = get_mode(), mode = XENPMU_MODE_ALL;

	if (!before || before == mode)
		return;
	if (!call(XENPMU_mode_set, &mode))
		WRITE_ONCE(mode_before, before);
}

/**
 * vprof_xenpmu_reset_mode() - Undo vprof_xenpmu_set_mode()
 */
void vprof_xenpmu_reset_mode(void)
{
	u64 mode = READ_ONCE(mode_before);

	if (mode && vprof_xenpmu_is_mode_set())
		call(XENPMU_mode_set, &mode);
}

/* One word of Xen's command line: "watchdog", or "watchdog=force". */
static bool is_watchdog_on(const char *word)
{
	const char *value;

	if (strncmp(word, "watchdog", 8))
		return false;
	value = word + 8;
	if (!*value)
		return true;
	if (*value++ != '=')
		return false;
	return strcmp(value, "0") && strcmp(value, "no") &&
	       strcmp(value, "off") && strcmp(value, "false") &&
	       strcmp(value, "disable");
}

static bool has_watchdog(void)
{
	struct xen_commandline *line;
	bool is_on = false;
	char *rest, *word;

	line = kzalloc(sizeof(*line) + 1, GFP_KERNEL);
	if (!line)
		return false;
	if (!HYPERVISOR_xen_version(XENVER_commandline, line)) {
		rest = line->buf;
		while ((word = strsep(&rest, " ")))
			is_on |= is_watchdog_on(word);
	}
	kfree(line);
	return is_on;
}

static unsigned int count_physical_cpus(void)
{
	struct xen_platform_op op = { .cmd = XENPF_get_cpuinfo };
	struct xenpf_pcpuinfo *info = &op.u.pcpu_info;
	unsigned int cpu = 0, nr = 0;

	do {
		info->xen_cpuid = cpu;
		if (HYPERVISOR_platform_op(&op))
			return 0;
		nr += !!(info->flags & XEN_PCPU_FLAGS_ONLINE);
	} while (cpu++ < info->max_present);
	return nr;
}

/* Xen gives a vCPU's physical id to those that can run on one CPU only. */
static bool is_pinned(void)
{
	struct vcpu_get_physid physid;
	unsigned int cpu;

	for_each_online_cpu (cpu)
		if (HYPERVISOR_vcpu_op(VCPUOP_get_physid, xen_vcpu_nr(cpu),
				       &physid))
			return false;
	return true;
}

static bool has_pmu(void)
{
	struct vprof_info info = {};

	vprof_perf_describe(&info);
	return info.features & VPROF_FEATURE_HW_PMU;
}

/**
 * vprof_xenpmu_init() - Is this a dom0 that could?
 *
 * Before the others, and none of them if it fails.
 *
 * Return: 0, -ENODEV no PV dom0 of Xen, -EOPNOTSUPP not with this Linux.
 */
int vprof_xenpmu_init(void)
{
	if (!xen_pv_domain() || !xen_initial_domain())
		return -ENODEV;
	return vprof_xenpmu_page_init();
}

/**
 * vprof_xenpmu_unmet() - What keeps Xen's PMU from sampling everybody now?
 *
 * Return: bits of enum vprof_xenpmu_condition.
 */
u32 vprof_xenpmu_unmet(void)
{
	u64 mode = get_mode();
	u32 unmet = 0;

	if (!mode && has_watchdog())
		unmet |= VPROF_XENPMU_WATCHDOG;
	if (!mode)
		unmet |= VPROF_XENPMU_VPMU;
	else if (!vprof_xenpmu_page_is_there() || !has_pmu())
		unmet |= VPROF_XENPMU_DRIVER;
	else if (mode != XENPMU_MODE_ALL)
		unmet |= VPROF_XENPMU_MODE;
	if (count_physical_cpus() != num_online_cpus())
		unmet |= VPROF_XENPMU_VCPUS;
	if (!is_pinned())
		unmet |= VPROF_XENPMU_PINNING;
	return unmet;
}

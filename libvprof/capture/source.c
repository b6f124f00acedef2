// SPDX-License-Identifier: LGPL-2.1-or-later
/* What could take samples here, and why not: vprof-list sources. */
#include "capture/kmod_device.h"
#include "capture/xenpmu.h"
#include "base/perf_open.h"
#include "base/small_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <vprof/capture.h>

enum { TEXT_LEN = 64 };

static void say(struct vprof_source_info *info, bool is_available,
		const char *why)
{
	info->is_available = is_available;
	snprintf(info->why, sizeof(info->why), "%s", why);
}

static void probe_kmod(struct vprof_source_info *info)
{
	struct vprof_error err = { 0 };
	struct vprof_info module;
	int fd;

	fd = vprof_kmod_open(&module, &err);
	if (fd < 0) {
		say(info, false, err.text);
		return;
	}
	close(fd);
	say(info, true, "/dev/vprof answers");
}

/* The software clock is always there; a PMU counts what hardware does. */
static void describe_pmu(const char *pmu, struct vprof_source_info *info)
{
	if (*pmu)
		snprintf(info->why, sizeof(info->why), "PMU \"%.60s\"", pmu);
	else
		say(info, info->is_available,
		    "software clock only: this machine exposes no PMU");
}

/* The module has picked one source when it was loaded. */
static void describe_kmod(const struct vprof_info *module, const char *name,
			  struct vprof_source_info *info)
{
	if (!strcmp(module->source, name)) {
		info->is_available = true;
		describe_pmu(module->features & VPROF_FEATURE_HW_PMU
				     ? module->pmu
				     : "",
			     info);
		return;
	}
	snprintf(
		info->why, sizeof(info->why),
		"the module is loaded with %.16s: sudo rmmod vprof; sudo modprobe vprof source=%s",
		module->source, name);
}

/* @unloaded: why it is not known yet where no module is loaded */
static bool ask_module(struct vprof_source_info *info, const char *unloaded,
		       struct vprof_info *ret_module)
{
	int fd = vprof_kmod_open(ret_module, NULL);

	if (fd < 0) {
		say(info, false, unloaded);
		return false;
	}
	close(fd);
	return true;
}

static void probe_kmod_perf(struct vprof_source_info *info)
{
	char pmu[TEXT_LEN];
	struct vprof_info module;
	int fd;

	fd = vprof_kmod_open(&module, NULL);
	if (fd < 0) {
		vprof_perf_get_pmu(pmu, sizeof(pmu));
		snprintf(info->why, sizeof(info->why),
			 "once the module is loaded: %.60s",
			 *pmu ? pmu : "the software clock, for want of a PMU");
		return;
	}
	close(fd);
	describe_kmod(&module, "perf", info);
}

static void probe_xenoprof(struct vprof_source_info *info)
{
	struct vprof_info module;

	if (!vprof_is_xen_dom0()) {
		say(info, false, "not a Xen dom0");
		return;
	}
	if (!ask_module(info, "once the module is loaded, where Xen has it",
			&module))
		return;
	if (strcmp(module.source, "xenoprof"))
		snprintf(
			info->why, sizeof(info->why),
			"this Xen has no xenoprof, or the module was loaded with source=%.15s",
			module.source);
	else
		describe_kmod(&module, "xenoprof", info);
}

static void probe_xenoprof_active(struct vprof_source_info *info)
{
	struct vprof_info module;
	char type[TEXT_LEN];

	if (vprof_is_xen_dom0() ||
	    !vprof_read_line("/sys/hypervisor/type", type, sizeof(type)) ||
	    strcmp(type, "xen") != 0) {
		say(info, false, "not a guest of Xen's");
		return;
	}
	if (ask_module(info,
		       "for a session of dom0's: sudo modprobe vprof "
		       "source=xenoprof-active",
		       &module))
		describe_kmod(&module, "xenoprof-active", info);
}

static void probe_xenpmu(struct vprof_source_info *info)
{
	struct vprof_info module;
	uint32_t unmet;

	if (!vprof_is_xen_dom0()) {
		say(info, false, "not a Xen dom0");
		return;
	}
	if (!ask_module(info,
			"once the module is loaded, where Xen's vPMU is on",
			&module))
		return;
	unmet = module.xenpmu_unmet;
	/* Loaded with it, the module tries to set the mode itself. */
	if (strcmp(module.source, "xenpmu"))
		unmet &= ~(uint32_t)VPROF_XENPMU_MODE;
	if (unmet)
		vprof_xenpmu_explain(unmet, info->why, sizeof(info->why));
	else
		describe_kmod(&module, "xenpmu", info);
}

static void probe_perf_event(struct vprof_source_info *info)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 1000000,
		.disabled = 1,
	};
	struct vprof_error err = { 0 };
	char pmu[TEXT_LEN];
	int fd;

	fd = vprof_perf_open(&attr, -1, 0);
	if (fd < 0) {
		vprof_perf_explain(fd, "cpu-clock", true, &err);
		say(info, false, err.text);
		return;
	}
	close(fd);
	info->is_available = true;
	vprof_perf_get_pmu(pmu, sizeof(pmu));
	describe_pmu(pmu, info);
}

static const struct {
	const char *name;
	const char *parent;
	void (*probe)(struct vprof_source_info *info);
} sources[] = {
	{ "kmod", NULL, probe_kmod },
	{ "perf", "kmod", probe_kmod_perf },
	{ "xenoprof", "kmod", probe_xenoprof },
	{ "xenoprof-active", "kmod", probe_xenoprof_active },
	{ "xenpmu", "kmod", probe_xenpmu },
	{ "perf_event", NULL, probe_perf_event },
};

const char *vprof_source_get_limits(const char *source)
{
	if (strcmp(source, "xenpmu"))
		return "";
	return "xenpmu: Xen stops a CPU's counters from each sample until dom0 "
	       "runs there to take it: what was not counted meanwhile is in no "
	       "account. While dom0 is busy, a guest's turn on a CPU gives one "
	       "sample at most: its share is too low then and dom0's too high "
	       "(xl list and xentop have the CPU time). For whom Xen worked is "
	       "known of dom0 alone: what it did for guests and for nobody is "
	       "the domain hypervisor";
}

int vprof_source_probe(unsigned int index, struct vprof_source_info *ret_info)
{
	struct vprof_source_info info = { 0 };

	if (index >= sizeof(sources) / sizeof(sources[0]))
		return -ENOENT;
	info.name = sources[index].name;
	info.parent = sources[index].parent;
	sources[index].probe(&info);
	*ret_info = info;
	return 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the module's source xenpmu needs, and cannot know, in words. */
#include "capture/xenpmu.h"

#include <stdio.h>
#include <string.h>
#include <uapi/vprof.h>

/* Xen's command line is read at boot. */
#define IN_GRUB \
	" GRUB_CMDLINE_XEN in /etc/default/grub, sudo update-grub, reboot"

static const struct {
	uint32_t condition;
	const char *sentence;
} sentences[] = {
	{ VPROF_XENPMU_DOM0,
	  "dom0 is no PV domain: take dom0=pvh out of" IN_GRUB },
	{ VPROF_XENPMU_LINUX,
	  "this Linux lacks CONFIG_XEN_HAVE_VPMU, CONFIG_KALLSYMS_ALL or "
	  "CONFIG_KPROBES" },
	{ VPROF_XENPMU_WATCHDOG,
	  "Xen's NMI watchdog has the counters: take watchdog out of" IN_GRUB },
	{ VPROF_XENPMU_VPMU, "Xen's vPMU is off: put vpmu=1 into" IN_GRUB },
	{ VPROF_XENPMU_DRIVER,
	  "Linux got no PMU from Xen, which may not know this processor: sudo "
	  "xl dmesg | grep -i vpmu" },
	{ VPROF_XENPMU_VCPUS,
	  "dom0 needs as many vCPUs as there are CPUs: put "
	  "dom0_max_vcpus=$(xl info nr_cpus) into" IN_GRUB },
	{ VPROF_XENPMU_PINNING,
	  "dom0's vCPUs are not pinned: for i in $(seq 0 $(($(nproc) - 1))); "
	  "do sudo xl vcpu-pin Domain-0 $i $i; done" },
	{ VPROF_XENPMU_MODE,
	  "Xen keeps its PMU's mode while guests run that began in it: shut "
	  "them down, sudo sh -c 'echo all > /sys/hypervisor/pmu/pmu_mode', "
	  "start them again" },
};

void vprof_xenpmu_explain(uint32_t unmet, char *ret_text, size_t size)
{
	const char *sentence;
	size_t used = 0, length;

	*ret_text = '\0';
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		sentence = sentences[i].sentence;
		length = strlen(sentence) + (used ? 2 : 0);
		if (!(unmet & sentences[i].condition) || used + length >= size)
			continue;
		snprintf(ret_text + used, size - used, "%s%s", used ? "; " : "",
			 sentence);
		used += length;
	}
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* Whether this machine lets its host sample guests, and in words why not. */
#include "capture/guest_access.h"

#include <stdio.h>

#include "base/small_file.h"

enum { PATH_LEN = 512, VALUE_LEN = 16 };

/* Linux 6.19 and later: guests have the counters for themselves while they run. */
static bool is_pmu_mediated(const char *root)
{
	char path[PATH_LEN], value[VALUE_LEN];

	snprintf(path, sizeof(path),
		 "%s/sys/module/kvm/parameters/enable_mediated_pmu", root);
	vprof_read_line(path, value, sizeof(value));
	return *value == 'Y' || *value == '1';
}

bool vprof_guest_access_explain(const char *root, char *ret_why, size_t size)
{
	if (!is_pmu_mediated(root))
		return true;
	snprintf(ret_why, size,
		 "no guest samples: KVM gives each guest the PMU while it runs "
		 "(enable_mediated_pmu). When no VM runs: sudo modprobe -r "
		 "kvm_intel kvm_amd kvm && sudo modprobe kvm "
		 "enable_mediated_pmu=N");
	return false;
}

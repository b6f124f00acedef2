// SPDX-License-Identifier: LGPL-2.1-or-later
/* Whether this machine lets its host sample guests, and in words why not. */
#include "capture/guest_access.h"

#include <stdio.h>
#include <string.h>

enum { PATH_LEN = 512, VALUE_LEN = 16 };

/* The first word of a file; "" where there is no such file. */
static void read_word(const char *root, const char *path, char *ret_word)
{
	char whole[PATH_LEN];
	FILE *file;

	*ret_word = '\0';
	snprintf(whole, sizeof(whole), "%s%s", root, path);
	file = fopen(whole, "re");
	if (!file)
		return;
	if (fscanf(file, "%15s", ret_word) != 1)
		*ret_word = '\0';
	fclose(file);
}

/* Linux 6.19 and later: guests have the counters for themselves while they run. */
static bool is_pmu_mediated(const char *root)
{
	char value[VALUE_LEN];

	read_word(root, "/sys/module/kvm/parameters/enable_mediated_pmu",
		  value);
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

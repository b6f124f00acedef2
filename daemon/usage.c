// SPDX-License-Identifier: GPL-2.0-only
/* What vprofd itself costs. */
#include "usage.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static uint64_t to_ns(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000000000 +
	       (uint64_t)time.tv_usec * 1000;
}

static uint64_t read_rss(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long total, resident = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%lu %lu", &total, &resident) != 2)
		resident = 0;
	fclose(file);
	return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

void vprof_usage_read(uint64_t *ret_cpu_ns, uint64_t *ret_rss_bytes,
		      uint64_t *ret_peak_rss_bytes)
{
	struct rusage usage = { 0 };

	(void)getrusage(RUSAGE_SELF, &usage);
	*ret_cpu_ns = to_ns(usage.ru_utime) + to_ns(usage.ru_stime);
	*ret_rss_bytes = read_rss();
	/* the kernel's peak is of a rougher count than statm's */
	*ret_peak_rss_bytes = (uint64_t)usage.ru_maxrss * 1024;
	if (*ret_peak_rss_bytes < *ret_rss_bytes)
		*ret_peak_rss_bytes = *ret_rss_bytes;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* perf_event_open, and in words why it refuses. */
#include "base/perf_open.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PATH_LEN = 128 };

int vprof_perf_open(const struct perf_event_attr *attr, pid_t pid, int cpu)
{
	long fd;

	fd = syscall(SYS_perf_event_open, attr, pid, cpu, -1,
		     PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

long vprof_perf_get_sysctl(const char *name, long otherwise)
{
	char path[PATH_LEN];
	long value;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/sys/kernel/%s", name);
	file = fopen(path, "re");
	if (!file)
		return otherwise;
	if (fscanf(file, "%ld", &value) != 1)
		value = otherwise;
	fclose(file);
	return value;
}

int vprof_perf_get_paranoid(void)
{
	return (int)vprof_perf_get_sysctl("perf_event_paranoid", 2);
}

/* Names that drivers of CPU PMUs register; hybrid and Arm ones have more parts. */
static bool is_cpu_pmu(const char *name)
{
	static const char *const prefixes[] = { "cpu", "armv8_", "armv9_" };

	if (!strcmp(name, "cpum_cf") || !strcmp(name, "cpum_sf"))
		return true;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	return false;
}

void vprof_perf_get_pmu(char *ret_name, size_t size)
{
	struct dirent *entry;
	DIR *dir;

	*ret_name = '\0';
	dir = opendir("/sys/bus/event_source/devices");
	if (!dir)
		return;
	while (!*ret_name && (entry = readdir(dir)))
		if (is_cpu_pmu(entry->d_name))
			snprintf(ret_name, size, "%s", entry->d_name);
	closedir(dir);
}

static int explain_refusal(bool is_whole_machine, struct vprof_error *err)
{
	int paranoid = vprof_perf_get_paranoid();

	if (!is_whole_machine)
		return vprof_error_set(
			err, -EACCES,
			"not allowed to sample this process "
			"(kernel.perf_event_paranoid is %d). Run it with sudo; "
			"for a process of yours this does, too: sudo sysctl "
			"kernel.perf_event_paranoid=1",
			paranoid);
	return vprof_error_set(
		err, -EACCES,
		"not allowed to sample the whole machine "
		"(kernel.perf_event_paranoid is %d). Run it with sudo, or: "
		"sudo sysctl kernel.perf_event_paranoid=-1",
		paranoid);
}

static int explain_no_event(int code, const char *event,
			    struct vprof_error *err)
{
	char pmu[PATH_LEN];

	vprof_perf_get_pmu(pmu, sizeof(pmu));
	if (!*pmu)
		return vprof_error_set(err, -EOPNOTSUPP,
				       "this machine exposes no PMU, so %s "
				       "cannot be sampled. There is the "
				       "software clock: -e cpu-clock",
				       event);
	return vprof_error_set(err, code,
			       "the PMU \"%s\" cannot sample %s. What it can: "
			       "vprof-list events",
			       pmu, event);
}

int vprof_perf_explain(int code, const char *event, bool is_whole_machine,
		       struct vprof_error *err)
{
	switch (code) {
	case -EACCES:
	case -EPERM:
		return explain_refusal(is_whole_machine, err);
	case -ENOENT:
	case -ENODEV:
	case -EOPNOTSUPP:
		return explain_no_event(code, event, err);
	case -ESRCH:
		return vprof_error_set(err, code,
				       "the process to sample has ended");
	case -EMFILE:
	case -ENFILE:
		return vprof_error_set(err, code,
				       "too many descriptors (one for each "
				       "event, CPU and thread): raise the "
				       "limit (ulimit -n)");
	case -EBUSY:
	case -ENOSPC:
		return vprof_error_set(err, code,
				       "no counter is free for %s: somebody "
				       "else uses them",
				       event);
	case -ENOSYS:
		return vprof_error_set(err, code,
				       "this kernel has no perf_event_open "
				       "(CONFIG_PERF_EVENTS)");
	default:
		return vprof_error_set(err, code, "cannot sample %s: %s", event,
				       strerror(-code));
	}
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* The kernel's stream of forks, execs, exits and mappings: perf dummy events. */
#include "process/sideband.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cpu_list.h"
#include "base/cpu_watch.h"
#include "base/now.h"
#include "base/perf_open.h"
#include "process/sideband_ring.h"

enum {
	MACHINE_BYTES = 512 * 1024,
	PROCESS_BYTES = 64 * 1024,
};

/* What is open on one CPU: its ring belongs to the first descriptor. */
struct cpu {
	bool is_open;
	unsigned int number;
	int *fds;
	size_t nr_fds;
	struct perf_event_mmap_page *page;
	struct vprof_sideband_ring ring;
};

struct vprof_sideband {
	pid_t pid;
	size_t buffer_bytes;
	int epoll_fd;
	int watch_fd;          /* of CPUs that go; may be none */
	bool has_no_build_ids; /* kernel older than 5.12 */
	struct cpu *cpus;
	unsigned int nr_cpus;
	pid_t *tids;
	size_t nr_tids;
	uint64_t lost;
};

/* ---- opening ------------------------------------------------------------ */

static struct perf_event_attr make_attr(const struct vprof_sideband *sideband)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.sample_type = PERF_SAMPLE_TIME,
		.sample_id_all = 1,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
		.mmap = 1,
		.mmap2 = 1,
		.build_id = !sideband->has_no_build_ids,
		.comm = 1,
		.comm_exec = 1,
		.task = 1,
		.inherit = sideband->pid != 0,
		.exclude_kernel = 1,
		.exclude_hv = 1,
		.watermark = 1,
		.wakeup_watermark = sideband->buffer_bytes / 4,
	};

	return attr;
}

static int open_event(struct vprof_sideband *sideband, pid_t tid, int cpu)
{
	struct perf_event_attr attr = make_attr(sideband);
	int fd = vprof_perf_open(&attr, tid, cpu);

	if (fd != -EINVAL || !attr.build_id)
		return fd;
	sideband->has_no_build_ids = true;
	attr.build_id = 0;
	return vprof_perf_open(&attr, tid, cpu);
}

/* The kernel bounds an unprivileged user's locked memory: take what it gives. */
static int map_ring(struct vprof_sideband *sideband, struct cpu *cpu)
{
	size_t page_bytes = sysconf(_SC_PAGESIZE);
	size_t bytes = page_bytes;
	void *map;
	int ret;

	while (bytes < sideband->buffer_bytes)
		bytes *= 2;
	for (;; bytes /= 2) {
		map = mmap(NULL, page_bytes + bytes, PROT_READ | PROT_WRITE,
			   MAP_SHARED, cpu->fds[0], 0);
		if (map != MAP_FAILED)
			break;
		if (errno != EPERM)
			return -errno;
		if (bytes == page_bytes)
			return -ENOBUFS;
	}
	ret = vprof_sideband_ring_init(&cpu->ring, map, bytes);
	if (ret) {
		munmap(map, page_bytes + bytes);
		return ret;
	}
	cpu->page = map;
	return 0;
}

static int watch(struct vprof_sideband *sideband, const struct cpu *cpu)
{
	struct epoll_event event = { .events = EPOLLIN };

	if (epoll_ctl(sideband->epoll_fd, EPOLL_CTL_ADD, cpu->fds[0], &event))
		return -errno;
	return 0;
}

static void close_cpu(struct cpu *cpu)
{
	size_t i;

	if (cpu->page)
		munmap(cpu->page, sysconf(_SC_PAGESIZE) + cpu->ring.bytes);
	vprof_sideband_ring_fini(&cpu->ring);
	for (i = 0; i < cpu->nr_fds; i++)
		close(cpu->fds[i]);
	free(cpu->fds);
	cpu->page = NULL;
	cpu->fds = NULL;
	cpu->nr_fds = 0;
	cpu->is_open = false;
}

/* One more thread whose events go to the CPU's ring. */
static int add_thread(struct vprof_sideband *sideband, struct cpu *cpu,
		      pid_t tid)
{
	int fd = open_event(sideband, tid, cpu->number);
	int ret = 0;

	if (fd < 0)
		return fd;
	cpu->fds[cpu->nr_fds++] = fd;
	if (cpu->page) {
		if (ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, cpu->fds[0]))
			ret = -errno;
		return ret;
	}
	ret = map_ring(sideband, cpu);
	return ret ? ret : watch(sideband, cpu);
}

static int open_cpu(struct vprof_sideband *sideband, unsigned int number)
{
	struct cpu *cpu = &sideband->cpus[number];
	size_t i;
	int ret = 0;

	cpu->number = number;
	cpu->fds = calloc(sideband->nr_tids, sizeof(*cpu->fds));
	if (!cpu->fds)
		return -ENOMEM;
	for (i = 0; i < sideband->nr_tids; i++) {
		ret = add_thread(sideband, cpu, sideband->tids[i]);
		if (ret && ret != -ESRCH)
			break; /* a thread that has ended is no loss */
		ret = 0;
	}
	if (!ret && !cpu->page)
		ret = -ESRCH;
	if (ret)
		close_cpu(cpu);
	else
		cpu->is_open = true;
	return ret;
}

/* The machine is one "thread", -1, to perf_event_open. */
static int list_threads(struct vprof_sideband *sideband)
{
	char path[64];
	struct dirent *entry;
	pid_t *tids;
	DIR *dir;

	sideband->tids = malloc(sizeof(*tids));
	if (!sideband->tids)
		return -ENOMEM;
	sideband->tids[0] = sideband->pid ? sideband->pid : -1;
	sideband->nr_tids = 1;
	if (!sideband->pid)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/task", sideband->pid);
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? -ESRCH : -errno;
	while ((entry = readdir(dir))) {
		pid_t tid = atoi(entry->d_name);

		if (tid <= 0 || tid == sideband->pid)
			continue;
		tids = reallocarray(sideband->tids, sideband->nr_tids + 1,
				    sizeof(*tids));
		if (!tids)
			break;
		sideband->tids = tids;
		tids[sideband->nr_tids++] = tid;
	}
	closedir(dir);
	return entry ? -ENOMEM : 0;
}

/*
 * Opens what came online and closes what went offline: the kernel takes an
 * event from a CPU that goes, and does not give it back.
 *
 * Return: number of CPUs opened and closed, or a negative errno.
 */
static int match_cpus(struct vprof_sideband *sideband,
		      const struct vprof_cpu_list *online)
{
	unsigned int i;
	int nr = 0;
	int ret;

	for (i = 0; i < sideband->nr_cpus; i++) {
		if (online->has[i] == sideband->cpus[i].is_open)
			continue;
		if (sideband->cpus[i].is_open) {
			close_cpu(&sideband->cpus[i]);
			nr++;
			continue;
		}
		ret = open_cpu(sideband, i);
		if (ret && ret != -ENODEV) /* went offline meanwhile */
			return ret;
		nr += !ret;
	}
	return nr;
}

static int open_cpus(struct vprof_sideband *sideband)
{
	struct vprof_cpu_list *list = malloc(sizeof(*list));
	int ret;

	if (!list)
		return -ENOMEM;
	ret = vprof_cpu_list_read("possible", list);
	if (ret)
		goto out;
	sideband->nr_cpus = list->end;
	sideband->cpus = calloc(list->end, sizeof(*sideband->cpus));
	ret = -ENOMEM;
	if (!sideband->cpus)
		goto out;
	ret = vprof_cpu_list_read("online", list);
	if (!ret)
		ret = match_cpus(sideband, list);
out:
	free(list);
	return ret < 0 ? ret : 0;
}

static int explain(pid_t pid, int code, struct vprof_error *err)
{
	switch (code) {
	case -EACCES:
	case -EPERM:
		return vprof_error_set(
			err, -EACCES,
			"not permitted to follow %s (kernel.perf_event_paranoid is %d): run as root, give CAP_PERFMON, or sudo sysctl kernel.perf_event_paranoid=%d",
			pid ? "the process" : "the machine's processes",
			vprof_perf_get_paranoid(), pid ? 2 : 0);
	case -ENOBUFS:
		return vprof_error_set(
			err, code,
			"no memory is left beside the sample buffers to follow processes: ask for a smaller -b, raise kernel.perf_event_mlock_kb (it is %ld), or use sudo",
			vprof_perf_get_sysctl("perf_event_mlock_kb", 0));
	case -ESRCH:
		return vprof_error_set(err, code, "no process %d", pid);
	case -EMFILE:
	case -ENFILE:
		return vprof_error_set(
			err, code,
			"too many open files to follow processes on every CPU: raise the limit (ulimit -n)");
	case -ENOENT:
	case -ENOSYS:
		return vprof_error_set(
			err, -ENOSYS,
			"this kernel has no perf events (CONFIG_PERF_EVENTS)");
	default:
		return vprof_error_set(err, code, "cannot follow processes: %s",
				       strerror(-code));
	}
}

static int open_all(struct vprof_sideband *sideband)
{
	int ret;

	sideband->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (sideband->epoll_fd < 0)
		return -errno;
	ret = list_threads(sideband);
	return ret ? ret : open_cpus(sideband);
}

int vprof_sideband_open(pid_t pid, size_t buffer_bytes,
			struct vprof_sideband **ret_sideband,
			struct vprof_error *err)
{
	struct vprof_sideband *sideband = calloc(1, sizeof(*sideband));
	int ret;

	if (!sideband)
		return explain(pid, -ENOMEM, err);
	sideband->pid = pid;
	sideband->epoll_fd = -1;
	sideband->watch_fd = vprof_cpu_watch_open();
	sideband->buffer_bytes = buffer_bytes ? buffer_bytes
				 : pid        ? PROCESS_BYTES
					      : MACHINE_BYTES;
	ret = open_all(sideband);
	if (ret) {
		vprof_sideband_free(sideband);
		return explain(pid, ret, err);
	}
	*ret_sideband = sideband;
	return 0;
}

void vprof_sideband_free(struct vprof_sideband *sideband)
{
	unsigned int i;

	if (!sideband)
		return;
	for (i = 0; sideband->cpus && i < sideband->nr_cpus; i++) {
		if (sideband->cpus[i].is_open)
			close_cpu(&sideband->cpus[i]);
	}
	if (sideband->epoll_fd >= 0)
		close(sideband->epoll_fd);
	if (sideband->watch_fd >= 0)
		close(sideband->watch_fd);
	free(sideband->cpus);
	free(sideband->tids);
	free(sideband);
}

/* ---- reading ------------------------------------------------------------ */

int vprof_sideband_get_fd(const struct vprof_sideband *sideband)
{
	return sideband->epoll_fd;
}

static struct cpu *find_earliest(struct vprof_sideband *sideband)
{
	struct cpu *earliest = NULL;
	unsigned int i;

	for (i = 0; i < sideband->nr_cpus; i++) {
		struct cpu *cpu = &sideband->cpus[i];

		if (cpu->is_open && cpu->ring.has_next &&
		    (!earliest ||
		     cpu->ring.next.time_ns < earliest->ring.next.time_ns))
			earliest = cpu;
	}
	return earliest;
}

/*
 * Records later than the beginning of the drain stay for the next one: an
 * earlier one may be missing still from a ring that was looked at before.
 */
ssize_t vprof_sideband_drain(struct vprof_sideband *sideband,
			     vprof_sideband_fn *fn, void *data)
{
	uint64_t until = vprof_now_ns(CLOCK_MONOTONIC);
	struct cpu *cpu;
	ssize_t nr = 0;
	unsigned int i;

	for (i = 0; i < sideband->nr_cpus; i++) {
		if (sideband->cpus[i].is_open)
			vprof_sideband_ring_begin(&sideband->cpus[i].ring);
	}
	while ((cpu = find_earliest(sideband))) {
		if (cpu->ring.next.time_ns > until)
			break;
		if (cpu->ring.next.type == VPROF_SIDEBAND_LOST)
			sideband->lost += cpu->ring.next.count;
		fn(data, &cpu->ring.next);
		vprof_sideband_ring_advance(&cpu->ring);
		nr++;
	}
	for (i = 0; i < sideband->nr_cpus; i++) {
		if (sideband->cpus[i].is_open)
			vprof_sideband_ring_release(&sideband->cpus[i].ring);
	}
	return nr;
}

uint64_t vprof_sideband_lost(const struct vprof_sideband *sideband)
{
	uint64_t lost = sideband->lost;
	unsigned int i;

	for (i = 0; i < sideband->nr_cpus; i++)
		lost += sideband->cpus[i].ring.nr_malformed;
	return lost;
}

/* It may be back already: its event is dead all the same. */
static void drop_cpu(void *data, unsigned int number)
{
	struct vprof_sideband *sideband = data;

	if (number < sideband->nr_cpus && sideband->cpus[number].is_open)
		close_cpu(&sideband->cpus[number]);
}

static void drop_gone(struct vprof_sideband *sideband)
{
	unsigned int i;

	if (sideband->watch_fd < 0 ||
	    !vprof_cpu_watch_read(sideband->watch_fd, drop_cpu, sideband))
		return;
	for (i = 0; i < sideband->nr_cpus; i++)
		drop_cpu(sideband, i);
}

int vprof_sideband_follow_cpus(struct vprof_sideband *sideband)
{
	struct vprof_cpu_list *online = malloc(sizeof(*online));
	int ret;

	if (!online)
		return 0;
	drop_gone(sideband);
	ret = vprof_cpu_list_read("online", online);
	if (!ret)
		ret = match_cpus(sideband, online);
	free(online);
	return ret > 0 ? ret : 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* The capture that needs no module: perf_event_open, a ring a CPU. */
#include "capture.h"
#include "log.h"
#include "perf_open.h"
#include "perf_ring.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
	DEFAULT_RING_BYTES = 512 * 1024,
	MAX_RING_BYTES = 64 * 1024 * 1024,
	MAX_CHAIN = 125,
	/* enough for the rings of the machines that have most CPUs */
	MAX_POLLED = 64,
	PATH_LEN = 64,
	ALL = ~0u,
};

/* What read(2) gives with READ_FORMAT; lost where the kernel counts it. */
struct counts {
	uint64_t value;
	uint64_t enabled_ns;
	uint64_t running_ns;
	uint64_t lost;
};

enum {
	READ_FORMAT = PERF_FORMAT_TOTAL_TIME_ENABLED |
		      PERF_FORMAT_TOTAL_TIME_RUNNING,
};

/* One event of one task (or of all) on one CPU. */
struct counter {
	int fd;
	unsigned int event;
	unsigned int ring;
};

struct perf_capture {
	struct vprof_capture base;
	struct vprof_event_spec *events;
	unsigned int nr_events;
	struct perf_event_attr *attrs;
	struct counter *counters;
	size_t nr_counters;
	struct vprof_perf_ring *rings;
	unsigned int nr_rings;
	struct vprof_perf_layout layout;
	struct vprof_perf_id *ids;
	size_t ring_bytes;
	pid_t *tasks;
	size_t nr_tasks;
	bool is_enabled_on_exec;
	/* since Linux 6.0 the kernel counts lost samples for each event */
	bool has_lost_counts;
};

static struct perf_capture *to_perf(struct vprof_capture *capture)
{
	return (struct perf_capture *)capture;
}

/* ---- what to open --------------------------------------------------------- */

static void fill_attr(const struct perf_capture *capture,
		      const struct vprof_event_spec *event,
		      const struct vprof_capture_options *options,
		      struct perf_event_attr *attr)
{
	memset(attr, 0, sizeof(*attr));
	attr->size = sizeof(*attr);
	attr->type = event->type;
	attr->config = event->config;
	attr->config1 = event->config1;
	attr->config2 = event->config2;
	attr->sample_period = event->period;
	attr->freq = event->is_frequency;
	attr->sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME;
	if (capture->nr_events > 1)
		attr->sample_type |= PERF_SAMPLE_IDENTIFIER;
	if (capture->layout.has_period)
		attr->sample_type |= PERF_SAMPLE_PERIOD;
	if (capture->layout.has_chain)
		attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
	attr->sample_max_stack = capture->layout.has_chain ? MAX_CHAIN : 0;
	attr->exclude_callchain_kernel = !options->kernel_chain;
	attr->exclude_callchain_user = !options->user_chain;
	attr->read_format = READ_FORMAT | PERF_FORMAT_LOST;
	attr->exclude_user = event->exclude_user;
	attr->exclude_kernel = event->exclude_kernel;
	attr->exclude_hv = event->exclude_hypervisor;
	attr->exclude_guest = 1;
	attr->disabled = 1;
	attr->inherit = options->pid != 0;
	attr->enable_on_exec = options->pid && options->enable_on_exec;
	attr->watermark = 1;
	attr->wakeup_watermark = (uint32_t)(capture->ring_bytes / 2);
	attr->use_clockid = 1;
	attr->clockid = CLOCK_MONOTONIC;
}

static int add_task(struct perf_capture *capture, pid_t task)
{
	pid_t *tasks;

	tasks = reallocarray(capture->tasks, capture->nr_tasks + 1,
			     sizeof(*tasks));
	if (!tasks)
		return -ENOMEM;
	tasks[capture->nr_tasks++] = task;
	capture->tasks = tasks;
	return 0;
}

/* Inheritance only goes from a thread to those that it makes from now on. */
static int find_tasks(struct perf_capture *capture, pid_t pid,
		      struct vprof_error *err)
{
	char path[PATH_LEN];
	struct dirent *entry;
	int ret = 0;
	DIR *dir;

	if (!pid)
		return add_task(capture, -1);
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return vprof_error_set(err, -ESRCH, "no process %d", pid);
	while (!ret && (entry = readdir(dir)))
		if (atoi(entry->d_name) > 0)
			ret = add_task(capture, atoi(entry->d_name));
	closedir(dir);
	return ret;
}

/* ---- opening --------------------------------------------------------------- */

static int open_on(struct perf_capture *capture, unsigned int event, pid_t task,
		   unsigned int cpu)
{
	struct perf_event_attr *attr = &capture->attrs[event];
	int fd;

	fd = vprof_perf_open(attr, task, (int)cpu);
	if (fd == -EINVAL && attr->read_format & PERF_FORMAT_LOST) {
		attr->read_format &= ~(uint64_t)PERF_FORMAT_LOST;
		fd = vprof_perf_open(attr, task, (int)cpu);
		if (fd >= 0)
			capture->has_lost_counts = false;
		else
			attr->read_format |= PERF_FORMAT_LOST;
	}
	/* What an unprivileged user may sample of his own: user code. */
	if (fd == -EACCES && task > 0 && !attr->exclude_kernel &&
	    vprof_perf_get_paranoid() == 2) {
		attr->exclude_kernel = 1;
		attr->exclude_callchain_kernel = 1;
		vprof_log(VPROF_LOG_WARNING,
			  "only user code is sampled: the kernel's needs sudo, "
			  "or: sudo sysctl kernel.perf_event_paranoid=1");
		fd = vprof_perf_open(attr, task, (int)cpu);
	}
	return fd;
}

static int map_ring(struct perf_capture *capture, struct vprof_perf_ring *ring,
		    int fd)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *map;

	/* Unprivileged, kernel.perf_event_mlock_kb bounds the sum. */
	for (;; capture->ring_bytes /= 2) {
		map = mmap(NULL, page + capture->ring_bytes,
			   PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (map != MAP_FAILED)
			break;
		if ((errno != EPERM && errno != ENOMEM) ||
		    capture->ring_bytes <= page)
			return -errno;
	}
	ring->map = map;
	ring->data = (unsigned char *)map + page;
	ring->data_size = capture->ring_bytes;
	return 0;
}

static int watch_ring(struct perf_capture *capture, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(capture->base.fd, EPOLL_CTL_ADD, fd, &event))
		return -errno;
	return 0;
}

/* The first counter on a CPU has the ring, the others write to it too. */
static int attach_ring(struct perf_capture *capture, unsigned int cpu,
		       const struct counter *counter)
{
	struct vprof_perf_ring *ring = &capture->rings[capture->nr_rings];
	int ret;

	if (ring->map) {
		int leader = -1;

		for (size_t i = 0; i < capture->nr_counters; i++)
			if (capture->counters[i].ring == counter->ring) {
				leader = capture->counters[i].fd;
				break;
			}
		if (ioctl(counter->fd, PERF_EVENT_IOC_SET_OUTPUT, leader))
			return -errno;
		return 0;
	}
	ring->cpu = cpu;
	ret = map_ring(capture, ring, counter->fd);
	if (ret)
		return ret;
	return watch_ring(capture, counter->fd);
}

static int add_id(struct perf_capture *capture, const struct counter *counter)
{
	uint64_t id;
	size_t slot;

	if (!capture->layout.ids)
		return 0;
	if (ioctl(counter->fd, PERF_EVENT_IOC_ID, &id))
		return -errno;
	for (slot = id & capture->layout.id_mask; capture->ids[slot].id;)
		slot = (slot + 1) & capture->layout.id_mask;
	capture->ids[slot].id = id;
	capture->ids[slot].event = counter->event;
	return 0;
}

static int explain_ring(int code, struct vprof_error *err)
{
	return vprof_error_set(
		err, code,
		"no memory for the sample buffers (%s): raise "
		"kernel.perf_event_mlock_kb (it is %ld), or use sudo",
		strerror(-code),
		vprof_perf_get_sysctl("perf_event_mlock_kb", 0));
}

/* Return: 1 when there is no such CPU now, 2 when the task has ended. */
enum { NO_CPU = 1, NO_TASK = 2 };

static int open_counter(struct perf_capture *capture, unsigned int event,
			pid_t task, unsigned int cpu, struct vprof_error *err)
{
	struct counter *counter = &capture->counters[capture->nr_counters];
	int ret;

	ret = open_on(capture, event, task, cpu);
	if (ret == -ENODEV)
		return NO_CPU;
	if (ret == -ESRCH && capture->nr_tasks > 1)
		return NO_TASK;
	if (ret < 0)
		return vprof_perf_explain(ret, capture->events[event].name,
					  task < 0, err);
	counter->fd = ret;
	counter->event = event;
	counter->ring = capture->nr_rings;
	ret = attach_ring(capture, cpu, counter);
	if (!ret)
		ret = add_id(capture, counter);
	if (ret) {
		close(counter->fd);
		return explain_ring(ret, err);
	}
	capture->nr_counters++;
	return 0;
}

static int open_cpu(struct perf_capture *capture, unsigned int cpu,
		    struct vprof_error *err)
{
	int ret;

	for (size_t task = 0; task < capture->nr_tasks; task++) {
		for (unsigned int i = 0; i < capture->nr_events; i++) {
			ret = open_counter(capture, i, capture->tasks[task],
					   cpu, err);
			if (ret < 0)
				return ret;
			if (ret == NO_CPU)
				return 0;
			if (ret == NO_TASK)
				break;
		}
	}
	if (capture->rings[capture->nr_rings].map)
		capture->nr_rings++;
	return 0;
}

static int open_cpus(struct perf_capture *capture, unsigned int nr_cpus,
		     struct vprof_error *err)
{
	int ret;

	for (unsigned int cpu = 0; cpu < nr_cpus; cpu++) {
		ret = open_cpu(capture, cpu, err);
		if (ret)
			return ret;
	}
	if (!capture->nr_rings)
		return vprof_perf_explain(-ENODEV, capture->events[0].name,
					  false, err);
	return 0;
}

/* ---- the capture ------------------------------------------------------------ */

static size_t power_of_two_below(size_t bytes)
{
	size_t power = (size_t)sysconf(_SC_PAGESIZE);

	while (power * 2 <= bytes)
		power *= 2;
	return power;
}

static int allocate_ids(struct perf_capture *capture, size_t nr_counters)
{
	size_t size = 16;

	if (capture->nr_events == 1)
		return 0;
	while (size < 2 * nr_counters)
		size *= 2;
	capture->ids = calloc(size, sizeof(*capture->ids));
	if (!capture->ids)
		return -ENOMEM;
	capture->layout.ids = capture->ids;
	capture->layout.id_mask = size - 1;
	return 0;
}

static int allocate(struct perf_capture *capture,
		    const struct vprof_capture_options *options,
		    unsigned int nr_cpus, struct vprof_error *err)
{
	size_t nr_counters;
	int ret;

	ret = find_tasks(capture, options->pid, err);
	if (ret)
		return ret;
	nr_counters = capture->nr_tasks * nr_cpus * options->nr_events;
	capture->events = calloc(options->nr_events, sizeof(*capture->events));
	capture->attrs = calloc(options->nr_events, sizeof(*capture->attrs));
	capture->rings = calloc(nr_cpus, sizeof(*capture->rings));
	capture->counters = calloc(nr_counters, sizeof(*capture->counters));
	capture->layout.scratch = malloc(VPROF_PERF_RECORD_MAX);
	if (!capture->events || !capture->attrs || !capture->rings ||
	    !capture->counters || !capture->layout.scratch)
		return -ENOMEM;
	return allocate_ids(capture, nr_counters);
}

static void describe_events(struct perf_capture *capture,
			    const struct vprof_capture_options *options)
{
	size_t bytes = options->buffer_bytes ? options->buffer_bytes
					     : DEFAULT_RING_BYTES;

	if (bytes > MAX_RING_BYTES)
		bytes = MAX_RING_BYTES;
	capture->ring_bytes = power_of_two_below(bytes);
	capture->has_lost_counts = true;
	capture->is_enabled_on_exec = options->pid && options->enable_on_exec;
	capture->layout.nr_events = options->nr_events;
	capture->layout.has_chain = options->kernel_chain ||
				    options->user_chain;
	capture->layout.throttled_hz = (uint64_t)vprof_perf_get_sysctl(
		"perf_event_max_sample_rate", 100000);
	for (unsigned int i = 0; i < options->nr_events; i++)
		if (options->events[i].is_frequency)
			capture->layout.has_period = true;
	for (unsigned int i = 0; i < options->nr_events; i++) {
		capture->events[i] = options->events[i];
		fill_attr(capture, &options->events[i], options,
			  &capture->attrs[i]);
	}
}

static void free_perf(struct vprof_capture *base)
{
	struct perf_capture *capture = to_perf(base);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (size_t i = 0; capture->rings && i < base->info.nr_cpus; i++)
		if (capture->rings[i].map)
			munmap(capture->rings[i].map,
			       page + capture->rings[i].data_size);
	for (size_t i = 0; i < capture->nr_counters; i++)
		close(capture->counters[i].fd);
	if (base->fd >= 0)
		close(base->fd);
	free(capture->layout.scratch);
	free(capture->ids);
	free(capture->rings);
	free(capture->counters);
	free(capture->attrs);
	free(capture->events);
	free(capture->tasks);
	free(capture);
}

static int open_perf(const struct vprof_capture_options *options,
		     struct vprof_capture **ret_capture,
		     struct vprof_error *err)
{
	struct perf_capture *capture;
	unsigned int nr_cpus = (unsigned int)sysconf(_SC_NPROCESSORS_CONF);
	int ret;

	capture = calloc(1, sizeof(*capture));
	if (!capture)
		return vprof_error_set(err, -ENOMEM, "out of memory");
	capture->nr_events = options->nr_events;
	capture->base.info.nr_cpus = nr_cpus;
	capture->base.info.is_whole_machine = !options->pid;
	capture->base.fd = epoll_create1(EPOLL_CLOEXEC);
	ret = capture->base.fd < 0 ? -errno : 0;
	if (!ret)
		ret = allocate(capture, options, nr_cpus, err);
	if (ret) {
		if (ret != -ESRCH)
			vprof_error_set(err, ret, "%s", strerror(-ret));
		goto free_capture;
	}
	describe_events(capture, options);
	ret = open_cpus(capture, nr_cpus, err);
	if (ret)
		goto free_capture;
	snprintf(capture->base.source, sizeof(capture->base.source), "perf");
	vprof_perf_get_pmu(capture->base.pmu, sizeof(capture->base.pmu));
	*ret_capture = &capture->base;
	return 0;

free_capture:
	free_perf(&capture->base);
	return ret;
}

static int switch_counters(struct perf_capture *capture, unsigned long request)
{
	for (size_t i = 0; i < capture->nr_counters; i++)
		if (ioctl(capture->counters[i].fd, request, 0))
			return -errno;
	return 0;
}

static int start_perf(struct vprof_capture *base, struct vprof_error *err)
{
	struct perf_capture *capture = to_perf(base);
	int ret;

	if (capture->is_enabled_on_exec)
		return 0;
	ret = switch_counters(capture, PERF_EVENT_IOC_ENABLE);
	if (ret)
		return vprof_error_set(err, ret, "cannot start counting: %s",
				       strerror(-ret));
	return 0;
}

static int read_counts(const struct perf_capture *capture,
		       const struct counter *counter, struct counts *ret_counts)
{
	struct counts counts = { 0 };
	size_t size = sizeof(counts);

	if (!capture->has_lost_counts)
		size = offsetof(struct counts, lost);
	if (read(counter->fd, &counts, size) != (ssize_t)size)
		return -EIO;
	*ret_counts = counts;
	return 0;
}

/* More events than counters take turns, and their shares then are estimates. */
static void warn_of_turns(const struct perf_capture *capture)
{
	uint64_t enabled_ns, running_ns;
	struct counts counts;

	for (unsigned int event = 0; event < capture->nr_events; event++) {
		enabled_ns = 0;
		running_ns = 0;
		for (size_t i = 0; i < capture->nr_counters; i++) {
			if (capture->counters[i].event != event ||
			    read_counts(capture, &capture->counters[i],
					&counts))
				continue;
			enabled_ns += counts.enabled_ns;
			running_ns += counts.running_ns;
		}
		if ((double)running_ns < 0.99 * (double)enabled_ns)
			vprof_log(
				VPROF_LOG_WARNING,
				"%s was counted %.0f%% of the time only: more "
				"events than counters are free",
				capture->events[event].name,
				100.0 * (double)running_ns /
					(double)enabled_ns);
	}
}

static int stop_perf(struct vprof_capture *base, struct vprof_error *err)
{
	struct perf_capture *capture = to_perf(base);
	int ret;

	ret = switch_counters(capture, PERF_EVENT_IOC_DISABLE);
	if (ret)
		return vprof_error_set(err, ret, "cannot stop counting: %s",
				       strerror(-ret));
	/* a task's counters do not run where the task does not */
	if (base->info.is_whole_machine)
		warn_of_turns(capture);
	return 0;
}

/*
 * Takes the invitations to read back. A ring whose task has ended would invite
 * for ever, so it is not watched any more; it is still read.
 */
static void take_invitations(struct perf_capture *capture)
{
	struct epoll_event events[MAX_POLLED];
	int nr;

	nr = epoll_wait(capture->base.fd, events, MAX_POLLED, 0);
	for (int i = 0; i < nr; i++)
		if (events[i].events & (EPOLLHUP | EPOLLERR))
			epoll_ctl(capture->base.fd, EPOLL_CTL_DEL,
				  events[i].data.fd, NULL);
}

static void mark_perf(struct vprof_capture *base)
{
	struct perf_capture *capture = to_perf(base);

	take_invitations(capture);
	for (unsigned int i = 0; i < capture->nr_rings; i++)
		vprof_perf_ring_mark(&capture->rings[i]);
}

static ssize_t read_perf(struct vprof_capture *base,
			 const struct vprof_capture_handler *handler)
{
	struct perf_capture *capture = to_perf(base);
	size_t nr = 0;

	for (unsigned int i = 0; i < capture->nr_rings; i++)
		nr += vprof_perf_ring_read(&capture->rings[i], &capture->layout,
					   handler);
	return (ssize_t)nr;
}

/* The kernel's own count of what it could not write is exact for each event; a
 * PERF_RECORD_LOST only comes when there is room again, for any of them. */
static void add_lost_counts(const struct perf_capture *capture,
			    unsigned int event, unsigned int cpu,
			    struct vprof_accounts *accounts)
{
	const struct counter *counter;
	struct counts counts;

	accounts->lost[VPROF_LOSS_FULL] = 0;
	for (size_t i = 0; i < capture->nr_counters; i++) {
		counter = &capture->counters[i];
		if ((event == ALL || counter->event == event) &&
		    (cpu == ALL || capture->rings[counter->ring].cpu == cpu) &&
		    !read_counts(capture, counter, &counts))
			accounts->lost[VPROF_LOSS_FULL] += counts.lost;
	}
}

static void add_ring(const struct vprof_perf_ring *ring, unsigned int event,
		     struct vprof_accounts *accounts)
{
	accounts->delivered += ring->delivered[event];
	for (size_t i = 0; i < VPROF_NR_LOSSES; i++)
		accounts->lost[i] += ring->lost[event][i];
}

static int get_accounts_perf(struct vprof_capture *base, unsigned int event,
			     unsigned int cpu,
			     struct vprof_accounts *ret_accounts)
{
	struct perf_capture *capture = to_perf(base);
	struct vprof_accounts accounts = { 0 };

	if (event != ALL && event >= capture->nr_events)
		return -ENOENT;
	for (unsigned int i = 0; i < capture->nr_rings; i++) {
		if (cpu != ALL && capture->rings[i].cpu != cpu)
			continue;
		for (unsigned int j = 0; j < capture->nr_events; j++)
			if (event == ALL || event == j)
				add_ring(&capture->rings[i], j, &accounts);
	}
	if (capture->has_lost_counts)
		add_lost_counts(capture, event, cpu, &accounts);
	vprof_accounts_settle(&accounts);
	*ret_accounts = accounts;
	return 0;
}

const struct vprof_capture_ops vprof_capture_perf_ops = {
	.name = "perf_event",
	.open = open_perf,
	.free = free_perf,
	.start = start_perf,
	.stop = stop_perf,
	.mark = mark_perf,
	.read = read_perf,
	.get_accounts = get_accounts_perf,
};

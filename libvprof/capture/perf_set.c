// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opens the counters of a perf_event capture: events x tasks x CPUs, a ring a CPU. */
#include "capture/perf_set.h"

#include "base/log.h"
#include "base/perf_open.h"

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
	PATH_LEN = 64,
	READ_FORMAT = PERF_FORMAT_TOTAL_TIME_ENABLED |
		      PERF_FORMAT_TOTAL_TIME_RUNNING,
};

/* ---- what to open --------------------------------------------------------- */

static void fill_attr(const struct vprof_perf_set *set,
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
	if (set->nr_events > 1)
		attr->sample_type |= PERF_SAMPLE_IDENTIFIER;
	if (set->layout.has_period)
		attr->sample_type |= PERF_SAMPLE_PERIOD;
	if (set->layout.has_chain)
		attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
	attr->sample_max_stack = set->layout.has_chain ? MAX_CHAIN : 0;
	attr->exclude_callchain_kernel = !options->kernel_chain;
	attr->exclude_callchain_user = !options->user_chain;
	attr->read_format = READ_FORMAT | PERF_FORMAT_LOST;
	attr->exclude_user = event->exclude_user;
	attr->exclude_kernel = event->exclude_kernel;
	attr->exclude_hv = event->exclude_hypervisor;
	attr->exclude_guest = !set->layout.vcpus;
	attr->disabled = 1;
	attr->inherit = options->pid != 0;
	attr->enable_on_exec = options->pid && options->enable_on_exec;
	attr->watermark = 1;
	attr->wakeup_watermark = (uint32_t)(set->ring_bytes / 2);
	attr->use_clockid = 1;
	attr->clockid = CLOCK_MONOTONIC;
}

static int add_task(struct vprof_perf_set *set, pid_t task)
{
	pid_t *tasks;

	tasks = reallocarray(set->tasks, set->nr_tasks + 1, sizeof(*tasks));
	if (!tasks)
		return -ENOMEM;
	tasks[set->nr_tasks++] = task;
	set->tasks = tasks;
	return 0;
}

/* Inheritance only goes from a thread to those that it makes from now on. */
static int find_tasks(struct vprof_perf_set *set, pid_t pid,
		      struct vprof_error *err)
{
	char path[PATH_LEN];
	struct dirent *entry;
	int ret = 0;
	DIR *dir;

	if (!pid)
		return add_task(set, -1);
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return vprof_error_set(err, -ESRCH, "no process %d", pid);
	while (!ret && (entry = readdir(dir)))
		if (atoi(entry->d_name) > 0)
			ret = add_task(set, atoi(entry->d_name));
	closedir(dir);
	return ret;
}

/* ---- opening --------------------------------------------------------------- */

static int open_on(struct vprof_perf_set *set, unsigned int event, pid_t task,
		   unsigned int cpu)
{
	struct perf_event_attr *attr = &set->attrs[event];
	int fd;

	fd = vprof_perf_open(attr, task, (int)cpu);
	if (fd == -EINVAL && attr->read_format & PERF_FORMAT_LOST) {
		attr->read_format &= ~(uint64_t)PERF_FORMAT_LOST;
		fd = vprof_perf_open(attr, task, (int)cpu);
		if (fd >= 0)
			set->has_lost_counts = false;
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

static int map_ring(struct vprof_perf_set *set, struct vprof_perf_ring *ring,
		    int fd)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *map;

	/* Unprivileged, kernel.perf_event_mlock_kb bounds the sum. */
	for (;; set->ring_bytes /= 2) {
		map = mmap(NULL, page + set->ring_bytes, PROT_READ | PROT_WRITE,
			   MAP_SHARED, fd, 0);
		if (map != MAP_FAILED)
			break;
		if ((errno != EPERM && errno != ENOMEM) ||
		    set->ring_bytes <= page)
			return -errno;
	}
	ring->map = map;
	ring->data = (unsigned char *)map + page;
	ring->data_size = set->ring_bytes;
	return 0;
}

static int watch_ring(struct vprof_perf_set *set, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(set->epoll_fd, EPOLL_CTL_ADD, fd, &event))
		return -errno;
	return 0;
}

/* The first counter on a CPU has the ring, the others write to it too. */
static int attach_ring(struct vprof_perf_set *set, unsigned int cpu,
		       const struct vprof_perf_counter *counter)
{
	struct vprof_perf_ring *ring = &set->rings[set->nr_rings];
	int ret;

	if (ring->map) {
		int leader = -1;

		for (size_t i = 0; i < set->nr_counters; i++)
			if (set->counters[i].ring == counter->ring) {
				leader = set->counters[i].fd;
				break;
			}
		if (ioctl(counter->fd, PERF_EVENT_IOC_SET_OUTPUT, leader))
			return -errno;
		return 0;
	}
	ring->cpu = cpu;
	ret = map_ring(set, ring, counter->fd);
	if (ret)
		return ret;
	return watch_ring(set, counter->fd);
}

static int add_id(struct vprof_perf_set *set,
		  const struct vprof_perf_counter *counter)
{
	uint64_t id;
	size_t slot;

	if (!set->layout.ids)
		return 0;
	if (ioctl(counter->fd, PERF_EVENT_IOC_ID, &id))
		return -errno;
	for (slot = id & set->layout.id_mask; set->ids[slot].id;)
		slot = (slot + 1) & set->layout.id_mask;
	set->ids[slot].id = id;
	set->ids[slot].event = counter->event;
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

static int open_counter(struct vprof_perf_set *set, unsigned int event,
			pid_t task, unsigned int cpu, struct vprof_error *err)
{
	struct vprof_perf_counter *counter = &set->counters[set->nr_counters];
	int ret;

	ret = open_on(set, event, task, cpu);
	if (ret == -ENODEV)
		return NO_CPU;
	if (ret == -ESRCH && set->nr_tasks > 1)
		return NO_TASK;
	if (ret < 0)
		return vprof_perf_explain(ret, set->events[event].name,
					  task < 0, err);
	counter->fd = ret;
	counter->event = event;
	counter->ring = set->nr_rings;
	ret = attach_ring(set, cpu, counter);
	if (!ret)
		ret = add_id(set, counter);
	if (ret) {
		close(counter->fd);
		return explain_ring(ret, err);
	}
	set->nr_counters++;
	return 0;
}

static int open_cpu(struct vprof_perf_set *set, unsigned int cpu,
		    struct vprof_error *err)
{
	int ret;

	for (size_t task = 0; task < set->nr_tasks; task++) {
		for (unsigned int i = 0; i < set->nr_events; i++) {
			ret = open_counter(set, i, set->tasks[task], cpu, err);
			if (ret < 0)
				return ret;
			if (ret == NO_CPU)
				return 0;
			if (ret == NO_TASK)
				break;
		}
	}
	if (set->rings[set->nr_rings].map)
		set->nr_rings++;
	return 0;
}

static int open_cpus(struct vprof_perf_set *set, struct vprof_error *err)
{
	int ret;

	for (unsigned int cpu = 0; cpu < set->nr_cpus; cpu++) {
		ret = open_cpu(set, cpu, err);
		if (ret)
			return ret;
	}
	if (!set->nr_rings)
		return vprof_perf_explain(-ENODEV, set->events[0].name, false,
					  err);
	return 0;
}

/* ---- the set ------------------------------------------------------------ */

static size_t power_of_two_below(size_t bytes)
{
	size_t power = (size_t)sysconf(_SC_PAGESIZE);

	while (power * 2 <= bytes)
		power *= 2;
	return power;
}

static int allocate_ids(struct vprof_perf_set *set, size_t nr_counters)
{
	size_t size = 16;

	if (set->nr_events == 1)
		return 0;
	while (size < 2 * nr_counters)
		size *= 2;
	set->ids = calloc(size, sizeof(*set->ids));
	if (!set->ids)
		return -ENOMEM;
	set->layout.ids = set->ids;
	set->layout.id_mask = size - 1;
	return 0;
}

static int allocate(struct vprof_perf_set *set)
{
	size_t nr_counters = set->nr_tasks * set->nr_cpus * set->nr_events;

	set->events = calloc(set->nr_events, sizeof(*set->events));
	set->attrs = calloc(set->nr_events, sizeof(*set->attrs));
	set->rings = calloc(set->nr_cpus, sizeof(*set->rings));
	set->counters = calloc(nr_counters, sizeof(*set->counters));
	set->layout.scratch = malloc(VPROF_PERF_RECORD_MAX);
	if (!set->events || !set->attrs || !set->rings || !set->counters ||
	    !set->layout.scratch)
		return -ENOMEM;
	return allocate_ids(set, nr_counters);
}

/* A guest runs on any CPU: only the whole machine has all of it. */
static int allocate_vcpus(struct vprof_perf_set *set,
			  const struct vprof_capture_options *options)
{
	if (!options->with_guests || options->pid)
		return 0;
	set->layout.vcpus = calloc(1, sizeof(*set->layout.vcpus));
	return set->layout.vcpus ? 0 : -ENOMEM;
}

static void describe_events(struct vprof_perf_set *set,
			    const struct vprof_capture_options *options)
{
	size_t bytes = options->buffer_bytes ? options->buffer_bytes
					     : DEFAULT_RING_BYTES;

	if (bytes > MAX_RING_BYTES)
		bytes = MAX_RING_BYTES;
	set->ring_bytes = power_of_two_below(bytes);
	set->has_lost_counts = true;
	set->layout.nr_events = options->nr_events;
	set->layout.has_chain = options->kernel_chain || options->user_chain;
	for (unsigned int i = 0; i < options->nr_events; i++)
		if (options->events[i].is_frequency)
			set->layout.has_period = true;
	for (unsigned int i = 0; i < options->nr_events; i++) {
		set->events[i] = options->events[i];
		fill_attr(set, &options->events[i], options, &set->attrs[i]);
	}
}

void vprof_perf_set_close(struct vprof_perf_set *set)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (size_t i = 0; set->rings && i < set->nr_cpus; i++)
		if (set->rings[i].map)
			munmap(set->rings[i].map,
			       page + set->rings[i].data_size);
	for (size_t i = 0; i < set->nr_counters; i++)
		close(set->counters[i].fd);
	free(set->layout.scratch);
	free(set->layout.vcpus);
	free(set->ids);
	free(set->rings);
	free(set->counters);
	free(set->attrs);
	free(set->events);
	free(set->tasks);
	memset(set, 0, sizeof(*set));
}

int vprof_perf_set_open(struct vprof_perf_set *set,
			const struct vprof_capture_options *options,
			int epoll_fd, struct vprof_error *err)
{
	int ret;

	memset(set, 0, sizeof(*set));
	set->epoll_fd = epoll_fd;
	set->nr_events = options->nr_events;
	set->nr_cpus = (unsigned int)sysconf(_SC_NPROCESSORS_CONF);
	ret = find_tasks(set, options->pid, err);
	if (!ret)
		ret = allocate(set);
	if (!ret)
		ret = allocate_vcpus(set, options);
	if (ret == -ENOMEM)
		vprof_error_set(err, ret, "out of memory");
	if (ret)
		goto close_set;
	describe_events(set, options);
	ret = open_cpus(set, err);
	if (ret)
		goto close_set;
	return 0;

close_set:
	vprof_perf_set_close(set);
	return ret;
}

int vprof_perf_counter_read(const struct vprof_perf_set *set,
			    const struct vprof_perf_counter *counter,
			    struct vprof_perf_counts *ret_counts)
{
	struct vprof_perf_counts counts = { 0 };
	size_t size = sizeof(counts);

	if (!set->has_lost_counts)
		size = offsetof(struct vprof_perf_counts, lost);
	if (read(counter->fd, &counts, size) != (ssize_t)size)
		return -EIO;
	*ret_counts = counts;
	return 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* The capture that needs no module: perf_event_open. */
#include "capture/capture.h"
#include "base/log.h"
#include "base/perf_open.h"
#include "capture/accounts.h"
#include "capture/perf_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	/* enough for the rings of the machines that have most CPUs */
	MAX_POLLED = 64,
	ALL = VPROF_CAPTURE_ALL,
};

struct perf_capture {
	struct vprof_capture base;
	struct vprof_perf_set set;
	bool is_enabled_on_exec;
};

static struct perf_capture *to_perf(struct vprof_capture *capture)
{
	return (struct perf_capture *)capture;
}

static void free_perf(struct vprof_capture *base)
{
	vprof_perf_set_close(&to_perf(base)->set);
	close(base->fd);
	free(base);
}

static int open_perf(const struct vprof_capture_options *options,
		     struct vprof_capture **ret_capture,
		     struct vprof_error *err)
{
	struct perf_capture *capture;
	int ret;

	capture = calloc(1, sizeof(*capture));
	if (!capture)
		return vprof_error_set(err, -ENOMEM, "out of memory");
	capture->base.fd = epoll_create1(EPOLL_CLOEXEC);
	if (capture->base.fd < 0) {
		ret = vprof_error_set(err, -errno, "cannot make an epoll: %s",
				      strerror(errno));
		goto free_capture;
	}
	ret = vprof_perf_set_open(&capture->set, options, capture->base.fd,
				  err);
	if (ret)
		goto close_epoll;
	capture->is_enabled_on_exec = options->pid && options->enable_on_exec;
	capture->base.info.nr_cpus = capture->set.nr_cpus;
	capture->base.info.is_whole_machine = !options->pid;
	if (capture->set.layout.vcpus)
		capture->base.info.guests = VPROF_GUEST_KVM;
	snprintf(capture->base.source, sizeof(capture->base.source), "perf");
	vprof_perf_get_pmu(capture->base.pmu, sizeof(capture->base.pmu));
	*ret_capture = &capture->base;
	return 0;

close_epoll:
	close(capture->base.fd);
free_capture:
	free(capture);
	return ret;
}

static int switch_counters(struct vprof_perf_set *set, unsigned long request)
{
	for (size_t i = 0; i < set->nr_counters; i++)
		if (ioctl(set->counters[i].fd, request, 0))
			return -errno;
	return 0;
}

static int start_perf(struct vprof_capture *base, struct vprof_error *err)
{
	struct vprof_perf_set *set = &to_perf(base)->set;
	int ret;

	if (to_perf(base)->is_enabled_on_exec)
		return 0;
	ret = switch_counters(set, PERF_EVENT_IOC_ENABLE);
	if (ret)
		return vprof_error_set(err, ret, "cannot start counting: %s",
				       strerror(-ret));
	return 0;
}

/* More events than counters take turns, and their shares then are estimates. */
static void warn_of_turns(const struct vprof_perf_set *set)
{
	uint64_t enabled_ns, running_ns;
	struct vprof_perf_counts counts;

	for (unsigned int event = 0; event < set->nr_events; event++) {
		enabled_ns = 0;
		running_ns = 0;
		for (size_t i = 0; i < set->nr_counters; i++) {
			if (set->counters[i].event != event ||
			    vprof_perf_counter_read(set, &set->counters[i],
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
				set->events[event].name,
				100.0 * (double)running_ns /
					(double)enabled_ns);
	}
}

static int stop_perf(struct vprof_capture *base, struct vprof_error *err)
{
	struct vprof_perf_set *set = &to_perf(base)->set;
	int ret;

	ret = switch_counters(set, PERF_EVENT_IOC_DISABLE);
	if (ret)
		return vprof_error_set(err, ret, "cannot stop counting: %s",
				       strerror(-ret));
	/* a task's counters do not run where the task does not */
	if (base->info.is_whole_machine)
		warn_of_turns(set);
	return 0;
}

/*
 * Takes the invitations to read back. A ring whose task has ended would invite
 * for ever, so it is not watched any more; it is still read.
 */
static void take_invitations(struct vprof_perf_set *set)
{
	struct epoll_event events[MAX_POLLED];
	int nr;

	nr = epoll_wait(set->epoll_fd, events, MAX_POLLED, 0);
	for (int i = 0; i < nr; i++)
		if (events[i].events & (EPOLLHUP | EPOLLERR))
			epoll_ctl(set->epoll_fd, EPOLL_CTL_DEL,
				  events[i].data.fd, NULL);
}

static void mark_perf(struct vprof_capture *base)
{
	struct vprof_perf_set *set = &to_perf(base)->set;

	take_invitations(set);
	for (unsigned int i = 0; i < set->nr_rings; i++)
		vprof_perf_ring_mark(&set->rings[i]);
}

static ssize_t read_perf(struct vprof_capture *base,
			 const struct vprof_capture_handler *handler)
{
	struct vprof_perf_set *set = &to_perf(base)->set;
	size_t nr = 0;

	for (unsigned int i = 0; i < set->nr_rings; i++)
		nr += vprof_perf_ring_read(&set->rings[i], &set->layout,
					   handler);
	return (ssize_t)nr;
}

/* The kernel's own count of what it could not write is exact for each event; a
 * PERF_RECORD_LOST only comes when there is room again, for any of them. */
static void add_lost_counts(const struct vprof_perf_set *set,
			    unsigned int event, unsigned int cpu,
			    struct vprof_accounts *accounts)
{
	const struct vprof_perf_counter *counter;
	struct vprof_perf_counts counts;

	accounts->lost[VPROF_LOSS_FULL] = 0;
	for (size_t i = 0; i < set->nr_counters; i++) {
		counter = &set->counters[i];
		if ((event == ALL || counter->event == event) &&
		    (cpu == ALL || set->rings[counter->ring].cpu == cpu) &&
		    !vprof_perf_counter_read(set, counter, &counts))
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

static int get_cpu_accounts_perf(struct vprof_capture *base, unsigned int event,
				 unsigned int cpu,
				 struct vprof_accounts *ret_accounts)
{
	struct vprof_perf_set *set = &to_perf(base)->set;
	struct vprof_accounts accounts = { 0 };

	if (event != ALL && event >= set->nr_events)
		return -ENOENT;
	for (unsigned int i = 0; i < set->nr_rings; i++) {
		if (cpu != ALL && set->rings[i].cpu != cpu)
			continue;
		for (unsigned int j = 0; j < set->nr_events; j++)
			if (event == ALL || event == j)
				add_ring(&set->rings[i], j, &accounts);
	}
	if (set->has_lost_counts)
		add_lost_counts(set, event, cpu, &accounts);
	vprof_accounts_settle(&accounts);
	*ret_accounts = accounts;
	return 0;
}

static int get_accounts_perf(struct vprof_capture *base, unsigned int domain,
			     unsigned int event,
			     struct vprof_accounts *ret_accounts)
{
	/* Without guests there is no question whose a loss is. */
	if (domain != ALL && (domain || base->info.guests))
		return -EOPNOTSUPP;
	return get_cpu_accounts_perf(base, event, ALL, ret_accounts);
}

/* All guests share the rings: their samples carry their ids. */
static int add_guest_perf(struct vprof_capture *base, uint64_t id,
			  struct vprof_error *err)
{
	(void)base;
	return vprof_error_set(err, -ENOSPC,
			       "guest %llu has no buffer of its own: "
			       "perf_event has none for any guest",
			       (unsigned long long)id);
}

static int remove_guest_perf(struct vprof_capture *base, unsigned int domain)
{
	(void)base;
	(void)domain;
	return -ENOENT;
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
	.get_cpu_accounts = get_cpu_accounts_perf,
	.add_guest = add_guest_perf,
	.remove_guest = remove_guest_perf,
};

// SPDX-License-Identifier: LGPL-2.1-or-later
/* What has to be there before the first sample: all parts of a recording. */
#include "record/recording_setup.h"

#include "base/now.h"
#include "base/small_file.h"
#include "record/domain_actives.h"
#include "record/domain_guests.h"
#include "record/recording.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <vprof/domain.h>
#include <vprof/process.h>

/* Buffers that fill up sooner invite to read sooner. */
enum { MAX_READ_NS = 500000000 };

static int open_parts(struct vprof_recorder *recorder,
		      const struct vprof_recorder_options *options,
		      struct vprof_error *err)
{
	struct vprof_process_options process_options = {
		.size = sizeof(process_options),
	};
	const struct vprof_capture_info *info;
	int ret;

	ret = vprof_capture_open(&options->capture, &recorder->capture, err);
	if (ret)
		return ret;
	info = vprof_capture_get_info(recorder->capture);
	if (info->is_whole_machine)
		recorder->counter.only_pid = options->capture.pid;
	else
		process_options.pid = options->capture.pid;
	ret = vprof_processes_new(&process_options, &recorder->processes, err);
	if (ret)
		return ret;
	return vprof_store_create(options->store_path, &options->store,
				  &recorder->store, err);
}

/* "Xen 4.17", where Linux is Xen's first domain; its guests are not asked. */
static void read_hypervisor(char *ret_text, size_t size)
{
	char major[8], minor[8];

	*ret_text = '\0';
	if (vprof_is_xen_dom0() &&
	    vprof_read_line("/sys/hypervisor/version/major", major,
			    sizeof(major)) &&
	    vprof_read_line("/sys/hypervisor/version/minor", minor,
			    sizeof(minor)))
		snprintf(ret_text, size, "Xen %s.%s", major, minor);
}

static int begin_session(struct vprof_recorder *recorder,
			 const struct vprof_recorder_options *options)
{
	const struct vprof_capture_info *info =
		vprof_capture_get_info(recorder->capture);
	struct vprof_store_session session = {
		.capture = info->name,
		.source = info->source,
		.pmu = info->pmu,
		.why = info->why,
		.no_guests = info->no_guests,
		.command = options->command ? options->command : "",
		.nr_cpus = info->nr_cpus,
		.start_wall_ns = vprof_now_ns(CLOCK_REALTIME),
		.start_mono_ns = vprof_now_ns(CLOCK_MONOTONIC),
	};
	struct vprof_slice_writer *writer = &recorder->writer;
	char hypervisor[64];
	struct utsname uts;
	int64_t id;
	int ret;

	uname(&uts);
	read_hypervisor(hypervisor, sizeof(hypervisor));
	session.hypervisor = hypervisor;
	session.host = uts.nodename;
	session.kernel = uts.release;
	id = vprof_store_begin_session(recorder->store, &session);
	if (id < 0)
		return (int)id;
	for (unsigned int i = 0; i < options->capture.nr_events; i++) {
		id = vprof_store_add_event(recorder->store,
					   &options->capture.events[i]);
		if (id < 0)
			return (int)id;
		writer->events[i] = id;
	}
	writer->nr_events = options->capture.nr_events;
	writer->store = recorder->store;
	writer->processes = recorder->processes;
	recorder->counter.processes = recorder->processes;
	writer->xen_symbols = options->xen_symbols;
	recorder->domains.maps = options->maps;
	recorder->domains.nr_maps = options->nr_maps;
	recorder->domains.actives = options->actives;
	recorder->domains.nr_actives = options->nr_actives;
	recorder->counter.domains = &recorder->domains;
	writer->domains = &recorder->domains;
	ret = vprof_domain_table_init(&recorder->domains, recorder->capture,
				      recorder->store, writer->nr_events);
	return ret ? ret : vprof_domain_table_begin_guests(&recorder->domains);
}

static int watch(struct vprof_recorder *recorder, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (fd >= 0 && epoll_ctl(recorder->epoll_fd, EPOLL_CTL_ADD, fd, &event))
		return -errno;
	return 0;
}

static int make_loop(struct vprof_recorder *recorder)
{
	uint64_t read_ns = recorder->slice_ns / 2;
	struct itimerspec timer = { 0 };
	int ret;

	if (read_ns > MAX_READ_NS)
		read_ns = MAX_READ_NS;
	timer.it_interval.tv_nsec = (long)read_ns;
	timer.it_value = timer.it_interval;
	recorder->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (recorder->epoll_fd < 0)
		return -errno;
	recorder->timer_fd =
		timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (recorder->timer_fd < 0)
		return -errno;
	if (timerfd_settime(recorder->timer_fd, 0, &timer, NULL))
		return -errno;
	ret = watch(recorder, recorder->timer_fd);
	if (!ret)
		ret = watch(recorder, vprof_capture_get_fd(recorder->capture));
	if (!ret)
		ret = watch(recorder,
			    vprof_processes_get_fd(recorder->processes));
	return ret;
}

/* A file that is no use is told of before an hour of recording, not after. */
static int check_xen_symbols(const char *path, struct vprof_error *err)
{
	struct vprof_symbols *symbols = NULL;
	struct vprof_image *image;
	int ret;

	if (!path)
		return 0;
	ret = vprof_image_new(VPROF_IMAGE_HYPERVISOR, "[xen]", path, NULL, 0,
			      &image);
	if (ret)
		return vprof_error_set(err, ret, "%s", strerror(-ret));
	ret = vprof_symbols_load(image, &symbols, err);
	vprof_symbols_free(symbols);
	vprof_image_free(image);
	return ret;
}

int vprof_recording_set_up(struct vprof_recorder *recorder,
			   const struct vprof_recorder_options *options,
			   struct vprof_error *err)
{
	int ret;

	ret = vprof_sample_counter_init(&recorder->counter);
	if (ret)
		return vprof_error_set(err, ret, "%s", strerror(-ret));
	ret = check_xen_symbols(options->xen_symbols, err);
	if (!ret)
		ret = open_parts(recorder, options, err);
	if (ret)
		return ret;
	ret = make_loop(recorder);
	if (ret)
		return vprof_error_set(err, ret, "%s", strerror(-ret));
	ret = begin_session(recorder, options);
	if (ret)
		return vprof_error_set(err, ret, "cannot write %s: %s",
				       options->store_path, strerror(-ret));
	return vprof_domain_table_check_actives(&recorder->domains, err);
}

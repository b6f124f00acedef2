// SPDX-License-Identifier: LGPL-2.1-or-later
/* From capture to store: reads samples, counts equal ones, writes slices. */
#include <vprof/recorder.h>

#include "capture/capture.h"
#include "base/log.h"
#include "base/small_file.h"
#include "record/domain_accounts.h"
#include "record/domain_actives.h"
#include "record/domain_guests.h"
#include "record/domain_names.h"
#include "record/domain_rows.h"
#include "record/domain_table.h"
#include "record/sample_counter.h"
#include "record/slice_writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include <vprof/domain.h>
#include <vprof/process.h>

enum {
	NS_PER_S = 1000000000,
	DEFAULT_SLICE_NS = NS_PER_S,
	/* Buffers that fill up sooner invite to read sooner. */
	MAX_READ_NS = NS_PER_S / 2,
};

struct vprof_recorder {
	struct vprof_capture *capture;
	struct vprof_processes *processes;
	struct vprof_store *store;
	struct vprof_domain_table domains;
	struct vprof_sample_counter counter;
	struct vprof_slice_writer writer;
	uint64_t slice_ns;
	uint64_t slice_start_ns;
	int epoll_fd;
	int timer_fd;
	bool is_running;
	bool is_stopped;
	/* what ended the recording before its time */
	struct vprof_error failure;
};

static uint64_t now_ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * NS_PER_S + (uint64_t)time.tv_nsec;
}

/* ---- slices ------------------------------------------------------------------ */

int vprof_recorder_get_accounts(struct vprof_recorder *recorder,
				unsigned int event,
				struct vprof_accounts *ret_accounts)
{
	struct vprof_accounts accounts;
	int ret;

	if (event >= recorder->writer.nr_events)
		return -ENOENT;
	ret = vprof_capture_get_accounts(recorder->capture, VPROF_CAPTURE_ALL,
					 event, &accounts);
	if (ret)
		return ret;
	accounts.delivered -= recorder->counter.nr_not_stored[event];
	accounts.lost[VPROF_LOSS_NOT_STORED] +=
		recorder->counter.nr_not_stored[event];
	*ret_accounts = accounts;
	return 0;
}

static uint64_t sum_not_stored(const struct vprof_recorder *recorder)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < recorder->writer.nr_events; i++)
		sum += recorder->counter.nr_not_stored[i];
	return sum;
}

/* What broke the recording is said again to whoever goes on. */
static int say_failure(const struct vprof_recorder *recorder,
		       struct vprof_error *err)
{
	return vprof_error_set(err, recorder->failure.code, "%s",
			       recorder->failure.text);
}

/* No more samples can be kept: stop making them. */
static int give_up(struct vprof_recorder *recorder, int code,
		   const struct vprof_error *cause, struct vprof_error *err)
{
	if (recorder->is_running)
		vprof_capture_stop(recorder->capture, NULL);
	recorder->is_running = false;
	vprof_sample_counter_lose(&recorder->counter);
	vprof_processes_forget(recorder->processes);
	vprof_error_set(&recorder->failure, code,
			"%s. Counting has stopped; %llu samples are kept, the "
			"last %llu are lost",
			cause->text,
			(unsigned long long)recorder->counter.nr_samples,
			(unsigned long long)sum_not_stored(recorder));
	return say_failure(recorder, err);
}

static int write_slice(struct vprof_recorder *recorder, uint64_t end_ns,
		       struct vprof_error *err)
{
	struct vprof_slice slice = {
		.start_ns = recorder->slice_start_ns,
		.end_ns = end_ns,
		.aggregate = &recorder->counter.aggregate,
		.chains = &recorder->counter.chains,
	};
	struct vprof_store_account *accounts;
	int ret;

	ret = vprof_domain_table_name(&recorder->domains);
	if (!ret)
		ret = vprof_domain_table_look(&recorder->domains);
	if (!ret)
		ret = vprof_domain_table_get_grown(
			&recorder->domains, recorder->writer.events,
			recorder->counter.nr_not_stored, &accounts,
			&slice.nr_accounts);
	if (ret)
		return vprof_error_set(err, ret, "cannot read the accounts: %s",
				       strerror(-ret));
	slice.accounts = accounts;
	ret = vprof_slice_writer_write(&recorder->writer, &slice, err);
	if (!ret)
		vprof_domain_table_note_written(&recorder->domains);
	free(accounts);
	return ret;
}

static int end_slice(struct vprof_recorder *recorder, uint64_t end_ns,
		     struct vprof_error *err)
{
	struct vprof_error cause = { 0 };
	int ret;

	ret = write_slice(recorder, end_ns, &cause);
	if (ret && ret != -EBUSY)
		return give_up(recorder, ret, &cause, err);
	if (ret) {
		/* Somebody reads, and stays: the store's bound comes first. */
		vprof_log(VPROF_LOG_WARNING, "%s. A slice is lost", cause.text);
		vprof_sample_counter_lose(&recorder->counter);
	} else {
		vprof_sample_counter_clear(&recorder->counter);
		vprof_domain_table_update(&recorder->domains);
	}
	vprof_processes_forget(recorder->processes);
	recorder->slice_start_ns = end_ns;
	return 0;
}

static bool is_slice_due(const struct vprof_recorder *recorder,
			 uint64_t time_ns)
{
	return time_ns - recorder->slice_start_ns >= recorder->slice_ns ||
	       vprof_sample_counter_is_full(&recorder->counter);
}

/*
 * The order matters: what happened to processes up to the mark is known before
 * the samples up to it are read.
 *
 * Return: the time of the mark.
 */
static int read_samples(struct vprof_recorder *recorder, uint64_t *ret_time_ns,
			struct vprof_error *err)
{
	struct vprof_capture_handler handler = {
		.sample = vprof_sample_counter_take,
		.data = &recorder->counter,
		.may_combine = true,
	};
	uint64_t time_ns;
	ssize_t nr;
	int ret;

	vprof_capture_mark(recorder->capture);
	time_ns = now_ns(CLOCK_MONOTONIC);
	ret = vprof_processes_update(recorder->processes);
	if (ret < 0)
		return vprof_error_set(err, ret, "cannot follow processes: %s",
				       strerror(-ret));
	/* since then, and up to the mark, a pid means one process */
	handler.combine_after_ns =
		vprof_processes_get_changed_ns(recorder->processes);
	nr = vprof_capture_read(recorder->capture, &handler);
	if (nr < 0)
		return vprof_error_set(err, (int)nr, "cannot read samples: %s",
				       strerror((int)-nr));
	*ret_time_ns = time_ns;
	return 0;
}

/* An active domain's profile begins when dom0 lets it. */
static bool has_not_begun(struct vprof_recorder *recorder)
{
	return vprof_capture_get_info(recorder->capture)->is_active_domain &&
	       !vprof_capture_is_counting(recorder->capture);
}

int vprof_recorder_run_once(struct vprof_recorder *recorder,
			    struct vprof_error *err)
{
	uint64_t expirations, time_ns;
	int ret;

	if (recorder->failure.code)
		return say_failure(recorder, err);
	/* not yet due: EAGAIN, then a buffer invited */
	if (read(recorder->timer_fd, &expirations, sizeof(expirations)) < 0 &&
	    errno != EAGAIN)
		return vprof_error_set(err, -errno, "cannot read the timer: %s",
				       strerror(errno));
	ret = read_samples(recorder, &time_ns, err);
	if (ret)
		return ret;
	if (!recorder->counter.nr_samples && has_not_begun(recorder))
		recorder->slice_start_ns = time_ns;
	if (!is_slice_due(recorder, time_ns))
		return 0;
	return end_slice(recorder, time_ns, err);
}

/* Guests' first: then all places had their try at a name. */
static int name_places(struct vprof_recorder *recorder, struct vprof_error *err)
{
	int ret = vprof_domain_table_name_places(&recorder->domains);

	if (ret)
		return vprof_error_set(err, ret,
				       "cannot write names to the store: %s",
				       strerror(-ret));
	return vprof_store_name_places(recorder->store, recorder->writer.images,
				       recorder->writer.nr_images, err);
}

int vprof_recorder_flush(struct vprof_recorder *recorder,
			 struct vprof_error *err)
{
	uint64_t time_ns;
	int ret;

	if (recorder->failure.code)
		return say_failure(recorder, err);
	ret = read_samples(recorder, &time_ns, err);
	if (ret)
		return ret;
	ret = end_slice(recorder, time_ns, err);
	if (ret)
		return ret;
	return name_places(recorder, err);
}

/* ---- life --------------------------------------------------------------------- */

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
		.start_wall_ns = now_ns(CLOCK_REALTIME),
		.start_mono_ns = now_ns(CLOCK_MONOTONIC),
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

static int set_up(struct vprof_recorder *recorder,
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

int vprof_recorder_new(const struct vprof_recorder_options *options,
		       struct vprof_recorder **ret_recorder,
		       struct vprof_error *err)
{
	struct vprof_recorder *recorder;
	int ret;

	if (options->size != sizeof(*options))
		return vprof_error_set(err, -EINVAL,
				       "this program was compiled for another "
				       "version of libvprof");
	recorder = calloc(1, sizeof(*recorder));
	if (!recorder)
		return vprof_error_set(err, -ENOMEM, "out of memory");
	recorder->epoll_fd = -1;
	recorder->timer_fd = -1;
	recorder->slice_ns = options->slice_ns ? options->slice_ns
					       : DEFAULT_SLICE_NS;
	ret = set_up(recorder, options, err);
	if (ret) {
		vprof_recorder_free(recorder);
		return ret;
	}
	*ret_recorder = recorder;
	return 0;
}

int vprof_recorder_start(struct vprof_recorder *recorder,
			 struct vprof_error *err)
{
	int ret;

	recorder->slice_start_ns = now_ns(CLOCK_MONOTONIC);
	ret = vprof_capture_start(recorder->capture, err);
	if (ret)
		return vprof_domain_table_explain_actives(&recorder->domains,
							  ret, err);
	recorder->is_running = true;
	return 0;
}

bool vprof_recorder_is_counting(struct vprof_recorder *recorder)
{
	return vprof_capture_is_counting(recorder->capture);
}

int vprof_recorder_get_fd(const struct vprof_recorder *recorder)
{
	return recorder->epoll_fd;
}

const struct vprof_capture_info *
vprof_recorder_get_capture(const struct vprof_recorder *recorder)
{
	return vprof_capture_get_info(recorder->capture);
}

int vprof_recorder_get_domain(struct vprof_recorder *recorder,
			      unsigned int index,
			      struct vprof_recorder_domain *ret_domain)
{
	return vprof_domain_table_describe(&recorder->domains, index,
					   &ret_domain->name,
					   &ret_domain->accounts);
}

void vprof_recorder_get_status(struct vprof_recorder *recorder,
			       struct vprof_recorder_status *ret_status)
{
	struct vprof_recorder_status status = {
		.samples = recorder->counter.nr_samples,
		.outside = recorder->counter.nr_outside,
		.nr_processes = recorder->writer.nr_processes,
		.store_bytes = recorder->store
				       ? vprof_store_get_size(recorder->store)
				       : 0,
		.process_events_lost =
			vprof_processes_lost(recorder->processes),
	};
	struct vprof_accounts accounts;

	for (unsigned int i = 0; i < recorder->writer.nr_events; i++) {
		if (vprof_recorder_get_accounts(recorder, i, &accounts))
			continue;
		status.accounts.delivered += accounts.delivered;
		for (size_t j = 0; j < VPROF_NR_LOSSES; j++)
			status.accounts.lost[j] += accounts.lost[j];
	}
	vprof_accounts_settle(&status.accounts);
	*ret_status = status;
}

int vprof_recorder_stop(struct vprof_recorder *recorder,
			struct vprof_error *err)
{
	uint64_t time_ns;
	int ret;

	if (recorder->failure.code)
		return say_failure(recorder, err);
	if (recorder->is_stopped)
		return 0;
	recorder->is_stopped = true;
	if (recorder->is_running) {
		recorder->is_running = false;
		ret = vprof_capture_stop(recorder->capture, err);
		if (ret)
			return ret;
	}
	ret = read_samples(recorder, &time_ns, err);
	if (ret)
		return ret;
	return end_slice(recorder, time_ns, err);
}

int vprof_recorder_look_on(struct vprof_recorder *recorder)
{
	return vprof_domain_table_look_on(&recorder->domains);
}

/* All of it is tried, whatever became of the first: the store wants closing. */
int vprof_recorder_finish(struct vprof_recorder *recorder,
			  struct vprof_error *err)
{
	struct vprof_store *store = recorder->store;
	struct vprof_error later = { 0 };
	int ret = vprof_recorder_stop(recorder, err);

	vprof_domain_table_end_looking(&recorder->domains);
	name_places(recorder, &later);
	recorder->store = NULL;
	vprof_store_close(store, &later);
	if (!ret && later.code)
		ret = vprof_error_set(err, later.code, "%s", later.text);
	return ret;
}

void vprof_recorder_free(struct vprof_recorder *recorder)
{
	if (!recorder)
		return;
	vprof_domain_table_destroy(&recorder->domains);
	vprof_capture_free(recorder->capture);
	vprof_store_free(recorder->store);
	vprof_processes_free(recorder->processes);
	vprof_slice_writer_destroy(&recorder->writer);
	vprof_sample_counter_destroy(&recorder->counter);
	if (recorder->timer_fd >= 0)
		close(recorder->timer_fd);
	if (recorder->epoll_fd >= 0)
		close(recorder->epoll_fd);
	free(recorder);
}

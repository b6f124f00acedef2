// SPDX-License-Identifier: LGPL-2.1-or-later
/* From capture to store: reads samples, counts equal ones, writes slices. */
#include <vprof/recorder.h>

#include "aggregate.h"
#include "capture.h"
#include "chain_table.h"
#include "log.h"
#include "slice_writer.h"

#include <errno.h>
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
	/* A slice ends early when it grows beyond these: some 50 MB. */
	MAX_TALLIES = 1 << 19,
	MAX_CHAIN_WORDS = 1 << 22,
};

/* A process's tag before it has a number in the store: negative as an int64_t. */
#define TAG_INSIDE (UINT64_MAX - 1)
#define TAG_OUTSIDE UINT64_MAX

struct vprof_recorder {
	struct vprof_capture *capture;
	struct vprof_processes *processes;
	struct vprof_store *store;
	struct vprof_aggregate aggregate;
	struct vprof_chain_table chains;
	struct vprof_slice_writer writer;
	/* only this process and what is below it; 0: everything */
	pid_t only_pid;
	uint64_t slice_ns;
	uint64_t slice_start_ns;
	uint64_t nr_samples;
	uint64_t nr_outside;
	uint64_t nr_not_stored[VPROF_SLICE_MAX_EVENTS];
	int epoll_fd;
	int timer_fd;
	bool is_running;
	/* see note_process_events() */
	bool are_processes_same;
	int nr_events_before;
	/* what ended the recording before its time */
	struct vprof_error failure;
};

static uint64_t now_ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * NS_PER_S + (uint64_t)time.tv_nsec;
}

/* ---- one sample -------------------------------------------------------------- */

/* These are out of line: most samples want none of them. */
static __attribute__((noinline)) bool
is_outside(struct vprof_recorder *recorder, struct vprof_process *process)
{
	uint64_t tag = vprof_process_get_tag(process);
	bool is_below;

	if (tag)
		return tag == TAG_OUTSIDE;
	is_below = vprof_process_is_below(process, recorder->only_pid);
	vprof_process_set_tag(process, is_below ? TAG_INSIDE : TAG_OUTSIDE);
	return !is_below;
}

static __attribute__((noinline)) uint32_t
number_chain(struct vprof_recorder *recorder, const struct vprof_sample *sample)
{
	return vprof_chain_table_intern(&recorder->chains, sample->chain,
					sample->nr_kernel, sample->nr_user);
}

static __attribute__((noinline)) void
add_sample(struct vprof_recorder *recorder, const struct vprof_sample *sample)
{
	struct vprof_place place = {
		.ip = sample->ip,
		.domain = sample->domain,
		.event = sample->event,
		.context = sample->context,
	};
	uint32_t tally;

	place.process = vprof_processes_find(
		recorder->processes, (pid_t)sample->pid, sample->time_ns);
	if (recorder->only_pid && is_outside(recorder, place.process)) {
		recorder->nr_outside++;
		return;
	}
	if (sample->nr_kernel || sample->nr_user)
		place.chain = number_chain(recorder, sample);
	if (vprof_aggregate_add(&recorder->aggregate, &place, sample->weight,
				&tally)) {
		recorder->nr_not_stored[sample->event]++;
		return;
	}
	recorder->nr_samples++;
	if (recorder->are_processes_same && !place.chain)
		vprof_aggregate_remember(&recorder->aggregate, sample->ip,
					 sample->who, tally);
}

static void take_sample(void *data, const struct vprof_sample *sample)
{
	struct vprof_recorder *recorder = data;

	if (!recorder->are_processes_same || sample->chain ||
	    !vprof_aggregate_repeat(&recorder->aggregate, sample->ip,
				    sample->who, sample->weight))
		add_sample(recorder, sample);
	else
		recorder->nr_samples++;
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
	ret = vprof_capture_get_accounts(recorder->capture, event, ~0u,
					 &accounts);
	if (ret)
		return ret;
	accounts.delivered -= recorder->nr_not_stored[event];
	accounts.lost[VPROF_LOSS_NOT_STORED] += recorder->nr_not_stored[event];
	*ret_accounts = accounts;
	return 0;
}

static void forget_slice(struct vprof_recorder *recorder)
{
	vprof_aggregate_clear(&recorder->aggregate);
	vprof_chain_table_clear(&recorder->chains);
	vprof_processes_forget(recorder->processes);
}

/* What could not be written was delivered, and is lost all the same. */
static void lose_slice(struct vprof_recorder *recorder)
{
	const struct vprof_tally *tally = recorder->aggregate.tallies;

	for (size_t i = 0; i < recorder->aggregate.nr_tallies; i++, tally++) {
		recorder->nr_not_stored[tally->place.event] += tally->count;
		recorder->nr_samples -= tally->count;
	}
	forget_slice(recorder);
}

static uint64_t sum_not_stored(const struct vprof_recorder *recorder)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < recorder->writer.nr_events; i++)
		sum += recorder->nr_not_stored[i];
	return sum;
}

/* No more samples can be kept: stop making them. */
static int give_up(struct vprof_recorder *recorder, int code,
		   const struct vprof_error *cause, struct vprof_error *err)
{
	if (recorder->is_running)
		vprof_capture_stop(recorder->capture, NULL);
	recorder->is_running = false;
	lose_slice(recorder);
	vprof_error_set(&recorder->failure, code,
			"%s. Counting has stopped; %llu samples are kept, the "
			"last %llu are lost",
			cause->text, (unsigned long long)recorder->nr_samples,
			(unsigned long long)sum_not_stored(recorder));
	return vprof_error_set(err, code, "%s", recorder->failure.text);
}

static int end_slice(struct vprof_recorder *recorder, uint64_t end_ns,
		     struct vprof_error *err)
{
	struct vprof_accounts accounts[VPROF_SLICE_MAX_EVENTS];
	struct vprof_error cause = { 0 };
	struct vprof_slice slice = {
		.start_ns = recorder->slice_start_ns,
		.end_ns = end_ns,
		.aggregate = &recorder->aggregate,
		.chains = &recorder->chains,
		.accounts = accounts,
	};
	int ret = 0;

	for (unsigned int i = 0; !ret && i < recorder->writer.nr_events; i++)
		ret = vprof_recorder_get_accounts(recorder, i, &accounts[i]);
	if (ret)
		vprof_error_set(&cause, ret, "cannot read the accounts: %s",
				strerror(-ret));
	else
		ret = vprof_slice_writer_write(&recorder->writer, &slice,
					       &cause);
	if (ret == -EBUSY) {
		/* Somebody reads, and stays: the store's bound comes first. */
		vprof_log(VPROF_LOG_WARNING, "%s. A slice is lost", cause.text);
		lose_slice(recorder);
	} else if (ret) {
		return give_up(recorder, ret, &cause, err);
	} else {
		forget_slice(recorder);
	}
	recorder->slice_start_ns = end_ns;
	return 0;
}

static bool is_slice_due(const struct vprof_recorder *recorder,
			 uint64_t time_ns)
{
	return time_ns - recorder->slice_start_ns >= recorder->slice_ns ||
	       recorder->aggregate.nr_tallies >= MAX_TALLIES ||
	       recorder->chains.nr_words >= MAX_CHAIN_WORDS;
}

/*
 * A pid means one process throughout the samples up to the mark if nothing
 * happened to processes since the mark before. The update of that time may have
 * taken in what came after its mark, so it has to have been empty too.
 */
static void note_process_events(struct vprof_recorder *recorder, int nr_events)
{
	recorder->are_processes_same = !nr_events &&
				       !recorder->nr_events_before;
	recorder->nr_events_before = nr_events;
	if (nr_events)
		vprof_aggregate_forget_recent(&recorder->aggregate);
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
	const struct vprof_capture_handler handler = {
		.sample = take_sample,
		.data = recorder,
	};
	uint64_t time_ns;
	ssize_t nr;
	int ret;

	vprof_capture_mark(recorder->capture);
	time_ns = now_ns(CLOCK_MONOTONIC);
	ret = vprof_processes_update(recorder->processes);
	note_process_events(recorder, ret);
	if (ret < 0)
		return vprof_error_set(err, ret, "cannot follow processes: %s",
				       strerror(-ret));
	nr = vprof_capture_read(recorder->capture, &handler);
	if (nr < 0)
		return vprof_error_set(err, (int)nr, "cannot read samples: %s",
				       strerror((int)-nr));
	*ret_time_ns = time_ns;
	return 0;
}

int vprof_recorder_run_once(struct vprof_recorder *recorder,
			    struct vprof_error *err)
{
	uint64_t expirations, time_ns;
	int ret;

	if (recorder->failure.code)
		return vprof_error_set(err, recorder->failure.code, "%s",
				       recorder->failure.text);
	/* not yet due: EAGAIN, then a buffer invited */
	if (read(recorder->timer_fd, &expirations, sizeof(expirations)) < 0 &&
	    errno != EAGAIN)
		return vprof_error_set(err, -errno, "cannot read the timer: %s",
				       strerror(errno));
	ret = read_samples(recorder, &time_ns, err);
	if (ret)
		return ret;
	if (!is_slice_due(recorder, time_ns))
		return 0;
	return end_slice(recorder, time_ns, err);
}

int vprof_recorder_flush(struct vprof_recorder *recorder,
			 struct vprof_error *err)
{
	uint64_t time_ns;
	int ret;

	if (recorder->failure.code)
		return vprof_error_set(err, recorder->failure.code, "%s",
				       recorder->failure.text);
	ret = read_samples(recorder, &time_ns, err);
	if (ret)
		return ret;
	ret = end_slice(recorder, time_ns, err);
	if (ret)
		return ret;
	return vprof_store_name_places(recorder->store, recorder->writer.images,
				       recorder->writer.nr_images, err);
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
		recorder->only_pid = options->capture.pid;
	else
		process_options.pid = options->capture.pid;
	ret = vprof_processes_new(&process_options, &recorder->processes, err);
	if (ret)
		return ret;
	return vprof_store_create(options->store_path, &options->store,
				  &recorder->store, err);
}

static int add_host(void *data, const struct vprof_domain_info *info)
{
	struct vprof_recorder *recorder = data;
	int64_t id;

	id = vprof_store_add_domain(recorder->store, info->kind, info->id,
				    info->name, info->names_from);
	if (id < 0)
		return (int)id;
	recorder->writer.domain = id;
	/* the host is the first, and all that captures sample today */
	return 1;
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
		.command = options->command ? options->command : "",
		.nr_cpus = info->nr_cpus,
		.start_wall_ns = now_ns(CLOCK_REALTIME),
		.start_mono_ns = now_ns(CLOCK_MONOTONIC),
	};
	struct vprof_slice_writer *writer = &recorder->writer;
	struct utsname uts;
	int64_t id;
	int ret;

	uname(&uts);
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
	ret = vprof_domain_for_each(add_host, recorder);
	return ret < 0 ? ret : 0;
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

static int set_up(struct vprof_recorder *recorder,
		  const struct vprof_recorder_options *options,
		  struct vprof_error *err)
{
	int ret;

	ret = vprof_aggregate_init(&recorder->aggregate);
	if (!ret)
		ret = vprof_chain_table_init(&recorder->chains);
	if (ret)
		return vprof_error_set(err, ret, "%s", strerror(-ret));
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
	return 0;
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
		return ret;
	recorder->is_running = true;
	return 0;
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

void vprof_recorder_get_status(struct vprof_recorder *recorder,
			       struct vprof_recorder_status *ret_status)
{
	struct vprof_recorder_status status = {
		.samples = recorder->nr_samples,
		.outside = recorder->nr_outside,
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

/* Both are tried, whatever became of the first: the store wants closing. */
static int stop_and_drain(struct vprof_recorder *recorder,
			  struct vprof_error *err)
{
	uint64_t time_ns;
	int ret;

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

int vprof_recorder_finish(struct vprof_recorder *recorder,
			  struct vprof_error *err)
{
	struct vprof_store *store = recorder->store;
	struct vprof_error later = { 0 };
	int ret = recorder->failure.code;

	if (!ret)
		ret = stop_and_drain(recorder, err);
	else
		vprof_error_set(err, ret, "%s", recorder->failure.text);
	vprof_store_name_places(store, recorder->writer.images,
				recorder->writer.nr_images, &later);
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
	vprof_capture_free(recorder->capture);
	vprof_store_free(recorder->store);
	vprof_processes_free(recorder->processes);
	vprof_slice_writer_destroy(&recorder->writer);
	vprof_aggregate_destroy(&recorder->aggregate);
	vprof_chain_table_destroy(&recorder->chains);
	if (recorder->timer_fd >= 0)
		close(recorder->timer_fd);
	if (recorder->epoll_fd >= 0)
		close(recorder->epoll_fd);
	free(recorder);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* From capture to store: reads samples, counts equal ones, writes slices. */
#include <vprof/number.h>
#include <vprof/recorder.h>

#include "base/log.h"
#include "base/now.h"
#include "capture/accounts.h"
#include "record/domain_accounts.h"
#include "record/domain_actives.h"
#include "record/domain_guests.h"
#include "record/domain_names.h"
#include "record/domain_rows.h"
#include "record/recording.h"
#include "record/recording_setup.h"
#include "store/store_explain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vprof/process.h>

enum { DEFAULT_SLICE_NS = 1000000000 };

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
	char kept[VPROF_NUMBER_LEN], lost[VPROF_NUMBER_LEN];

	if (recorder->is_running)
		vprof_capture_stop(recorder->capture, NULL);
	recorder->is_running = false;
	vprof_sample_counter_lose(&recorder->counter);
	vprof_processes_forget(recorder->processes);
	vprof_error_set(&recorder->failure, code,
			"%s. Counting has stopped; %s samples are kept, the "
			"last %s are lost",
			cause->text,
			vprof_number_group(recorder->counter.nr_samples, kept),
			vprof_number_group(sum_not_stored(recorder), lost));
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
	if (ret)
		return vprof_store_explain(recorder->store, ret, err);
	ret = vprof_domain_table_get_grown(
		&recorder->domains, recorder->writer.events,
		recorder->counter.nr_not_stored, &accounts, &slice.nr_accounts);
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
	time_ns = vprof_now_ns(CLOCK_MONOTONIC);
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
		return vprof_store_explain(recorder->store, ret, err);
	return vprof_slice_writer_name_places(&recorder->writer, err);
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
	ret = vprof_recording_set_up(recorder, options, err);
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

	recorder->slice_start_ns = vprof_now_ns(CLOCK_MONOTONIC);
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

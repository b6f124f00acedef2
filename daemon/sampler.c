// SPDX-License-Identifier: GPL-2.0-only
/* The profile that is always being taken: a recorder, and what to do when it cannot. */
#include "sampler.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <vprof/capture.h>
#include <vprof/log.h>
#include <vprof/recorder.h>

#include "config.h"
#include "loop.h"
#include "message.h"
#include "plan.h"

enum {
	RETRY_MS = 5000,
	/* How often what was sampled gets its names into the store, and a look
	 * is had whether the module has been loaded. */
	CHORES_MS = 30 * 1000,
	/* Less room than this is not worth beginning again. */
	ROOM_BYTES = 1 << 20,
};

/*
 * @recorder, @watch: of the session that runs by @plan; NULL while none does.
 * @retry: a timer, while it waits. @reason: why it does not sample, or "".
 * @had_module: whether the module was there at the last look.
 */
struct vprof_sampler {
	struct vprof_loop *loop;
	struct vprof_plan *plan;
	struct vprof_recorder *recorder;
	struct vprof_watch *watch;
	struct vprof_watch *retry;
	struct vprof_watch *chores;
	enum vprof_status_state state;
	char reason[VPROF_ERROR_TEXT_MAX];
	uint64_t nr_failures;
	time_t started_s;
	bool had_module;
};

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* ---- one session -------------------------------------------------------- */

static bool is_module_there(void)
{
	struct vprof_source_info info;
	unsigned int i;

	for (i = 0; vprof_source_probe(i, &info) == 0; i++)
		if (!strcmp(info.name, "kmod"))
			return info.is_available;
	return false;
}

static void on_samples(void *data, int fd);

static int open_session(struct vprof_sampler *sampler, struct vprof_error *err)
{
	struct vprof_error cause = { 0 };
	struct vprof_recorder *recorder;
	int r;

	r = vprof_recorder_new(&sampler->plan->options, &recorder, &cause);
	if (r < 0)
		return vprof_plan_explain(sampler->plan, &cause, err);
	r = vprof_recorder_start(recorder, err);
	if (r < 0)
		goto free_recorder;
	r = vprof_loop_watch(sampler->loop, vprof_recorder_get_fd(recorder),
			     on_samples, sampler, &sampler->watch);
	if (r < 0) {
		vprof_error_set(err, r, "cannot watch the recorder: %s",
				strerror(-r));
		goto free_recorder;
	}
	sampler->recorder = recorder;
	return 0;

free_recorder:
	vprof_recorder_free(recorder);
	return r;
}

/* Ends what runs: finished properly, or dropped with what the store has. */
static int close_session(struct vprof_sampler *sampler, bool is_finished,
			 struct vprof_error *err)
{
	int r = 0;

	if (!sampler->recorder)
		return 0;
	vprof_watch_free(sampler->watch);
	sampler->watch = NULL;
	if (is_finished)
		r = vprof_recorder_finish(sampler->recorder, err);
	vprof_recorder_free(sampler->recorder);
	sampler->recorder = NULL;
	return r;
}

static void announce(const struct vprof_sampler *sampler)
{
	const struct vprof_capture_info *info =
		vprof_recorder_get_capture(sampler->recorder);
	const struct vprof_plan *plan = sampler->plan;
	const struct vprof_event_spec *event = &plan->events[0];

	vprof_message(VPROF_LOG_INFO,
		      "sampling %s%s %s %llu%s on %u CPUs by %s into %s",
		      event->name,
		      plan->options.capture.nr_events > 1 ? " and others" : "",
		      event->is_frequency ? "at" : "every",
		      (unsigned long long)event->period,
		      event->is_frequency ? " Hz" : "", info->nr_cpus,
		      info->name, plan->config.store);
	if (*info->why)
		vprof_message(VPROF_LOG_INFO, "%s", info->why);
}

int vprof_sampler_start(struct vprof_sampler *sampler, struct vprof_error *err)
{
	int r;

	if (sampler->recorder)
		return 0;
	r = open_session(sampler, err);
	if (r < 0)
		return r;
	vprof_watch_free(sampler->retry);
	sampler->retry = NULL;
	sampler->state = VPROF_STATUS_SAMPLING;
	sampler->reason[0] = '\0';
	sampler->started_s = now_s();
	sampler->had_module = is_module_there();
	announce(sampler);
	return 0;
}

/* ---- when it cannot ----------------------------------------------------- */

/* Whether the store's file system has room, as far as one can tell. */
static bool has_room(const struct vprof_sampler *sampler)
{
	char folder[PATH_MAX];
	struct statvfs fs;

	snprintf(folder, sizeof(folder), "%s", sampler->plan->config.store);
	*strrchr(folder, '/') = '\0';
	if (statvfs(*folder ? folder : "/", &fs) < 0)
		return true;
	return (uint64_t)fs.f_bavail * fs.f_frsize >= ROOM_BYTES;
}

static void try_again(void *data, int fd)
{
	struct vprof_sampler *sampler = data;
	struct vprof_error err = { 0 };

	(void)fd;
	if (!has_room(sampler))
		return;
	if (vprof_sampler_start(sampler, &err) < 0)
		vprof_sampler_wait(sampler, &err);
}

void vprof_sampler_wait(struct vprof_sampler *sampler,
			const struct vprof_error *why)
{
	if (strcmp(sampler->reason, why->text) != 0)
		vprof_message(VPROF_LOG_ERROR, "%s; trying again every %d s",
			      why->text, RETRY_MS / 1000);
	snprintf(sampler->reason, sizeof(sampler->reason), "%s", why->text);
	sampler->state = VPROF_STATUS_WAITING;
	if (!sampler->retry &&
	    vprof_loop_every(sampler->loop, RETRY_MS, try_again, sampler,
			     &sampler->retry) < 0)
		vprof_message(VPROF_LOG_ERROR,
			      "cannot make a timer: restart vprofd");
}

static void fail(struct vprof_sampler *sampler, const struct vprof_error *why)
{
	struct vprof_error err = { 0 };

	sampler->nr_failures++;
	if (close_session(sampler, true, &err) < 0 && err.code != why->code)
		vprof_message(VPROF_LOG_WARNING, "%s", err.text);
	vprof_sampler_wait(sampler, why);
}

static void on_samples(void *data, int fd)
{
	struct vprof_sampler *sampler = data;
	struct vprof_error err = { 0 };

	(void)fd;
	if (vprof_recorder_run_once(sampler->recorder, &err) < 0)
		fail(sampler, &err);
}

/* ---- what is asked of it ------------------------------------------------ */

int vprof_sampler_stop(struct vprof_sampler *sampler, struct vprof_error *err)
{
	vprof_watch_free(sampler->retry);
	sampler->retry = NULL;
	sampler->state = VPROF_STATUS_STOPPED;
	snprintf(sampler->reason, sizeof(sampler->reason),
		 "stopped on request");
	return close_session(sampler, true, err);
}

int vprof_sampler_flush(struct vprof_sampler *sampler, struct vprof_error *err)
{
	struct vprof_error cause = { 0 };
	int r;

	if (sampler->state == VPROF_STATUS_WAITING)
		return vprof_error_set(err, -EAGAIN, "%s", sampler->reason);
	if (!sampler->recorder)
		return 0;
	r = vprof_recorder_flush(sampler->recorder, &cause);
	if (r < 0) {
		vprof_error_set(err, r, "%s", cause.text);
		fail(sampler, &cause);
	}
	return r;
}

void vprof_sampler_restart(struct vprof_sampler *sampler, const char *why)
{
	struct vprof_error err = { 0 };

	if (!sampler->recorder)
		return;
	vprof_message(VPROF_LOG_INFO, "%s: beginning a new session", why);
	if (close_session(sampler, true, &err) < 0)
		vprof_message(VPROF_LOG_WARNING, "%s", err.text);
	if (vprof_sampler_start(sampler, &err) < 0)
		vprof_sampler_wait(sampler, &err);
}

/* The old plan worked a moment ago, and is kept where the new one does not. */
static int swap_plans(struct vprof_sampler *sampler, struct vprof_plan *plan,
		      struct vprof_error *err)
{
	struct vprof_plan *old = sampler->plan;
	struct vprof_error again = { 0 };
	int r;

	if (close_session(sampler, true, &again) < 0)
		vprof_message(VPROF_LOG_WARNING, "%s", again.text);
	sampler->plan = plan;
	r = vprof_sampler_start(sampler, err);
	if (r == 0) {
		vprof_plan_free(old);
		return 0;
	}
	sampler->plan = old;
	vprof_plan_free(plan);
	if (vprof_sampler_start(sampler, &again) < 0)
		vprof_sampler_wait(sampler, &again);
	return r;
}

int vprof_sampler_configure(struct vprof_sampler *sampler,
			    const struct vprof_config *config,
			    struct vprof_error *err)
{
	struct vprof_plan *plan;
	int r;

	r = vprof_plan_new(config, &plan, err);
	if (r < 0)
		return r;
	if (sampler->state == VPROF_STATUS_SAMPLING)
		return swap_plans(sampler, plan, err);
	vprof_plan_free(sampler->plan);
	sampler->plan = plan;
	return 0;
}

/* ---- now and then ------------------------------------------------------- */

static void look_for_module(struct vprof_sampler *sampler)
{
	bool has_module;

	if (sampler->plan->config.capture != VPROF_CAPTURE_AUTO)
		return;
	has_module = is_module_there();
	if (has_module && !sampler->had_module)
		vprof_sampler_restart(sampler, "the module has been loaded");
	sampler->had_module = has_module;
}

static void do_chores(void *data, int fd)
{
	struct vprof_sampler *sampler = data;

	(void)fd;
	if (!sampler->recorder)
		return;
	if (vprof_sampler_flush(sampler, NULL) == 0)
		look_for_module(sampler);
}

/* ---- its status --------------------------------------------------------- */

static void describe_capture(const struct vprof_sampler *sampler,
			     struct vprof_status *status)
{
	const struct vprof_capture_info *info =
		vprof_recorder_get_capture(sampler->recorder);

	snprintf(status->capture, sizeof(status->capture), "%s", info->name);
	snprintf(status->source, sizeof(status->source), "%s", info->source);
	snprintf(status->pmu, sizeof(status->pmu), "%s", info->pmu);
	snprintf(status->capture_why, sizeof(status->capture_why), "%s",
		 info->why);
	status->nr_cpus = info->nr_cpus;
}

static void describe_events(const struct vprof_sampler *sampler,
			    struct vprof_status *status)
{
	const struct vprof_plan *plan = sampler->plan;
	unsigned int i;

	status->nr_events = plan->options.capture.nr_events;
	for (i = 0; i < status->nr_events; i++) {
		struct vprof_status_event *event = &status->events[i];

		snprintf(event->name, sizeof(event->name), "%s",
			 plan->events[i].name);
		event->period = plan->events[i].period;
		event->is_frequency = plan->events[i].is_frequency;
		if (sampler->recorder)
			(void)vprof_recorder_get_accounts(sampler->recorder, i,
							  &event->accounts);
	}
}

static void describe_session(const struct vprof_sampler *sampler,
			     struct vprof_status *status)
{
	struct vprof_recorder_status session;
	struct vprof_recorder_domain domain;
	struct vprof_status_domain *row;

	vprof_recorder_get_status(sampler->recorder, &session);
	status->session_s = (uint64_t)(now_s() - sampler->started_s);
	status->samples = session.samples;
	status->nr_processes = session.nr_processes;
	status->process_events_lost = session.process_events_lost;
	status->store_bytes = session.store_bytes;
	while (status->nr_domains < VPROF_STATUS_MAX_DOMAINS &&
	       !vprof_recorder_get_domain(sampler->recorder,
					  (unsigned int)status->nr_domains,
					  &domain)) {
		row = &status->domains[status->nr_domains++];
		snprintf(row->name, sizeof(row->name), "%s", domain.name);
		row->accounts = domain.accounts;
	}
}

void vprof_sampler_describe(struct vprof_sampler *sampler,
			    struct vprof_status *status)
{
	const struct vprof_plan *plan = sampler->plan;

	status->state = sampler->state;
	snprintf(status->reason, sizeof(status->reason), "%s", sampler->reason);
	status->failures = sampler->nr_failures;
	status->kernel_chain = plan->options.capture.kernel_chain;
	status->user_chain = plan->options.capture.user_chain;
	status->slice_ns = plan->config.slice_ns;
	snprintf(status->store_path, sizeof(status->store_path), "%s",
		 plan->config.store);
	status->store_max_bytes = plan->config.max_bytes;
	status->store_max_age_s = plan->options.store.max_age_s;
	describe_events(sampler, status);
	if (!sampler->recorder)
		return;
	describe_capture(sampler, status);
	describe_session(sampler, status);
}

/* ---- life --------------------------------------------------------------- */

int vprof_sampler_new(struct vprof_loop *loop,
		      const struct vprof_config *config,
		      struct vprof_sampler **ret_sampler,
		      struct vprof_error *err)
{
	struct vprof_sampler *sampler = calloc(1, sizeof(*sampler));
	int r;

	if (!sampler)
		return vprof_error_set(err, -ENOMEM, "out of memory");
	sampler->loop = loop;
	sampler->state = VPROF_STATUS_STOPPED;
	r = vprof_plan_new(config, &sampler->plan, err);
	if (r < 0)
		goto free_sampler;
	r = vprof_loop_every(loop, CHORES_MS, do_chores, sampler,
			     &sampler->chores);
	if (r < 0) {
		vprof_error_set(err, r, "cannot make a timer: %s",
				strerror(-r));
		goto free_sampler;
	}
	*ret_sampler = sampler;
	return 0;

free_sampler:
	vprof_sampler_free(sampler);
	return r;
}

void vprof_sampler_free(struct vprof_sampler *sampler)
{
	if (!sampler)
		return;
	close_session(sampler, false, NULL);
	vprof_watch_free(sampler->chores);
	vprof_watch_free(sampler->retry);
	vprof_plan_free(sampler->plan);
	free(sampler);
}

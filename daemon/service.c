// SPDX-License-Identifier: GPL-2.0-only
/* vprofd as a whole: sampler, control socket, signals, what systemd hears. */
#include "service.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <vprof/log.h>
#include <vprof/status.h>

#include "clock.h"
#include "config.h"
#include "loop.h"
#include "message.h"
#include "notify.h"
#include "privileges.h"
#include "sampler.h"
#include "server.h"
#include "usage.h"

enum {
	TELL_MS = 10 * 1000,
	/* On request: so many at once, then one a second. Each ends a slice. */
	FLUSHES_AT_ONCE = 20,
};

struct vprof_service {
	const char *config_path;
	struct vprof_config config;
	struct vprof_loop *loop;
	struct vprof_sampler *sampler;
	struct vprof_server *server;
	struct vprof_clock *clock;
	struct vprof_watch *signals;
	struct vprof_watch *watchdog;
	struct vprof_watch *teller;
	time_t started_s;
	time_t flush_credit;
	time_t flush_asked_s;
};

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* ---- what it says about itself ------------------------------------------ */

static void describe(struct vprof_service *service, struct vprof_status *status)
{
	memset(status, 0, sizeof(*status));
	snprintf(status->version, sizeof(status->version), "%s", VPROF_VERSION);
	status->pid = (uint64_t)getpid();
	status->uptime_s = (uint64_t)(now_s() - service->started_s);
	vprof_usage_read(&status->cpu_ns, &status->rss_bytes,
			 &status->peak_rss_bytes);
	vprof_sampler_describe(service->sampler, status);
}

static int format_status(struct vprof_service *service, char **ret_body,
			 struct vprof_error *err)
{
	struct vprof_status *status = malloc(sizeof(*status));
	int r = -ENOMEM;

	if (status) {
		describe(service, status);
		r = vprof_status_format(status, ret_body);
		free(status);
	}
	if (r < 0)
		return vprof_error_set(err, r, "vprofd is out of memory");
	return 0;
}

/* The line that "systemctl status vprofd" shows. */
static void tell(void *data, int fd)
{
	struct vprof_service *service = data;
	struct vprof_status *status = malloc(sizeof(*status));
	uint64_t lost = 0;
	size_t domain;
	int i;

	(void)fd;
	if (!status)
		return;
	describe(service, status);
	for (domain = 0; domain < status->nr_domains; domain++)
		for (i = 0; i < VPROF_NR_LOSSES; i++)
			lost += status->domains[domain].accounts.lost[i];
	if (status->state == VPROF_STATUS_SAMPLING)
		vprof_notify(
			"STATUS=sampling by %s: %llu samples, %llu lost, store %llu KB",
			status->capture, (unsigned long long)status->samples,
			(unsigned long long)lost,
			(unsigned long long)status->store_bytes / 1024);
	else
		vprof_notify("STATUS=%s: %s",
			     vprof_status_state_name(
				     (enum vprof_status_state)status->state),
			     status->reason);
	free(status);
}

static void pat_watchdog(void *data, int fd)
{
	(void)data;
	(void)fd;
	vprof_notify("WATCHDOG=1");
}

/* ---- what is asked of it ------------------------------------------------ */

static void keep_what_needs_a_restart(struct vprof_service *service,
				      struct vprof_config *config)
{
	const struct vprof_config *old = &service->config;

	if (!strcmp(old->socket, config->socket) &&
	    !strcmp(old->group, config->group))
		return;
	vprof_message(
		VPROF_LOG_WARNING,
		"socket and group change when vprofd is started again only");
	memcpy(config->socket, old->socket, sizeof(config->socket));
	memcpy(config->group, old->group, sizeof(config->group));
}

static int reload(struct vprof_service *service, struct vprof_error *err)
{
	struct vprof_config config;
	int r;

	vprof_notify("RELOADING=1");
	r = vprof_config_load(service->config_path, &config, err);
	if (r < 0)
		goto tell_ready;
	keep_what_needs_a_restart(service, &config);
	r = vprof_sampler_configure(service->sampler, &config, err);
	if (r == 0)
		service->config = config;
tell_ready:
	vprof_notify("READY=1");
	tell(service, -1);
	return r;
}

/* Who may read what was sampled must not fill its bound with empty slices. */
static int flush(struct vprof_service *service, struct vprof_error *err)
{
	time_t now = now_s();

	service->flush_credit += now - service->flush_asked_s;
	if (service->flush_credit > FLUSHES_AT_ONCE)
		service->flush_credit = FLUSHES_AT_ONCE;
	service->flush_asked_s = now;
	if (!service->flush_credit)
		return vprof_error_set(
			err, -EBUSY,
			"vprofd flushes once a second, not more often: what it has been asked for is there up to a moment ago");
	service->flush_credit--;
	return vprof_sampler_flush(service->sampler, err);
}

static int answer(void *data, enum vprof_control_verb verb, char **ret_body,
		  struct vprof_error *err)
{
	struct vprof_service *service = data;

	switch (verb) {
	case VPROF_CONTROL_STATUS:
		return format_status(service, ret_body, err);
	case VPROF_CONTROL_FLUSH:
		return flush(service, err);
	case VPROF_CONTROL_RELOAD:
		return reload(service, err);
	case VPROF_CONTROL_START:
		return vprof_sampler_start(service->sampler, err);
	case VPROF_CONTROL_STOP:
		return vprof_sampler_stop(service->sampler, err);
	case VPROF_CONTROL_NR_VERBS:
		break;
	}
	return -EINVAL;
}

static void on_signal(void *data, int signal)
{
	struct vprof_service *service = data;
	struct vprof_error err = { 0 };

	if (signal != SIGHUP) {
		vprof_loop_quit(service->loop);
		return;
	}
	if (reload(service, &err) < 0)
		vprof_message(VPROF_LOG_ERROR,
			      "%s; going on with the configuration as it was",
			      err.text);
	else
		vprof_message(VPROF_LOG_INFO, "configuration read again");
}

static void on_clock_set(void *data)
{
	struct vprof_service *service = data;

	vprof_sampler_restart(service->sampler, "the clock was set");
}

/* ---- life --------------------------------------------------------------- */

/*
 * systemd makes both folders; this is for who starts vprofd by hand. A folder
 * that cannot be made shows when it is used.
 */
static void make_folder_of(const char *path, mode_t mode)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%s", path);
	*strrchr(folder, '/') = '\0';
	if (*folder)
		(void)mkdir(folder, mode);
}

static int open_socket(struct vprof_service *service, struct vprof_error *err)
{
	struct vprof_server_options options = {
		.path = service->config.socket,
		.answer = answer,
		.data = service,
	};
	struct vprof_error cause = { 0 };

	options.has_group = vprof_privileges_join_group(service->config.group,
							&options.gid,
							&cause) == 0;
	if (!options.has_group)
		vprof_message(VPROF_LOG_WARNING, "%s", cause.text);
	umask(0027);
	make_folder_of(service->config.socket, 0755);
	make_folder_of(service->config.store, 0750);
	return vprof_server_new(service->loop, &options, &service->server, err);
}

static int set_timers(struct vprof_service *service, struct vprof_error *err)
{
	unsigned int watchdog_ms = vprof_notify_watchdog_ms();
	int r;

	r = vprof_clock_watch(service->loop, on_clock_set, service,
			      &service->clock);
	if (!r)
		r = vprof_loop_every(service->loop, TELL_MS, tell, service,
				     &service->teller);
	if (!r && watchdog_ms)
		r = vprof_loop_every(service->loop, watchdog_ms, pat_watchdog,
				     service, &service->watchdog);
	if (r < 0)
		return vprof_error_set(err, r, "cannot make a timer: %s",
				       strerror(-r));
	return 0;
}

/* Whether time, rather than a person, may mend it. */
static bool is_passing(int code)
{
	static const int passing[] = { ENOSPC, EDQUOT, EROFS, EIO };
	size_t i;

	for (i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (code == -passing[i])
			return true;
	return false;
}

static int begin_sampling(struct vprof_service *service,
			  struct vprof_error *err)
{
	struct vprof_error cause = { 0 };
	int r;

	r = vprof_sampler_start(service->sampler, &cause);
	if (r == 0)
		return 0;
	if (!is_passing(r))
		return vprof_error_set(err, r, "%s", cause.text);
	vprof_sampler_wait(service->sampler, &cause);
	return 0;
}

static int set_up(struct vprof_service *service, struct vprof_error *err)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, 0 };
	int r;

	r = vprof_loop_new(&service->loop);
	if (!r)
		r = vprof_loop_on_signal(service->loop, signals, on_signal,
					 service, &service->signals);
	if (r < 0)
		return vprof_error_set(err, r, "cannot wait for events: %s",
				       strerror(-r));
	vprof_privileges_raise_limits();
	r = open_socket(service, err);
	if (r < 0)
		return r;
	r = vprof_privileges_drop(err);
	if (r < 0)
		return r;
	r = vprof_sampler_new(service->loop, &service->config,
			      &service->sampler, err);
	if (r < 0)
		return r;
	r = set_timers(service, err);
	if (r < 0)
		return r;
	return begin_sampling(service, err);
}

int vprof_service_new(const char *config_path,
		      const struct vprof_config *config,
		      struct vprof_service **ret_service,
		      struct vprof_error *err)
{
	struct vprof_service *service = calloc(1, sizeof(*service));
	int r;

	if (!service)
		return vprof_error_set(err, -ENOMEM, "out of memory");
	service->config_path = config_path;
	service->config = *config;
	service->started_s = now_s();
	service->flush_credit = FLUSHES_AT_ONCE;
	r = set_up(service, err);
	if (r < 0) {
		vprof_service_free(service);
		return r;
	}
	*ret_service = service;
	return 0;
}

int vprof_service_run(struct vprof_service *service)
{
	int r;

	vprof_notify("READY=1");
	tell(service, -1);
	r = vprof_loop_run(service->loop);
	vprof_notify("STOPPING=1");
	return r;
}

static void end_sampling(struct vprof_service *service)
{
	struct vprof_error err = { 0 };

	if (service->sampler && vprof_sampler_stop(service->sampler, &err) < 0)
		vprof_message(VPROF_LOG_ERROR, "%s", err.text);
	vprof_sampler_free(service->sampler);
}

void vprof_service_free(struct vprof_service *service)
{
	if (!service)
		return;
	end_sampling(service);
	vprof_watch_free(service->watchdog);
	vprof_watch_free(service->teller);
	vprof_clock_free(service->clock);
	vprof_server_free(service->server);
	vprof_watch_free(service->signals);
	vprof_loop_free(service->loop);
	free(service);
}

// SPDX-License-Identifier: GPL-2.0-only
/* vprof-record: a profile of a command, a process or the whole machine. */
#include "command.h"
#include "number.h"
#include "progress.h"
#include "record_options.h"
#include "workload.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <vprof/log.h>
#include <vprof/recorder.h>

enum {
	COMMAND_TEXT_MAX = 512,
	NS_PER_S = 1000000000,
	MAX_WATCHED = 8,
	LOOK_MS = 50,
	LOOKS_UNTIL_SAID = 10,
	MAX_LOOKS = 60 * 1000 / LOOK_MS,
	STEP_MS = 200,
	STEP_NS = 200000000,
	/* dom0 may stop for a moment, when a guest comes */
	MAX_IDLE_LOOKS = 6,
};

/* A recording that runs. Descriptors are -1 where there is nothing to watch. */
struct recording {
	const struct record_options *options;
	struct vprof_recorder *recorder;
	struct workload workload;
	struct progress progress;
	sigset_t old_signals;
	int epoll_fd;
	int signal_fd;
	int process_fd;
	int timer_fd;
	bool is_over;
	unsigned int nr_idle_looks;
};

static void print_log(void *data, enum vprof_log_level level,
		      const char *sentence)
{
	(void)data;
	(void)level;
	warnx("%s", sentence);
}

/* One descriptor for each event, CPU and thread: what the system allows. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void describe_command(char **command, char *ret_text, size_t size)
{
	size_t length = 0;

	*ret_text = '\0';
	for (; command && *command && length < size; command++)
		length += (size_t)snprintf(ret_text + length, size - length,
					   "%s%s", length ? " " : "", *command);
}

static int make_recorder(struct recording *recording)
{
	const struct record_options *options = recording->options;
	char command[COMMAND_TEXT_MAX];
	struct vprof_recorder_options recorder_options = {
		.size = sizeof(recorder_options),
		.capture = {
			.size = sizeof(recorder_options.capture),
			.kind = options->capture,
			.events = options->events,
			.nr_events = options->nr_events,
			.kernel_chain = options->has_chain,
			.user_chain = options->has_chain,
			.with_guests = true,
			.guest_chain = options->has_guest_chain,
			.buffer_bytes = options->buffer_kb * 1024,
			.pid = options->pid,
		},
		.store_path = options->output,
		.store = { .size = sizeof(recorder_options.store) },
		.slice_ns = options->slice_ns,
		.command = command,
		.maps = options->maps,
		.nr_maps = options->nr_maps,
		.xen_symbols = options->xen_symbols,
		.actives = options->actives.items,
		.nr_actives = options->actives.nr_items,
	};
	struct vprof_error err;
	int ret;

	describe_command(options->command, command, sizeof(command));
	if (options->pid)
		snprintf(command, sizeof(command), "process %d", options->pid);
	if (options->command && !options->is_whole_machine) {
		recorder_options.capture.pid = recording->workload.pid;
		recorder_options.capture.enable_on_exec = true;
	}
	ret = vprof_recorder_new(&recorder_options, &recording->recorder, &err);
	if (ret)
		warnx("%s", err.text);
	return ret;
}

static void say_capture(const struct recording *recording)
{
	const struct vprof_capture_info *info =
		vprof_recorder_get_capture(recording->recorder);

	if (*info->why && !recording->options->is_quiet)
		warnx("sampling by perf_event: %s", info->why);
}

/* ---- the loop ------------------------------------------------------------------ */

static int watch(struct recording *recording, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (fd < 0)
		return -errno;
	if (epoll_ctl(recording->epoll_fd, EPOLL_CTL_ADD, fd, &event))
		return -errno;
	return 0;
}

/* Blocked before the child is made, so that none is missed. */
static int catch_signals(struct recording *recording)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &signals, &recording->old_signals))
		return -errno;
	recording->signal_fd =
		signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return recording->signal_fd < 0 ? -errno : 0;
}

static void start_timer(const struct recording *recording)
{
	uint64_t duration_ns = recording->options->duration_ns;
	struct itimerspec timer = {
		.it_value = {
			.tv_sec = (time_t)(duration_ns / NS_PER_S),
			.tv_nsec = (long)(duration_ns % NS_PER_S),
		},
	};

	if (duration_ns)
		timerfd_settime(recording->timer_fd, 0, &timer, NULL);
}

static int make_loop(struct recording *recording)
{
	const struct record_options *options = recording->options;
	int ret;

	recording->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (recording->epoll_fd < 0)
		return -errno;
	ret = watch(recording, recording->signal_fd);
	if (!ret)
		ret = watch(recording,
			    vprof_recorder_get_fd(recording->recorder));
	if (!ret && options->pid) {
		recording->process_fd =
			(int)syscall(SYS_pidfd_open, options->pid, 0);
		ret = watch(recording, recording->process_fd);
	}
	if (!ret && options->duration_ns) {
		recording->timer_fd = timerfd_create(
			CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
		ret = watch(recording, recording->timer_fd);
	}
	return ret;
}

/* Return: whether one of them says to end, which a command's end does not. */
static bool take_signals(struct recording *recording)
{
	struct signalfd_siginfo info;
	bool is_told = false;

	while (read(recording->signal_fd, &info, sizeof(info)) ==
	       sizeof(info)) {
		if (info.ssi_signo != SIGCHLD)
			is_told = true;
		else if (recording->workload.pid)
			recording->is_over |=
				workload_reap(&recording->workload);
	}
	recording->is_over |= is_told;
	return is_told;
}

/* What an active domain records ends with dom0's session. */
static void look_at_leader(struct recording *recording)
{
	if (!vprof_recorder_get_capture(recording->recorder)->is_active_domain)
		return;
	if (vprof_recorder_is_counting(recording->recorder))
		recording->nr_idle_looks = 0;
	else if (++recording->nr_idle_looks == MAX_IDLE_LOOKS)
		recording->is_over = true;
}

static int run_loop(struct recording *recording)
{
	struct epoll_event events[MAX_WATCHED];
	struct vprof_error err;
	int nr, fd, ret;

	while (!recording->is_over) {
		nr = epoll_wait(recording->epoll_fd, events, MAX_WATCHED, -1);
		if (nr < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < nr; i++) {
			fd = events[i].data.fd;
			if (fd == recording->signal_fd)
				take_signals(recording);
			else if (fd == recording->process_fd ||
				 fd == recording->timer_fd)
				recording->is_over = true;
		}
		ret = vprof_recorder_run_once(recording->recorder, &err);
		if (ret)
			return ret; /* finish says it again, with the sums */
		look_at_leader(recording);
		progress_update(&recording->progress, recording->recorder);
	}
	return 0;
}

/* ---- beginning and end ----------------------------------------------------------- */

static void say_lost(const struct vprof_accounts *accounts)
{
	char text[NUMBER_LEN];

	for (size_t i = 0; i < VPROF_NR_LOSSES; i++)
		if (accounts->lost[i])
			warnx("lost %s sample%s: %s",
			      number_group(accounts->lost[i], text),
			      number_ending(accounts->lost[i]),
			      vprof_loss_name((enum vprof_loss)i));
}

static void say_result(const struct recording *recording)
{
	const char *output = recording->options->output;
	char size[NUMBER_LEN], samples[NUMBER_LEN], lost[NUMBER_LEN];
	struct vprof_recorder_status status;
	struct stat file = { 0 };

	vprof_recorder_get_status(recording->recorder, &status);
	say_lost(&status.accounts);
	if (!status.accounts.taken)
		warnx("no sample was taken: too short, too long a period, or "
		      "nothing ran");
	if (recording->options->is_quiet)
		return;
	if (stat(output, &file))
		warn("%s", output);
	fprintf(stderr,
		"vprof: wrote %s, %s, %s sample%s, %s lost. Look: vprof-report "
		"-i %s\n",
		output, number_bytes((uint64_t)file.st_size, size),
		number_group(status.samples, samples),
		number_ending(status.samples),
		number_group(progress_sum_lost(&status.accounts), lost),
		output);
}

static int wait_a_moment(struct recording *recording, uint64_t *left_ns)
{
	struct pollfd signals = { .fd = recording->signal_fd,
				  .events = POLLIN };

	if (poll(&signals, 1, STEP_MS) > 0)
		take_signals(recording);
	if (recording->is_over)
		return -EINTR;
	if (*left_ns < STEP_NS)
		return -ETIMEDOUT;
	*left_ns -= STEP_NS;
	return 0;
}

/* Until all domains that are to be active wait for it. */
static int start_with_actives(struct recording *recording, uint64_t *left_ns)
{
	struct vprof_error err;
	bool is_said = recording->options->is_quiet;
	int ret;

	for (;;) {
		ret = vprof_recorder_start(recording->recorder, &err);
		if (ret != -EAGAIN)
			break;
		if (!is_said)
			warnx("waiting: %s", err.text);
		is_said = true;
		ret = wait_a_moment(recording, left_ns);
		if (ret)
			break;
	}
	if (ret == -EINTR)
		warnx("ended before it began");
	else if (ret)
		warnx("%s", err.text);
	return ret;
}

/* As an active domain: until dom0's session begins. */
static int wait_for_leader(struct recording *recording, uint64_t *left_ns)
{
	struct vprof_error err;
	int ret = 0;

	if (!recording->options->is_quiet)
		warnx("waiting for dom0, whose session this is part of: "
		      "vprof-record --active THIS-DOMAIN there, with the same "
		      "-e, -c and -g");
	while (!ret && !vprof_recorder_is_counting(recording->recorder)) {
		ret = vprof_recorder_run_once(recording->recorder, &err);
		if (ret)
			warnx("%s", err.text);
		else
			ret = wait_a_moment(recording, left_ns);
	}
	if (ret == -EINTR)
		warnx("ended before it began");
	if (ret == -ETIMEDOUT)
		warnx("dom0 has not begun a session that this domain is an "
		      "active one of, with these events: vprof-record --active "
		      "THIS-DOMAIN there. How long to wait: --wait");
	return ret;
}

static int start(struct recording *recording)
{
	uint64_t left_ns = recording->options->wait_ns;
	int ret;

	ret = start_with_actives(recording, &left_ns);
	if (!ret &&
	    vprof_recorder_get_capture(recording->recorder)->is_active_domain)
		ret = wait_for_leader(recording, &left_ns);
	if (ret)
		return ret;
	start_timer(recording);
	if (recording->options->command)
		return workload_run(&recording->workload,
				    *recording->options->command);
	return 0;
}

static bool is_told_to_end(struct recording *recording)
{
	struct pollfd poll_fd = { .fd = recording->signal_fd,
				  .events = POLLIN };

	return poll(&poll_fd, 1, LOOK_MS) > 0 && take_signals(recording);
}

/* Guests' kernels are read beside the recording, which may have been short. */
static void look_on(struct recording *recording)
{
	for (int i = 0; i < MAX_LOOKS; i++) {
		if (vprof_recorder_look_on(recording->recorder) != 1)
			return;
		if (i == LOOKS_UNTIL_SAID && !recording->options->is_quiet)
			warnx("looking for the names of guests' kernels; "
			      "Ctrl-C: do without");
		if (is_told_to_end(recording))
			return;
	}
}

static int end(struct recording *recording)
{
	struct vprof_error err;
	int ret, later;

	ret = vprof_recorder_stop(recording->recorder, &err);
	if (ret)
		warnx("%s", err.text);
	else
		look_on(recording);
	later = vprof_recorder_finish(recording->recorder, &err);
	if (!ret && later)
		warnx("%s", err.text);
	return ret ? ret : later;
}

static int record(struct recording *recording)
{
	int ret;

	ret = make_recorder(recording);
	if (ret)
		return ret;
	ret = make_loop(recording);
	if (ret) {
		warnx("cannot watch process %d: %s", recording->options->pid,
		      strerror(-ret));
		return ret;
	}
	say_capture(recording);
	ret = start(recording);
	if (ret)
		return ret;
	progress_begin(&recording->progress, recording->options->is_quiet);
	run_loop(recording);
	progress_end(&recording->progress);
	ret = end(recording);
	say_result(recording);
	return ret;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static int run(struct recording *recording)
{
	const struct record_options *options = recording->options;
	int ret;

	ret = catch_signals(recording);
	if (!ret && options->command)
		ret = workload_prepare(&recording->workload, options->command,
				       &options->user, &recording->old_signals);
	if (ret) {
		warnx("cannot begin: %s", strerror(-ret));
		return EXIT_FAILED;
	}
	raise_descriptor_limit();
	ret = record(recording);
	if (options->command)
		workload_end(&recording->workload);
	if (ret)
		return EXIT_FAILED;
	return options->command ? workload_exit_code(&recording->workload)
				: EXIT_OK;
}

int cmd_record(int argc, char **argv)
{
	struct record_options options;
	struct recording recording = {
		.options = &options,
		.epoll_fd = -1,
		.signal_fd = -1,
		.process_fd = -1,
		.timer_fd = -1,
	};
	int code;

	vprof_log_set_handler(print_log, NULL, VPROF_LOG_WARNING);
	code = record_options_parse(argc, argv, &options);
	if (code >= 0)
		return code;
	code = run(&recording);
	vprof_recorder_free(recording.recorder);
	close_fd(recording.timer_fd);
	close_fd(recording.process_fd);
	close_fd(recording.signal_fd);
	close_fd(recording.epoll_fd);
	return code;
}

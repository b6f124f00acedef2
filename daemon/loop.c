// SPDX-License-Identifier: GPL-2.0-only
/* The main loop: waits for descriptors, timers and signals, calls who watches. */
#include "loop.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct vprof_loop {
	int epoll_fd;
	bool is_over;
};

/* @on_ready takes off @fd what has to be, then calls fn or signal_fn. */
struct vprof_watch {
	struct vprof_loop *loop;
	void (*on_ready)(struct vprof_watch *watch);
	vprof_watch_fn *fn;
	vprof_signal_fn *signal_fn;
	void *data;
	int fd;
	bool is_own_fd;
};

static void call(struct vprof_watch *watch)
{
	watch->fn(watch->data, watch->fd);
}

static void call_timer(struct vprof_watch *watch)
{
	uint64_t expiries;

	if (read(watch->fd, &expiries, sizeof(expiries)) > 0)
		watch->fn(watch->data, watch->fd);
}

static void call_signal(struct vprof_watch *watch)
{
	struct signalfd_siginfo info;

	if (read(watch->fd, &info, sizeof(info)) == sizeof(info))
		watch->signal_fn(watch->data, (int)info.ssi_signo);
}

int vprof_loop_new(struct vprof_loop **ret_loop)
{
	struct vprof_loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return -ENOMEM;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0) {
		free(loop);
		return -errno;
	}
	*ret_loop = loop;
	return 0;
}

void vprof_loop_free(struct vprof_loop *loop)
{
	if (!loop)
		return;
	close(loop->epoll_fd);
	free(loop);
}

/* Takes @template's descriptor over where it is its own, on failure too. */
static int add(const struct vprof_watch *template,
	       struct vprof_watch **ret_watch)
{
	struct vprof_watch *watch = malloc(sizeof(*watch));
	struct epoll_event event = { .events = EPOLLIN };
	int r = -ENOMEM;

	if (!watch)
		goto close_fd;
	*watch = *template;
	event.data.ptr = watch;
	if (epoll_ctl(watch->loop->epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) <
	    0) {
		r = -errno;
		goto free_watch;
	}
	*ret_watch = watch;
	return 0;

free_watch:
	free(watch);
close_fd:
	if (template->is_own_fd)
		close(template->fd);
	return r;
}

int vprof_loop_watch(struct vprof_loop *loop, int fd, vprof_watch_fn *fn,
		     void *data, struct vprof_watch **ret_watch)
{
	return add(&(struct vprof_watch){ .loop = loop,
					  .on_ready = call,
					  .fn = fn,
					  .data = data,
					  .fd = fd },
		   ret_watch);
}

int vprof_loop_every(struct vprof_loop *loop, unsigned int interval_ms,
		     vprof_watch_fn *fn, void *data,
		     struct vprof_watch **ret_watch)
{
	struct itimerspec spec;
	int fd;

	spec.it_interval.tv_sec = interval_ms / 1000;
	spec.it_interval.tv_nsec = (interval_ms % 1000) * 1000000L;
	spec.it_value = spec.it_interval;
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (timerfd_settime(fd, 0, &spec, NULL) < 0) {
		close(fd);
		return -EINVAL;
	}
	return add(&(struct vprof_watch){ .loop = loop,
					  .on_ready = call_timer,
					  .fn = fn,
					  .data = data,
					  .fd = fd,
					  .is_own_fd = true },
		   ret_watch);
}

int vprof_loop_on_signal(struct vprof_loop *loop, const int *signals,
			 vprof_signal_fn *fn, void *data,
			 struct vprof_watch **ret_watch)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (; *signals; signals++)
		sigaddset(&set, *signals);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	return add(&(struct vprof_watch){ .loop = loop,
					  .on_ready = call_signal,
					  .signal_fn = fn,
					  .data = data,
					  .fd = fd,
					  .is_own_fd = true },
		   ret_watch);
}

void vprof_watch_free(struct vprof_watch *watch)
{
	if (!watch)
		return;
	epoll_ctl(watch->loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
	if (watch->is_own_fd)
		close(watch->fd);
	free(watch);
}

/*
 * One event at a time: a call may free any watch, and the next wait cannot
 * return a freed one. The kernel hands ready descriptors out in turn.
 */
int vprof_loop_run(struct vprof_loop *loop)
{
	struct epoll_event event;
	struct vprof_watch *watch;
	int n;

	while (!loop->is_over) {
		n = epoll_wait(loop->epoll_fd, &event, 1, -1);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n <= 0)
			continue;
		watch = event.data.ptr;
		watch->on_ready(watch);
	}
	return 0;
}

void vprof_loop_quit(struct vprof_loop *loop)
{
	loop->is_over = true;
}

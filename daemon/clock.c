// SPDX-License-Identifier: GPL-2.0-only
/* Notices that the clock was set, by a person, by NTP's step or by a resume. */
#include "clock.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "loop.h"

struct vprof_clock {
	int fd;
	vprof_clock_fn *fn;
	void *data;
	struct vprof_watch *watch;
};

/* A timer that never expires; the kernel cancels it when the clock is set. */
static int arm(int fd)
{
	struct itimerspec never = { .it_value.tv_sec = INT32_MAX };

	if (timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
			    &never, NULL) < 0)
		return -errno;
	return 0;
}

static void on_set(void *data, int fd)
{
	struct vprof_clock *clock = data;
	uint64_t expiries;

	if (read(fd, &expiries, sizeof(expiries)) < 0 && errno != ECANCELED)
		return;
	/* A step between the read and here cancels the new timer at once. */
	(void)arm(fd);
	clock->fn(clock->data);
}

int vprof_clock_watch(struct vprof_loop *loop, vprof_clock_fn *fn, void *data,
		      struct vprof_clock **ret_clock)
{
	struct vprof_clock *clock = calloc(1, sizeof(*clock));
	int r;

	if (!clock)
		return -ENOMEM;
	clock->fn = fn;
	clock->data = data;
	clock->fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (clock->fd < 0) {
		r = -errno;
		goto free_clock;
	}
	r = arm(clock->fd);
	if (r < 0)
		goto close_fd;
	r = vprof_loop_watch(loop, clock->fd, on_set, clock, &clock->watch);
	if (r < 0)
		goto close_fd;
	*ret_clock = clock;
	return 0;

close_fd:
	close(clock->fd);
free_clock:
	free(clock);
	return r;
}

void vprof_clock_free(struct vprof_clock *clock)
{
	if (!clock)
		return;
	vprof_watch_free(clock->watch);
	close(clock->fd);
	free(clock);
}

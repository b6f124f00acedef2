// SPDX-License-Identifier: GPL-2.0-only
/* vprof-record's progress: one line, rewritten, only on a terminal. */
#include "progress.h"

#include "number.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
	NS_PER_S = 1000000000,
	/* a second, but for what timers are late */
	MIN_ELAPSED_NS = NS_PER_S / 10 * 9,
	LINE_MAX_CHARS = 200,
};

/* Back to the line's start, and clear it. */
#define REWRITE "\r\033[K"

static uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * NS_PER_S + (uint64_t)time.tv_nsec;
}

void progress_begin(struct progress *progress, bool is_quiet)
{
	progress->is_shown = !is_quiet && isatty(STDERR_FILENO);
	progress->start_ns = now_ns();
	progress->last_ns = progress->start_ns;
	progress->last_samples = 0;
}

uint64_t progress_sum_lost(const struct vprof_accounts *accounts)
{
	return accounts->taken - accounts->delivered;
}

/* A line that has wrapped cannot be rewritten: it is cut to the width. */
static void rewrite(const char *line)
{
	struct winsize size = { 0 };
	int width = LINE_MAX_CHARS;

	if (!ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		width = size.ws_col - 1;
	fprintf(stderr, REWRITE "%.*s", width, line);
}

void progress_update(struct progress *progress, struct vprof_recorder *recorder)
{
	char samples[NUMBER_LEN], rate[NUMBER_LEN], lost[NUMBER_LEN],
		processes[NUMBER_LEN];
	char line[LINE_MAX_CHARS];
	struct vprof_recorder_status status;
	uint64_t time_ns = now_ns();
	uint64_t elapsed_ns = time_ns - progress->last_ns;
	uint64_t seconds = (time_ns - progress->start_ns) / NS_PER_S;

	if (!progress->is_shown || elapsed_ns < MIN_ELAPSED_NS)
		return;
	vprof_recorder_get_status(recorder, &status);
	number_group(status.samples, samples);
	number_group(
		(uint64_t)((double)(status.samples - progress->last_samples) *
			   NS_PER_S / (double)elapsed_ns),
		rate);
	number_group(progress_sum_lost(&status.accounts), lost);
	number_group(status.nr_processes, processes);
	snprintf(line, sizeof(line),
		 "vprof: %02" PRIu64 ":%02" PRIu64
		 "  %s sample%s (%s/s), %s lost, %s process%s",
		 seconds / 60, seconds % 60, samples,
		 number_ending(status.samples), rate, lost, processes,
		 status.nr_processes == 1 ? "" : "es");
	rewrite(line);
	progress->last_ns = time_ns;
	progress->last_samples = status.samples;
}

void progress_end(const struct progress *progress)
{
	if (progress->is_shown)
		fputs(REWRITE, stderr);
}

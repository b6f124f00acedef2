// SPDX-License-Identifier: GPL-2.0-only
/* A profile store: any bytes give a profile that holds together, or an errno. */
#include "bytes_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vprof/diff.h>
#include <vprof/query.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char path[64];

static void remove_file(void)
{
	unlink(path);
}

/* SQLite wants a name: a file in memory, one for the process. */
static void write_file(const uint8_t *bytes, size_t size)
{
	int fd;

	if (!*path) {
		snprintf(path, sizeof(path), "/dev/shm/vprof-fuzz-store-%d",
			 getpid());
		atexit(remove_file);
	}
	fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	require(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	close(fd);
}

static void check_event(struct vprof_query *query,
			const struct vprof_profile *profile,
			const struct vprof_profile_event *event)
{
	struct vprof_caller *callers;

	require(event->name && event->unit);
	require(event->samples <= event->all_samples ||
		event->all_samples == UINT64_MAX);
	for (size_t i = 0; i < event->nr_lines; i++) {
		const struct vprof_profile_line *line = &event->lines[i];

		require(line->domain < profile->nr_domains);
		require(line->context < VPROF_NR_SAMPLE_CONTEXTS);
		require(line->samples);
		require(!i || event->lines[i - 1].weight >= line->weight);
		require(!vprof_query_get_callers(query, line, &callers));
		vprof_caller_free(callers);
	}
}

/* Against itself nothing has changed, and each line has found its like. */
static void check_no_change(const struct vprof_diff_event *event)
{
	for (size_t i = 0; i < event->nr_lines; i++) {
		const struct vprof_diff_line *line = &event->lines[i];

		require(line->sides[VPROF_DIFF_A] == line->sides[VPROF_DIFF_B]);
		require(line->change.share[VPROF_DIFF_A] <= 1);
		require(line->change.change == 0 && line->change.z == 0);
	}
}

static void check_diff(const struct vprof_profile *profile)
{
	const struct vprof_diff_options options = {
		.size = sizeof(options),
		.keys = (1 << VPROF_NR_KEYS) - 1,
		.base = profile->nr_domains % 2 ? VPROF_DIFF_OF_ALL
						: VPROF_DIFF_OF_DOMAIN,
		.labels = { "A", "B" },
	};
	struct vprof_error error = { 0 };
	struct vprof_diff *diff;
	int ret;

	ret = vprof_diff_new(&options, profile, profile, &diff, &error);
	require(!ret || (ret == -ENODATA && *error.text));
	if (ret)
		return;
	for (size_t i = 0; i < diff->nr_events; i++)
		check_no_change(&diff->events[i]);
	vprof_diff_free(diff);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct vprof_query_options options = {
		.size = sizeof(options),
		.keys = (1 << VPROF_NR_KEYS) - 1,
		.has_callers = true,
	};
	const struct vprof_profile *profile;
	struct vprof_error error = { 0 };
	struct vprof_query *query;
	int ret;

	write_file(bytes, size);
	require(!vprof_query_new(&options, &query, &error));
	ret = vprof_query_expect_store(query, path, &error);
	require(ret <= 0 && (!ret || (error.code == ret && *error.text)));
	ret = vprof_query_add_store(query, path, &error);
	require(ret <= 0 && (!ret || (error.code == ret && *error.text)));
	if (!ret) {
		require(!vprof_query_finish(query, &profile, &error));
		for (size_t i = 0; i < profile->nr_events; i++)
			check_event(query, profile, &profile->events[i]);
		check_diff(profile);
	}
	vprof_query_free(query);
	return 0;
}

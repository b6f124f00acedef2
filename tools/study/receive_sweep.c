// SPDX-License-Identifier: GPL-2.0-only
/* Throughput by receive size and socket buffer, with the default scale and the fixed one. */
#include "study/receive.h"

#include "study/child.h"
#include "study/counters.h"
#include "study/folder.h"
#include "study/iperf.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

enum {
	PATIENCE_S = 20,
	MAX_FAILURES = 3, /* in a row */
};

/* Return: 0, -EINTR, -EREMOTEIO and the like: this one failed. */
static int transfer(struct receive *receive, const struct iperf *iperf,
		    struct study_receive_run *run, struct vprof_error *err)
{
	struct counters before, after, grown;
	struct iperf_command command;
	struct iperf_result result;
	char *output = NULL;
	int ret;

	ret = counters_read(receive->there, &before, err);
	if (ret)
		return ret;
	iperf_make_command(iperf, &command);
	ret = child_run((char *const *)command.argv,
			(unsigned int)iperf->seconds + PATIENCE_S, &output,
			err);
	if (ret == CHILD_EXIT_NOT_FOUND)
		ret = vprof_error_set(err, -ENOPKG,
				      "no iperf3 here: apt install iperf3");
	else if (ret >= 0)
		ret = iperf_parse(output, &result, err);
	free(output);
	if (!ret)
		ret = counters_read(receive->there, &after, err);
	if (ret)
		return ret;
	grown = counters_since(&before, &after);
	run->mbit_per_s = result.mbit_per_s;
	run->collapsed = grown.collapsed;
	run->pruned = grown.pruned;
	return 0;
}

static void say_run(struct receive *receive, const struct study_sweep_row *row,
		    const struct study_receive_run *run)
{
	char buffer[32], size[32];

	receive_say(receive,
		    "scale %" PRIi64 ", socket buffer %s, receive size %s: "
		    "%.0f Mbit/s, %" PRIu64 " segments collapsed",
		    row->scale, receive_size_text(row->socket_buffer, buffer),
		    receive_size_text(row->receive_size, size), run->mbit_per_s,
		    run->collapsed);
}

/* A transfer that fails is left out, unless they all do. */
static int measure_row(struct receive *receive, struct study_sweep_row *row,
		       unsigned int *nr_failures, struct vprof_error *err)
{
	const struct iperf iperf = {
		.host = receive->address,
		.port = IPERF_PORT,
		.socket_buffer = row->socket_buffer,
		.receive_size = row->receive_size,
		.seconds = receive->found->run_seconds,
	};
	struct study_receive_run *run;
	int ret;

	row->runs = calloc(receive->options->runs, sizeof(*row->runs));
	if (!row->runs)
		return vprof_error_set(err, -ENOMEM, "no memory");
	for (uint64_t i = 0; i < receive->options->runs; i++) {
		run = &row->runs[row->nr_runs];
		ret = transfer(receive, &iperf, run, err);
		if (ret == -EINTR || ret == -ENOPKG || ret == -EPIPE ||
		    ret == -ETIMEDOUT)
			return ret;
		if (ret && ++*nr_failures >= MAX_FAILURES)
			return ret;
		if (ret) {
			warnx("%s: left out", err->text);
			continue;
		}
		*nr_failures = 0;
		row->nr_runs++;
		say_run(receive, row, run);
	}
	return 0;
}

static int sweep_scale(struct receive *receive, int64_t scale,
		       struct vprof_error *err)
{
	const struct receive_values *buffers = &receive->buffers;
	const struct receive_values *sizes = &receive->options->sizes;
	struct study_receive *found = receive->found;
	struct study_sweep_row *row;
	unsigned int nr_failures = 0;
	int ret;

	ret = receive_set_scale(receive, scale, err);
	for (size_t b = 0; !ret && b < buffers->nr; b++)
		for (size_t s = 0; !ret && s < sizes->nr; s++) {
			row = &found->sweep[found->nr_sweep++];
			row->scale = scale;
			row->socket_buffer = buffers->items[b];
			row->receive_size = sizes->items[s];
			ret = measure_row(receive, row, &nr_failures, err);
			study_folder_save(receive->options->folder,
					  receive->results, NULL);
		}
	return ret;
}

int receive_sweep(struct receive *receive, struct vprof_error *err)
{
	struct study_receive *found = receive->found;
	size_t nr = receive->buffers.nr * receive->options->sizes.nr;
	int ret;

	found->sweep = calloc(2 * nr, sizeof(*found->sweep));
	if (!found->sweep)
		return vprof_error_set(err, -ENOMEM, "no memory");
	receive->nr_steps = (unsigned int)(2 * nr * receive->options->runs) +
			    STUDY_NR_POINTS;
	clock_gettime(CLOCK_MONOTONIC, &receive->begun);
	ret = sweep_scale(receive, found->default_scale, err);
	if (!ret && found->fixed_scale != found->default_scale)
		ret = sweep_scale(receive, found->fixed_scale, err);
	return ret;
}

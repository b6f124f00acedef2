// SPDX-License-Identifier: GPL-2.0-only
/* Throughput by receive size and socket buffer, with the default scale and the fixed one. */
#include "study/receive.h"

#include "study/child.h"
#include "study/counters.h"
#include "study/folder.h"
#include "study/iperf.h"
#include "study/show.h"
#include "study/sweep.h"

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
	char buffer[SHOW_LEN], size[SHOW_LEN];

	receive_say(receive, receive->found->run_seconds,
		    "run %zu of %" PRIu64 ", scale %" PRIi64
		    ", socket buffer %s, receive size %s: %.0f Mbit/s, "
		    "%" PRIu64 " segments collapsed",
		    row->nr_runs, receive->options->runs, row->scale,
		    show_size_option(row->socket_buffer, buffer),
		    show_size_option(row->receive_size, size), run->mbit_per_s,
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
	struct study_receive_run *run = &row->runs[row->nr_runs];
	int ret;

	ret = receive_set_scale(receive, row->scale, err);
	if (ret)
		return ret;
	ret = transfer(receive, &iperf, run, err);
	if (ret == -EINTR || ret == -ENOPKG || ret == -EPIPE ||
	    ret == -ETIMEDOUT)
		return ret;
	if (ret && ++*nr_failures >= MAX_FAILURES)
		return ret;
	if (ret) {
		warnx("%s: left out", err->text);
		receive->planned_s -= receive->found->run_seconds;
		return 0;
	}
	*nr_failures = 0;
	row->nr_runs++;
	sweep_sum_up(row);
	say_run(receive, row, run);
	study_folder_save(receive->options->folder, receive->results, NULL);
	return 0;
}

/* Both scales of a setting, one after the other, and in turn the first. */
static size_t nth_of_round(size_t nth, uint64_t round, size_t nr_scales)
{
	return nr_scales == 2 && round % 2 ? nth ^ 1 : nth;
}

static int add_rows(struct receive *receive, size_t nr_scales)
{
	const struct receive_values *buffers = &receive->buffers;
	const struct receive_values *sizes = &receive->options->sizes;
	struct study_receive *found = receive->found;
	size_t nr = buffers->nr * sizes->nr * nr_scales, setting;
	struct study_sweep_row *row;

	found->sweep = calloc(nr, sizeof(*found->sweep));
	if (!found->sweep)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		row = &found->sweep[i];
		setting = i / nr_scales;
		row->scale = i % nr_scales ? found->fixed_scale
					   : found->default_scale;
		row->socket_buffer = buffers->items[setting / sizes->nr];
		row->receive_size = sizes->items[setting % sizes->nr];
		row->runs = calloc(receive->options->runs, sizeof(*row->runs));
		if (!row->runs)
			return -ENOMEM;
		sweep_sum_up(row);
		found->nr_sweep++;
	}
	return 0;
}

/*
 * Round after round over all settings, so that what changes meanwhile changes for
 * all of them.
 */
int receive_sweep(struct receive *receive, struct vprof_error *err)
{
	struct study_receive *found = receive->found;
	size_t nr_scales = found->fixed_scale == found->default_scale ? 1 : 2;
	uint64_t nr_rounds = receive->options->runs;
	unsigned int nr_failures = 0;
	int ret = 0;

	if (add_rows(receive, nr_scales))
		return vprof_error_set(err, -ENOMEM, "no memory");
	receive->nr_steps =
		(unsigned int)(found->nr_sweep * nr_rounds) + STUDY_NR_POINTS;
	receive->planned_s =
		(double)(found->nr_sweep * nr_rounds) * found->run_seconds +
		STUDY_NR_POINTS * receive_point_seconds(receive);
	clock_gettime(CLOCK_MONOTONIC, &receive->begun);
	for (uint64_t round = 0; !ret && round < nr_rounds; round++)
		for (size_t i = 0; !ret && i < found->nr_sweep; i++)
			ret = measure_row(receive,
					  &found->sweep[nth_of_round(
						  i, round, nr_scales)],
					  &nr_failures, err);
	return ret;
}

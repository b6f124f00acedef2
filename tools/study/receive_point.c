// SPDX-License-Identifier: GPL-2.0-only
/* The points A and B, and B with the fix: a longer transfer each, profiled. */
#include "study/receive.h"

#include "study/child.h"
#include "study/counters.h"
#include "study/iperf.h"
#include "study/show.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_S = 60 };

static const char *const stores[STUDY_NR_POINTS] = {
	[STUDY_POINT_A] = "receive-a.store",
	[STUDY_POINT_B] = "receive-b.store",
	[STUDY_POINT_FIXED] = "receive-fixed.store",
};

static const char *const names[STUDY_NR_POINTS] = {
	[STUDY_POINT_A] = "A",
	[STUDY_POINT_B] = "B",
	[STUDY_POINT_FIXED] = "B, fixed",
};

/* Where nothing can be recorded the transfer is still worth having. */
static int run_transfer(struct receive *receive, const char *store,
			const struct iperf *iperf, struct iperf_result *result,
			bool *ret_is_recorded, struct vprof_error *err)
{
	unsigned int timeout_s = (unsigned int)iperf->seconds + PATIENCE_S;
	struct iperf_command command;
	char *output = NULL;
	int ret;

	iperf_make_command(iperf, &command);
	ret = profile_take(&receive->profiling, store, command.argv, timeout_s,
			   &output, err);
	if (ret < 0)
		return ret;
	ret = iperf_parse(output, result, err);
	free(output);
	*ret_is_recorded = !ret;
	if (!ret)
		return 0;
	warnx("no profile of this one");
	output = NULL;
	ret = child_run((char *const *)command.argv, timeout_s, &output, err);
	if (ret < 0)
		return ret;
	ret = iperf_parse(output, result, err);
	free(output);
	return ret;
}

static void read_profile(struct receive *receive, const char *store,
			 bool is_recorded, struct study_profile *profile)
{
	const struct profile_subject subject = {
		.uuid = receive->uuid,
		.name = receive->name,
		.is_host = receive->is_host,
	};
	struct vprof_error why;

	if (!is_recorded)
		profile->why = strdup("vprof-record could not record here");
	else if (profile_read(&receive->profiling, store, &subject, profile,
			      &why))
		warnx("%s", why.text);
}

static void say_point(struct receive *receive, enum study_point_name name,
		      const struct study_point *point)
{
	char buffer[SHOW_LEN], size[SHOW_LEN];

	receive_say(receive, receive_point_seconds(receive),
		    "point %s profiled (scale %" PRIi64 ", socket buffer %s, "
		    "receive size %s): %.0f Mbit/s, %" PRIu64
		    " collapsed, %" PRIu64 " samples of the receiver",
		    names[name], point->scale,
		    show_size_option(point->socket_buffer, buffer),
		    show_size_option(point->receive_size, size),
		    point->mbit_per_s, point->collapsed,
		    point->profile.samples);
}

double receive_point_seconds(const struct receive *receive)
{
	return (double)receive->options->profile_ns / 1e9;
}

int receive_point(struct receive *receive, enum study_point_name name,
		  const struct study_sweep_row *row, int64_t scale,
		  struct vprof_error *err)
{
	const struct iperf iperf = {
		.host = receive->address,
		.port = IPERF_PORT,
		.socket_buffer = row->socket_buffer,
		.receive_size = row->receive_size,
		.seconds = receive_point_seconds(receive),
	};
	struct counters before, after, grown;
	struct iperf_result result;
	struct study_point *point;
	bool is_recorded;
	int ret;

	ret = receive_set_scale(receive, scale, err);
	if (!ret)
		ret = counters_read(receive->there, &before, err);
	if (!ret)
		ret = run_transfer(receive, stores[name], &iperf, &result,
				   &is_recorded, err);
	if (!ret)
		ret = counters_read(receive->there, &after, err);
	if (ret)
		return ret;
	point = study_point_new();
	if (!point)
		return vprof_error_set(err, -ENOMEM, "no memory");
	grown = counters_since(&before, &after);
	point->scale = scale;
	point->socket_buffer = row->socket_buffer;
	point->receive_size = row->receive_size;
	point->seconds = result.seconds;
	point->mbit_per_s = result.mbit_per_s;
	point->collapsed = grown.collapsed;
	point->pruned = grown.pruned;
	read_profile(receive, stores[name], is_recorded, &point->profile);
	receive->found->points[name] = point;
	say_point(receive, name, point);
	return 0;
}

int receive_compare(struct receive *receive, struct vprof_error *err)
{
	struct study_receive *found = receive->found;
	const struct study_point *a = found->points[STUDY_POINT_A];
	const struct study_point *b = found->points[STUDY_POINT_B];

	if (!a || !b || !a->profile.domain || !b->profile.domain)
		return 0;
	return profile_compare(&receive->profiling, a->profile.store,
			       b->profile.store, b->profile.domain,
			       &found->changes, &found->nr_changes, err);
}

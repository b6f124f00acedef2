// SPDX-License-Identifier: GPL-2.0-only
/* What the figures of the part "receive" say, as sentences. */
#include "study/says.h"

#include "number.h"
#include "study/published.h"
#include "study/show.h"
#include "study/sweep.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- throughput ----------------------------------------------------------- */

/* The setting as it was, and with the fix: at B, or else where it helps most. */
struct contrast {
	const struct study_sweep_row *before;
	const struct study_sweep_row *after;
	double ratio;
};

static struct contrast contrast_at(const struct study_receive *receive,
				   uint64_t socket_buffer,
				   uint64_t receive_size)
{
	struct contrast contrast = { .ratio = 0 };
	double ratio;
	int64_t fix;

	if (!sweep_has_fix(receive, &fix))
		return contrast;
	contrast.before = sweep_find(receive, receive->default_scale,
				     socket_buffer, receive_size);
	contrast.after = sweep_find(receive, fix, socket_buffer, receive_size);
	if (!contrast.before || !contrast.after)
		return contrast;
	ratio = sweep_median(contrast.after) / sweep_median(contrast.before);
	contrast.ratio = isfinite(ratio) ? ratio : 0;
	return contrast;
}

static struct contrast find_contrast(const struct study_receive *receive)
{
	const struct study_point *b = receive->points[STUDY_POINT_B];
	struct contrast best = { .ratio = 0 }, other;

	if (b)
		best = contrast_at(receive, b->socket_buffer, b->receive_size);
	if (best.ratio > 0)
		return best;
	for (size_t i = 0; i < receive->nr_sweep; i++) {
		other = contrast_at(receive, receive->sweep[i].socket_buffer,
				    receive->sweep[i].receive_size);
		if (other.ratio > best.ratio)
			best = other;
	}
	return best;
}

struct extent {
	double slowest, fastest;
	uint64_t most_collapsed;
	bool is_any;
};

static struct extent measure(const struct study_receive *receive)
{
	struct extent extent = { INFINITY, 0, 0, false };
	const struct study_sweep_row *row;
	double median;

	for (size_t i = 0; i < receive->nr_sweep; i++) {
		row = &receive->sweep[i];
		median = sweep_median(row);
		if (!isfinite(median))
			continue;
		extent.is_any = true;
		extent.slowest = fmin(extent.slowest, median);
		extent.fastest = fmax(extent.fastest, median);
		if (sweep_most_collapsed(row) > extent.most_collapsed)
			extent.most_collapsed = sweep_most_collapsed(row);
	}
	return extent;
}

static void say_contrast(FILE *out, const struct contrast *contrast)
{
	char before[SHOW_LEN], after[SHOW_LEN], size[SHOW_LEN];
	char scale[SHOW_LEN], buffer[SHOW_LEN];
	char collapsed[NUMBER_LEN], collapsed_after[NUMBER_LEN];

	fprintf(out,
		"With a socket buffer of %s, receiving %s at once, "
		"tcp_adv_win_scale %s brings throughput from %s to %s Mbit/s "
		"(%.2f times) and collapsed segments from %s to %s.",
		show_socket_buffer(contrast->after->socket_buffer, buffer),
		show_size(contrast->after->receive_size, size),
		show_signed(contrast->after->scale, scale),
		show_rate(sweep_median(contrast->before), before),
		show_rate(sweep_median(contrast->after), after),
		contrast->ratio,
		number_group(sweep_most_collapsed(contrast->before), collapsed),
		number_group(sweep_most_collapsed(contrast->after),
			     collapsed_after));
}

static void say_extent(FILE *out, const struct study_receive *receive)
{
	struct extent extent = measure(receive);
	char slowest[SHOW_LEN], fastest[SHOW_LEN], collapsed[NUMBER_LEN];

	if (!extent.is_any) {
		fputs("No throughput was measured.", out);
		return;
	}
	if (extent.most_collapsed)
		fprintf(out, "At most %s segments were collapsed in a run",
			number_group(extent.most_collapsed, collapsed));
	else
		fputs("No segment was collapsed at any setting", out);
	if (receive->is_mended && receive->receiver_kernel)
		fprintf(out, " on Linux %s", receive->receiver_kernel);
	fprintf(out, "; throughput is between %s and %s Mbit/s.",
		show_rate(extent.slowest, slowest),
		show_rate(extent.fastest, fastest));
}

char *says_throughput(const struct study_receive *receive)
{
	struct contrast contrast = find_contrast(receive);
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	if (contrast.ratio > 0)
		say_contrast(out, &contrast);
	else
		say_extent(out, receive);
	fclose(out);
	return text;
}

/* ---- split ------------------------------------------------------------------ */

struct grown {
	const char *name;
	size_t offset;
	const struct published_row *published; /* NULL: not given */
};

static const struct grown parts[] = {
	{ "the hypervisor", offsetof(struct study_split, hypervisor),
	  &published_split[PUBLISHED_HYPERVISOR] },
	{ "the network driver", offsetof(struct study_split, driver),
	  &published_split[PUBLISHED_DRIVER] },
	{ "the kernel", offsetof(struct study_split, kernel),
	  &published_split[PUBLISHED_KERNEL] },
	{ "user code", offsetof(struct study_split, user), NULL },
};

enum { NR_PARTS = sizeof(parts) / sizeof(parts[0]) };

static double share_of(const struct study_split *split,
		       const struct grown *part)
{
	double share;

	memcpy(&share, (const char *)split + part->offset, sizeof(share));
	return share;
}

static const struct grown *most_grown(const struct study_split *a,
				      const struct study_split *b)
{
	const struct grown *best = NULL;
	double change, most = -INFINITY;

	for (size_t i = 0; i < NR_PARTS; i++) {
		change = share_of(b, &parts[i]) - share_of(a, &parts[i]);
		if (!(change > most))
			continue;
		most = change;
		best = &parts[i];
	}
	return best;
}

static const struct study_profile *
profile_of(const struct study_receive *receive, int name)
{
	const struct study_point *point = receive->points[name];

	return point && point->profile.samples ? &point->profile : NULL;
}

static const struct study_split *split_of(const struct study_receive *receive,
					  int name)
{
	const struct study_profile *profile = profile_of(receive, name);

	return profile ? &profile->split : NULL;
}

static const char *const point_names[STUDY_NR_POINTS] = {
	[STUDY_POINT_A] = "At A",
	[STUDY_POINT_B] = "At B",
	[STUDY_POINT_FIXED] = "With the fix",
};

/* The first of the points that was profiled; STUDY_NR_POINTS: none was. */
static int first_profiled(const struct study_receive *receive)
{
	int name = 0;

	while (name < STUDY_NR_POINTS && !profile_of(receive, name))
		name++;
	return name;
}

static void say_published(FILE *out, const struct grown *part)
{
	if (part->published)
		fprintf(out, " (published: %.0f%% to %.0f%%)",
			100 * part->published->a, 100 * part->published->b);
}

static void say_growth(FILE *out, const struct study_receive *receive,
		       const struct grown *part)
{
	const struct study_split *a = split_of(receive, STUDY_POINT_A);
	const struct study_split *b = split_of(receive, STUDY_POINT_B);
	const struct study_split *fixed = split_of(receive, STUDY_POINT_FIXED);
	char before[SHOW_LEN], after[SHOW_LEN], then[SHOW_LEN];

	fprintf(out, "From A to B the share of %s grows most: %s to %s",
		part->name, show_share(share_of(a, part), before),
		show_share(share_of(b, part), after));
	say_published(out, part);
	if (fixed)
		fprintf(out, "; with the fix it is %s",
			show_share(share_of(fixed, part), then));
	fputs(".", out);
}

static void say_largest(FILE *out, const struct study_receive *receive)
{
	static const struct study_split nothing;
	int name = first_profiled(receive);
	const struct grown *part = NULL;
	char share[SHOW_LEN];

	if (name < STUDY_NR_POINTS)
		part = most_grown(&nothing, split_of(receive, name));
	if (part)
		fprintf(out, "%s what takes most of the time is %s: %s.",
			point_names[name], part->name,
			show_share(share_of(split_of(receive, name), part),
				   share));
	else
		fputs("Where the time goes is not known.", out);
}

char *says_split(const struct study_receive *receive)
{
	const struct study_split *a = split_of(receive, STUDY_POINT_A);
	const struct study_split *b = split_of(receive, STUDY_POINT_B);
	const struct grown *part = a && b ? most_grown(a, b) : NULL;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	if (part)
		say_growth(out, receive, part);
	else
		say_largest(out, receive);
	fclose(out);
	return text;
}

/* ---- functions ----------------------------------------------------------------- */

static bool is_same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

const struct study_function *
says_find_function(const struct study_profile *profile, const char *symbol,
		   const char *context, const char *image)
{
	const struct study_function *function;

	for (size_t i = 0; i < profile->nr_functions; i++) {
		function = &profile->functions[i];
		if (is_same(function->symbol, symbol) &&
		    is_same(function->context, context) &&
		    (!image || is_same(function->image, image)))
			return function;
	}
	return NULL;
}

/* A name in a sentence. */
static void say_name(FILE *out, const char *before, const char *symbol,
		     const char *image)
{
	char *name = show_function(symbol, image);

	fprintf(out, "%s%s", before, name ? name : "");
	free(name);
}

static double share_after(const struct study_receive *receive,
			  const struct study_change *change)
{
	const struct study_point *fixed = receive->points[STUDY_POINT_FIXED];
	const struct study_function *function;

	function = says_find_function(&fixed->profile, change->symbol,
				      change->context, change->image);
	return function ? function->share : NAN;
}

static bool is_fix_profiled(const struct study_receive *receive)
{
	return split_of(receive, STUDY_POINT_FIXED);
}

/* The largest growth comes first in the list. */
static size_t count_growers(const struct study_receive *receive, size_t most)
{
	size_t nr = 0;

	while (nr < receive->nr_changes && nr < most &&
	       receive->changes[nr].change > 0)
		nr++;
	return nr;
}

static void say_first_function(FILE *out, const struct study_receive *receive)
{
	int name = first_profiled(receive);
	const struct study_function *function;
	char share[SHOW_LEN];

	if (receive->nr_changes) {
		fputs("No function grew from A to B.", out);
		return;
	}
	if (name == STUDY_NR_POINTS ||
	    !profile_of(receive, name)->nr_functions) {
		fputs("No functions are known.", out);
		return;
	}
	function = &profile_of(receive, name)->functions[0];
	fputs(point_names[name], out);
	say_name(out, " the function that takes most is ", function->symbol,
		 function->image);
	fprintf(out, ": %s.", show_share(function->share, share));
}

static void say_growers(FILE *out, const struct study_receive *receive,
			size_t nr)
{
	char a[SHOW_LEN], b[SHOW_LEN], then[SHOW_LEN];
	const struct study_change *change;

	for (size_t i = 0; i < nr; i++) {
		change = &receive->changes[i];
		say_name(out, i ? "; " : "", change->symbol, change->image);
		fprintf(out, ": %s at A, %s at B",
			show_share(change->share_a, a),
			show_share(change->share_b, b));
		if (is_fix_profiled(receive))
			fprintf(out, ", %s with the fix",
				show_share(share_after(receive, change), then));
	}
	fputs(".", out);
}

char *says_functions(const struct study_receive *receive)
{
	size_t length, nr = count_growers(receive, 2);
	char *text = NULL;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	if (nr)
		say_growers(out, receive, nr);
	else
		say_first_function(out, receive);
	fclose(out);
	return text;
}

char *says_changes(const struct study_receive *receive)
{
	size_t length, nr = count_growers(receive, 2);
	const struct study_change *changes = receive->changes;
	char *text = NULL, points[SHOW_LEN];
	FILE *out;

	if (!nr)
		return strdup("No function grew from A to B.");
	out = open_memstream(&text, &length);
	if (!out)
		return NULL;
	say_name(out, "What grew most is ", changes[0].symbol,
		 changes[0].image);
	fprintf(out, ", by %s points of share",
		show_points(changes[0].change, points) + 1);
	if (isfinite(changes[0].z))
		fprintf(out, " (%.1f standard errors)", changes[0].z);
	if (nr > 1) {
		say_name(out, ", then ", changes[1].symbol, changes[1].image);
		fprintf(out, ", by %s",
			show_points(changes[1].change, points) + 1);
	}
	if (nr > 1 && isfinite(changes[1].z))
		fprintf(out, " (%.1f)", changes[1].z);
	fputs(".", out);
	fclose(out);
	return text;
}

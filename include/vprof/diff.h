/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two profiles side by side: what takes more of the time than before, and how surely. */
#ifndef VPROF_DIFF_H
#define VPROF_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vprof/error.h>
#include <vprof/query.h>

enum vprof_diff_side {
	VPROF_DIFF_A, /* before */
	VPROF_DIFF_B, /* after */
	VPROF_DIFF_SIDES
};

/** enum vprof_diff_base - what lines' shares are shares of */
enum vprof_diff_base {
	VPROF_DIFF_OF_ALL,    /* what the event counted, over all domains */
	VPROF_DIFF_OF_DOMAIN, /* what their domain got of it */
};

/** enum vprof_diff_order - which lines come first: those with the most of this */
enum vprof_diff_order {
	VPROF_DIFF_BY_CHANGE,
	VPROF_DIFF_BY_RATIO,
	VPROF_DIFF_BY_Z,
	VPROF_DIFF_BY_SHARE_A,
	VPROF_DIFF_BY_SHARE_B,
};

/**
 * struct vprof_diff_options - how to compare
 * @size: sizeof(struct vprof_diff_options)
 * @keys: those that both queries were asked with
 * @domains: lines of these only, by the name, kind or number that either profile
 *           gives them; none: of all. Wants VPROF_KEY_DOMAIN, and so does
 *           VPROF_DIFF_OF_DOMAIN
 * @labels: what sentences call the two profiles
 */
struct vprof_diff_options {
	size_t size;
	unsigned int keys;
	enum vprof_diff_base base;
	enum vprof_diff_order order;
	const char *const *domains;
	size_t nr_domains;
	const char *labels[VPROF_DIFF_SIDES];
};

/**
 * struct vprof_diff_change - something's share on either side
 * @share: of weight, 0 to 1
 * @change: share of B less share of A
 * @ratio: share of B to share of A; INFINITY where A has none of it
 * @z: the change in its standard errors: as far as two sets of independent
 *     samples of one and the same mix would come apart by chance, z has the
 *     standard normal distribution. See vprof-diff(1)
 */
struct vprof_diff_change {
	uint64_t samples[VPROF_DIFF_SIDES];
	uint64_t weight[VPROF_DIFF_SIDES];
	double share[VPROF_DIFF_SIDES];
	double change;
	double ratio;
	double z;
};

/**
 * struct vprof_diff_domain - a domain, on both sides
 * @sides: NULL: that profile does not know it
 * @is_remade: of one kind and name, but its uuid is another
 * @is_wanted: asked for
 */
struct vprof_diff_domain {
	const struct vprof_profile_domain *sides[VPROF_DIFF_SIDES];
	bool is_remade;
	bool is_wanted;
};

/**
 * struct vprof_diff_line - lines that are equal in the keys
 * @sides: NULL: no sample there
 * @domain: index in the diff's domains; 0 where it is no key
 */
struct vprof_diff_line {
	const struct vprof_profile_line *sides[VPROF_DIFF_SIDES];
	uint32_t domain;
	struct vprof_diff_change change;
};

/**
 * struct vprof_diff_event - an event, on both sides
 * @sides: NULL: it was not asked for there
 * @is_compared: both sides have samples of it; else there is nothing below
 * @domains: as many as the diff has; shares of all
 * @lines: where lines tell domains apart, of those domains only that have
 *         samples on both sides
 */
struct vprof_diff_event {
	const char *name;
	const struct vprof_profile_event *sides[VPROF_DIFF_SIDES];
	bool is_compared;
	const struct vprof_diff_change *domains;
	const struct vprof_diff_line *lines;
	size_t nr_lines;
};

/**
 * struct vprof_diff - the answer
 * @domains: matched by uuid, else by kind and name
 * @events: matched by name
 */
struct vprof_diff {
	const struct vprof_profile *sides[VPROF_DIFF_SIDES];
	const struct vprof_diff_domain *domains;
	size_t nr_domains;
	const struct vprof_diff_event *events;
	size_t nr_events;
};

/**
 * vprof_diff_new - compare two profiles
 * @a: and @b: the answers of two queries with the same keys; they stay, and stay
 *     as they are, as long as the diff does
 *
 * Lines are matched by the texts of their keys. Where a place has no name that is
 * its offset in the image, unless the queries were asked with has_one_unnamed.
 *
 * Return: 0, -ENOENT a domain asked for is in neither, -ENODATA they have no
 * event, or no domain, with samples in common (the sentence says what they have),
 * -EINVAL, -ENOMEM.
 */
int vprof_diff_new(const struct vprof_diff_options *options,
		   const struct vprof_profile *a, const struct vprof_profile *b,
		   struct vprof_diff **ret_diff, struct vprof_error *err);
void vprof_diff_free(struct vprof_diff *diff);

#endif

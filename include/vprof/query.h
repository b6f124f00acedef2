/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions to profile stores: who spent what, where. Every report stands on it. */
#ifndef VPROF_QUERY_H
#define VPROF_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vprof/error.h>
#include <vprof/sample.h>

struct vprof_query;

/** enum vprof_key - what tells two lines of a profile apart */
enum vprof_key {
	VPROF_KEY_DOMAIN,
	VPROF_KEY_CONTEXT,
	VPROF_KEY_IMAGE,
	VPROF_KEY_SYMBOL,
	VPROF_KEY_PROCESS,
	VPROF_KEY_PID,
	VPROF_NR_KEYS
};

/** enum vprof_part - what a domain's time is split into */
enum vprof_part {
	VPROF_PART_HYPERVISOR,
	VPROF_PART_KERNEL,
	VPROF_PART_DRIVER, /* of the kernel, in a module */
	VPROF_PART_USER,
	VPROF_NR_PARTS
};

/**
 * struct vprof_query_options - what is asked
 * @size: sizeof(struct vprof_query_options)
 * @keys: bits 1 << enum vprof_key; samples equal in these are one line
 * @has_callers: keep call chains
 * @has_one_unnamed: places of an image that have no name are one line, at offset 0
 * @since_ns: CLOCK_REALTIME, slices that end later; 0: from the beginning
 * @until_ns: slices that begin earlier; 0: to the end
 * @event: this one only; NULL: all
 * @domains: these only, by name or number; none: all
 */
struct vprof_query_options {
	size_t size;
	unsigned int keys;
	bool has_callers;
	bool has_one_unnamed;
	int64_t since_ns;
	int64_t until_ns;
	const char *event;
	const char *const *domains;
	size_t nr_domains;
};

/** struct vprof_profile_session - see struct vprof_store_session; no text is NULL */
struct vprof_profile_session {
	const char *host;
	const char *kernel;
	const char *hypervisor;
	const char *capture;
	const char *source;
	const char *pmu;
	const char *why;
	const char *command;
	const char *no_guests;
	uint64_t nr_cpus;
};

/** struct vprof_profile_domain - @uuid: "": not known, or of several by that name */
struct vprof_profile_domain {
	const char *name;
	const char *kind; /* "host", "xen", "kvm" */
	uint64_t number;
	const char *names_from;
	const char *uuid;
};

/**
 * struct vprof_profile_sums - what a domain got of one event
 * @weight: in the event's unit where that is known, else samples; shares are
 *          shares of weight
 * @lost: as far as it is known whose samples they would have been
 */
struct vprof_profile_sums {
	uint64_t samples;
	uint64_t weight;
	uint64_t lost;
	uint64_t part_weight[VPROF_NR_PARTS];
};

struct vprof_profile_loss {
	const char *reason;
	uint64_t count;
};

/**
 * struct vprof_profile_line - samples that are equal in the keys asked for
 * @domain: index; likewise what else is no key: 0, NULL
 * @image: NULL: code that belongs to no file
 * @symbol: NULL: without a name, @offset says where in the image (without an
 *          image: at which address)
 * @id: for vprof_query_get_callers()
 */
struct vprof_profile_line {
	uint32_t id;
	uint32_t domain;
	uint8_t context;
	int32_t pid;
	const char *image;
	const char *symbol;
	const char *process;
	uint64_t offset;
	uint64_t samples;
	uint64_t weight;
};

/**
 * struct vprof_profile_event - all that was sampled by one event
 * @period: 0: several were used
 * @taken: overflows; taken = delivered + losses
 * @samples: in the domains asked for
 * @all_weight: of all domains: what shares are of
 * @domain_sums: as many as the profile has domains
 * @lines: heaviest first
 */
struct vprof_profile_event {
	const char *name;
	const char *unit;
	uint64_t period;
	bool is_frequency;
	uint64_t taken;
	uint64_t delivered;
	const struct vprof_profile_loss *losses;
	size_t nr_losses;
	uint64_t samples;
	uint64_t all_samples;
	uint64_t all_weight;
	const struct vprof_profile_sums *domain_sums;
	const struct vprof_profile_line *lines;
	size_t nr_lines;
};

/** struct vprof_profile_unnamed - an image that has samples without a name */
struct vprof_profile_unnamed {
	const char *image;
	const char *why;
	uint64_t samples;
};

/**
 * struct vprof_profile - the answer
 * @start_ns: of the slices asked for, CLOCK_REALTIME; 0: there are none
 * @store_start_ns: of all slices in the stores
 * @unnamed: most samples first
 */
struct vprof_profile {
	const struct vprof_profile_session *sessions;
	size_t nr_sessions;
	const struct vprof_profile_domain *domains;
	size_t nr_domains;
	const struct vprof_profile_event *events;
	size_t nr_events;
	const struct vprof_profile_unnamed *unnamed;
	size_t nr_unnamed;
	int64_t start_ns;
	int64_t end_ns;
	int64_t store_start_ns;
	int64_t store_end_ns;
};

int vprof_query_new(const struct vprof_query_options *options,
		    struct vprof_query **ret_query, struct vprof_error *err);
void vprof_query_free(struct vprof_query *query);

/**
 * vprof_query_expect_store - learn which guests a store is about
 *
 * Of each store, before the first is added. A store that such a guest recorded of
 * itself is then taken for what it is, by its uuid and its time: its host is that
 * guest.
 *
 * Return: as vprof_query_add_store().
 */
int vprof_query_expect_store(struct vprof_query *query, const char *path,
			     struct vprof_error *err);

/**
 * vprof_query_add_store - take in a store; several are added up
 *
 * Stores come from anywhere and are not trusted: SQL in them is not run, ids that
 * lead nowhere are shown as unknown.
 *
 * Return: 0, -ENOENT no such file, -EACCES, -EISDIR, -ENODATA an empty file,
 * -ENOTTY not a store, -EPROTO a newer version's, -EBADMSG damaged, -EBUSY,
 * -EXDEV what a guest recorded of itself, and not one of those that are expected.
 */
int vprof_query_add_store(struct vprof_query *query, const char *path,
			  struct vprof_error *err);

/**
 * vprof_query_finish - add up what the stores gave
 * @ret_profile: lives as long as @query
 *
 * Return: 0, -ENOENT an event or a domain asked for is in none of the stores (the
 * sentence says which there are).
 */
int vprof_query_finish(struct vprof_query *query,
		       const struct vprof_profile **ret_profile,
		       struct vprof_error *err);

/**
 * struct vprof_caller - a node of a line's callers, heaviest first
 * @callers: who called this one on the way here
 * @next: another caller of the same function
 */
struct vprof_caller {
	const char *image;
	const char *symbol;
	uint64_t offset;
	uint8_t context;
	uint64_t samples;
	uint64_t weight;
	struct vprof_caller *callers;
	struct vprof_caller *next;
};

/**
 * vprof_query_get_callers - who called a line's function, as a tree
 * @ret_callers: for vprof_caller_free(); NULL: no sample had a call chain
 */
int vprof_query_get_callers(struct vprof_query *query,
			    const struct vprof_profile_line *line,
			    struct vprof_caller **ret_callers);
void vprof_caller_free(struct vprof_caller *callers);

#endif

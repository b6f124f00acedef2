/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A query being answered: what is asked, and what the stores have told so far. */
#ifndef VPROF_QUERY_TABLES_H
#define VPROF_QUERY_TABLES_H

#include "base/intern.h"
#include "base/vector.h"
#include "query/names.h"

#include <stdbool.h>
#include <stdint.h>
#include <vprof/query.h>

struct sqlite3_stmt;

enum {
	VPROF_QUERY_SESSION_TEXTS = 9,
	VPROF_QUERY_MAX_EVENTS = 256,
	VPROF_QUERY_MAX_DOMAINS = 4096,
	VPROF_QUERY_KEPT_DOMAINS = 16, /* of these: not for guests */
	VPROF_QUERY_MAX_REASONS = 16,
	VPROF_QUERY_MAX_UNNAMED = 256,
};

/* Texts are numbers in the query's names, until the answer is made. */

struct vprof_query_event {
	uint32_t name;
	uint32_t unit;
	uint64_t period;
	bool is_frequency;
	bool is_mixed;
	bool is_wanted;
	uint64_t taken;
	uint64_t delivered;
	uint64_t all_samples;
	uint64_t all_weight;
	struct vprof_vector losses; /* struct vprof_query_loss */
	struct vprof_vector sums;   /* struct vprof_profile_sums, by domain */
};

struct vprof_query_loss {
	uint32_t reason;
	uint64_t count;
};

struct vprof_query_domain {
	uint32_t name;
	uint32_t kind;
	uint32_t names_from;
	uint32_t uuid;
	uint64_t number;
	bool has_uuids;    /* more than one */
	bool is_by_itself; /* of what it recorded itself */
	bool is_wanted;
};

/* A guest that a store has heard of, when that was recorded, and its hypervisor. */
struct vprof_query_guest {
	struct vprof_query_domain domain;
	int64_t start_ns, end_ns;
	size_t first_symbol, nr_symbols;
	bool has_samples; /* taken from outside */
};

/* Of the hypervisor, whose functions a guest has no names of. */
struct vprof_query_symbol {
	uint64_t offset, size;
	uint32_t name;
};

struct vprof_query_session {
	uint32_t texts
		[VPROF_QUERY_SESSION_TEXTS]; /* in the order of struct vprof_profile_session */
	uint64_t nr_cpus;
	bool is_guests; /* a guest's own, beside its host's */
};

struct vprof_query_line {
	uint32_t event;
	uint32_t domain;
	uint32_t image;
	uint32_t symbol;
	uint32_t process;
	int32_t pid;
	uint8_t context;
	uint64_t offset;
	uint64_t samples;
	uint64_t weight;
};

/* What of a charge tells lines apart; what is no key is 0. */
struct vprof_query_who {
	uint32_t domain;
	uint32_t process;
	int32_t pid;
	uint8_t context;
};

/* A function among callers. */
struct vprof_query_label {
	uint32_t image;
	uint32_t symbol;
	uint64_t offset;
	uint8_t context;
};

/* A label, called by @parent (0: by nobody): one way to it, over all stores. */
struct vprof_query_node {
	uint32_t parent;
	uint32_t label;
};

/* Samples of a line that came one way. */
struct vprof_query_way {
	uint32_t line;
	uint32_t node;
	uint64_t samples;
	uint64_t weight;
};

struct vprof_query_unnamed {
	uint32_t image;
	uint32_t why;
	uint64_t samples;
};

/**
 * struct vprof_query - a question, and what the stores have answered so far
 * @domain_keys: (name, kind)
 * @who_keys: (event, domain, context; process, pid), as far as they are keys
 * @where_keys: (image, symbol; offset), as far as they are keys
 * @line_keys: (who, where)
 * @way_keys: (line, node)
 */
struct vprof_query {
	struct vprof_query_options options;
	char *event;
	char **domain_names;
	bool *is_domain_known;

	struct vprof_names names;
	struct vprof_vector events;
	struct vprof_vector domains;
	struct vprof_vector sessions;
	struct vprof_vector guests;     /* struct vprof_query_guest */
	struct vprof_vector hypervisor; /* struct vprof_query_symbol */
	struct vprof_vector unnamed;
	int64_t start_ns, end_ns;
	int64_t store_start_ns, store_end_ns;

	struct vprof_intern domain_keys;
	struct vprof_intern who_keys;
	struct vprof_vector whos; /* by id - 1 */
	struct vprof_intern where_keys;
	struct vprof_intern line_keys;
	struct vprof_vector lines; /* by id - 1 */

	struct vprof_intern label_keys;
	struct vprof_vector labels; /* by id - 1 */
	struct vprof_intern node_keys;
	struct vprof_vector nodes; /* by id - 1 */
	struct vprof_intern way_keys;
	struct vprof_vector ways; /* by id - 1, until they are sorted */
	bool are_ways_sorted;

	struct vprof_profile profile;
	struct vprof_vector profile_events, profile_domains, profile_sessions,
		profile_unnamed, profile_lines, profile_losses;
};

/** vprof_add_saturated - counts of a foreign store must not wrap around */
static inline void vprof_add_saturated(uint64_t *sum, uint64_t value)
{
	if (__builtin_add_overflow(*sum, value, sum))
		*sum = UINT64_MAX;
}

/** vprof_query_init - @query: all 0; destroyed even where this fails */
int vprof_query_init(struct vprof_query *query,
		     const struct vprof_query_options *options);
void vprof_query_destroy(struct vprof_query *query);

/** vprof_query_take_name - the number of the text in a row's column; 0 or -ENOMEM */
int vprof_query_take_name(struct vprof_query *query, struct sqlite3_stmt *row,
			  int column, uint32_t *ret_name);

/** vprof_query_find_event - its number, made when it is new; negative errno */
int64_t vprof_query_find_event(struct vprof_query *query,
			       const struct vprof_query_event *event);
int64_t vprof_query_find_domain(struct vprof_query *query,
				const struct vprof_query_domain *domain);
int vprof_query_add_loss(struct vprof_query *query, uint32_t event,
			 uint32_t reason, uint64_t count);
int vprof_query_add_unnamed(struct vprof_query *query, uint32_t image,
			    uint32_t why, uint64_t samples);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One store's tables in memory, with its ids made into the query's. */
#ifndef VPROF_QUERY_INPUT_H
#define VPROF_QUERY_INPUT_H

#include "query/query_tables.h"

struct sqlite3;

/* Each begins with the id of its row. */

struct vprof_input_event {
	int64_t id;
	uint32_t event;
	uint64_t weight_of_one; /* what a sample without a weight counts */
};

struct vprof_input_domain {
	int64_t id;
	uint32_t domain;
};

struct vprof_input_process {
	int64_t id;
	uint32_t comm;
	int32_t pid;
};

struct vprof_input_image {
	int64_t id;
	uint32_t name;
	uint32_t why;
	bool is_module;
	bool is_hypervisor;
	bool is_jit;
	uint64_t nr_unnamed; /* samples */
};

struct vprof_input_symbol {
	int64_t id;
	uint32_t name;
};

/* @image: index + 1 of the input's; @line: of the last @who that was here */
struct vprof_input_place {
	int64_t id;
	uint64_t offset;
	uint32_t image;
	uint32_t symbol;
	uint32_t who;
	uint32_t line;
	bool is_in_module;
};

struct vprof_input_chain {
	int64_t id;
	int64_t parent;
	int64_t place;
	uint32_t node; /* of the query; 0: not made yet */
	uint8_t context;
};

/* @who: in the query's keys; 0: not one that can be counted */
struct vprof_input_charge {
	int64_t id;
	uint64_t weight_of_one;
	uint32_t event;
	uint32_t domain;
	uint32_t who;
	uint8_t context;
};

struct vprof_input_slice {
	int64_t id;
	int64_t first_sample;
	int64_t last_sample;
};

/**
 * struct vprof_input - one store
 * @slices: those in the time asked for
 * @nr_unknown: samples in no image
 * @first_session: of the query's, the first that is this store's
 * @untied: the guest whose own profile it is, if that is known
 * @tied: the guest whose own profile it is, or NULL
 */
struct vprof_input {
	struct vprof_query *query;
	struct sqlite3 *db;
	struct vprof_vector events, domains, processes, images, symbols, places,
		chains, charges, slices;
	uint64_t nr_unknown; /* samples of no image */
	size_t first_session;
	const struct vprof_query_guest *untied;
	const struct vprof_query_guest *tied;
};

void vprof_input_init(struct vprof_input *input, struct vprof_query *query,
		      struct sqlite3 *db);
void vprof_input_destroy(struct vprof_input *input);

#endif

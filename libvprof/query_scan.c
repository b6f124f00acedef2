// SPDX-License-Identifier: LGPL-2.1-or-later
/* The samples of one store, added up: first by their numbers, then by their names. */
#include "query_input.h"

#include "db.h"

#include <errno.h>
#include <sqlite3.h>

enum {
	MAX_CHAIN_DEPTH = 1024,
	/* 6 MB of sums: then they are added to the lines, and forgotten. */
	MAX_SUMS = 1 << 16,
};

/* Samples that are equal in charge, place and chain. */
struct sum {
	const struct vprof_input_charge *charge;
	int64_t place;
	int64_t chain;
	uint64_t samples;
	uint64_t weight;
};

/* The sums, by pairs of numbers; a sum's entry has its index + 1 as id. */
struct scan {
	struct vprof_input *input;
	struct vprof_intern keys;
	struct vprof_vector sums;
};

/* ---- rows to sums ------------------------------------------------------ */

static struct sum *get_sum(struct scan *scan, int64_t charge, int64_t place,
			   int64_t chain)
{
	struct vprof_intern_entry *entry;
	struct sum *sum;
	bool is_new;

	/* Honest ids are below 2^31; for others chains may run together. */
	entry = vprof_intern_get(&scan->keys,
				 (uint64_t)charge << 32 ^ (uint64_t)chain,
				 place, &is_new);
	if (!entry)
		return NULL;
	if (!is_new)
		return vprof_vector_get(&scan->sums, entry->id - 1);
	sum = vprof_vector_add(&scan->sums);
	if (!sum)
		return NULL;
	sum->charge = vprof_vector_find(&scan->input->charges, charge);
	sum->place = place;
	sum->chain = chain;
	return sum;
}

static uint64_t get_weight(const struct sum *sum, uint64_t count,
			   int64_t weight)
{
	uint64_t product;

	if (weight > 0)
		return (uint64_t)weight;
	if (__builtin_mul_overflow(count, sum->charge->event->weight_of_one,
				   &product))
		return UINT64_MAX;
	return product;
}

static int scan_row(struct scan *scan, sqlite3_stmt *row)
{
	int64_t count = sqlite3_column_int64(row, 3);
	int64_t chain = 0;
	struct sum *sum;

	if (count <= 0)
		return 0;
	if (scan->input->query->options.has_callers)
		chain = sqlite3_column_int64(row, 2);
	sum = get_sum(scan, sqlite3_column_int64(row, 0),
		      sqlite3_column_int64(row, 1), chain);
	if (!sum)
		return -ENOMEM;
	if (!sum->charge || !sum->charge->event)
		return 0;
	vprof_add_saturated(&sum->samples, (uint64_t)count);
	vprof_add_saturated(
		&sum->weight,
		get_weight(sum, (uint64_t)count, sqlite3_column_int64(row, 4)));
	return 0;
}

static int fold_sums(struct scan *scan);

static int scan_range(struct scan *scan, sqlite3_stmt *statement, int64_t first,
		      int64_t last)
{
	int code = SQLITE_DONE, ret = 0;

	sqlite3_bind_int64(statement, 1, first);
	sqlite3_bind_int64(statement, 2, last);
	while (!ret && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		ret = scan_row(scan, statement);
		if (!ret && scan->sums.nr_items == MAX_SUMS)
			ret = fold_sums(scan);
	}
	if (!ret)
		ret = vprof_db_errno(scan->input->db, code);
	sqlite3_reset(statement);
	return ret;
}

/*
 * Slices that follow each other are one range. Ranges that overlap, which a
 * recorder does not write, are cut: no row is read twice.
 */
static int scan_slices(struct scan *scan)
{
	static const char select[] =
		"SELECT charge, place, chain, count, weight FROM sample "
		"WHERE id BETWEEN ? AND ?";
	const struct vprof_vector *slices = &scan->input->slices;
	int64_t first = 1, last = 0;
	sqlite3_stmt *statement;
	int ret;

	ret = vprof_db_prepare(scan->input->db, select, &statement);
	if (ret)
		return ret;
	for (size_t i = 0; !ret && i < slices->nr_items; i++) {
		const struct vprof_input_slice *slice =
			vprof_vector_get(slices, i);

		if (slice->last_sample < slice->first_sample)
			continue;
		if (last >= first && slice->first_sample <= last) {
			if (slice->last_sample > last)
				last = slice->last_sample;
			continue;
		}
		if (last >= first && slice->first_sample == last + 1) {
			last = slice->last_sample;
			continue;
		}
		if (last >= first)
			ret = scan_range(scan, statement, first, last);
		first = slice->first_sample;
		last = slice->last_sample;
	}
	if (!ret && last >= first)
		ret = scan_range(scan, statement, first, last);
	sqlite3_finalize(statement);
	return ret;
}

/* ---- sums to lines ----------------------------------------------------- */

/* The function at a place, as the query names it. */
static void get_label(const struct vprof_input *input, int64_t id,
		      uint8_t context, struct vprof_query_label *ret_label,
		      const struct vprof_input_image **ret_image)
{
	const struct vprof_input_place *place;
	const struct vprof_input_image *image = NULL;

	*ret_label = (struct vprof_query_label){ .context = context };
	*ret_image = NULL;
	place = vprof_vector_find(&input->places, id);
	if (!place)
		return;
	image = vprof_vector_find(&input->images, place->image);
	ret_label->image = image ? image->name : 0;
	ret_label->symbol = place->symbol;
	ret_label->offset = place->symbol ? 0 : place->offset;
	*ret_image = image;
}

static enum vprof_part get_part(uint8_t context,
				const struct vprof_input_image *image)
{
	switch (context) {
	case VPROF_SAMPLE_HYPERVISOR:
		return VPROF_PART_HYPERVISOR;
	case VPROF_SAMPLE_KERNEL:
		return image && image->is_module ? VPROF_PART_DRIVER
						 : VPROF_PART_KERNEL;
	default:
		return VPROF_PART_USER;
	}
}

/* Clears what the question does not tell apart. */
static void keep_keys(const struct vprof_query *query,
		      struct vprof_query_line *line)
{
	unsigned int keys = query->options.keys;

	if (!(keys & 1 << VPROF_KEY_DOMAIN))
		line->domain = 0;
	if (!(keys & 1 << VPROF_KEY_CONTEXT))
		line->context = 0;
	/* Without a name a place needs its image to be told. */
	if (!(keys & 1 << VPROF_KEY_IMAGE) &&
	    (line->symbol || !(keys & 1 << VPROF_KEY_SYMBOL)))
		line->image = 0;
	if (!(keys & 1 << VPROF_KEY_SYMBOL)) {
		line->symbol = 0;
		line->offset = 0;
	}
	if (!(keys & 1 << VPROF_KEY_PROCESS))
		line->process = 0;
	if (!(keys & 1 << VPROF_KEY_PID))
		line->pid = 0;
}

/* The line of that event and those keys; its entry's id is its index + 1. */
static int64_t get_line(struct vprof_query *query,
			const struct vprof_query_line *wanted)
{
	struct vprof_intern_entry *entry;
	struct vprof_query_line *line;
	uint64_t where;
	bool is_new;

	entry = vprof_intern_get(&query->line_names,
				 (uint64_t)wanted->image << 32 | wanted->symbol,
				 wanted->offset, &is_new);
	if (!entry)
		return -ENOMEM;
	where = entry->id;
	entry = vprof_intern_get(
		&query->line_names, (uint64_t)1 << 63 | wanted->process,
		(uint64_t)(uint32_t)wanted->pid << 32 | where, &is_new);
	if (!entry)
		return -ENOMEM;
	entry = vprof_intern_get(
		&query->line_keys,
		(uint64_t)wanted->event << 32 | wanted->context,
		(uint64_t)wanted->domain << 32 | entry->id, &is_new);
	if (!entry)
		return -ENOMEM;
	if (!is_new)
		return entry->id;
	line = vprof_vector_add(&query->lines);
	if (!line)
		return -ENOMEM;
	*line = *wanted;
	line->samples = 0;
	line->weight = 0;
	return entry->id;
}

/*
 * The query's node of a chain of this store. Callers have smaller ids; a store in
 * which they do not is cut short there.
 */
static int64_t get_node(struct vprof_input *input, int64_t id)
{
	struct vprof_input_chain *chain, *todo[MAX_CHAIN_DEPTH];
	const struct vprof_input_image *image;
	struct vprof_query_label label;
	size_t nr_todo = 0;
	int64_t node = 0;

	while (nr_todo < MAX_CHAIN_DEPTH) {
		chain = vprof_vector_find(&input->chains, id);
		if (!chain)
			break;
		if (chain->node) {
			node = chain->node;
			break;
		}
		todo[nr_todo++] = chain;
		if (chain->parent >= id)
			break;
		id = chain->parent;
	}
	while (nr_todo) {
		chain = todo[--nr_todo];
		get_label(input, chain->place, chain->context, &label, &image);
		node = vprof_query_get_node(input->query, (uint32_t)node,
					    &label);
		if (node < 0)
			return node;
		chain->node = (uint32_t)node;
	}
	return node;
}

static int add_way(struct vprof_input *input, uint32_t line,
		   const struct sum *sum)
{
	struct vprof_query_way *way;
	int64_t node;

	node = get_node(input, sum->chain);
	if (node <= 0)
		return (int)node;
	way = vprof_vector_add(&input->query->ways);
	if (!way)
		return -ENOMEM;
	*way = (struct vprof_query_way){ .line = line,
					 .node = (uint32_t)node,
					 .samples = sum->samples,
					 .weight = sum->weight };
	return 0;
}

static void add_to_domain(struct vprof_query_event *event, uint32_t domain,
			  enum vprof_part part, const struct sum *sum)
{
	struct vprof_profile_sums *sums =
		vprof_vector_get(&event->sums, domain);

	vprof_add_saturated(&sums->samples, sum->samples);
	vprof_add_saturated(&sums->weight, sum->weight);
	vprof_add_saturated(&sums->part_weight[part], sum->weight);
}

static int add_to_line(struct vprof_input *input,
		       const struct vprof_query_line *wanted,
		       const struct sum *sum)
{
	struct vprof_query_line *line;
	int64_t id;

	id = get_line(input->query, wanted);
	if (id < 0)
		return (int)id;
	line = vprof_vector_get(&input->query->lines, id - 1);
	vprof_add_saturated(&line->samples, sum->samples);
	vprof_add_saturated(&line->weight, sum->weight);
	return sum->chain ? add_way(input, (uint32_t)id, sum) : 0;
}

static int fold_sum(struct vprof_input *input, const struct sum *sum)
{
	const struct vprof_input_charge *charge = sum->charge;
	struct vprof_query *query = input->query;
	const struct vprof_query_domain *domain;
	const struct vprof_input_image *image;
	struct vprof_query_event *event;
	struct vprof_query_label label;
	struct vprof_query_line line;
	int ret = 0;

	if (!sum->samples || !charge->is_wanted)
		return 0;
	event = vprof_vector_get(&query->events, charge->event->event);
	domain = vprof_vector_get(&query->domains, charge->domain);
	vprof_add_saturated(&event->all_samples, sum->samples);
	vprof_add_saturated(&event->all_weight, sum->weight);
	if (!domain->is_wanted)
		return 0;
	get_label(input, sum->place, charge->context, &label, &image);
	add_to_domain(event, charge->domain, get_part(charge->context, image),
		      sum);
	if (!label.symbol)
		ret = vprof_query_add_unnamed(query, label.image,
					      image ? image->why : 0,
					      sum->samples);
	if (ret)
		return ret;
	line = (struct vprof_query_line){
		.event = charge->event->event,
		.domain = charge->domain,
		.context = charge->context,
		.image = label.image,
		.symbol = label.symbol,
		.offset = label.offset,
		.process = charge->process ? charge->process->comm : 0,
		.pid = charge->process ? charge->process->pid : 0,
	};
	keep_keys(query, &line);
	return add_to_line(input, &line, sum);
}

/* Adds the sums to the lines, and forgets them. */
static int fold_sums(struct scan *scan)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < scan->sums.nr_items; i++)
		ret = fold_sum(scan->input, vprof_vector_get(&scan->sums, i));
	scan->sums.nr_items = 0;
	vprof_intern_destroy(&scan->keys);
	return ret ? ret : vprof_intern_init(&scan->keys);
}

int vprof_input_scan(struct vprof_input *input)
{
	struct scan scan = { .input = input,
			     .sums.item_size = sizeof(struct sum) };
	int ret;

	ret = vprof_intern_init(&scan.keys);
	if (!ret)
		ret = scan_slices(&scan);
	if (!ret)
		ret = fold_sums(&scan);
	vprof_vector_destroy(&scan.sums);
	vprof_intern_destroy(&scan.keys);
	return ret;
}

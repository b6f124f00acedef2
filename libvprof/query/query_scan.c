// SPDX-License-Identifier: LGPL-2.1-or-later
/* The samples of one store, added to the query's lines. */
#include "query/query_scan.h"

#include "base/keyed.h"
#include "store/places_text.h"
#include "query/query_input.h"
#include "query/query_ways.h"
#include "store/db.h"

#include <errno.h>
#include <sqlite3.h>

enum { MAX_CHAIN_DEPTH = 1024 };

/* A row of the table sample, being taken in. @node: the query's of its chain. */
struct row {
	const struct vprof_input_charge *charge;
	const struct vprof_query_domain *domain;
	struct vprof_query_event *event;
	uint32_t node;
};

/* ---- lines -------------------------------------------------------------- */

static const struct vprof_input_image *
get_image(const struct vprof_input *input,
	  const struct vprof_input_place *place)
{
	if (!place->image)
		return NULL;
	return vprof_vector_get(&input->images, place->image - 1);
}

/* The function at a place, as the query names it. */
static struct vprof_query_label get_label(const struct vprof_input *input,
					  const struct vprof_input_place *place,
					  uint8_t context)
{
	const struct vprof_input_image *image = get_image(input, place);

	return (struct vprof_query_label){
		.image = image ? image->name : 0,
		.symbol = place->symbol,
		.offset = place->offset,
		.context = context,
	};
}

/* Clears what the question does not tell apart. */
static void keep_keys(const struct vprof_query *query,
		      struct vprof_query_label *label)
{
	unsigned int keys = query->options.keys;

	/* Without a name a place needs its image to be told. */
	if (!(keys & 1 << VPROF_KEY_IMAGE) &&
	    (label->symbol || !(keys & 1 << VPROF_KEY_SYMBOL)))
		label->image = 0;
	if (!(keys & 1 << VPROF_KEY_SYMBOL))
		label->symbol = 0;
	if (!(keys & 1 << VPROF_KEY_SYMBOL) || query->options.has_one_unnamed)
		label->offset = 0;
}

static int64_t get_where(struct vprof_query *query,
			 const struct vprof_query_label *label)
{
	struct vprof_intern_entry *entry;
	bool is_new;

	entry = vprof_intern_get(&query->where_keys,
				 (uint64_t)label->image << 32 | label->symbol,
				 label->offset, &is_new);
	return entry ? (int64_t)entry->id : -ENOMEM;
}

static void fill_in_line(const struct vprof_query *query,
			 struct vprof_query_line *line,
			 const struct vprof_input_charge *charge,
			 const struct vprof_query_label *label)
{
	const struct vprof_query_who *who =
		vprof_vector_get(&query->whos, charge->who - 1);

	line->event = charge->event;
	line->domain = who->domain;
	line->context = who->context;
	line->process = who->process;
	line->pid = who->pid;
	line->image = label->image;
	line->symbol = label->symbol;
	line->offset = label->offset;
}

/* The line of a charge at a place: its index + 1; negative errno. */
static int64_t find_line(struct vprof_input *input,
			 const struct vprof_input_charge *charge,
			 const struct vprof_input_place *place)
{
	struct vprof_query *query = input->query;
	struct vprof_query_label label;
	int64_t where, id;
	void *line;

	label = get_label(input, place, charge->context);
	keep_keys(query, &label);
	where = get_where(query, &label);
	if (where < 0)
		return where;
	id = vprof_keyed_get(&query->line_keys, &query->lines, charge->who,
			     (uint64_t)where, &line);
	if (line)
		fill_in_line(query, line, charge, &label);
	return id;
}

static struct vprof_query_line *
get_line(struct vprof_input *input, const struct vprof_input_charge *charge,
	 struct vprof_input_place *place)
{
	int64_t line;

	/* Who comes to a place mostly came there before. */
	if (place->who != charge->who) {
		line = find_line(input, charge, place);
		if (line < 0)
			return NULL;
		place->who = charge->who;
		place->line = (uint32_t)line;
	}
	return vprof_vector_get(&input->query->lines, place->line - 1);
}

/* ---- ways --------------------------------------------------------------- */

static int add_chain_node(struct vprof_input *input,
			  struct vprof_input_chain *chain, int64_t *node)
{
	const struct vprof_input_place *place;
	struct vprof_query_label label = { .context = chain->context };

	place = vprof_vector_find(&input->places, chain->place);
	if (place)
		label = get_label(input, place, chain->context);
	*node = vprof_query_get_node(input->query, (uint32_t)*node, &label);
	if (*node < 0)
		return (int)*node;
	chain->node = (uint32_t)*node;
	return 0;
}

/*
 * The query's node of a chain of this store. Callers have smaller ids; a store in
 * which they do not is cut short there.
 */
static int64_t get_node(struct vprof_input *input, int64_t id)
{
	struct vprof_input_chain *chain, *todo[MAX_CHAIN_DEPTH];
	size_t nr_todo = 0;
	int64_t node = 0;
	int ret;

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
		ret = add_chain_node(input, todo[--nr_todo], &node);
		if (ret)
			return ret;
	}
	return node;
}

/* ---- rows --------------------------------------------------------------- */

static enum vprof_part get_part(uint8_t context,
				const struct vprof_input_place *place)
{
	switch (context) {
	case VPROF_SAMPLE_HYPERVISOR:
		return VPROF_PART_HYPERVISOR;
	case VPROF_SAMPLE_KERNEL:
		return place->is_in_module ? VPROF_PART_DRIVER
					   : VPROF_PART_KERNEL;
	default:
		return VPROF_PART_USER;
	}
}

static void add_to_domain(const struct row *row,
			  const struct vprof_input_place *place,
			  uint64_t samples, uint64_t weight)
{
	enum vprof_part part = get_part(row->charge->context, place);
	struct vprof_profile_sums *sums =
		vprof_vector_get(&row->event->sums, row->charge->domain);

	vprof_add_saturated(&sums->samples, samples);
	vprof_add_saturated(&sums->weight, weight);
	vprof_add_saturated(&sums->part_weight[part], weight);
}

static void count_unnamed(struct vprof_input *input,
			  const struct vprof_input_place *place,
			  uint64_t samples)
{
	struct vprof_input_image *image;

	if (place->symbol)
		return;
	if (!place->image) {
		vprof_add_saturated(&input->nr_unknown, samples);
		return;
	}
	image = vprof_vector_get(&input->images, place->image - 1);
	vprof_add_saturated(&image->nr_unnamed, samples);
}

static int add_item(struct vprof_input *input, const struct row *row,
		    const struct vprof_places_item *item)
{
	/* For a place that is not in the store. */
	struct vprof_input_place nowhere = { 0 };
	struct vprof_input_place *place;
	struct vprof_query_line *line;
	uint64_t weight = item->weight;

	if (!weight &&
	    __builtin_mul_overflow(item->count, row->charge->weight_of_one,
				   &weight))
		weight = UINT64_MAX;
	vprof_add_saturated(&row->event->all_samples, item->count);
	vprof_add_saturated(&row->event->all_weight, weight);
	if (!row->domain->is_wanted)
		return 0;
	place = vprof_vector_find(&input->places, (int64_t)item->place);
	if (!place)
		place = &nowhere;
	add_to_domain(row, place, item->count, weight);
	count_unnamed(input, place, item->count);
	line = get_line(input, row->charge, place);
	if (!line)
		return -ENOMEM;
	vprof_add_saturated(&line->samples, item->count);
	vprof_add_saturated(&line->weight, weight);
	if (!row->node)
		return 0;
	return vprof_query_add_way(input->query, place->line, row->node,
				   item->count, weight);
}

/* Whom a row is charged to. Return: 0, 1: nobody that was asked for, negative errno. */
static int begin_row(struct vprof_input *input, sqlite3_stmt *statement,
		     struct row *row)
{
	struct vprof_query *query = input->query;
	int64_t node;

	row->charge = vprof_vector_find(&input->charges,
					sqlite3_column_int64(statement, 0));
	if (!row->charge || !row->charge->who)
		return 1;
	row->event = vprof_vector_get(&query->events, row->charge->event);
	row->domain = vprof_vector_get(&query->domains, row->charge->domain);
	if (!query->options.has_callers)
		return 0;
	node = get_node(input, sqlite3_column_int64(statement, 2));
	if (node < 0)
		return (int)node;
	row->node = (uint32_t)node;
	return 0;
}

static int scan_row(void *data, sqlite3_stmt *statement)
{
	struct vprof_input *input = data;
	struct vprof_places_item item;
	struct row row = { 0 };
	const char *text;
	int ret;

	ret = begin_row(input, statement, &row);
	if (ret)
		return ret < 0 ? ret : 0;
	text = (const char *)sqlite3_column_text(statement, 1);
	ret = vprof_places_begin(&text);
	while (!ret) {
		ret = vprof_places_next(&text, &item);
		if (ret <= 0)
			return ret;
		ret = item.count ? add_item(input, &row, &item) : 0;
	}
	return ret;
}

static int scan_range(struct vprof_input *input, sqlite3_stmt *statement,
		      int64_t first, int64_t last)
{
	sqlite3_bind_int64(statement, 1, first);
	sqlite3_bind_int64(statement, 2, last);
	return vprof_db_each(statement, scan_row, input);
}

/*
 * Slices that follow each other are one range. Ranges that overlap, which a
 * recorder does not write, are one too: no row is read twice.
 */
static int scan_slices(struct vprof_input *input, sqlite3_stmt *statement)
{
	const struct vprof_vector *slices = &input->slices;
	const struct vprof_input_slice *slice;
	int64_t first = 1, last = 0;
	int ret = 0;

	for (size_t i = 0; !ret && i < slices->nr_items; i++) {
		slice = vprof_vector_get(slices, i);
		if (slice->last_sample < slice->first_sample)
			continue;
		if (last >= first && (slice->first_sample <= last ||
				      slice->first_sample == last + 1)) {
			if (slice->last_sample > last)
				last = slice->last_sample;
			continue;
		}
		if (last >= first)
			ret = scan_range(input, statement, first, last);
		first = slice->first_sample;
		last = slice->last_sample;
	}
	if (!ret && last >= first)
		ret = scan_range(input, statement, first, last);
	return ret;
}

static int tell_unnamed(struct vprof_input *input)
{
	const struct vprof_input_image *image;
	int ret = 0;

	if (input->nr_unknown)
		ret = vprof_query_add_unnamed(input->query, 0, 0,
					      input->nr_unknown);
	for (size_t i = 0; !ret && i < input->images.nr_items; i++) {
		image = vprof_vector_get(&input->images, i);
		if (image->nr_unnamed)
			ret = vprof_query_add_unnamed(input->query, image->name,
						      image->why,
						      image->nr_unnamed);
	}
	return ret;
}

int vprof_input_scan(struct vprof_input *input)
{
	static const char select[] = "SELECT charge, places, chain FROM sample "
				     "WHERE id BETWEEN ? AND ?";
	sqlite3_stmt *statement;
	int ret;

	ret = vprof_db_prepare(input->db, select, &statement);
	if (ret)
		return ret;
	ret = scan_slices(input, statement);
	sqlite3_finalize(statement);
	return ret ? ret : tell_unnamed(input);
}

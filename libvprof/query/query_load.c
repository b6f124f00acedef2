// SPDX-License-Identifier: LGPL-2.1-or-later
/* One store's tables, taken into memory; what contradicts itself is left out. */
#include "query/query_load.h"

#include "base/keyed.h"
#include "query/query_guests.h"
#include "query/query_input.h"
#include "store/db.h"
#include "store/store_schema.h"

#include <errno.h>
#include <stddef.h>
#include <sqlite3.h>
#include <string.h>

static const char *get_text(sqlite3_stmt *row, int column)
{
	const char *text = (const char *)sqlite3_column_text(row, column);

	return text ? text : "";
}

static int take_name(struct vprof_input *input, sqlite3_stmt *row, int column,
		     uint32_t *ret_name)
{
	return vprof_query_take_name(input->query, row, column, ret_name);
}

/* ---- a row of each table ----------------------------------------------- */

static int load_session(struct vprof_input *input, sqlite3_stmt *row,
			void *item)
{
	struct vprof_query_session *session;
	int ret = 0;

	(void)item;
	session = vprof_vector_add(&input->query->sessions);
	if (!session)
		return -ENOMEM;
	for (int i = 0; !ret && i < VPROF_QUERY_SESSION_TEXTS; i++)
		ret = take_name(input, row, 1 + i, &session->texts[i]);
	session->nr_cpus =
		sqlite3_column_int64(row, 1 + VPROF_QUERY_SESSION_TEXTS);
	return ret;
}

static int load_event(struct vprof_input *input, sqlite3_stmt *row, void *item)
{
	struct vprof_input_event *event = item;
	struct vprof_query_event whole = {
		.period = sqlite3_column_int64(row, 3),
		.is_frequency = sqlite3_column_int(row, 4),
	};
	int64_t number;
	int ret;

	ret = take_name(input, row, 1, &whole.name);
	if (!ret)
		ret = take_name(input, row, 2, &whole.unit);
	if (ret)
		return ret;
	number = vprof_query_find_event(input->query, &whole);
	if (number < 0)
		return (int)number;
	event->event = (uint32_t)number;
	event->weight_of_one = vprof_store_weight_of_one(
		get_text(row, 2), whole.period, whole.is_frequency);
	return 0;
}

static int load_domain(struct vprof_input *input, sqlite3_stmt *row, void *item)
{
	struct vprof_input_domain *domain = item;
	struct vprof_query_domain whole = {
		.number = sqlite3_column_int64(row, 2),
	};
	int64_t number;
	int ret;

	ret = take_name(input, row, 1, &whole.kind);
	if (!ret)
		ret = take_name(input, row, 3, &whole.name);
	if (!ret)
		ret = take_name(input, row, 4, &whole.names_from);
	if (!ret)
		ret = take_name(input, row, 5, &whole.uuid);
	if (!ret)
		ret = vprof_query_tie_host(input, &whole);
	if (ret)
		return ret;
	number = vprof_query_find_domain(input->query, &whole);
	if (number < 0)
		return (int)number;
	domain->domain = (uint32_t)number;
	return 0;
}

static int load_process(struct vprof_input *input, sqlite3_stmt *row,
			void *item)
{
	struct vprof_input_process *process = item;

	process->pid = sqlite3_column_int(row, 1);
	return take_name(input, row, 2, &process->comm);
}

static int load_image(struct vprof_input *input, sqlite3_stmt *row, void *item)
{
	struct vprof_input_image *image = item;
	int ret;

	image->is_module = !strcmp(get_text(row, 1), "module");
	image->is_hypervisor = !strcmp(get_text(row, 1), "hypervisor");
	image->is_jit = !strcmp(get_text(row, 1), "jit");
	ret = take_name(input, row, 2, &image->name);
	if (!ret)
		ret = take_name(input, row, 3, &image->why);
	return ret;
}

static int load_symbol(struct vprof_input *input, sqlite3_stmt *row, void *item)
{
	struct vprof_input_symbol *symbol = item;

	return take_name(input, row, 1, &symbol->name);
}

/* Code that a program made for itself, and did not name, is told by its page. */
enum { JIT_GRAIN = 4096 };

/*
 * What a guest's kernel executed before it was found is kept by its address, and
 * x86-64 Linux has its modules in these (Documentation/x86/x86_64/mm.rst). An
 * offset in an image is never as large.
 */
static bool is_in_module(const struct vprof_input_image *image, uint64_t offset)
{
	static const uint64_t first = 0xffffffffc0000000,
			      end = 0xffffffffff000000;

	return image && (image->is_module || (offset >= first && offset < end));
}

static int load_place(struct vprof_input *input, sqlite3_stmt *row, void *item)
{
	const struct vprof_input_symbol *symbol;
	const struct vprof_input_image *image;
	struct vprof_input_place *place = item;

	image = vprof_vector_find(&input->images, sqlite3_column_int64(row, 1));
	symbol = vprof_vector_find(&input->symbols,
				   sqlite3_column_int64(row, 3));
	place->symbol = symbol ? symbol->name : 0;
	if (image)
		place->image = (uint32_t)(image - (struct vprof_input_image *)
							  input->images.items) +
			       1;
	place->offset = sqlite3_column_int64(row, 2);
	place->is_in_module = is_in_module(image, place->offset);
	/* A name stands for all of its function. */
	if (symbol) {
		place->offset = 0;
		return 0;
	}
	if (image && image->is_jit)
		place->offset -= place->offset % JIT_GRAIN;
	if (image && image->is_hypervisor)
		place->symbol =
			vprof_query_name_hypervisor(input, place->offset);
	if (place->symbol)
		place->offset = 0;
	return 0;
}

static int load_chain(struct vprof_input *input, sqlite3_stmt *row, void *item)
{
	struct vprof_input_chain *chain = item;

	(void)input;
	chain->parent = sqlite3_column_int64(row, 1);
	chain->place = sqlite3_column_int64(row, 2);
	chain->context = (uint8_t)sqlite3_column_int(row, 3);
	return 0;
}

/* Numbers what of a charge tells lines apart. */
static int64_t get_who(struct vprof_query *query,
		       const struct vprof_input_charge *charge,
		       const struct vprof_input_process *process)
{
	unsigned int keys = query->options.keys;
	struct vprof_query_who who = { 0 };
	void *item;
	int64_t id;

	if (keys & 1 << VPROF_KEY_DOMAIN)
		who.domain = charge->domain;
	if (keys & 1 << VPROF_KEY_CONTEXT)
		who.context = charge->context;
	if (process && keys & 1 << VPROF_KEY_PROCESS)
		who.process = process->comm;
	if (process && keys & 1 << VPROF_KEY_PID)
		who.pid = process->pid;
	id = vprof_keyed_get(
		&query->who_keys, &query->whos,
		(uint64_t)charge->event << 32 | who.domain << 8 | who.context,
		(uint64_t)who.process << 32 | (uint32_t)who.pid, &item);
	if (item)
		*(struct vprof_query_who *)item = who;
	return id;
}

static int load_charge(struct vprof_input *input, sqlite3_stmt *row, void *item)
{
	const struct vprof_input_process *process;
	const struct vprof_input_domain *domain;
	const struct vprof_input_event *event;
	const struct vprof_query_event *asked;
	struct vprof_input_charge *charge = item;
	int context = sqlite3_column_int(row, 4);
	int64_t who;

	event = vprof_vector_find(&input->events, sqlite3_column_int64(row, 1));
	domain = vprof_vector_find(&input->domains,
				   sqlite3_column_int64(row, 2));
	process = vprof_vector_find(&input->processes,
				    sqlite3_column_int64(row, 3));
	if (!event || !domain || context < 0 ||
	    context >= VPROF_NR_SAMPLE_CONTEXTS)
		return 0;
	asked = vprof_vector_get(&input->query->events, event->event);
	if (!asked->is_wanted)
		return 0;
	charge->event = event->event;
	charge->weight_of_one = event->weight_of_one;
	charge->domain = domain->domain;
	charge->context = (uint8_t)context;
	who = get_who(input->query, charge, process);
	if (who < 0)
		return (int)who;
	charge->who = (uint32_t)who;
	return 0;
}

static void widen(int64_t *start, int64_t *end, int64_t start_ns,
		  int64_t end_ns)
{
	if (!*start || start_ns < *start)
		*start = start_ns;
	if (end_ns > *end)
		*end = end_ns;
}

/* Makes an item of those in the time asked for only. */
static int load_slice(struct vprof_input *input, sqlite3_stmt *row, void *item)
{
	struct vprof_query *query = input->query;
	int64_t start_ns = sqlite3_column_int64(row, 1);
	int64_t end_ns = sqlite3_column_int64(row, 2);
	struct vprof_input_slice *slice;

	(void)item;
	if (start_ns < 0 || end_ns < start_ns)
		return 0;
	widen(&query->store_start_ns, &query->store_end_ns, start_ns, end_ns);
	if ((query->options.since_ns && end_ns <= query->options.since_ns) ||
	    (query->options.until_ns && start_ns >= query->options.until_ns))
		return 0;
	widen(&query->start_ns, &query->end_ns, start_ns, end_ns);
	slice = vprof_vector_add(&input->slices);
	if (!slice)
		return -ENOMEM;
	slice->id = sqlite3_column_int64(row, 0);
	slice->first_sample = sqlite3_column_int64(row, 3);
	slice->last_sample = sqlite3_column_int64(row, 4);
	return 0;
}

static uint64_t get_count(sqlite3_stmt *row, int column)
{
	int64_t value = sqlite3_column_int64(row, column);

	return value > 0 ? (uint64_t)value : 0;
}

static int load_account(struct vprof_input *input, sqlite3_stmt *row,
			void *item)
{
	const struct vprof_input_event *found;
	struct vprof_query_event *event;

	(void)item;
	found = vprof_vector_find(&input->events, sqlite3_column_int64(row, 1));
	if (!found ||
	    !vprof_vector_find(&input->slices, sqlite3_column_int64(row, 0)))
		return 0;
	event = vprof_vector_get(&input->query->events, found->event);
	vprof_add_saturated(&event->taken, get_count(row, 2));
	vprof_add_saturated(&event->delivered, get_count(row, 3));
	return 0;
}

/* NULL is nobody in particular: the domain's that is alone in its store. */
static void add_to_domain(struct vprof_input *input, uint32_t event_number,
			  sqlite3_stmt *row, int column, uint64_t count)
{
	const struct vprof_input_domain *domain;
	struct vprof_query_event *event;
	struct vprof_profile_sums *sums;

	if (sqlite3_column_type(row, column) != SQLITE_NULL)
		domain = vprof_vector_find(&input->domains,
					   sqlite3_column_int64(row, column));
	else
		domain = input->domains.nr_items == 1 ? input->domains.items
						      : NULL;
	if (!domain)
		return;
	event = vprof_vector_get(&input->query->events, event_number);
	sums = vprof_vector_get(&event->sums, domain->domain);
	vprof_add_saturated(&sums->lost, count);
}

static int load_loss(struct vprof_input *input, sqlite3_stmt *row, void *item)
{
	const struct vprof_input_event *found;
	uint32_t reason = 0;
	int ret;

	(void)item;
	found = vprof_vector_find(&input->events, sqlite3_column_int64(row, 1));
	if (!found ||
	    !vprof_vector_find(&input->slices, sqlite3_column_int64(row, 0)))
		return 0;
	ret = take_name(input, row, 2, &reason);
	if (ret)
		return ret;
	add_to_domain(input, found->event, row, 4, get_count(row, 3));
	return vprof_query_add_loss(input->query, found->event, reason,
				    get_count(row, 3));
}

/* ---- all of them ------------------------------------------------------- */

/*
 * In this order: a row may mention rows of tables before its own. The first
 * column is the id, ascending, where there are items.
 */
static const struct loader {
	size_t vector; /* in struct vprof_input; 0: makes no items */
	const char *sql;
	int (*load)(struct vprof_input *input, sqlite3_stmt *row, void *item);
} loaders[] = {
	{ 0,
	  "SELECT id, host, kernel, hypervisor, capture, source, pmu, why, "
	  "command, no_guests, nr_cpus FROM session ORDER BY id",
	  load_session },
	{ offsetof(struct vprof_input, events),
	  "SELECT id, name, unit, period, is_frequency FROM event ORDER BY id",
	  load_event },
	{ offsetof(struct vprof_input, domains),
	  "SELECT id, kind, number, name, names_from, uuid FROM domain "
	  "ORDER BY id",
	  load_domain },
	{ offsetof(struct vprof_input, processes),
	  "SELECT id, pid, comm FROM process ORDER BY id", load_process },
	{ offsetof(struct vprof_input, images),
	  "SELECT id, kind, name, why FROM image ORDER BY id", load_image },
	{ offsetof(struct vprof_input, symbols),
	  "SELECT id, name FROM symbol ORDER BY id", load_symbol },
	{ offsetof(struct vprof_input, places),
	  "SELECT id, image, offset, symbol FROM place ORDER BY id",
	  load_place },
	{ offsetof(struct vprof_input, charges),
	  "SELECT id, event, domain, process, context FROM charge ORDER BY id",
	  load_charge },
	{ 0,
	  "SELECT id, start_ns, end_ns, first_sample, last_sample FROM slice "
	  "ORDER BY id",
	  load_slice },
	{ 0, "SELECT slice, event, taken, delivered FROM account",
	  load_account },
	{ 0, "SELECT slice, event, reason, count, domain FROM loss",
	  load_loss },
};

static const struct loader chain_loader = {
	offsetof(struct vprof_input, chains),
	"SELECT id, parent, place, context FROM chain ORDER BY id", load_chain
};

/* A table being read. */
struct reading {
	struct vprof_input *input;
	const struct loader *loader;
};

static int load_row(void *data, sqlite3_stmt *row)
{
	const struct reading *reading = data;
	const struct loader *loader = reading->loader;
	struct vprof_vector *vector;
	int64_t *item = NULL;

	if (loader->vector) {
		vector = (void *)((char *)reading->input + loader->vector);
		item = vprof_vector_add(vector);
		if (!item)
			return -ENOMEM;
		*item = sqlite3_column_int64(row, 0);
	}
	return loader->load(reading->input, row, item);
}

static int load_table(struct vprof_input *input, const struct loader *loader)
{
	struct reading reading = { input, loader };

	return vprof_db_select(input->db, loader->sql, load_row, &reading);
}

int vprof_input_load(struct vprof_input *input)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < sizeof(loaders) / sizeof(loaders[0]);
	     i++)
		ret = load_table(input, &loaders[i]);
	if (!ret && input->query->options.has_callers)
		ret = load_table(input, &chain_loader);
	return ret;
}

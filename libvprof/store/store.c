// SPDX-License-Identifier: LGPL-2.1-or-later
/* The profile store's writing side: sessions, slices, rows. */
#include "store/store.h"

#include "store/db.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* ---- transactions ------------------------------------------------------ */

int vprof_store_begin_write(struct vprof_store *store)
{
	if (store->error)
		return store->error;
	if (!sqlite3_get_autocommit(store->db))
		return 0;
	return vprof_db_run(store->statements[VPROF_STORE_BEGIN]);
}

static void remember_marks(struct vprof_store *store)
{
	struct vprof_store_marks *marks = &store->committed;

	marks->place = store->places.next_id;
	marks->chain = store->chains.next_id;
	marks->charge = store->charges.next_id;
	marks->symbol = store->symbols.next_id;
	marks->image = store->images.next_id;
	marks->last_row = store->rows.last_id;
}

int vprof_store_commit(struct vprof_store *store)
{
	int ret;

	if (sqlite3_get_autocommit(store->db))
		return 0;
	ret = vprof_db_run(store->statements[VPROF_STORE_COMMIT]);
	if (ret)
		return ret;
	remember_marks(store);
	return 0;
}

static bool is_at_or_past(const struct vprof_intern_entry *entry, void *data)
{
	return entry->id >= *(uint32_t *)data;
}

/* Ids that were rolled back are forgotten, and not given out again. */
void vprof_store_roll_back(struct vprof_store *store)
{
	struct vprof_store_marks *marks = &store->committed;
	const struct {
		struct vprof_intern *table;
		uint32_t *mark;
	} tables[] = {
		{ &store->places, &marks->place },
		{ &store->chains, &marks->chain },
		{ &store->charges, &marks->charge },
		{ &store->symbols, &marks->symbol },
		{ &store->images, &marks->image },
	};
	int ret;

	if (!sqlite3_get_autocommit(store->db))
		vprof_db_exec(store->db, "ROLLBACK");
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		ret = vprof_intern_remove_if(tables[i].table, is_at_or_past,
					     tables[i].mark);
		if (ret)
			store->error = ret;
	}
	store->rows.last_id = marks->last_row;
	store->is_in_slice = false;
}

/* ---- sessions and who is in them --------------------------------------- */

/* Runs an INSERT whose values are bound. */
static int64_t insert(struct vprof_store *store,
		      enum vprof_store_statement which)
{
	int ret = vprof_db_run(store->statements[which]);

	return ret ? ret : sqlite3_last_insert_rowid(store->db);
}

/* Runs a SELECT whose values are bound: the id, or 0. */
static int64_t find(struct vprof_store *store, enum vprof_store_statement which)
{
	sqlite3_stmt *statement = store->statements[which];
	int64_t id = 0;
	int code;

	code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		id = sqlite3_column_int64(statement, 0);
	else if (code != SQLITE_DONE)
		id = vprof_db_errno(store->db, code);
	sqlite3_reset(statement);
	return id;
}

static void bind_session(sqlite3_stmt *statement,
			 const struct vprof_store_session *session)
{
	const char *const texts[] = { session->host, session->kernel,
				      session->hypervisor };
	const char *const more[] = { session->capture, session->source,
				     session->pmu,     session->why,
				     session->command, session->no_guests };

	for (int i = 0; i < 3; i++)
		vprof_db_bind_text(statement, 1 + i, texts[i]);
	sqlite3_bind_int64(statement, 4, session->nr_cpus);
	for (int i = 0; i < 6; i++)
		vprof_db_bind_text(statement, 5 + i, more[i]);
	sqlite3_bind_int64(statement, 11, session->start_wall_ns);
}

int64_t vprof_store_begin_session(struct vprof_store *store,
				  const struct vprof_store_session *session)
{
	int64_t id;
	int ret;

	ret = vprof_store_begin_write(store);
	if (ret)
		return ret;
	bind_session(store->statements[VPROF_STORE_ADD_SESSION], session);
	id = insert(store, VPROF_STORE_ADD_SESSION);
	if (id < 0)
		return id;
	store->session = id;
	store->nr_events = 0;
	store->wall_offset_ns = session->start_wall_ns - session->start_mono_ns;
	return id;
}

int64_t vprof_store_get_session(const struct vprof_store *store)
{
	return store->session;
}

static void bind_event(sqlite3_stmt *statement,
		       const struct vprof_event_spec *event)
{
	const uint64_t numbers[] = {
		event->type,
		event->config,
		event->config1,
		event->config2,
		event->period,
		event->is_frequency,
		event->exclude_user,
		event->exclude_kernel,
		event->exclude_hypervisor,
	};

	vprof_db_bind_text(statement, 1, event->name);
	vprof_db_bind_text(statement, 2, event->unit);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sqlite3_bind_int64(statement, 3 + (int)i, numbers[i]);
}

int64_t vprof_store_add_event(struct vprof_store *store,
			      const struct vprof_event_spec *event)
{
	int64_t id;
	int ret;

	if (store->nr_events == VPROF_STORE_MAX_EVENTS)
		return -E2BIG;
	ret = vprof_store_begin_write(store);
	if (ret)
		return ret;
	bind_event(store->statements[VPROF_STORE_FIND_EVENT], event);
	id = find(store, VPROF_STORE_FIND_EVENT);
	if (!id) {
		bind_event(store->statements[VPROF_STORE_ADD_EVENT], event);
		id = insert(store, VPROF_STORE_ADD_EVENT);
	}
	if (id < 0)
		return id;
	store->events[store->nr_events++] = (struct vprof_store_event){
		.id = id,
		.weight_of_one = vprof_store_weight_of_one(
			event->unit ? event->unit : "", event->period,
			event->is_frequency),
	};
	return id;
}

static void bind_domain(sqlite3_stmt *statement,
			const struct vprof_store_domain *domain)
{
	vprof_db_bind_text(statement, 1, domain->kind);
	sqlite3_bind_int64(statement, 2, domain->number);
	vprof_db_bind_text(statement, 3, domain->name);
	vprof_db_bind_text(statement, 4, domain->uuid);
}

int64_t vprof_store_add_domain(struct vprof_store *store,
			       const struct vprof_store_domain *domain)
{
	sqlite3_stmt *rename = store->statements[VPROF_STORE_NAME_DOMAIN];
	int64_t id;
	int ret;

	ret = vprof_store_begin_write(store);
	if (ret)
		return ret;
	bind_domain(store->statements[VPROF_STORE_FIND_DOMAIN], domain);
	id = find(store, VPROF_STORE_FIND_DOMAIN);
	if (!id) {
		bind_domain(store->statements[VPROF_STORE_ADD_DOMAIN], domain);
		id = insert(store, VPROF_STORE_ADD_DOMAIN);
	}
	if (id < 0)
		return id;
	sqlite3_bind_int64(rename, 1, id);
	vprof_db_bind_text(rename, 2, domain->names_from);
	ret = vprof_db_run(rename);
	return ret ? ret : id;
}

int64_t vprof_store_add_process(struct vprof_store *store, int64_t domain,
				int32_t pid, uint64_t start_ns,
				const char *comm, const char *executable)
{
	sqlite3_stmt *statement = store->statements[VPROF_STORE_ADD_PROCESS];
	int ret;

	ret = vprof_store_begin_write(store);
	if (ret)
		return ret;
	sqlite3_bind_int64(statement, 1, domain);
	sqlite3_bind_int64(statement, 2, pid);
	sqlite3_bind_int64(statement, 3, start_ns);
	vprof_db_bind_text(statement, 4, comm);
	vprof_db_bind_text(statement, 5, executable);
	return insert(store, VPROF_STORE_ADD_PROCESS);
}

/* ---- places, chains, charges ------------------------------------------- */

/* Writes a new entry's row: its id and up to four numbers. */
static int add_numbers(struct vprof_store *store,
		       enum vprof_store_statement which, uint32_t id,
		       const int64_t *numbers, int nr_numbers)
{
	sqlite3_stmt *statement = store->statements[which];

	sqlite3_bind_int64(statement, 1, id);
	for (int i = 0; i < nr_numbers; i++)
		sqlite3_bind_int64(statement, 2 + i, numbers[i]);
	return vprof_db_run(statement);
}

int64_t vprof_store_get_place(struct vprof_store *store, int64_t image,
			      uint64_t offset)
{
	const int64_t numbers[] = { image, (int64_t)offset,
				    VPROF_STORE_NOT_LOOKED_UP };
	struct vprof_intern_entry *entry;
	bool is_new;
	int ret;

	entry = vprof_intern_get(&store->places, image, offset, &is_new);
	if (!entry)
		return -ENOMEM;
	entry->stamp = store->next_slice;
	if (!is_new)
		return entry->id;
	ret = add_numbers(store, VPROF_STORE_ADD_PLACE, entry->id, numbers, 3);
	return ret ? ret : (int64_t)entry->id;
}

static int64_t get_charge(struct vprof_store *store,
			  const struct vprof_store_row *row)
{
	const int64_t numbers[] = { row->event, row->domain, row->process,
				    row->context };
	struct vprof_intern_entry *entry;
	bool is_new;
	int ret;

	entry = vprof_intern_get(&store->charges,
				 (uint64_t)row->event << 40 |
					 (uint64_t)row->domain << 8 |
					 row->context,
				 row->process, &is_new);
	if (!entry)
		return -ENOMEM;
	entry->stamp = store->next_slice;
	if (!is_new)
		return entry->id;
	ret = add_numbers(store, VPROF_STORE_ADD_CHARGE, entry->id, numbers, 4);
	return ret ? ret : (int64_t)entry->id;
}

/* Only a rolling store asks when a chain was used last. */
static int stamp_chain(struct vprof_store *store, uint32_t chain)
{
	uint32_t *stamps = store->chain_stamps;
	size_t nr = store->nr_chain_stamps;

	if (!store->options.is_rolling)
		return 0;
	if (chain >= nr) {
		nr = nr ? nr : 1024;
		while (chain >= nr)
			nr *= 2;
		stamps = reallocarray(stamps, nr, sizeof(*stamps));
		if (!stamps)
			return -ENOMEM;
		memset(stamps + store->nr_chain_stamps, 0,
		       (nr - store->nr_chain_stamps) * sizeof(*stamps));
		store->chain_stamps = stamps;
		store->nr_chain_stamps = nr;
	}
	stamps[chain] = store->next_slice;
	return 0;
}

/* A node of the tree of callers: @frame, called by @parent (0: by nobody). */
static int64_t get_node(struct vprof_store *store, int64_t parent,
			const struct vprof_store_frame *frame)
{
	struct vprof_intern_entry *entry;
	int64_t numbers[3] = { parent };
	int64_t place;
	bool is_new;
	int ret;

	place = vprof_store_get_place(store, frame->image, frame->offset);
	if (place < 0)
		return place;
	entry = vprof_intern_get(&store->chains,
				 parent | (uint64_t)frame->context << 32, place,
				 &is_new);
	if (!entry)
		return -ENOMEM;
	if (!is_new)
		return entry->id;
	numbers[1] = place;
	numbers[2] = frame->context;
	ret = add_numbers(store, VPROF_STORE_ADD_CHAIN, entry->id, numbers, 3);
	return ret ? ret : (int64_t)entry->id;
}

int64_t vprof_store_add_chain(struct vprof_store *store,
			      const struct vprof_store_frame *frames,
			      size_t nr_frames)
{
	int64_t node = 0;
	int ret;

	if (!nr_frames)
		return -EINVAL;
	ret = vprof_store_begin_write(store);
	if (ret)
		return ret;
	while (nr_frames--) {
		node = get_node(store, node, &frames[nr_frames]);
		if (node < 0)
			return node;
	}
	ret = stamp_chain(store, node);
	return ret ? ret : node;
}

/* ---- slices ------------------------------------------------------------ */

int vprof_store_begin_slice(struct vprof_store *store, uint64_t start_ns)
{
	int ret;

	if (!store->session || store->is_in_slice)
		return -EINVAL;
	/* Who is in the session stays, should this slice be rolled back. */
	ret = vprof_store_commit(store);
	if (ret)
		return ret;
	ret = vprof_store_prune(store);
	if (ret)
		return ret;
	ret = vprof_store_begin_write(store);
	if (ret)
		return ret;
	store->is_in_slice = true;
	store->slice_start_ns = start_ns;
	vprof_store_rows_begin(&store->rows);
	return 0;
}

/* What a row without a weight counts; 0: the event is not of this session. */
static uint64_t get_usual_weight(const struct vprof_store *store,
				 const struct vprof_store_row *row)
{
	for (size_t i = 0; i < store->nr_events; i++)
		if (store->events[i].id == row->event)
			return store->events[i].weight_of_one * row->count;
	return 0;
}

int vprof_store_add_row(struct vprof_store *store,
			const struct vprof_store_row *row)
{
	struct vprof_store_numbers numbers = {
		.chain = (uint32_t)row->chain,
		.count = row->count,
		.weight = row->weight,
	};
	int64_t charge, place;
	int ret;

	if (!store->is_in_slice)
		return -EINVAL;
	charge = get_charge(store, row);
	if (charge < 0)
		return (int)charge;
	place = vprof_store_get_place(store, row->image, row->offset);
	if (place < 0)
		return (int)place;
	numbers.charge = (uint32_t)charge;
	numbers.place = (uint32_t)place;
	/* Most rows need none, and it is half of an item's bytes. */
	if (numbers.weight == get_usual_weight(store, row))
		numbers.weight = 0;
	ret = vprof_store_rows_add(&store->rows, &numbers);
	if (ret)
		return ret;
	return row->chain ? stamp_chain(store, numbers.chain) : 0;
}

static void bind_account(struct vprof_store *store, sqlite3_stmt *statement,
			 const struct vprof_store_account *account)
{
	sqlite3_bind_int64(statement, 1, store->next_slice);
	sqlite3_bind_int64(statement, 2, account->event);
	if (account->domain)
		sqlite3_bind_int64(statement, 3, account->domain);
	else
		sqlite3_bind_null(statement, 3);
}

static int add_losses(struct vprof_store *store,
		      const struct vprof_store_account *account)
{
	sqlite3_stmt *statement = store->statements[VPROF_STORE_ADD_LOSS];
	int ret;

	for (int i = 0; i < VPROF_NR_LOSSES; i++) {
		if (!account->grown.lost[i])
			continue;
		bind_account(store, statement, account);
		vprof_db_bind_text(statement, 4, vprof_loss_name(i));
		sqlite3_bind_int64(statement, 5, account->grown.lost[i]);
		ret = vprof_db_run(statement);
		if (ret)
			return ret;
	}
	return 0;
}

static int add_account(struct vprof_store *store,
		       const struct vprof_store_account *account)
{
	sqlite3_stmt *statement = store->statements[VPROF_STORE_ADD_ACCOUNT];
	int ret;

	bind_account(store, statement, account);
	sqlite3_bind_int64(statement, 4, account->grown.taken);
	sqlite3_bind_int64(statement, 5, account->grown.delivered);
	ret = vprof_db_run(statement);
	return ret ? ret : add_losses(store, account);
}

static int add_slice(struct vprof_store *store, uint64_t end_ns)
{
	sqlite3_stmt *statement = store->statements[VPROF_STORE_ADD_SLICE];

	sqlite3_bind_int64(statement, 1, store->next_slice);
	sqlite3_bind_int64(statement, 2, store->session);
	sqlite3_bind_int64(statement, 3,
			   store->slice_start_ns + store->wall_offset_ns);
	sqlite3_bind_int64(statement, 4, end_ns + store->wall_offset_ns);
	/* The ids of a transaction's rows follow each other. */
	sqlite3_bind_int64(statement, 5,
			   store->rows.last_id -
				   (int64_t)store->rows.nr_written + 1);
	sqlite3_bind_int64(statement, 6, store->rows.last_id);
	return vprof_db_run(statement);
}

static int write_end(struct vprof_store *store, uint64_t end_ns,
		     const struct vprof_store_account *accounts,
		     size_t nr_accounts)
{
	int ret;

	if (!store->is_in_slice)
		return -EINVAL;
	ret = vprof_store_rows_write(&store->rows,
				     store->statements[VPROF_STORE_ADD_SAMPLE]);
	if (ret)
		return ret;
	for (size_t i = 0; i < nr_accounts; i++) {
		ret = add_account(store, &accounts[i]);
		if (ret)
			return ret;
	}
	ret = add_slice(store, end_ns);
	if (ret)
		return ret;
	return vprof_store_commit(store);
}

int vprof_store_end_slice(struct vprof_store *store, uint64_t end_ns,
			  const struct vprof_store_account *accounts,
			  size_t nr_accounts, struct vprof_error *err)
{
	int ret;

	ret = write_end(store, end_ns, accounts, nr_accounts);
	if (ret) {
		vprof_store_cancel_slice(store);
		return vprof_db_explain(err, ret, store->path);
	}
	store->is_in_slice = false;
	store->next_slice++;
	return 0;
}

void vprof_store_cancel_slice(struct vprof_store *store)
{
	vprof_store_roll_back(store);
}

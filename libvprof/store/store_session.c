// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sessions and who is in them: events, domains, processes. */
#include "store/store_session.h"

#include "store/db.h"
#include "store/store_transaction.h"

#include <errno.h>
#include <sqlite3.h>

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
	int64_t id = 0;
	int ret = vprof_db_find(store->statements[which], &id);

	return ret && ret != -ENODATA ? ret : id;
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
	ret = vprof_intern_put(&store->domains, id, 0, id, 0);
	if (ret)
		return ret;
	sqlite3_bind_int64(rename, 1, id);
	vprof_db_bind_text(rename, 2, domain->names_from);
	ret = vprof_db_run(rename);
	return ret ? ret : id;
}

static bool is_of_id(const struct vprof_intern_entry *entry, void *data)
{
	return entry->a == *(const uint64_t *)data;
}

/* Failing, its row stays for as long as the store is open. */
void vprof_store_forget_domain(struct vprof_store *store, int64_t id)
{
	uint64_t number = (uint64_t)id;

	vprof_intern_remove_if(&store->domains, is_of_id, &number);
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

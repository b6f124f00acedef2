// SPDX-License-Identifier: LGPL-2.1-or-later
/* The tables and views of a profile store, as data. vprof-store(5) */
#include "store/store_schema.h"

#include <string.h>

#define NS_PER_S 1000000000ull

#define TABLE(name, columns)                                  \
	{                                                     \
		name, "CREATE TABLE " name "(" columns ")", 0 \
	}
#define VIEW(name, select)                                 \
	{                                                  \
		name, "CREATE VIEW " name " AS " select, 1 \
	}

/* Names for people; the numbers are those of enum vprof_sample_context. */
#define CONTEXT_NAME(column)                                             \
	"CASE " column " WHEN 0 THEN 'hypervisor' WHEN 1 THEN 'kernel' " \
	"ELSE 'user' END"

#define SYMBOL_NAME "coalesce(symbol.name, printf('0x%x', place.offset))"

#define TIME(column) \
	"datetime(" column " / 1000000000, 'unixepoch', 'localtime')"

/* Of sample.places: {"place": count} or {"place": [count, weight]}. */
#define ITEM_COUNT                                                    \
	"iif(item.type = 'array', json_extract(item.value, '$[0]'), " \
	"item.value)"
#define ITEM_WEIGHT \
	"iif(item.type = 'array', json_extract(item.value, '$[1]'), NULL)"

#define WEIGHT_OF_ONE                                    \
	"CASE WHEN event.period = 0 THEN 1 "             \
	"WHEN NOT event.is_frequency THEN event.period " \
	"WHEN event.unit = 'ns' THEN 1000000000 / event.period ELSE 1 END"

uint64_t vprof_store_weight_of_one(const char *unit, uint64_t period,
				   bool is_frequency)
{
	if (!period)
		return 1;
	if (!is_frequency)
		return period;
	return !strcmp(unit, "ns") && period <= NS_PER_S ? NS_PER_S / period
							 : 1;
}

/*
 * Places of samples are most of a store, so there is no row for each: a row of
 * sample has those of one charge (and chain) in one slice. A slice's rows are a
 * range of ids: they need no column for the slice, no table needs an index, and
 * a time range is a range of ids.
 */
const struct vprof_store_table vprof_store_tables[] = {
	TABLE("session",
	      "id INTEGER PRIMARY KEY, host TEXT, kernel TEXT, hypervisor TEXT, "
	      "nr_cpus INTEGER, capture TEXT, source TEXT, pmu TEXT, why TEXT, "
	      "command TEXT, no_guests TEXT, start_ns INTEGER"),
	TABLE("event",
	      "id INTEGER PRIMARY KEY, name TEXT, unit TEXT, type INTEGER, "
	      "config INTEGER, config1 INTEGER, config2 INTEGER, "
	      "period INTEGER, is_frequency INTEGER, exclude_user INTEGER, "
	      "exclude_kernel INTEGER, exclude_hypervisor INTEGER"),
	TABLE("domain",
	      "id INTEGER PRIMARY KEY, kind TEXT, number INTEGER, name TEXT, "
	      "uuid TEXT, names_from TEXT"),
	TABLE("process", "id INTEGER PRIMARY KEY, domain INTEGER, pid INTEGER, "
			 "start_ns INTEGER, comm TEXT, executable TEXT"),
	TABLE("image",
	      "id INTEGER PRIMARY KEY, kind TEXT, name TEXT, path TEXT, "
	      "build_id BLOB, why TEXT"),
	TABLE("symbol",
	      "id INTEGER PRIMARY KEY, image INTEGER, offset INTEGER, "
	      "size INTEGER, name TEXT"),
	TABLE("place", "id INTEGER PRIMARY KEY, image INTEGER, offset INTEGER, "
		       "symbol INTEGER"),
	TABLE("chain", "id INTEGER PRIMARY KEY, parent INTEGER, place INTEGER, "
		       "context INTEGER"),
	TABLE("charge",
	      "id INTEGER PRIMARY KEY, event INTEGER, domain INTEGER, "
	      "process INTEGER, context INTEGER"),
	TABLE("slice",
	      "id INTEGER PRIMARY KEY, session INTEGER, start_ns INTEGER, "
	      "end_ns INTEGER, first_sample INTEGER, last_sample INTEGER"),
	TABLE("account",
	      "id INTEGER PRIMARY KEY, slice INTEGER, event INTEGER, "
	      "domain INTEGER, taken INTEGER, delivered INTEGER"),
	TABLE("loss", "id INTEGER PRIMARY KEY, slice INTEGER, event INTEGER, "
		      "domain INTEGER, reason TEXT, count INTEGER"),
	TABLE("sample",
	      "id INTEGER PRIMARY KEY, charge INTEGER, chain INTEGER, "
	      "count INTEGER, places TEXT"),

	VIEW("places",
	     "SELECT place.id AS place, image.name AS image, "
	     "image.kind AS kind, " SYMBOL_NAME " AS symbol, place.offset, "
	     "place.offset - symbol.offset AS into_symbol "
	     "FROM place LEFT JOIN image ON image.id = place.image "
	     "LEFT JOIN symbol ON symbol.id = place.symbol"),
	VIEW("samples",
	     "SELECT " TIME(
		     "slice.start_ns") " AS time, slice.start_ns, "
				       "event.name AS event, domain.name AS domain, " CONTEXT_NAME(
					       "charge.context") " AS context, "
								 "process.pid, process.comm AS process, image.name AS image, " SYMBOL_NAME
								 " AS symbol, place.offset, " ITEM_COUNT
								 " AS count, "
								 "coalesce(" ITEM_WEIGHT
								 ", " ITEM_COUNT
								 " * " WEIGHT_OF_ONE
								 ") AS weight, sample.chain "
								 "FROM slice CROSS JOIN sample ON sample.id "
								 "BETWEEN slice.first_sample AND slice.last_sample "
								 "JOIN charge ON charge.id = sample.charge "
								 "JOIN event ON event.id = charge.event "
								 "JOIN domain ON domain.id = charge.domain "
								 "LEFT JOIN process ON process.id = charge.process "
								 "CROSS JOIN json_each(sample.places) AS item "
								 "JOIN place ON place.id = CAST(item.key AS INTEGER) "
								 "LEFT JOIN image ON image.id = place.image "
								 "LEFT JOIN symbol ON symbol.id = place.symbol"),
	VIEW("functions",
	     "SELECT event, domain, context, image, symbol, "
	     "sum(count) AS samples, sum(weight) AS weight "
	     "FROM samples GROUP BY event, domain, context, image, symbol"),
	VIEW("callers",
	     "WITH RECURSIVE caller(chain, depth, node) AS "
	     "(SELECT id, 1, id FROM chain UNION ALL "
	     "SELECT caller.chain, depth + 1, chain.parent "
	     "FROM caller JOIN chain ON chain.id = caller.node "
	     "WHERE chain.parent > 0) "
	     "SELECT caller.chain, depth, " CONTEXT_NAME(
		     "chain.context") " AS context, image, symbol "
				      "FROM caller JOIN chain ON chain.id = caller.node "
				      "JOIN places ON places.place = chain.place"),
	VIEW("losses",
	     "SELECT " TIME(
		     "slice.start_ns") " AS time, event.name AS event, "
				       "reason, count FROM loss JOIN slice ON slice.id = loss.slice "
				       "JOIN event ON event.id = loss.event"),
};

const size_t vprof_nr_store_tables =
	sizeof(vprof_store_tables) / sizeof(vprof_store_tables[0]);

const char *const vprof_store_statements[VPROF_STORE_NR_STATEMENTS] = {
	[VPROF_STORE_BEGIN] = "BEGIN IMMEDIATE",
	[VPROF_STORE_COMMIT] = "COMMIT",
	[VPROF_STORE_ADD_SESSION] =
		"INSERT INTO session(host, kernel, hypervisor, nr_cpus, "
		"capture, source, pmu, why, command, no_guests, start_ns) "
		"VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[VPROF_STORE_FIND_EVENT] =
		"SELECT id FROM event WHERE name = ? AND unit = ? AND type = ? "
		"AND config = ? AND config1 = ? AND config2 = ? AND period = ? "
		"AND is_frequency = ? AND exclude_user = ? "
		"AND exclude_kernel = ? AND exclude_hypervisor = ?",
	[VPROF_STORE_ADD_EVENT] =
		"INSERT INTO event(name, unit, type, config, config1, config2, "
		"period, is_frequency, exclude_user, exclude_kernel, "
		"exclude_hypervisor) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[VPROF_STORE_FIND_DOMAIN] =
		"SELECT id FROM domain WHERE kind = ? AND number = ? "
		"AND name = ? AND uuid = ?",
	[VPROF_STORE_ADD_DOMAIN] =
		"INSERT INTO domain(kind, number, name, uuid, names_from) "
		"VALUES(?, ?, ?, ?, '')",
	[VPROF_STORE_NAME_DOMAIN] = "UPDATE domain SET names_from = ?2 "
				    "WHERE id = ?1 AND names_from <> ?2",
	[VPROF_STORE_ADD_PROCESS] =
		"INSERT INTO process(domain, pid, start_ns, comm, executable) "
		"VALUES(?, ?, ?, ?, ?)",
	[VPROF_STORE_FIND_PROCESS] = "SELECT id FROM process WHERE id = ?",
	[VPROF_STORE_FIND_IMAGE] =
		"SELECT id FROM image WHERE kind = ? AND name = ? AND path = ? "
		"AND build_id = ?",
	[VPROF_STORE_ADD_IMAGE] =
		"INSERT INTO image(kind, name, path, build_id, id, why) "
		"VALUES(?, ?, ?, ?, ?, '')",
	[VPROF_STORE_EXPLAIN_IMAGE] =
		"UPDATE image SET why = ?2 WHERE id = ?1 AND why <> ?2",
	[VPROF_STORE_ADD_SYMBOL] =
		"INSERT INTO symbol(id, image, offset, size, name) "
		"VALUES(?, ?, ?, ?, ?)",
	[VPROF_STORE_ADD_PLACE] =
		"INSERT INTO place(id, image, offset, symbol) "
		"VALUES(?, ?, ?, ?)",
	[VPROF_STORE_NAME_PLACE] = "UPDATE place SET symbol = ?2 WHERE id = ?1",
	[VPROF_STORE_ADD_CHAIN] =
		"INSERT INTO chain(id, parent, place, context) "
		"VALUES(?, ?, ?, ?)",
	[VPROF_STORE_ADD_CHARGE] =
		"INSERT INTO charge(id, event, domain, process, context) "
		"VALUES(?, ?, ?, ?, ?)",
	[VPROF_STORE_ADD_SAMPLE] =
		"INSERT INTO sample(charge, chain, count, places) "
		"VALUES(?, ?, ?, ?)",
	[VPROF_STORE_ADD_SLICE] =
		"INSERT INTO slice(id, session, start_ns, end_ns, "
		"first_sample, last_sample) VALUES(?, ?, ?, ?, ?, ?)",
	[VPROF_STORE_ADD_ACCOUNT] =
		"INSERT INTO account(slice, event, domain, taken, delivered) "
		"VALUES(?, ?, ?, ?, ?)",
	[VPROF_STORE_ADD_LOSS] =
		"INSERT INTO loss(slice, event, domain, reason, count) "
		"VALUES(?, ?, ?, ?, ?)",
	[VPROF_STORE_FIND_UNNAMED] =
		"SELECT id, image, offset FROM place "
		"WHERE id > ? AND image > 0 AND symbol < 0",
	[VPROF_STORE_COUNT_PAGES] = "PRAGMA page_count",
	[VPROF_STORE_COUNT_FREE_PAGES] = "PRAGMA freelist_count",
	[VPROF_STORE_FIND_OLDEST_SLICE] =
		"SELECT id, end_ns, first_sample, last_sample FROM slice "
		"ORDER BY id LIMIT 1",
	[VPROF_STORE_FIND_ENDED_SLICE] =
		"SELECT id, end_ns, first_sample, last_sample FROM slice "
		"WHERE id >= ? AND end_ns <= ? ORDER BY id LIMIT 1",
	[VPROF_STORE_DROP_SAMPLES] =
		"DELETE FROM sample WHERE id BETWEEN ? AND ?",
	[VPROF_STORE_DROP_SLICE] = "DELETE FROM slice WHERE id <= ?",
	/* Rows are in the order of their slices: the search ends at once. */
	[VPROF_STORE_DROP_ACCOUNTS] =
		"DELETE FROM account WHERE id < "
		"(SELECT id FROM account WHERE slice > ? ORDER BY id LIMIT 1)",
	[VPROF_STORE_DROP_LOSSES] =
		"DELETE FROM loss WHERE id < "
		"(SELECT id FROM loss WHERE slice > ? ORDER BY id LIMIT 1)",
};

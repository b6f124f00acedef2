// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who had which pid when: the chains of struct vprof_process by pid. */
#include "process/process_table.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "process/lineage.h"

enum { NO_PID = INT_MIN };

/* ---- programs ------------------------------------------------------------ */

static void put_program(struct vprof_program *program)
{
	if (!program || --program->nr_references)
		return;
	vprof_lineage_put(program->lineage);
	free(program->executable);
	free(program);
}

/* Takes over @lineage. */
static struct vprof_program *new_program(pid_t pid, uint64_t start_ns,
					 struct vprof_lineage *lineage)
{
	struct vprof_program *program = calloc(1, sizeof(*program));

	if (!program || !lineage) {
		vprof_lineage_put(lineage);
		free(program);
		return NULL;
	}
	program->nr_references = 1;
	program->pid = pid;
	program->start_ns = start_ns;
	program->lineage = lineage;
	return program;
}

void vprof_process_set_comm(struct vprof_process *process, const char *comm)
{
	char *to = process->program->comm;

	snprintf(to, VPROF_COMM_MAX, "%s", comm);
}

void vprof_process_set_executable(struct vprof_process *process,
				  const char *path)
{
	free(process->program->executable);
	process->program->executable = strdup(path);
}

/* ---- chains -------------------------------------------------------------- */

static struct vprof_process **bucket_of(struct vprof_process_table *table,
					pid_t pid)
{
	return &table->buckets[(unsigned int)pid % VPROF_PROCESS_BUCKETS];
}

/* Whoever asks for the pid that is none gets nobody. */
static void clear_cached(struct vprof_process_table *table, size_t index)
{
	table->cache[index].pid = NO_PID;
	table->cache[index].from_ns = 0;
	table->cache[index].process = table->nobody;
}

static void forget_cached(struct vprof_process_table *table, pid_t pid)
{
	size_t index = (unsigned int)pid % VPROF_PROCESS_CACHE;

	if (table->cache[index].pid == pid)
		clear_cached(table, index);
}

static void free_process(struct vprof_process *process)
{
	if (!process)
		return;
	put_program(process->program);
	vprof_maps_put(process->maps);
	free(process);
}

/* @process and everything older. */
static void free_chain(struct vprof_process *process)
{
	while (process) {
		struct vprof_process *older = process->older;

		process->table->nr_processes--;
		free_process(process);
		process = older;
	}
}

/* Takes over @program and @maps, also on failure. */
static struct vprof_process *new_process(struct vprof_process_table *table,
					 uint64_t from_ns,
					 struct vprof_program *program,
					 struct vprof_maps *maps)
{
	struct vprof_process *process = calloc(1, sizeof(*process));

	if (!process || !program || !maps) {
		put_program(program);
		vprof_maps_put(maps);
		free(process);
		return NULL;
	}
	process->from_ns = from_ns;
	process->program = program;
	process->maps = maps;
	process->table = table;
	return process;
}

/* @process becomes the newest of its pid. */
static void chain_up(struct vprof_process_table *table,
		     struct vprof_process *process)
{
	pid_t pid = process->program->pid;
	struct vprof_process **at = bucket_of(table, pid);

	while (*at && (*at)->program->pid != pid)
		at = &(*at)->next;
	process->older = *at;
	process->next = *at ? (*at)->next : NULL;
	*at = process;
	table->nr_processes++;
	table->may_forget = true;
	forget_cached(table, pid);
}

struct vprof_process *
vprof_process_table_newest(const struct vprof_process_table *table, pid_t pid)
{
	struct vprof_process *process =
		table->buckets[(unsigned int)pid % VPROF_PROCESS_BUCKETS];

	while (process && process->program->pid != pid)
		process = process->next;
	return process;
}

struct vprof_process *
vprof_process_table_begin(struct vprof_process_table *table, pid_t pid,
			  uint64_t from_ns, struct vprof_lineage *lineage,
			  struct vprof_maps *maps)
{
	struct vprof_process *process = new_process(
		table, from_ns, new_program(pid, from_ns, lineage), maps);

	if (process)
		chain_up(table, process);
	return process;
}

struct vprof_process *vprof_process_table_add(struct vprof_process_table *table,
					      pid_t pid, uint64_t from_ns,
					      struct vprof_lineage *parent)
{
	return vprof_process_table_begin(table, pid, from_ns,
					 vprof_lineage_new(pid, parent),
					 vprof_maps_new());
}

struct vprof_process *
vprof_process_table_add_unknown(struct vprof_process_table *table, pid_t pid)
{
	struct vprof_process *process =
		vprof_process_table_add(table, pid, 0, NULL);

	if (process && table->read)
		table->read(process);
	return process;
}

/* Apart, so that the way past it saves no registers. */
static __attribute__((noinline)) struct vprof_process *
find_slowly(struct vprof_process_table *table, pid_t pid, uint64_t time_ns)
{
	struct vprof_process_cache *cache =
		&table->cache[(unsigned int)pid % VPROF_PROCESS_CACHE];
	struct vprof_process *process = vprof_process_table_newest(table, pid);

	if (!process && pid >= 0)
		process = vprof_process_table_add_unknown(table, pid);
	if (!process)
		return table->nobody;
	cache->pid = pid;
	cache->from_ns = process->from_ns;
	cache->process = process;
	while (time_ns < process->from_ns && process->older)
		process = process->older;
	return process;
}

/* On the way of every sample: the cache holds the newest of a pid. */
struct vprof_process *
vprof_process_table_find(struct vprof_process_table *table, pid_t pid,
			 uint64_t time_ns)
{
	const struct vprof_process_cache *cache =
		&table->cache[(unsigned int)pid % VPROF_PROCESS_CACHE];

	if (__builtin_expect(cache->pid == pid && time_ns >= cache->from_ns, 1))
		return cache->process;
	return find_slowly(table, pid, time_ns);
}

struct vprof_process *vprof_process_split(struct vprof_process *process,
					  uint64_t time_ns)
{
	struct vprof_process_table *table = process->table;
	struct vprof_process *newer;

	if (process->nr_changes >= VPROF_PROCESS_MAX_CHANGES)
		return process;
	process->program->nr_references++;
	newer = new_process(table, time_ns, process->program,
			    vprof_maps_get(process->maps));
	if (!newer)
		return process;
	newer->nr_changes = process->nr_changes + 1;
	newer->ended_ns = process->ended_ns;
	chain_up(table, newer);
	return newer;
}

/* ---- the whole ----------------------------------------------------------- */

/*
 * What is older than a process that was there at the last call can't be asked
 * for any more, nor one that had ended by then.
 */
static bool has_ended(const struct vprof_process *process, uint64_t before_ns,
		      bool (*is_gone)(pid_t pid))
{
	return process->ended_ns && process->ended_ns < before_ns &&
	       is_gone(process->program->pid);
}

static void trim(struct vprof_process *newest, uint64_t before_ns)
{
	struct vprof_process *process = newest;

	newest->nr_changes = 0;
	while (process->older && process->from_ns >= before_ns)
		process = process->older;
	free_chain(process->older);
	process->older = NULL;
}

void vprof_process_table_forget(struct vprof_process_table *table,
				uint64_t now_ns, bool (*is_gone)(pid_t pid))
{
	uint64_t before_ns = table->previous_forget_ns;
	size_t i;

	table->previous_forget_ns = now_ns;
	if (!table->may_forget)
		return;
	table->may_forget = false;
	for (i = 0; i < VPROF_PROCESS_BUCKETS; i++) {
		struct vprof_process **at = &table->buckets[i];

		while (*at) {
			struct vprof_process *newest = *at;

			if (!has_ended(newest, before_ns, is_gone)) {
				trim(newest, before_ns);
				table->may_forget |= newest->ended_ns ||
						     newest->older;
				at = &newest->next;
				continue;
			}
			*at = newest->next;
			forget_cached(table, newest->program->pid);
			free_chain(newest);
		}
	}
}

/* pid 0 runs when nothing else does. */
static int add_idle(struct vprof_process_table *table)
{
	struct vprof_process *idle = vprof_process_table_add(table, 0, 0, NULL);

	if (!idle)
		return -ENOMEM;
	vprof_process_set_comm(idle, "swapper");
	idle->program->is_kernel_thread = true;
	return 0;
}

static int fill(struct vprof_process_table *table)
{
	size_t i;
	int ret = vprof_image_table_new(&table->images);

	if (ret)
		return ret;
	table->nobody = new_process(
		table, 0, new_program(-1, 0, vprof_lineage_new(-1, NULL)),
		vprof_maps_new());
	if (!table->nobody)
		return -ENOMEM;
	for (i = 0; i < VPROF_PROCESS_CACHE; i++)
		clear_cached(table, i);
	return add_idle(table);
}

int vprof_process_table_new(struct vprof_process_table **ret_table)
{
	struct vprof_process_table *table = calloc(1, sizeof(*table));
	int ret;

	if (!table)
		return -ENOMEM;
	ret = fill(table);
	if (ret) {
		vprof_process_table_free(table);
		return ret;
	}
	*ret_table = table;
	return 0;
}

void vprof_process_table_free(struct vprof_process_table *table)
{
	size_t i;

	if (!table)
		return;
	for (i = 0; i < VPROF_PROCESS_BUCKETS; i++) {
		while (table->buckets[i]) {
			struct vprof_process *newest = table->buckets[i];

			table->buckets[i] = newest->next;
			free_chain(newest);
		}
	}
	free_process(table->nobody);
	vprof_image_table_free(table->images);
	free(table);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who had which pid when: the chains of struct vprof_process by pid. */
#include "process_table.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "lineage.h"

enum { KTHREADD_PID = 2, NO_PID = INT_MIN };

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

/* Takes over @lineage and @maps. */
static struct vprof_process *begin(struct vprof_process_table *table, pid_t pid,
				   uint64_t from_ns,
				   struct vprof_lineage *lineage,
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
	return begin(table, pid, from_ns, vprof_lineage_new(pid, parent),
		     vprof_maps_new());
}

static struct vprof_process *add_unknown(struct vprof_process_table *table,
					 pid_t pid)
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
		process = add_unknown(table, pid);
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

/* ---- mappings ------------------------------------------------------------ */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void describe_file(struct vprof_image *like,
			  const struct vprof_mapped *mapped, char *path)
{
	static const char suffix[] = " (deleted)";
	size_t length = strlen(path);

	if (length > strlen(suffix) &&
	    !strcmp(path + length - strlen(suffix), suffix))
		path[length - strlen(suffix)] = '\0';
	like->kind = VPROF_IMAGE_FILE;
	like->path = path;
	like->name = (char *)base_name(path);
	like->dev = mapped->dev;
	like->inode = mapped->inode;
	like->build_id_size = mapped->build_id_size;
	if (like->build_id_size)
		memcpy(like->build_id, mapped->build_id, like->build_id_size);
}

static void describe_vdso(struct vprof_image *like,
			  const struct vprof_mapped *mapped, char *path)
{
	static char vdso[] = "[vdso]";
	static char vdso32[] = "[vdso32]";
	static char empty[] = "";

	like->kind = VPROF_IMAGE_VDSO;
	like->path = empty;
	if (strcmp(path, vdso))
		like->name = path;
	else
		like->name = mapped->end > UINT32_MAX ? vdso : vdso32;
}

static void describe_memory(struct vprof_image *like,
			    const struct vprof_process *process, char *path,
			    size_t path_size)
{
	static char name[] = "[jit]";

	like->kind = VPROF_IMAGE_JIT;
	like->map_pid = process->program->pid;
	like->generation = process->program->start_ns;
	like->name = name;
	snprintf(path, path_size, "/tmp/perf-%d.map", process->program->pid);
	like->path = path;
}

static struct vprof_image *image_of(struct vprof_process *process,
				    const struct vprof_mapped *mapped)
{
	char path[4096 + 64];
	struct vprof_image like;

	memset(&like, 0, sizeof(like));
	snprintf(path, sizeof(path), "%s", mapped->path);
	if (!strcmp(path, "[vdso]") || !strcmp(path, "[vsyscall]"))
		describe_vdso(&like, mapped, path);
	else if (vprof_image_is_memory_name(path) && !mapped->build_id_size)
		describe_memory(&like, process, path, sizeof(path));
	else
		describe_file(&like, mapped, path);
	return vprof_image_table_get(process->table->images, &like);
}

/* The same program, from now on with maps that are its own to change. */
static struct vprof_process *split(struct vprof_process *process,
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

void vprof_process_map(struct vprof_process *process,
		       const struct vprof_mapped *mapped, uint64_t time_ns)
{
	struct vprof_mapping mapping = {
		.start = mapped->start,
		.end = mapped->end,
		.pgoff = mapped->pgoff,
		.image = image_of(process, mapped),
	};

	if (!mapping.image) {
		process->table->nr_unmapped++;
		return;
	}
	if (mapping.image->kind != VPROF_IMAGE_FILE)
		mapping.pgoff = 0;
	if (mapping.image->kind == VPROF_IMAGE_FILE &&
	    !process->program->executable)
		vprof_process_set_executable(process, mapping.image->path);
	if (vprof_maps_contradicts(process->maps, &mapping))
		process = split(process, time_ns);
	if (vprof_maps_insert(&process->maps, &mapping))
		process->table->nr_unmapped++;
	vprof_image_put(mapping.image);
}

/* ---- events -------------------------------------------------------------- */

/* Late, or seen in /proc already. */
static bool is_known(const struct vprof_process *process, uint64_t time_ns)
{
	return time_ns <= process->read_ns || time_ns < process->from_ns;
}

static void apply_fork(struct vprof_process_table *table,
		       const struct vprof_sideband_record *record)
{
	struct vprof_process *parent =
		vprof_process_table_newest(table, record->parent);
	struct vprof_process *old =
		vprof_process_table_newest(table, record->pid);
	struct vprof_process *child;

	if (record->pid == record->parent)
		return; /* a thread */
	if (old && is_known(old, record->time_ns)) {
		if (parent)
			vprof_lineage_set_parent(old->program->lineage,
						 parent->program->lineage);
		return;
	}
	child = begin(
		table, record->pid, record->time_ns,
		vprof_lineage_new(record->pid,
				  parent ? parent->program->lineage : NULL),
		parent ? vprof_maps_get(parent->maps) : vprof_maps_new());
	if (!child)
		return;
	child->program->is_kernel_thread = record->parent == KTHREADD_PID;
	if (!parent)
		return;
	child->program->is_kernel_thread |= parent->program->is_kernel_thread;
	vprof_process_set_comm(child, parent->program->comm);
	if (parent->program->executable)
		vprof_process_set_executable(child,
					     parent->program->executable);
}

static void apply_exec(struct vprof_process_table *table,
		       const struct vprof_sideband_record *record)
{
	struct vprof_process *old =
		vprof_process_table_newest(table, record->pid);
	struct vprof_process *process;

	if (old && is_known(old, record->time_ns))
		return;
	process = begin(table, record->pid, record->time_ns,
			old ? vprof_lineage_get(old->program->lineage)
			    : vprof_lineage_new(record->pid, NULL),
			vprof_maps_new());
	if (process)
		vprof_process_set_comm(process, record->name);
}

static void apply_comm(struct vprof_process_table *table,
		       const struct vprof_sideband_record *record)
{
	struct vprof_process *process =
		vprof_process_table_newest(table, record->pid);

	if (process && record->pid == record->tid &&
	    !is_known(process, record->time_ns))
		vprof_process_set_comm(process, record->name);
}

static void apply_map(struct vprof_process_table *table,
		      const struct vprof_sideband_record *record)
{
	struct vprof_process *process =
		vprof_process_table_newest(table, record->pid);
	struct vprof_mapped mapped = {
		.start = record->start,
		.end = record->start + record->length,
		.pgoff = record->pgoff,
		.path = record->name,
		.dev = makedev(record->major, record->minor),
		.inode = record->inode,
		.build_id = record->build_id,
		.build_id_size = record->build_id_size,
	};

	if (!process)
		process = add_unknown(table, record->pid);
	if (process && !is_known(process, record->time_ns))
		vprof_process_map(process, &mapped, record->time_ns);
}

/* The first thread may exit before the others: the last one counts. */
static void apply_exit(struct vprof_process_table *table,
		       const struct vprof_sideband_record *record)
{
	struct vprof_process *process =
		vprof_process_table_newest(table, record->pid);

	if (!process || is_known(process, record->time_ns))
		return;
	if (record->pid == record->tid || process->ended_ns)
		process->ended_ns = record->time_ns;
}

void vprof_process_table_apply(struct vprof_process_table *table,
			       const struct vprof_sideband_record *record)
{
	static void (*const apply[])(struct vprof_process_table *,
				     const struct vprof_sideband_record *) = {
		[VPROF_SIDEBAND_FORK] = apply_fork,
		[VPROF_SIDEBAND_EXEC] = apply_exec,
		[VPROF_SIDEBAND_COMM] = apply_comm,
		[VPROF_SIDEBAND_MAP] = apply_map,
		[VPROF_SIDEBAND_EXIT] = apply_exit,
	};

	if (record->type < sizeof(apply) / sizeof(apply[0]) &&
	    apply[record->type])
		apply[record->type](table, record);
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

	for (i = 0; i < VPROF_PROCESS_BUCKETS; i++) {
		struct vprof_process **at = &table->buckets[i];

		while (*at) {
			struct vprof_process *newest = *at;

			if (!has_ended(newest, before_ns, is_gone)) {
				trim(newest, before_ns);
				at = &newest->next;
				continue;
			}
			*at = newest->next;
			forget_cached(table, newest->program->pid);
			free_chain(newest);
		}
	}
	table->previous_forget_ns = now_ns;
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

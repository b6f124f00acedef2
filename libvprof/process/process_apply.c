// SPDX-License-Identifier: LGPL-2.1-or-later
/* What forks, execs, exits and mappings do to the table of processes. */
#include "process/process_table.h"

#include <sys/sysmacros.h>

#include "process/lineage.h"

enum { KTHREADD_PID = 2 };

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
	child = vprof_process_table_begin(
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
	process = vprof_process_table_begin(
		table, record->pid, record->time_ns,
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
		process = vprof_process_table_add_unknown(table, record->pid);
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
	if (record->pid != record->tid && !process->ended_ns)
		return;
	process->ended_ns = record->time_ns;
	table->may_forget = true;
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

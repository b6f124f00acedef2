// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who ran what when: the public face of the process table and its events. */
#include <vprof/process.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/now.h"
#include "image/image_file.h"
#include "image/kernel_map.h"
#include "process/lineage.h"
#include "process/process_read.h"
#include "process/process_table.h"
#include "process/sideband.h"

enum { READ_AGAIN_NS = 2000000000, MAX_OWNER_LOOKUPS = 3 };

/**
 * struct vprof_processes - what is known of processes
 * @changed_ns: when the latest event was that is known of
 * @must_read: events were lost: /proc has to be read again
 * @read_ns: when it was last
 */
struct vprof_processes {
	struct vprof_process_table *table;
	struct vprof_sideband *sideband;
	struct vprof_kernel_map *kernel;
	pid_t pid;
	uint64_t changed_ns;
	bool must_read;
	uint64_t read_ns;
};

static int read_first(struct vprof_processes *processes)
{
	struct vprof_process *process;

	processes->read_ns = vprof_now_ns(CLOCK_MONOTONIC);
	if (!processes->pid)
		return vprof_process_read_all(processes->table);
	process = vprof_process_table_add(processes->table, processes->pid, 0,
					  NULL);
	if (!process)
		return -ENOMEM;
	vprof_process_read(process);
	return 0;
}

int vprof_processes_new(const struct vprof_process_options *options,
			struct vprof_processes **ret_processes,
			struct vprof_error *err)
{
	struct vprof_processes *processes;
	int ret;

	if (options->size != sizeof(*options) || options->pid < 0)
		return vprof_error_set(
			err, -EINVAL,
			"options for following processes make no sense: this program and libvprof.so do not fit together");
	processes = calloc(1, sizeof(*processes));
	if (!processes)
		return vprof_error_set(err, -ENOMEM, "no memory");
	processes->pid = options->pid;
	ret = vprof_process_table_new(&processes->table);
	if (!ret)
		ret = vprof_kernel_map_new(processes->table->images,
					   &processes->kernel);
	if (ret) {
		vprof_error_set(err, ret, "no memory");
		goto err_free;
	}
	processes->table->read = vprof_process_read;
	ret = vprof_sideband_open(options->pid, options->buffer_bytes,
				  &processes->sideband, err);
	if (ret)
		goto err_free;
	ret = read_first(processes);
	if (ret) {
		vprof_error_set(err, ret, "cannot read /proc: %s",
				strerror(-ret));
		goto err_free;
	}
	*ret_processes = processes;
	return 0;

err_free:
	vprof_processes_free(processes);
	return ret;
}

void vprof_processes_free(struct vprof_processes *processes)
{
	if (!processes)
		return;
	vprof_sideband_free(processes->sideband);
	vprof_kernel_map_free(processes->kernel);
	vprof_process_table_free(processes->table);
	free(processes);
}

int vprof_processes_get_fd(const struct vprof_processes *processes)
{
	return vprof_sideband_get_fd(processes->sideband);
}

static void take_record(void *data, const struct vprof_sideband_record *record)
{
	struct vprof_processes *processes = data;

	if (record->type == VPROF_SIDEBAND_LOST)
		processes->must_read = true;
	if (processes->changed_ns < record->time_ns)
		processes->changed_ns = record->time_ns;
	vprof_process_table_apply(processes->table, record);
}

static void read_again(struct vprof_processes *processes)
{
	uint64_t now = vprof_now_ns(CLOCK_MONOTONIC);

	if (processes->pid || now - processes->read_ns < READ_AGAIN_NS)
		return;
	processes->read_ns = now;
	processes->must_read = false;
	vprof_process_read_again(processes->table);
	processes->changed_ns = vprof_now_ns(CLOCK_MONOTONIC);
}

int vprof_processes_update(struct vprof_processes *processes)
{
	ssize_t nr = vprof_sideband_drain(processes->sideband, take_record,
					  processes);

	if (vprof_sideband_follow_cpus(processes->sideband))
		processes->must_read = true;
	if (processes->must_read)
		read_again(processes);
	return nr;
}

uint64_t vprof_processes_get_changed_ns(const struct vprof_processes *processes)
{
	return processes->must_read ? UINT64_MAX : processes->changed_ns;
}

uint64_t vprof_processes_lost(const struct vprof_processes *processes)
{
	return vprof_sideband_lost(processes->sideband);
}

struct vprof_process *vprof_processes_find(struct vprof_processes *processes,
					   pid_t pid, uint64_t time_ns)
{
	return vprof_process_table_find(processes->table, pid, time_ns);
}

static bool is_gone(pid_t pid)
{
	return kill(pid, 0) && errno == ESRCH;
}

void vprof_processes_forget(struct vprof_processes *processes)
{
	vprof_process_table_forget(processes->table,
				   vprof_now_ns(CLOCK_MONOTONIC), is_gone);
}

pid_t vprof_process_get_pid(const struct vprof_process *process)
{
	return process->program->pid;
}

const char *vprof_process_get_comm(const struct vprof_process *process)
{
	return process->program->comm;
}

const char *vprof_process_get_executable(const struct vprof_process *process)
{
	const char *executable = process->program->executable;

	return executable ? executable : "";
}

uint64_t vprof_process_get_start_ns(const struct vprof_process *process)
{
	return process->program->start_ns;
}

bool vprof_process_is_kernel_thread(const struct vprof_process *process)
{
	return process->program->is_kernel_thread;
}

bool vprof_process_is_below(const struct vprof_process *process, pid_t ancestor)
{
	return vprof_lineage_has(process->program->lineage, ancestor);
}

uint64_t vprof_process_get_tag(const struct vprof_process *process)
{
	return process->program->tag;
}

void vprof_process_set_tag(struct vprof_process *process, uint64_t tag)
{
	process->program->tag = tag;
}

/* While the process lives: what will be needed when its code is to be named. */
static void note_holder(struct vprof_image *image,
			const struct vprof_process *process,
			const struct vprof_mapping *mapping)
{
	vprof_lineage_list(process->program->lineage, image->holders,
			   VPROF_IMAGE_NR_HOLDERS);
	image->map_start = mapping->start;
	image->map_end = mapping->end;
	if (image->kind == VPROF_IMAGE_JIT && !image->has_uid &&
	    image->nr_lookups < MAX_OWNER_LOOKUPS) {
		image->nr_lookups++;
		image->has_uid = !vprof_pid_in_namespace(
			image->holders[0], &image->map_pid, &image->uid);
	}
}

static struct vprof_image *hand_out(const struct vprof_process *process,
				    const struct vprof_mapping *mapping)
{
	struct vprof_image *image = mapping->image;

	note_holder(image, process, mapping);
	vprof_image_look_up(image);
	if (image->same) {
		image = image->same;
		note_holder(image, process, mapping);
	}
	vprof_image_keep(image);
	vprof_image_reach(image);
	return image;
}

int vprof_process_resolve(struct vprof_process *process, uint64_t ip,
			  struct vprof_image **ret_image, uint64_t *ret_offset)
{
	const struct vprof_mapping *mapping =
		vprof_maps_find(process->maps, ip);

	if (!mapping)
		return -ENOENT;
	*ret_offset = mapping->image->kind == VPROF_IMAGE_JIT
			      ? ip
			      : ip - mapping->start + mapping->pgoff;
	*ret_image = hand_out(process, mapping);
	return 0;
}

int vprof_kernel_resolve(struct vprof_processes *processes, uint64_t ip,
			 struct vprof_image **ret_image, uint64_t *ret_offset)
{
	return vprof_kernel_map_resolve(processes->kernel, ip, ret_image,
					ret_offset);
}

bool vprof_processes_let_go(struct vprof_image *image)
{
	return vprof_image_let_go(image);
}

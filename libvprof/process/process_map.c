// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a process maps: a file, the vDSO, memory that code is made in. */
#include "process/process_table.h"

#include <stdio.h>
#include <string.h>

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
		process = vprof_process_split(process, time_ns);
	if (vprof_maps_insert(&process->maps, &mapping))
		process->table->nr_unmapped++;
	vprof_image_put(mapping.image);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* What /proc says of a process. */
#include "process/process_read.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/lines.h"
#include "base/now.h"
#include "base/small_file.h"
#include "image/proc_maps.h"
#include "process/lineage.h"
#include "process/process_table.h"

enum { PF_KTHREAD = 0x00200000 }; /* include/linux/sched.h */

static int open_proc(pid_t pid, const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* The whole of a short file, NUL-terminated. */
static int read_proc(pid_t pid, const char *name, char *text, size_t size)
{
	char path[64];
	ssize_t got;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	got = vprof_read_file(path, text, size - 1);
	if (got < 0)
		return got;
	text[got] = '\0';
	return 0;
}

/* ---- stat ---------------------------------------------------------------- */

/* A comm may hold anything, also spaces and parentheses: the last ) ends it. */
int vprof_proc_stat_parse(const char *text, struct vprof_proc_stat *ret_stat)
{
	struct vprof_proc_stat stat = { 0 };
	const char *open = strchr(text, '(');
	const char *close = strrchr(text, ')');
	unsigned int flags;
	unsigned long long start_ticks;

	if (!open || !close || close < open)
		return -EINVAL;
	snprintf(stat.comm, sizeof(stat.comm), "%.*s", (int)(close - open - 1),
		 open + 1);
	if (sscanf(close + 1,
		   " %*c %d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
		   &stat.parent, &flags, &start_ticks) != 3)
		return -EINVAL;
	stat.is_kernel_thread = flags & PF_KTHREAD;
	stat.start_ticks = start_ticks;
	*ret_stat = stat;
	return 0;
}

/* The kernel counts from boot, sleep included; samples do without the sleep. */
static uint64_t start_of(const struct vprof_proc_stat *stat)
{
	int64_t since_boot =
		stat->start_ticks * (1000000000ull / sysconf(_SC_CLK_TCK));
	int64_t asleep = (int64_t)(vprof_now_ns(CLOCK_BOOTTIME) -
				   vprof_now_ns(CLOCK_MONOTONIC));

	return since_boot > asleep ? since_boot - asleep : 0;
}

static int read_stat(pid_t pid, struct vprof_proc_stat *ret_stat)
{
	char text[1024];
	int ret = read_proc(pid, "stat", text, sizeof(text));

	return ret ? ret : vprof_proc_stat_parse(text, ret_stat);
}

/* ---- maps and executable -------------------------------------------------- */

static int map_line(void *data, const struct vprof_proc_map *map)
{
	struct vprof_process **process = data;
	struct vprof_mapped mapped = {
		.start = map->start,
		.end = map->end,
		.pgoff = map->pgoff,
		.path = map->path,
		.dev = makedev(map->major, map->minor),
		.inode = map->inode,
	};
	const struct vprof_mapping *known;

	if (!map->is_executable)
		return 0;
	/* The same file may be known with its build-id. */
	known = vprof_maps_find((*process)->maps, map->start);
	if (known && known->end >= map->end &&
	    known->image->kind == VPROF_IMAGE_FILE &&
	    !strcmp(known->image->path, map->path) &&
	    known->start - known->pgoff == map->start - map->pgoff)
		return 0;
	vprof_process_map(*process, &mapped, (*process)->read_ns);
	*process = vprof_process_table_newest((*process)->table,
					      (*process)->program->pid);
	return 0;
}

static void read_maps(struct vprof_process *process)
{
	int fd = open_proc(process->program->pid, "maps");

	if (fd < 0)
		return;
	vprof_proc_maps_read(fd, map_line, &process);
	close(fd);
}

static int read_executable(pid_t pid, char *path, size_t size)
{
	static const char deleted[] = " (deleted)";
	char link[64];
	ssize_t length;
	char *end;

	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	length = readlink(link, path, size - 1);
	if (length < 0)
		return -errno;
	path[length] = '\0';
	end = path + length - strlen(deleted);
	if (end > path && !strcmp(end, deleted))
		*end = '\0';
	return 0;
}

void vprof_process_read(struct vprof_process *process)
{
	struct vprof_process_table *table = process->table;
	struct vprof_program *program = process->program;
	struct vprof_process *parent;
	struct vprof_proc_stat stat;
	char path[4096];

	process->read_ns = vprof_now_ns(CLOCK_MONOTONIC);
	if (read_stat(program->pid, &stat)) {
		process->ended_ns = process->read_ns;
		return;
	}
	vprof_process_set_comm(process, stat.comm);
	program->start_ns = start_of(&stat);
	program->is_kernel_thread = stat.is_kernel_thread;
	parent = vprof_process_table_newest(table, stat.parent);
	if (parent && stat.parent)
		vprof_lineage_set_parent(program->lineage,
					 parent->program->lineage);
	if (stat.is_kernel_thread)
		return;
	if (!read_executable(program->pid, path, sizeof(path)))
		vprof_process_set_executable(process, path);
	read_maps(process);
}

/* ---- all of them ---------------------------------------------------------- */

static int for_each_pid(struct vprof_process_table *table,
			void (*fn)(struct vprof_process_table *table,
				   pid_t pid))
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	if (!proc)
		return -errno;
	while ((entry = readdir(proc))) {
		if (isdigit((unsigned char)entry->d_name[0]))
			fn(table, atoi(entry->d_name));
	}
	closedir(proc);
	return 0;
}

static void read_new(struct vprof_process_table *table, pid_t pid)
{
	struct vprof_process *process;

	if (vprof_process_table_newest(table, pid))
		return;
	process = vprof_process_table_add(table, pid, 0, NULL);
	if (process)
		vprof_process_read(process);
}

/* Its parent may have come after it in /proc. */
static void link_parent(struct vprof_process_table *table, pid_t pid)
{
	struct vprof_process *process = vprof_process_table_newest(table, pid);
	struct vprof_process *parent;
	struct vprof_proc_stat stat;

	if (!process || read_stat(pid, &stat) || !stat.parent)
		return;
	parent = vprof_process_table_newest(table, stat.parent);
	if (parent)
		vprof_lineage_set_parent(process->program->lineage,
					 parent->program->lineage);
}

int vprof_process_read_all(struct vprof_process_table *table)
{
	int ret = for_each_pid(table, read_new);

	return ret ? ret : for_each_pid(table, link_parent);
}

/* @pid runs something that we were not told of. */
static void begin_unheard(struct vprof_process_table *table, pid_t pid,
			  struct vprof_lineage *lineage)
{
	uint64_t now_ns = vprof_now_ns(CLOCK_MONOTONIC);
	struct vprof_process *process =
		vprof_process_table_add(table, pid, now_ns, lineage);

	if (!process)
		return;
	vprof_process_read(process);
	process->program->start_ns = now_ns;
}

static bool has_changed(const struct vprof_process *process)
{
	const char *known = process->program->executable;
	char path[4096];

	if (process->program->is_kernel_thread ||
	    read_executable(process->program->pid, path, sizeof(path)))
		return false;
	return !known || strcmp(known, path);
}

static void read_changed(struct vprof_process_table *table, pid_t pid)
{
	struct vprof_process *process = vprof_process_table_newest(table, pid);
	struct vprof_proc_stat stat;

	if (!process) {
		read_new(table, pid);
	} else if (process->ended_ns) {
		if (!read_stat(pid, &stat) &&
		    start_of(&stat) > process->ended_ns)
			begin_unheard(table, pid, NULL);
	} else if (has_changed(process)) {
		begin_unheard(table, pid, process->program->lineage);
	} else {
		process->read_ns = vprof_now_ns(CLOCK_MONOTONIC);
		read_maps(process);
	}
}

int vprof_process_read_again(struct vprof_process_table *table)
{
	return for_each_pid(table, read_changed);
}

/* ---- namespaces ------------------------------------------------------------ */

struct status {
	pid_t pid;
	uid_t uid;
	bool has_uid;
};

static int status_line(void *data, char *line)
{
	struct status *status = data;
	unsigned int uid;
	char *last;

	if (sscanf(line, "Uid: %*u %u", &uid) == 1) {
		status->uid = uid;
		status->has_uid = true;
	} else if (!strncmp(line, "NSpid:", 6)) {
		last = strrchr(line, '\t');
		if (last && atoi(last) > 0)
			status->pid = atoi(last);
	}
	return 0;
}

int vprof_pid_in_namespace(pid_t pid, pid_t *ret_pid, uid_t *ret_uid)
{
	struct status status = { .pid = pid };
	int fd = open_proc(pid, "status");
	int ret;

	if (fd < 0)
		return fd;
	ret = vprof_lines_read(fd, 0, status_line, &status);
	close(fd);
	if (ret)
		return ret;
	if (!status.has_uid)
		return -ENOENT;
	*ret_pid = status.pid;
	*ret_uid = status.uid;
	return 0;
}

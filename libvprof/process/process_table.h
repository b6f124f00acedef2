/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside the library: who had which pid when, and what was mapped there. */
#ifndef LIBVPROF_PROCESS_TABLE_H
#define LIBVPROF_PROCESS_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "image/image.h"
#include "process/maps.h"
#include "process/sideband_record.h"

struct vprof_lineage;

enum {
	VPROF_COMM_MAX = 16,
	VPROF_PROCESS_BUCKETS = 4096,
	VPROF_PROCESS_CACHE = 256,
	/* Changes of meaning of one pid's addresses kept apart between two
	 * calls of forget: a process can't make us keep more. */
	VPROF_PROCESS_MAX_CHANGES = 16,
};

/**
 * struct vprof_program - what a process runs from one exec to the next
 * @lineage: who started whom
 * @executable: path; NULL: none, or not known yet
 */
struct vprof_program {
	unsigned int nr_references;
	pid_t pid;
	bool is_kernel_thread;
	char comm[VPROF_COMM_MAX];
	char *executable;
	uint64_t start_ns;
	uint64_t tag;
	struct vprof_lineage *lineage;
};

/**
 * struct vprof_process - a span of a pid's life in which its addresses do not
 * change their meaning
 *
 * It begins with a fork, an exec, or a mapping over another one. What comes
 * after it is newer in the chain of its pid.
 *
 * @from_ns: it is valid from here...
 * @ended_ns: when its last known thread exited; 0: it has not
 * @read_ns: /proc was read after that; events before are in it already
 * @nr_changes: mappings over others, since the last forget
 */
struct vprof_process {
	uint64_t from_ns;
	uint64_t ended_ns;
	uint64_t read_ns;
	struct vprof_program *program;
	struct vprof_maps *maps;
	struct vprof_process *older;
	struct vprof_process *next; /* of the newest in its bucket */
	struct vprof_process_table *table;
	unsigned int nr_changes;
};

struct vprof_process_cache {
	uint64_t from_ns;
	struct vprof_process *process;
	pid_t pid;
};

/**
 * struct vprof_process_table - all processes
 * @read: asked for a pid that is not known; fills in what /proc says. NULL:
 *        nobody to ask
 * @previous_forget_ns: when forget was called last
 * @may_forget: something may be there for forget to free
 * @nr_unmapped: mappings not taken in (no memory, too many)
 */
struct vprof_process_table {
	struct vprof_process_cache cache[VPROF_PROCESS_CACHE];
	struct vprof_process *buckets[VPROF_PROCESS_BUCKETS];
	struct vprof_image_table *images;
	void (*read)(struct vprof_process *process);
	uint64_t previous_forget_ns;
	bool may_forget;
	uint64_t nr_unmapped;
	size_t nr_processes;
	struct vprof_process *nobody; /* answers where memory ran out */
};

int vprof_process_table_new(struct vprof_process_table **ret_table);
void vprof_process_table_free(struct vprof_process_table *table);

/** vprof_process_table_apply - take in one event */
void vprof_process_table_apply(struct vprof_process_table *table,
			       const struct vprof_sideband_record *record);

/** vprof_process_table_newest - who has @pid now, or NULL */
struct vprof_process *
vprof_process_table_newest(const struct vprof_process_table *table, pid_t pid);

/**
 * vprof_process_table_add - @pid runs something new from @from_ns on
 * @lineage: of the parent, or NULL
 *
 * Return: the process, without comm, executable and maps, or NULL (no memory).
 */
struct vprof_process *vprof_process_table_add(struct vprof_process_table *table,
					      pid_t pid, uint64_t from_ns,
					      struct vprof_lineage *parent);

/** vprof_process_table_add_unknown - the same for one that /proc is asked for */
struct vprof_process *
vprof_process_table_add_unknown(struct vprof_process_table *table, pid_t pid);

/**
 * vprof_process_table_begin - vprof_process_table_add() with what is known of it
 * @lineage: its own; a reference that is taken over, as @maps, also on failure
 */
struct vprof_process *
vprof_process_table_begin(struct vprof_process_table *table, pid_t pid,
			  uint64_t from_ns, struct vprof_lineage *lineage,
			  struct vprof_maps *maps);

/**
 * vprof_process_split - addresses change their meaning at @time_ns
 *
 * Return: what @process is from then on, the same program; @process itself
 * where that happened too often since the last forget.
 */
struct vprof_process *vprof_process_split(struct vprof_process *process,
					  uint64_t time_ns);

/** vprof_process_table_find - who had @pid at @time_ns; never NULL */
struct vprof_process *
vprof_process_table_find(struct vprof_process_table *table, pid_t pid,
			 uint64_t time_ns);

/**
 * struct vprof_mapped - a range of executable memory and what lies there
 * @path: as the kernel names it
 * @dev: 0 where there is a build-id; @inode likewise
 */
struct vprof_mapped {
	uint64_t start;
	uint64_t end;
	uint64_t pgoff;
	const char *path;
	dev_t dev;
	ino_t inode;
	const uint8_t *build_id;
	size_t build_id_size;
};

/**
 * vprof_process_map - map something, over what was there
 * @time_ns: where addresses change their meaning a newer struct vprof_process
 *           begins then
 */
void vprof_process_map(struct vprof_process *process,
		       const struct vprof_mapped *mapped, uint64_t time_ns);

void vprof_process_set_comm(struct vprof_process *process, const char *comm);
void vprof_process_set_executable(struct vprof_process *process,
				  const char *path);

/**
 * vprof_process_table_forget - free what ended before the last call
 * @now_ns: CLOCK_MONOTONIC
 * @is_gone: is there no such process any more? (a process whose first thread
 *           has exited may live on)
 */
void vprof_process_table_forget(struct vprof_process_table *table,
				uint64_t now_ns, bool (*is_gone)(pid_t pid));

#endif

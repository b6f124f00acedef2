/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside the library: what is known of an image, and the table of them. */
#ifndef LIBVPROF_IMAGE_H
#define LIBVPROF_IMAGE_H

#include <stdbool.h>
#include <sys/types.h>
#include <vprof/image.h>

struct vprof_image_table;
struct vprof_kallsyms;

enum { VPROF_IMAGE_NR_HOLDERS = 4 };

/**
 * struct vprof_image - a file of code
 * @holders: processes in whose root the path holds, nearest first; 0 ends
 * @map_start: the mapping of @holders[0], for /proc/PID/map_files
 * @dev: of the file where there is no build-id; 0 unknown. @inode likewise.
 * @generation: tells two images with the same path apart (JIT: process start)
 * @map_pid: JIT: the process as it calls itself, in the name of its perf map
 * @uid: JIT: whose process it is; @has_uid
 * @kallsyms: KERNEL, MODULE: shared snapshot, or NULL
 * @is_looked_up: the build-id, if any, came from the file and not with the
 *                mapping: it is no part of what the table knows the image by
 * @nr_lookups: times the file was asked for a build-id, or the process for its
 *              user
 * @was_reached: see vprof_image_reach(); tried @nr_reaches times
 * @kept_fd: the file, kept open because its path may lead nowhere soon; -1
 * @same: the image of that build-id, to be handed out instead
 */
struct vprof_image {
	enum vprof_image_kind kind;
	unsigned int nr_references;
	bool is_handed_out;
	bool is_looked_up;
	bool has_uid;
	bool was_reached;
	uint8_t nr_lookups;
	uint8_t nr_reaches;
	uint8_t build_id_size;
	uint8_t build_id[VPROF_BUILD_ID_MAX];
	dev_t dev;
	ino_t inode;
	uint64_t generation;
	pid_t holders[VPROF_IMAGE_NR_HOLDERS];
	uint64_t map_start;
	uint64_t map_end;
	pid_t map_pid;
	uid_t uid;
	uint64_t tag;
	struct vprof_kallsyms *kallsyms;
	int kept_fd;
	struct vprof_image_table *table;
	struct vprof_image *same;
	char *path;
	char *name;
};

/* The images of one vprof_processes: equal ones are one object. */
int vprof_image_table_new(struct vprof_image_table **ret_table);
/** vprof_image_table_free - with every image that is still in it */
void vprof_image_table_free(struct vprof_image_table *table);
size_t vprof_image_table_count(const struct vprof_image_table *table);

/**
 * vprof_image_table_get - the image that equals @like, made when new
 * @like: kind, name, path, build-id or dev and inode, generation
 *
 * Return: the image with a reference for the caller, or NULL (no memory).
 */
struct vprof_image *vprof_image_table_get(struct vprof_image_table *table,
					  const struct vprof_image *like);

/** vprof_image_put - drop a reference; an image never handed out goes with its last */
void vprof_image_put(struct vprof_image *image);

/**
 * vprof_image_keep - it was handed out: it lives as long as its table, or until
 *                    vprof_image_let_go()
 */
void vprof_image_keep(struct vprof_image *image);

/** vprof_image_let_go - see vprof_processes_let_go() */
bool vprof_image_let_go(struct vprof_image *image);

/**
 * vprof_image_keep_open - hold the file of an image that was handed out
 * @fd: the image's from now on
 *
 * No more than a few dozen are held: the one held longest is closed for it.
 */
void vprof_image_keep_open(struct vprof_image *image, int fd);

/** vprof_image_is_memory_name - @path names no file: "//anon", "[heap]", "/SYSV..." */
bool vprof_image_is_memory_name(const char *path);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding the very file that was sampled, in whatever root it lies. */
#ifndef LIBVPROF_IMAGE_FILE_H
#define LIBVPROF_IMAGE_FILE_H

#include <sys/types.h>
#include <vprof/error.h>

struct vprof_image;

/**
 * vprof_file_open_in - open a regular file to read
 * @root_pid: in the root directory of this process; 0: in our own
 * @path: absolute; links lead nowhere outside that root
 *
 * Opens nothing but regular files: looking at another kind could block, or do
 * something.
 *
 * Return: a descriptor, or a negative errno (-EINVAL: no regular file).
 */
int vprof_file_open_in(pid_t root_pid, const char *path);

/** vprof_file_open_unlinked - the same; -EINVAL where @path itself is a link */
int vprof_file_open_unlinked(pid_t root_pid, const char *path);

/**
 * vprof_image_open - the image's file, known by build-id, else by inode
 *
 * Looks in the roots of the processes that map it, for a deleted file at what
 * they map, then in our own root.
 *
 * Return: a descriptor, or -ENOENT, -EACCES, -ESTALE (another file has its
 * place now), with a sentence.
 */
int vprof_image_open(const struct vprof_image *image, struct vprof_error *err);

/**
 * vprof_image_reach - make sure of a file that only its processes can reach
 *
 * One in a container, or deleted already, is opened and kept so while a process
 * lives that has it: names are asked for later.
 */
void vprof_image_reach(struct vprof_image *image);

/** vprof_image_look_up - ask the file for its build-id, where the kernel gave none */
void vprof_image_look_up(struct vprof_image *image);

#endif

// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finding the very file that was sampled, in whatever root it lies. */
#include "image/image_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "image/build_id.h"
#include "image/image.h"

enum { MAX_LOOKUPS = 3 };

static int open_root(pid_t root_pid)
{
	char root[32] = "/";
	int fd;

	if (root_pid)
		snprintf(root, sizeof(root), "/proc/%d/root", root_pid);
	fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* O_PATH touches nothing: what it found may be looked at before it is opened. */
static int open_path(int root, const char *path, uint64_t flags)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | flags,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

static int reopen_regular(int path_fd)
{
	char self[64];
	struct stat stat;
	int fd;

	if (fstat(path_fd, &stat))
		return -errno;
	if (!S_ISREG(stat.st_mode))
		return -EINVAL;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", path_fd);
	fd = open(self, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static int open_in(pid_t root_pid, const char *path, uint64_t flags)
{
	int root = open_root(root_pid);
	int path_fd;
	int fd;

	if (root < 0)
		return root;
	path_fd = open_path(root, path, flags);
	close(root);
	if (path_fd < 0)
		return path_fd;
	fd = reopen_regular(path_fd);
	close(path_fd);
	return fd;
}

int vprof_file_open_in(pid_t root_pid, const char *path)
{
	return open_in(root_pid, path, 0);
}

int vprof_file_open_unlinked(pid_t root_pid, const char *path)
{
	return open_in(root_pid, path, O_NOFOLLOW);
}

/* A file is opened through what maps it also when it has no name any more. */
static int open_mapped(const struct vprof_image *image)
{
	char path[96];
	int path_fd;
	int fd;

	if (!image->holders[0])
		return -ENOENT;
	snprintf(path, sizeof(path), "/proc/%d/map_files/%" PRIx64 "-%" PRIx64,
		 image->holders[0], image->map_start, image->map_end);
	path_fd = open(path, O_PATH | O_CLOEXEC);
	if (path_fd < 0) {
		snprintf(path, sizeof(path), "/proc/%d/exe", image->holders[0]);
		path_fd = open(path, O_PATH | O_CLOEXEC);
	}
	if (path_fd < 0)
		return -errno;
	fd = reopen_regular(path_fd);
	close(path_fd);
	return fd;
}

/*
 * Without a build-id the inode decides. The kernel shows the device of the
 * file system, stat() for some (overlayfs, btrfs) one made up: major number 0.
 */
static int check_inode(const struct vprof_image *image, int fd)
{
	struct stat stat;

	if (!image->inode)
		return 0;
	if (fstat(fd, &stat))
		return -errno;
	if (stat.st_ino != image->inode)
		return -ESTALE;
	if (stat.st_dev != image->dev && major(stat.st_dev) &&
	    major(image->dev))
		return -ESTALE;
	return 0;
}

static int check(const struct vprof_image *image, int fd)
{
	struct vprof_build_id id;
	int ret;

	if (!image->build_id_size)
		return check_inode(image, fd);
	ret = vprof_build_id_read(fd, &id);
	if (ret == -ENOEXEC)
		return ret;
	if (ret || id.size != image->build_id_size ||
	    memcmp(id.bytes, image->build_id, id.size))
		return -ESTALE;
	return 0;
}

/* Which failure says most: another file was there, it may not be read, none. */
static int worse(int a, int b)
{
	static const int ranks[] = { -ESTALE, -ENOEXEC, -EACCES, -EPERM };
	size_t i;

	for (i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++) {
		if (a == ranks[i] || b == ranks[i])
			return ranks[i];
	}
	return a ? a : b;
}

/* The @index-th place to look. */
static int open_place(const struct vprof_image *image, unsigned int index)
{
	if (index == 0)
		return open_mapped(image);
	if (index <= VPROF_IMAGE_NR_HOLDERS) {
		pid_t holder = image->holders[index - 1];

		return holder ? vprof_file_open_in(holder, image->path)
			      : -ENOENT;
	}
	return vprof_file_open_in(0, image->path);
}

static int explain(const struct vprof_image *image, int code,
		   struct vprof_error *err)
{
	switch (code) {
	case -ESTALE:
		return vprof_error_set(
			err, code,
			"\"%s\" is not the file that was sampled any more: it was replaced since (its build-id differs)",
			image->path);
	case -EACCES:
	case -EPERM:
		return vprof_error_set(
			err, -EACCES,
			"no permission to read \"%s\": run as root to name what is in it",
			image->path);
	case -ENOEXEC:
		return vprof_error_set(err, code, "\"%s\" is not an ELF file",
				       image->path);
	default:
		return vprof_error_set(
			err, -ENOENT,
			"\"%s\" is not there any more, or lies in a container that has ended",
			image->path);
	}
}

static int open_checked(const struct vprof_image *image)
{
	int failed = -ENOENT;
	unsigned int i;

	if (image->kept_fd >= 0)
		return fcntl(image->kept_fd, F_DUPFD_CLOEXEC, 0);
	for (i = 0; i <= VPROF_IMAGE_NR_HOLDERS + 1; i++) {
		int fd = open_place(image, i);
		int ret = fd < 0 ? fd : check(image, fd);

		if (!ret)
			return fd;
		if (fd >= 0)
			close(fd);
		failed = worse(failed, ret);
	}
	return failed;
}

int vprof_image_open(const struct vprof_image *image, struct vprof_error *err)
{
	int fd = open_checked(image);

	return fd < 0 ? explain(image, fd, err) : fd;
}

/* Of the process, or where it has ended, of those that started it. */
static int stat_root(const struct vprof_image *image, struct stat *ret_stat)
{
	char path[32];
	unsigned int i;

	for (i = 0; i < VPROF_IMAGE_NR_HOLDERS && image->holders[i]; i++) {
		snprintf(path, sizeof(path), "/proc/%d/root",
			 image->holders[i]);
		if (!stat(path, ret_stat))
			return 0;
	}
	return -ENOENT;
}

/* Is the path the same for us as for the process? */
static bool is_in_our_root(const struct vprof_image *image)
{
	struct stat ours;
	struct stat theirs;

	if (stat(image->path, &ours) || stat("/", &ours))
		return false;
	return stat_root(image, &theirs) ||
	       (ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino);
}

void vprof_image_reach(struct vprof_image *image)
{
	int fd;

	if (image->kind != VPROF_IMAGE_FILE || image->was_reached ||
	    !image->table || image->nr_reaches >= MAX_LOOKUPS)
		return;
	image->nr_reaches++;
	image->was_reached = is_in_our_root(image);
	if (image->was_reached)
		return;
	fd = open_checked(image);
	if (fd < 0)
		return;
	vprof_image_keep_open(image, fd);
	image->was_reached = true;
}

/* The image that has the build-id is the one to hand out. */
static void find_same(struct vprof_image *image,
		      const struct vprof_build_id *id)
{
	struct vprof_image like;

	memcpy(image->build_id, id->bytes, id->size);
	image->build_id_size = id->size;
	image->is_looked_up = true;
	if (!image->table)
		return;
	memset(&like, 0, sizeof(like));
	like.kind = image->kind;
	like.name = image->name;
	like.path = image->path;
	like.build_id_size = id->size;
	memcpy(like.build_id, id->bytes, id->size);
	image->same = vprof_image_table_get(image->table, &like);
}

void vprof_image_look_up(struct vprof_image *image)
{
	struct vprof_build_id id;
	int fd;

	if (image->kind != VPROF_IMAGE_FILE || image->build_id_size ||
	    image->nr_lookups >= MAX_LOOKUPS)
		return;
	image->nr_lookups++;
	fd = open_checked(image);
	if (fd < 0)
		return;
	if (!vprof_build_id_read(fd, &id))
		find_same(image, &id);
	else
		image->nr_lookups = MAX_LOOKUPS;
	close(fd);
}

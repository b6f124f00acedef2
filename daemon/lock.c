// SPDX-License-Identifier: GPL-2.0-only
/* One vprofd to a file: a lock that goes when its holder does, kill -9 included. */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct vprof_lock {
	int fd;
};

/* Who holds it wrote its pid there. Return: the pid, or 0. */
static int read_holder(int fd)
{
	char text[16];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	return atoi(text);
}

static int take(int fd, const char *path, const char *what,
		struct vprof_error *err)
{
	char text[16];
	int length;
	int r = flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;

	if (r == -EWOULDBLOCK)
		return vprof_error_set(
			err, -EBUSY,
			"another vprofd (pid %d) has %s %s: stop it first (sudo systemctl stop vprofd), or give this one its own",
			read_holder(fd), what, path);
	if (r < 0)
		return vprof_error_set(err, r, "cannot lock %s.lock: %s", path,
				       strerror(-r));
	/* For the sentence above only, so a full disk does not matter. */
	length = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(fd, 0) == 0)
		(void)!pwrite(fd, text, (size_t)length, 0);
	return 0;
}

int vprof_lock_take(const char *path, const char *what,
		    struct vprof_lock **ret_lock, struct vprof_error *err)
{
	struct vprof_lock *lock;
	char name[PATH_MAX];
	int fd, r;

	if (snprintf(name, sizeof(name), "%s.lock", path) >= (int)sizeof(name))
		return vprof_error_set(err, -ENAMETOOLONG,
				       "%s is too long a path", path);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return vprof_error_set(
			err, -errno,
			"cannot make %s: %s. Start vprofd as root, or give it another path in vprof.conf",
			name, strerror(errno));
	r = take(fd, path, what, err);
	if (r < 0)
		goto close_fd;
	lock = malloc(sizeof(*lock));
	if (!lock) {
		r = vprof_error_set(err, -ENOMEM, "out of memory");
		goto close_fd;
	}
	lock->fd = fd;
	*ret_lock = lock;
	return 0;

close_fd:
	close(fd);
	return r;
}

void vprof_lock_free(struct vprof_lock *lock)
{
	if (!lock)
		return;
	close(lock->fd);
	free(lock);
}

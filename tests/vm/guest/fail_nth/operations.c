// SPDX-License-Identifier: GPL-2.0-only
/* What can be walked. New operations go here, one table row each. */
#include "fail_nth.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct fds {
	int fd[2];
	int is_open;
};

static int run_epoll(void *state)
{
	struct fds *fds = state;

	fds->fd[0] = epoll_create1(EPOLL_CLOEXEC);
	fds->fd[1] = -1;
	if (fds->fd[0] < 0)
		return -errno;
	fds->is_open = 1;
	return 0;
}

static int run_socketpair(void *state)
{
	struct fds *fds = state;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds->fd) < 0)
		return -errno;
	fds->is_open = 1;
	return 0;
}

static void undo_fds(void *state)
{
	const struct fds *fds = state;
	int i;

	for (i = 0; fds->is_open && i < 2; i++)
		if (fds->fd[i] >= 0)
			close(fds->fd[i]);
}

/* Loading and unloading a module. */
struct insmod {
	const char *name;
	const char *parameters;
	int fd;
	int is_loaded;
};

static int prepare_insmod(void *state, char *const *args)
{
	struct insmod *insmod = state;

	insmod->name = args[1];
	insmod->parameters = args[2];
	insmod->fd = open(args[0], O_RDONLY | O_CLOEXEC);
	return insmod->fd < 0 ? -errno : 0;
}

static int run_insmod(void *state)
{
	struct insmod *insmod = state;

	if (syscall(SYS_finit_module, insmod->fd, insmod->parameters, 0) < 0)
		return -errno;
	insmod->is_loaded = 1;
	return 0;
}

static void undo_insmod(void *state)
{
	const struct insmod *insmod = state;

	/* Failing here shows in the next run, which gets EEXIST. */
	if (insmod->is_loaded)
		syscall(SYS_delete_module, insmod->name, 0);
	if (insmod->fd >= 0)
		close(insmod->fd);
}

/* A pipe's inode that cannot be allocated is reported as ENFILE. */
static const int socketpair_errors[] = { ENFILE, ENOBUFS, 0 };

const struct fail_nth_operation fail_nth_operations[] = {
	{
		.name = "epoll",
		.run = run_epoll,
		.undo = undo_fds,
	},
	{
		.name = "socketpair",
		.run = run_socketpair,
		.undo = undo_fds,
		.errors = socketpair_errors,
	},
	{
		.name = "insmod",
		.arguments = "FILE NAME PARAMETERS",
		.nr_args = 3,
		.prepare = prepare_insmod,
		.run = run_insmod,
		.undo = undo_insmod,
	},
	{ 0 },
};

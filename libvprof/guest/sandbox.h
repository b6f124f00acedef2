/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A child process that can do nothing but compute, and ask us by one socket. */
#ifndef LIBVPROF_GUEST_SANDBOX_H
#define LIBVPROF_GUEST_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

/** struct vprof_sandbox - a child that runs; all members are the implementation's */
struct vprof_sandbox {
	pid_t pid;
	int fd; /* our end of its socket: SOCK_SEQPACKET */
};

/**
 * vprof_sandbox_start - run @body in a child
 * @seconds: of CPU time; the kernel ends it then
 * @body: may use what memory there is, @fd, and no other system call than
 *        read, write and exit. It cannot allocate.
 *
 * The child has no capability, no descriptor but @fd, no other user's rights
 * where we may give ours up, and sees our memory as it is now. It sends no
 * SIGCHLD, and no wait() but vprof_sandbox_end() sees it.
 *
 * Return: 0 or a negative errno.
 */
int vprof_sandbox_start(struct vprof_sandbox *ret_sandbox, unsigned int seconds,
			void (*body)(void *data, int fd), void *data);

/**
 * vprof_sandbox_end - bury it
 * @is_over: its end of the socket is closed: it only has to finish dying.
 *           Else it is killed.
 *
 * Return: 0: @body had returned; -ECHILD: it was ended.
 */
int vprof_sandbox_end(struct vprof_sandbox *sandbox, bool is_over);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/* Who may open /dev/vprof: by its mode, by capability, by lockdown. */
#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif

enum { NOBODY = 65534, NO_CAPABILITY = -1 };

static void keep_capability(int capability)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {};

	if (capability != NO_CAPABILITY)
		data[capability / 32].permitted =
			data[capability / 32].effective = 1u << capability % 32;
	if (syscall(SYS_capset, &header, data))
		_exit(200);
}

static int try_open(void)
{
	int fd = open(VPROF_DEVICE_PATH, O_RDWR | O_CLOEXEC);

	return fd < 0 ? errno : 0;
}

/* In a child, as nobody with one capability; in a user namespace of its own? */
static int open_as(uid_t uid, int capability, bool in_namespace)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_KEEPCAPS, 1);
		if (setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
			_exit(201);
		keep_capability(capability);
		if (in_namespace && unshare(CLONE_NEWUSER))
			_exit(202);
		_exit(try_open());
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	struct stat stat_buf;
	int fd, error;

	if (argc > 1 && !strcmp(argv[1], "lockdown")) {
		fd = open("/sys/kernel/security/lockdown", O_WRONLY);
		if (fd < 0 || write(fd, "confidentiality", 15) != 15) {
			skip("a locked down kernel: EPERM", "no lockdown here");
			return 0;
		}
		error = try_open();
		check(error == EPERM, "a locked down kernel: %s",
		      strerror(error));
		return 0;
	}

	stat(VPROF_DEVICE_PATH, &stat_buf);
	check((stat_buf.st_mode & 0777) == 0660 && stat_buf.st_uid == 0,
	      "the device is for its group: %o", stat_buf.st_mode & 0777);
	check(try_open() == 0, "root opens it");
	check(open_as(NOBODY, NO_CAPABILITY, false) == EACCES,
	      "nobody: EACCES by its mode");
	chmod(VPROF_DEVICE_PATH, 0666);
	check(open_as(NOBODY, NO_CAPABILITY, false) == EPERM,
	      "nobody, whatever the mode: EPERM");
	check(open_as(NOBODY, CAP_PERFMON, false) == 0, "with CAP_PERFMON");
	check(open_as(NOBODY, CAP_SYS_ADMIN, false) == 0, "with CAP_SYS_ADMIN");
	check(open_as(NOBODY, CAP_NET_ADMIN, false) == EPERM,
	      "with another capability: EPERM");
	check(open_as(0, NO_CAPABILITY, false) == EPERM,
	      "root without capabilities: EPERM");
	error = open_as(NOBODY, NO_CAPABILITY, true);
	if (error == 202)
		skip("root of a user namespace: EPERM", "no user namespaces");
	else
		check(error == EPERM, "root of a user namespace: EPERM");
	chmod(VPROF_DEVICE_PATH, 0660);
	return 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* A child process that can do nothing but compute, and ask us by one socket. */
#include "guest/sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#else
#error "the sandbox's filter does not know this architecture"
#endif

enum {
	THE_FD = 3,
	NOBODY = 65534,
	FAILED = 1,
};

/* ---- in the child ------------------------------------------------------------------ */

/* Its end of the socket as the only descriptor. */
static int keep_one_fd(int fd)
{
	if (fd != THE_FD && dup2(fd, THE_FD) < 0)
		return -errno;
	if (syscall(SYS_close_range, 0, THE_FD - 1, 0) ||
	    syscall(SYS_close_range, THE_FD + 1, ~0U, 0))
		return -errno;
	return 0;
}

static int limit(int resource, rlim_t max)
{
	struct rlimit both = { .rlim_cur = max, .rlim_max = max };

	return setrlimit(resource, &both) ? -errno : 0;
}

/* No memory, no file, no process more than it has. */
static int set_limits(unsigned int seconds)
{
	int ret = limit(RLIMIT_CPU, seconds);

	if (!ret)
		ret = limit(RLIMIT_CORE, 0);
	if (!ret)
		ret = limit(RLIMIT_FSIZE, 0);
	if (!ret)
		ret = limit(RLIMIT_DATA, 0);
	if (!ret)
		ret = limit(RLIMIT_NPROC, 0);
	if (!ret)
		ret = limit(RLIMIT_NOFILE, 0);
	return ret;
}

/* Where we may not become nobody, we have little to give up. */
static int drop_rights(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	(void)!syscall(SYS_setgroups, 0, NULL);
	(void)!syscall(SYS_setresgid, NOBODY, NOBODY, NOBODY);
	(void)!syscall(SYS_setresuid, NOBODY, NOBODY, NOBODY);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ||
	    syscall(SYS_capset, &header, none))
		return -errno;
	return 0;
}

#define LOAD(member)                       \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
		 offsetof(struct seccomp_data, member))
#define ALLOW_IF(number)                                   \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static int filter_calls(void)
{
	struct sock_filter code[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
		ALLOW_IF(__NR_read),
		ALLOW_IF(__NR_write),
		ALLOW_IF(__NR_exit_group),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog program = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return -errno;
	return 0;
}

static int enter_sandbox(unsigned int seconds, pid_t parent)
{
	int ret = drop_rights();

	if (!ret && prctl(PR_SET_PDEATHSIG, SIGKILL))
		ret = -errno;
	if (!ret && getppid() != parent)
		ret = -ESRCH;
	if (!ret)
		ret = set_limits(seconds);
	return ret ? ret : filter_calls();
}

/* Its first word tells the parent whether it is inside. */
static void be_child(int fd, unsigned int seconds, pid_t parent,
		     void (*body)(void *data, int fd), void *data)
{
	int32_t status;

	if (!keep_one_fd(fd)) {
		status = enter_sandbox(seconds, parent);
		if (write(THE_FD, &status, sizeof(status)) == sizeof(status) &&
		    !status) {
			body(data, THE_FD);
			syscall(SYS_exit_group, 0);
		}
	}
	syscall(SYS_exit_group, FAILED);
	abort();
}

/* ---- in the parent ------------------------------------------------------------------ */

/* fork(), but for SIGCHLD: the program's own waits shall not meet our child. */
static pid_t fork_quietly(void)
{
	return syscall(SYS_clone, 0, 0, 0, 0, 0);
}

static int wait_for_start(const struct vprof_sandbox *sandbox)
{
	int32_t status;

	if (read(sandbox->fd, &status, sizeof(status)) != sizeof(status))
		return -ECHILD;
	return status;
}

int vprof_sandbox_start(struct vprof_sandbox *ret_sandbox, unsigned int seconds,
			void (*body)(void *data, int fd), void *data)
{
	struct vprof_sandbox sandbox;
	pid_t parent = getpid();
	int ends[2];
	int ret;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	sandbox.fd = ends[0];
	sandbox.pid = fork_quietly();
	if (!sandbox.pid)
		be_child(ends[1], seconds, parent, body, data);
	ret = sandbox.pid < 0 ? -errno : 0;
	close(ends[1]);
	if (ret) {
		close(ends[0]);
		return ret;
	}
	ret = wait_for_start(&sandbox);
	if (ret) {
		vprof_sandbox_end(&sandbox, false);
		return ret;
	}
	*ret_sandbox = sandbox;
	return 0;
}

int vprof_sandbox_end(struct vprof_sandbox *sandbox, bool is_over)
{
	int status = 0;

	if (!is_over)
		kill(sandbox->pid, SIGKILL);
	close(sandbox->fd);
	while (waitpid(sandbox->pid, &status, __WALL) < 0) {
		if (errno != EINTR)
			return -ECHILD;
	}
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -ECHILD;
}

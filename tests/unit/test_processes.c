// SPDX-License-Identifier: GPL-2.0-only
/* Real processes followed by the real kernel, from event to name. */
#include <vprof/process.h>

#include <check.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <vprof/image.h>

#include "image/kallsyms.h"
#include "image/vdso.h"
#include "run_suite.h"

static struct vprof_processes *processes;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static void begin(pid_t pid)
{
	struct vprof_process_options options = {
		.size = sizeof(options),
		.pid = pid,
	};
	struct vprof_error err = { 0 };

	ck_assert_msg(!vprof_processes_new(&options, &processes, &err), "%s",
		      err.text);
}

static void end(void)
{
	vprof_processes_free(processes);
	processes = NULL;
}

/* The name of a code address of a process, as a report would have it. */
static void check_named(struct vprof_process *process, const void *code,
			const char *name)
{
	struct vprof_symbols *symbols = NULL;
	struct vprof_error err = { 0 };
	struct vprof_symbol symbol;
	struct vprof_image *image;
	uint64_t offset;

	ck_assert_int_eq(vprof_process_resolve(process, (uintptr_t)code, &image,
					       &offset),
			 0);
	ck_assert_msg(!vprof_symbols_load(image, &symbols, &err), "%s",
		      err.text);
	ck_assert_int_eq(vprof_symbols_find(symbols, offset, &symbol), 0);
	ck_assert_str_eq(symbol.name, name);
	vprof_symbols_free(symbols);
}

static pid_t run(const char *path, const char *argument)
{
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (!child) {
		execl(path, path, argument, NULL);
		_exit(127);
	}
	return child;
}

START_TEST(a_process_that_is_gone_has_its_name)
{
	uint64_t before = now_ns();
	struct vprof_process *process;
	const char *executable;
	pid_t child;
	int status;

	begin(_i ? getpid() : 0);
	child = run("/bin/true", NULL);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_gt(vprof_processes_update(processes), 0);
	process = vprof_processes_find(processes, child, now_ns());
	ck_assert_int_eq(vprof_process_get_pid(process), child);
	ck_assert_str_eq(vprof_process_get_comm(process), "true");
	executable = vprof_process_get_executable(process);
	ck_assert_str_eq(executable + strlen(executable) - 9, "/bin/true");
	ck_assert_uint_ge(vprof_process_get_start_ns(process), before);
	ck_assert(vprof_process_is_below(process, getpid()));
	ck_assert(!vprof_process_is_below(process, child + 1));
	ck_assert(!vprof_process_is_kernel_thread(process));
	ck_assert_uint_eq(vprof_processes_lost(processes), 0);
	end();
}
END_TEST

static __attribute__((noinline)) int a_function_of_ours(int number)
{
	return number * 3 + getpid();
}

START_TEST(our_own_functions_have_names)
{
	struct vprof_process *process;

	begin(0);
	vprof_processes_update(processes);
	process = vprof_processes_find(processes, getpid(), now_ns());
	check_named(process, (const void *)a_function_of_ours,
		    "a_function_of_ours");
	end();
}
END_TEST

START_TEST(a_process_may_change_its_name)
{
	char old[16];

	begin(0);
	prctl(PR_GET_NAME, old);
	prctl(PR_SET_NAME, "another");
	vprof_processes_update(processes);
	ck_assert_str_eq(vprof_process_get_comm(vprof_processes_find(
				 processes, getpid(), now_ns())),
			 "another");
	prctl(PR_SET_NAME, old);
	end();
}
END_TEST

START_TEST(a_running_executable_that_was_deleted_has_names)
{
	char copy[] = "/tmp/vprof-test-XXXXXX";
	char command[PATH_MAX + 64];
	char self[PATH_MAX] = "";
	struct vprof_process *process;
	uint64_t address = 0;
	int pipe_fds[2];
	pid_t child;
	int status;

	ck_assert_int_gt(readlink("/proc/self/exe", self, sizeof(self) - 1), 0);
	close(mkstemp(copy));
	snprintf(command, sizeof(command), "cp %s %s && chmod 700 %s", self,
		 copy, copy);
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(pipe(pipe_fds), 0);
	begin(0);
	child = fork();
	if (!child) {
		dup2(pipe_fds[1], STDOUT_FILENO);
		execl(copy, copy, "tell-and-wait", NULL);
		_exit(127);
	}
	ck_assert_int_eq(read(pipe_fds[0], &address, sizeof(address)),
			 sizeof(address));
	unlink(copy);
	vprof_processes_update(processes);
	process = vprof_processes_find(processes, child, now_ns());
	check_named(process, (const void *)(uintptr_t)address,
		    "a_function_of_ours");
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	end();
}
END_TEST

START_TEST(code_made_at_run_time_has_names_from_its_perf_map)
{
	void *code;
	char path[64];
	FILE *map;

	begin(0);
	code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(code, MAP_FAILED);
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	map = fopen(path, "w");
	ck_assert_ptr_nonnull(map);
	fprintf(map, "%lx 100 made at run time\n", (unsigned long)code);
	fclose(map);
	vprof_processes_update(processes);
	check_named(vprof_processes_find(processes, getpid(), now_ns()),
		    (char *)code + 8, "made at run time");
	unlink(path);
	munmap(code, 4096);
	end();
}
END_TEST

START_TEST(processes_are_forgotten_after_their_end)
{
	struct vprof_process *process;
	pid_t child;
	int status;

	begin(0);
	child = run("/bin/true", NULL);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	vprof_processes_update(processes);
	vprof_processes_forget(processes);
	process = vprof_processes_find(processes, child, now_ns());
	ck_assert_str_eq(vprof_process_get_comm(process), "true");
	vprof_processes_forget(processes);
	/* what is asked for now is somebody unknown of that number */
	process = vprof_processes_find(processes, child, now_ns());
	ck_assert_str_eq(vprof_process_get_comm(process), "");
	end();
}
END_TEST

START_TEST(the_kernel_begins_at_offset_0)
{
	struct vprof_image *image;
	uint64_t start, stext;
	uint64_t offset;

	if (vprof_kallsyms_find_text("/proc/kallsyms", &start, &stext))
		return;
	begin(0);
	ck_assert_int_eq(
		vprof_kernel_resolve(processes, stext + 0x40, &image, &offset),
		0);
	ck_assert_str_eq(vprof_image_get_name(image), "[kernel]");
	ck_assert_int_eq(vprof_image_get_kind(image), VPROF_IMAGE_KERNEL);
	ck_assert_uint_eq(offset, 0x40);
	ck_assert_int_eq(
		vprof_kernel_resolve(processes, 0x1000, &image, &offset),
		-ENOENT);
	end();
}
END_TEST

START_TEST(a_pid_that_does_not_exist_is_a_sentence)
{
	struct vprof_process_options options = {
		.size = sizeof(options),
		.pid = 99999999,
	};
	struct vprof_error err = { 0 };

	ck_assert_int_eq(vprof_processes_new(&options, &processes, &err),
			 -ESRCH);
	ck_assert_ptr_nonnull(strstr(err.text, "99999999"));
	options.size = 1;
	ck_assert_int_eq(vprof_processes_new(&options, &processes, &err),
			 -EINVAL);
}
END_TEST

static const struct {
	const char *name;
	unsigned char class;
} vdsos[] = {
	{ "[vdso]", ELFCLASS64 },
	{ "[vdso32]", ELFCLASS32 },
};

START_TEST(the_vdso_is_read_from_memory)
{
	unsigned char *bytes;
	size_t size;
	int ret = vprof_vdso_read(vdsos[_i].name, (void **)&bytes, &size);

	if (ret == -ENOENT && _i)
		return; /* a kernel without 32-bit processes */
	ck_assert_int_eq(ret, 0);
	ck_assert_uint_ge(size, EI_NIDENT);
	ck_assert_mem_eq(bytes, ELFMAG, SELFMAG);
	ck_assert_uint_eq(bytes[EI_CLASS], vdsos[_i].class);
	free(bytes);
	ck_assert_int_eq(vprof_vdso_read("[vsyscall]", (void **)&bytes, &size),
			 -ENOENT);
}
END_TEST

/* @with: SECCOMP_RET_... For good. */
static bool forbid(unsigned int call, unsigned int with)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, with),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* As systemd's filter does it to vprofd: @ipc has them. */
static bool forbid_pipes(void)
{
	int ends[2];

	return forbid(SYS_pipe2, SECCOMP_RET_ERRNO | EPERM) &&
	       pipe2(ends, 0) == -1;
}

enum { PIPES_STAY = 1, NOT_READ = 2 };

static int read_vdso_without_pipes(void)
{
	void *bytes;
	size_t size;
	int ret;

	if (!forbid_pipes())
		return PIPES_STAY;
	ret = vprof_vdso_read("[vdso32]", &bytes, &size);
	if (ret == -ENOENT)
		return 0; /* a kernel without 32-bit processes */
	if (ret)
		return NOT_READ;
	free(bytes);
	return 0;
}

START_TEST(the_vdso_is_read_without_pipes)
{
	pid_t child = fork();
	int status;

	if (!child)
		_exit(read_vdso_without_pipes());
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

/* A filter, or want of memory, may end the process that has the vDSO. */
START_TEST(a_vdso_whose_process_is_killed_is_not_waited_for)
{
	pid_t child = fork();
	void *bytes;
	size_t size;
	int status;

	if (!child) {
		alarm(3);
		if (!forbid(SYS_arch_prctl, SECCOMP_RET_KILL_PROCESS))
			_exit(NOT_READ);
		_exit(vprof_vdso_read("[vdso32]", &bytes, &size) == -ENOENT
			      ? 0
			      : NOT_READ);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

/* What the deleted copy of this program does. */
static int tell_and_wait(void)
{
	uint64_t address = (uintptr_t)a_function_of_ours;

	if (write(STDOUT_FILENO, &address, sizeof(address)) != sizeof(address))
		return EXIT_FAILURE;
	pause();
	return a_function_of_ours(1);
}

static bool can_follow(void)
{
	struct vprof_process_options options = { .size = sizeof(options) };
	struct vprof_error err;

	if (vprof_processes_new(&options, &processes, &err)) {
		printf("skipped: following processes: %s\n", err.text);
		return false;
	}
	end();
	return true;
}

int main(int argc, char **argv)
{
	Suite *suite = suite_create("processes");
	TCase *tcase = tcase_create("processes");

	if (argc > 1 && !strcmp(argv[1], "tell-and-wait"))
		return tell_and_wait();
	tcase_add_test(tcase, a_pid_that_does_not_exist_is_a_sentence);
	tcase_add_loop_test(tcase, the_vdso_is_read_from_memory, 0, 2);
	tcase_add_test(tcase, the_vdso_is_read_without_pipes);
	tcase_add_test(tcase, a_vdso_whose_process_is_killed_is_not_waited_for);
	if (can_follow()) {
		tcase_add_loop_test(tcase, a_process_that_is_gone_has_its_name,
				    0, 2);
		tcase_add_test(tcase, our_own_functions_have_names);
		tcase_add_test(tcase, a_process_may_change_its_name);
		tcase_add_test(tcase,
			       a_running_executable_that_was_deleted_has_names);
		tcase_add_test(
			tcase,
			code_made_at_run_time_has_names_from_its_perf_map);
		tcase_add_test(tcase, processes_are_forgotten_after_their_end);
		tcase_add_test(tcase, the_kernel_begins_at_offset_0);
	}
	tcase_set_timeout(tcase, 120);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

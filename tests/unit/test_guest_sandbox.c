// SPDX-License-Identifier: GPL-2.0-only
/* The child that reads a guest's memory: what it can do, what it can tell us. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest/channel.h"
#include "guest/result.h"
#include "guest/sandbox.h"
#include "run_suite.h"

/* ---- what it can do --------------------------------------------------------------- */

/* What a body reports, where both sides see it. */
static volatile int *shared;

static void open_a_file(void *data, int fd)
{
	(void)data, (void)fd;
	*shared = syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0);
	*shared = 1000;
}

static void make_a_socket(void *data, int fd)
{
	(void)data, (void)fd;
	*shared = syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
	*shared = 1000;
}

static void get_memory(void *data, int fd)
{
	(void)data, (void)fd;
	*shared = syscall(SYS_mmap, NULL, 4096, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != -1;
	*shared = 1000;
}

static void start_a_process(void *data, int fd)
{
	(void)data, (void)fd;
	*shared = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	*shared = 1000;
}

static void kill_its_parent(void *data, int fd)
{
	(void)fd;
	syscall(SYS_kill, *(pid_t *)data, SIGTERM);
	*shared = 1000;
}

static void fall_over(void *data, int fd)
{
	(void)data, (void)fd;
	raise(SIGSEGV);
}

static void return_at_once(void *data, int fd)
{
	(void)data, (void)fd;
	*shared = 7;
}

/* Every other descriptor is closed: this one is ours, to /dev/null. */
static void write_elsewhere(void *data, int fd)
{
	ssize_t ret = syscall(SYS_write, *(int *)data, "x", 1);

	(void)fd;
	*shared = ret < 0 ? 7 : 1000;
}

static const struct body {
	void (*run)(void *data, int fd);
	int ret;
	int shared;
} bodies[] = {
	{ open_a_file, -ECHILD, 0 },     { make_a_socket, -ECHILD, 0 },
	{ get_memory, -ECHILD, 0 },      { start_a_process, -ECHILD, 0 },
	{ kill_its_parent, -ECHILD, 0 }, { fall_over, -ECHILD, 0 },
	{ return_at_once, 0, 7 },
};

static void begin(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne((void *)shared, MAP_FAILED);
}

static void end(void)
{
	munmap((void *)shared, sizeof(*shared));
}

static void wait_for_its_end(const struct vprof_sandbox *sandbox)
{
	char byte;

	ck_assert_int_eq(recv(sandbox->fd, &byte, 1, 0), 0);
}

START_TEST(the_child_can_do_nothing_else)
{
	const struct body *body = &bodies[_i];
	struct vprof_sandbox sandbox;
	pid_t pid = getpid();

	begin();
	ck_assert_int_eq(vprof_sandbox_start(&sandbox, 1, body->run, &pid), 0);
	wait_for_its_end(&sandbox);
	ck_assert_int_eq(vprof_sandbox_end(&sandbox, true), body->ret);
	ck_assert_int_eq(*shared, body->shared);
	end();
}
END_TEST

START_TEST(the_child_has_no_other_descriptor)
{
	int fd = open("/dev/null", O_WRONLY);
	struct vprof_sandbox sandbox;

	begin();
	ck_assert_int_eq(vprof_sandbox_start(&sandbox, 1, write_elsewhere, &fd),
			 0);
	wait_for_its_end(&sandbox);
	ck_assert_int_eq(vprof_sandbox_end(&sandbox, true), 0);
	ck_assert_int_eq(*shared, 7);
	close(fd);
	end();
}
END_TEST

static void report_rights(void *data, int fd)
{
	char byte;

	(void)data;
	(void)!write(fd, "", 1);
	(void)!read(fd, &byte, 1);
}

static void read_status(pid_t pid, char *text, size_t size)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}

START_TEST(the_child_has_no_rights)
{
	static const char *const lines[] = {
		"CapPrm:\t0000000000000000",
		"CapEff:\t0000000000000000",
		"NoNewPrivs:\t1",
		"Seccomp:\t2",
	};
	struct vprof_sandbox sandbox;
	char status[8192];
	char byte;

	begin();
	ck_assert_int_eq(vprof_sandbox_start(&sandbox, 1, report_rights, NULL),
			 0);
	ck_assert_int_eq(recv(sandbox.fd, &byte, 1, 0), 1);
	read_status(sandbox.pid, status, sizeof(status));
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		ck_assert_msg(strstr(status, lines[i]) != NULL, "%s in %s",
			      lines[i], status);
	if (!geteuid())
		ck_assert_ptr_nonnull(strstr(status, "Uid:\t65534\t65534"));
	ck_assert_int_eq(vprof_sandbox_end(&sandbox, false), -ECHILD);
	end();
}
END_TEST

static void burn(void *data, int fd)
{
	(void)data, (void)fd;
	for (;;)
		(*shared)++;
}

START_TEST(the_child_is_ended_after_its_time)
{
	struct vprof_sandbox sandbox;

	begin();
	ck_assert_int_eq(vprof_sandbox_start(&sandbox, 1, burn, NULL), 0);
	wait_for_its_end(&sandbox);
	ck_assert_int_eq(vprof_sandbox_end(&sandbox, true), -ECHILD);
	end();
}
END_TEST

/* ---- what it can ask for ------------------------------------------------------------- */

static int read_pages(void *data, const uint64_t *addresses, size_t nr,
		      void *to)
{
	(void)data, (void)addresses;
	memset(to, 1, nr * VPROF_GUEST_PAGE);
	return nr;
}

static int read_heads(void *data, uint64_t start, size_t nr, void *to)
{
	(void)data, (void)start;
	memset(to, 1, nr * VPROF_GUEST_HEAD_SIZE);
	return 0;
}

static const struct request {
	struct vprof_guest_request request;
	size_t size;
	int ret;
} requests[] = {
	{ { VPROF_GUEST_ASK_PAGES, 1, { 0x1000 } }, 16, 0 },
	{ { VPROF_GUEST_ASK_PAGES, 64, { 0 } }, 8 + 64 * 8, 0 },
	{ { VPROF_GUEST_ASK_HEADS, VPROF_GUEST_BATCH_HEADS, { 0x1000 } },
	  16,
	  0 },
	{ { VPROF_GUEST_ASK_PAGES, 0, { 0 } }, 16, -EBADMSG },
	{ { VPROF_GUEST_ASK_PAGES, 1, { 0x1001 } }, 16, -EBADMSG },
	{ { VPROF_GUEST_ASK_PAGES, 2, { 0x1000 } }, 16, -EBADMSG },
	{ { VPROF_GUEST_ASK_PAGES, 65, { 0 } }, 8 + 64 * 8, -EBADMSG },
	{ { VPROF_GUEST_ASK_PAGES, UINT32_MAX, { 0 } }, 16, -EBADMSG },
	{ { VPROF_GUEST_ASK_HEADS, VPROF_GUEST_BATCH_HEADS + 1, { 0x1000 } },
	  16,
	  -EBADMSG },
	{ { VPROF_GUEST_ASK_HEADS, 8, { 0x1010 } }, 16, -EBADMSG },
	{ { VPROF_GUEST_ASK_HEADS, 2, { UINT64_MAX - 4095 } }, 16, -EBADMSG },
	{ { VPROF_GUEST_ASK_TRANSLATION, 1, { 0 } }, 16, -EBADMSG },
	{ { VPROF_GUEST_ASK_TRANSLATION + 1, 1, { 0 } }, 16, -EBADMSG },
	{ { VPROF_GUEST_ASK_PAGES, 1, { 0 } }, 4, -EBADMSG },
	{ { VPROF_GUEST_ASK_PAGES, 1, { 0 } }, 0, -EBADMSG },
	{ { VPROF_GUEST_ASK_PAGES, 1, { 0 } }, 100000, -EBADMSG },
};

START_TEST(only_sound_requests_are_served)
{
	const struct request *row = &requests[_i];
	const struct vprof_guest_access access = {
		.pages = read_pages,
		.heads = read_heads,
	};
	uint8_t *window = malloc(VPROF_GUEST_WINDOW_SIZE);
	struct vprof_guest_answer answer;

	ck_assert_int_eq(vprof_guest_channel_serve(&access, &row->request,
						   row->size, window, &answer),
			 row->ret);
	free(window);
}
END_TEST

/* ---- what it can tell ------------------------------------------------------------------ */

static const struct result {
	const char *about;
	const char *bytes;
	size_t size;
	int ret;
} results[] = {
#define BYTES(text) text, sizeof(text) - 1
	{ "end", BYTES("\6\0\4\0\0\0\0\0"), 0 },
	{ "symbol", BYTES("\4\0\12\0AAAAAAAAtx\6\0\4\0\0\0\0\0"), 0 },
	{ "nothing", BYTES(""), -EBADMSG },
	{ "no end", BYTES("\4\0\12\0AAAAAAAAtx"), -EBADMSG },
	{ "unknown type", BYTES("\7\0\4\0\0\0\0\0"), -EBADMSG },
	{ "type 0", BYTES("\0\0\4\0\0\0\0\0"), -EBADMSG },
	{ "longer than there is", BYTES("\6\0\5\0\0\0\0\0"), -EBADMSG },
	{ "unknown fault", BYTES("\6\0\4\0\377\0\0\0"), -EBADMSG },
	{ "fault cut short", BYTES("\6\0\3\0\0\0\0"), -EBADMSG },
	{ "detail with an escape", BYTES("\6\0\5\0\1\0\0\0\33"), -EBADMSG },
	{ "symbol without a name", BYTES("\4\0\11\0AAAAAAAAt"), -EBADMSG },
	{ "symbol cut short", BYTES("\4\0\2\0AA"), -EBADMSG },
	{ "name with a newline", BYTES("\4\0\12\0AAAAAAAAt\n"), -EBADMSG },
	{ "name with a blank", BYTES("\4\0\12\0AAAAAAAAt "), -EBADMSG },
	{ "name with a NUL", BYTES("\4\0\13\0AAAAAAAAtx\0"), -EBADMSG },
	{ "type with an escape", BYTES("\4\0\12\0AAAAAAAA\33x"), -EBADMSG },
	{ "module of no size", BYTES("\3\0\21\0AAAAAAAA\0\0\0\0\0\0\0\0x"),
	  -EBADMSG },
	{ "module around the end",
	  BYTES("\3\0\21\0\377\377\377\377\377\377\377\377AAAAAAAAx"),
	  -EBADMSG },
	{ "text backwards", BYTES("\2\0\40\0BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
	  -EBADMSG },
	{ "identity cut short", BYTES("\1\0\4\0AAAA"), -EBADMSG },
};

static int take_identity(void *data,
			 const struct vprof_guest_identity *identity)
{
	(void)data, (void)identity;
	return 0;
}

static int take_text(void *data, const struct vprof_guest_text *text)
{
	(void)data, (void)text;
	return 0;
}

static int take_module(void *data, uint64_t start, uint64_t size,
		       const char *name)
{
	(void)data, (void)start, (void)size, (void)name;
	return 0;
}

static int take_symbol(void *data, uint64_t address, char type,
		       const char *name)
{
	(void)data, (void)address, (void)type;
	ck_assert_str_eq(name, "x");
	return 0;
}

static int take_fault(void *data, enum vprof_guest_fault fault,
		      const char *detail)
{
	(void)data, (void)fault, (void)detail;
	return 0;
}

static const struct vprof_guest_result_ops result_ops = {
	take_identity, take_text,  take_module,
	take_symbol,   take_fault, take_fault,
};

START_TEST(only_a_sound_result_is_taken)
{
	const struct result *row = &results[_i];
	uint8_t *copy = malloc(row->size + 1);

	memcpy(copy, row->bytes, row->size);
	ck_assert_msg(vprof_guest_result_read(copy, row->size, &result_ops,
					      NULL) == row->ret,
		      "%s", row->about);
	free(copy);
}
END_TEST

START_TEST(a_full_result_still_has_its_end)
{
	struct vprof_guest_result result = { .size = 1024 };
	int ret;

	result.bytes = malloc(result.size);
	do
		ret = vprof_guest_result_symbol(&result, 1, 't', "x", 1);
	while (!ret);
	ck_assert_int_eq(ret, -ENOSPC);
	vprof_guest_result_end(&result, VPROF_GUEST_TOO_MUCH, "symbols");
	ck_assert_int_eq(vprof_guest_result_read(result.bytes, result.used,
						 &result_ops, NULL),
			 0);
	free(result.bytes);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guest sandbox");
	TCase *tcase = tcase_create("guest sandbox");

#define NR_OF(table) (int)(sizeof(table) / sizeof((table)[0]))
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, the_child_can_do_nothing_else, 0,
			    NR_OF(bodies));
	tcase_add_test(tcase, the_child_has_no_other_descriptor);
	tcase_add_test(tcase, the_child_has_no_rights);
	tcase_add_test(tcase, the_child_is_ended_after_its_time);
	tcase_add_loop_test(tcase, only_sound_requests_are_served, 0,
			    NR_OF(requests));
	tcase_add_loop_test(tcase, only_a_sound_result_is_taken, 0,
			    NR_OF(results));
	tcase_add_test(tcase, a_full_result_still_has_its_end);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

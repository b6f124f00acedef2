// SPDX-License-Identifier: GPL-2.0-only
/* mmap of a buffer: which pieces, who may, and how long it lives. */
#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE };

/* Pieces, offsets and lengths relative to them. */
enum { PRODUCERS, CONSUMER };

static const struct {
	const char *name;
	int piece;
	long offset, length;
	int protection, flags;
	int error;
} rows[] = {
	{ "producers", PRODUCERS, 0, 0, PROT_READ, MAP_SHARED, 0 },
	{ "consumer", CONSUMER, 0, 0, RW, MAP_SHARED, 0 },
	{ "consumer read only", CONSUMER, 0, 0, PROT_READ, MAP_SHARED, 0 },
	{ "producers writable", PRODUCERS, 0, 0, RW, MAP_SHARED, EPERM },
	{ "producers executable", PRODUCERS, 0, 0, PROT_READ | PROT_EXEC,
	  MAP_SHARED, EPERM },
	{ "consumer executable", CONSUMER, 0, 0, RW | PROT_EXEC, MAP_SHARED,
	  EPERM },
	{ "producers private", PRODUCERS, 0, 0, PROT_READ, MAP_PRIVATE,
	  EINVAL },
	{ "producers private, writable", PRODUCERS, 0, 0, RW, MAP_PRIVATE,
	  EINVAL },
	{ "consumer private", CONSUMER, 0, 0, RW, MAP_PRIVATE, EINVAL },
	{ "producers but a page", PRODUCERS, 0, -PAGE, PROT_READ, MAP_SHARED,
	  EINVAL },
	{ "producers and a page", PRODUCERS, 0, PAGE, PROT_READ, MAP_SHARED,
	  EINVAL },
	{ "producers from the second page", PRODUCERS, PAGE, -PAGE, PROT_READ,
	  MAP_SHARED, EINVAL },
	{ "producers a page on", PRODUCERS, PAGE, 0, PROT_READ, MAP_SHARED,
	  EINVAL },
	{ "consumer and a page", CONSUMER, 0, PAGE, RW, MAP_SHARED, EINVAL },
	{ "consumer a page on", CONSUMER, PAGE, 0, RW, MAP_SHARED, EINVAL },
	{ "another domain's producers", PRODUCERS, 1l << 38, 0, PROT_READ,
	  MAP_SHARED, EINVAL },
	{ "the last offset", PRODUCERS, 0x7fffffff00000000, 0, PROT_READ,
	  MAP_SHARED, EINVAL },
};

static void *map(const struct session *session, int piece, long offset,
		 long length, int protection, int flags)
{
	const struct vprof_domain *domain = &session->domain;
	long at = piece == CONSUMER ? domain->consumer_offset
				    : domain->mmap_offset;
	long bytes = piece == CONSUMER ? domain->consumer_bytes
				       : domain->mmap_bytes;

	return mmap(NULL, bytes + length, protection, flags, session->fd,
		    at + offset);
}

static void open_small(struct session *session)
{
	session_open(session);
	session_add_event(session, 1, 0, 1000000, 0);
	session_add_host(session, 256);
}

static void run_rows(void)
{
	struct session session;
	size_t i;
	void *at;
	int error;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		open_small(&session);
		at = map(&session, rows[i].piece, rows[i].offset,
			 rows[i].length, rows[i].protection, rows[i].flags);
		error = at == MAP_FAILED ? errno : 0;
		check(error == rows[i].error, "mmap %s: %s", rows[i].name,
		      strerror(error));
		if (at != MAP_FAILED)
			munmap(at, (rows[i].piece == CONSUMER
					    ? session.domain.consumer_bytes
					    : session.domain.mmap_bytes) +
					   rows[i].length);
		session_close(&session);
	}
	session_open(&session);
	check(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, session.fd, 0) ==
			      MAP_FAILED &&
		      errno == EINVAL,
	      "mmap without a domain: EINVAL");
	session_close(&session);
}

static void protections_stay(void)
{
	struct session session;
	size_t bytes;

	open_small(&session);
	session_map(&session);
	bytes = session.domain.mmap_bytes;
	check(mprotect(session.producers, bytes, RW) < 0 && errno == EACCES,
	      "mprotect of the producers to write: EACCES");
	check(mprotect(session.producers, bytes, PROT_READ | PROT_EXEC) < 0 &&
		      errno == EACCES,
	      "mprotect of the producers to execute: EACCES");
	check(mprotect(session.consumers, session.domain.consumer_bytes,
		       RW | PROT_EXEC) < 0 &&
		      errno == EACCES,
	      "mprotect of the consumer to execute: EACCES");
	check(mremap(session.producers, bytes, bytes + PAGE, MREMAP_MAYMOVE) ==
		      MAP_FAILED,
	      "mremap does not grow it");
	session_close(&session);
}

/* The child's verdict: is the mapping there, and can a page be read? */
static int in_child(const struct session *session)
{
	unsigned char there;
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(mincore(session->producers, PAGE, &there) < 0 &&
				      errno == ENOMEM
			      ? 0
			      : 1);
	waitpid(pid, &status, 0);
	return status;
}

static void fork_does_not_share(void)
{
	struct session session;

	open_small(&session);
	session_map(&session);
	check(in_child(&session) == 0, "a child has no mapping");
	session_close(&session);
}

/* A descriptor that a child holds keeps the session; its end ends it. */
static void a_child_keeps_the_session(void)
{
	struct session session;
	struct vprof_stats stats;
	int go[2], said[2], status;
	char c = 0;
	pid_t pid;

	if (pipe(go) || pipe(said))
		exit(1);
	open_small(&session);
	session_map(&session);
	session_start(&session);
	pid = fork();
	if (!pid) {
		if (read(go[0], &c, 1) != 1)
			_exit(2);
		burn_ms(30);
		stats = session_stats(&session, 0, VPROF_STATS_ALL_CPUS);
		c = stats.nr_counting > 0 && stats.taken > 0;
		_exit(write(said[1], &c, 1) == 1 ? 0 : 3);
	}
	session_close(&session);
	if (write(go[1], &c, 1) != 1 || read(said[0], &c, 1) != 1)
		c = 0;
	waitpid(pid, &status, 0);
	check(c && status == 0,
	      "a child's descriptor keeps the session running");
	close(go[0]);
	close(go[1]);
	close(said[0]);
	close(said[1]);
}

static int unload(void)
{
	return syscall(SYS_delete_module, "vprof", O_NONBLOCK) < 0 ? errno : 0;
}

static uint64_t head_of(const struct session *session)
{
	return __atomic_load_n(&session_lane(session, 0)->head,
			       __ATOMIC_RELAXED);
}

static void orders_of_close_and_munmap(void)
{
	struct session session;
	uint64_t head;

	check(module_refcount() == 0, "nothing holds the module");
	open_small(&session);
	check(unload() == EWOULDBLOCK, "rmmod while open is refused");
	session_map(&session);
	session_start(&session);
	burn_ms(50);
	close(session.fd);
	check(module_refcount() > 0 && unload() == EWOULDBLOCK,
	      "rmmod while mapped is refused");
	head = head_of(&session);
	burn_ms(50);
	check(head_of(&session) == head, "close stops, though mapped");
	munmap(session.producers, PAGE);
	munmap(session.producers + PAGE, session.domain.mmap_bytes - PAGE);
	check(module_refcount() > 0, "the consumer's piece is still mapped");
	munmap(session.consumers, session.domain.consumer_bytes);
	check(module_refcount() == 0,
	      "after close, munmap nothing holds the module");

	open_small(&session);
	session_map(&session);
	session_start(&session);
	session_close(&session);
	check(module_refcount() == 0, "after munmap, close neither");
}

/* A lane of a CPU that was never online has a head, and no slots. */
static void lanes_without_cpu(void)
{
	unsigned int nr_online = sysconf(_SC_NPROCESSORS_ONLN);
	struct session session;

	open_small(&session);
	session_map(&session);
	if (session.domain.nr_lanes > nr_online)
		check(session_lane(&session, session.domain.nr_lanes - 1)
				      ->nr_slots == 256,
		      "a lane without a CPU has a head");
	else
		skip("a lane without a CPU has a head", "all CPUs are online");
	session_close(&session);
}

int main(void)
{
	run_rows();
	protections_stay();
	fork_does_not_share();
	a_child_keeps_the_session();
	lanes_without_cpu();
	orders_of_close_and_munmap();
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions under stress: killed, raced for, beside each other, CPUs coming and
 * going. Afterwards nothing is held, and the accounts are exact: churn [ROUNDS]
 */
#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SOFTWARE = 1, PAGE_FAULTS = 2 };

static int nr_rounds = 50;

static void open_busy(struct session *session, unsigned int nr_slots)
{
	session_open(session);
	session_add_event(session, has_pmu() ? 0 : SOFTWARE, 0, 1000000,
			  VPROF_EVENT_KERNEL_CHAIN | VPROF_EVENT_USER_CHAIN);
	session_add_event(session, SOFTWARE, 0, 500000, 0);
	session_add_event(session, SOFTWARE, PAGE_FAULTS, 1, 0);
	session_add_host(session, nr_slots);
	session_map(session);
}

static void sample_until_killed(void)
{
	struct session session;
	struct tally tally = {};

	open_busy(&session, 256);
	for (;;) {
		session_start(&session);
		burn_ms(2);
		session_drain(&session, &tally, NULL, NULL);
		session_stop(&session);
	}
}

static void killed(void)
{
	int round, status, nr_killed = 0;
	pid_t pid;

	for (round = 0; round < nr_rounds; round++) {
		pid = fork();
		if (!pid)
			sample_until_killed();
		usleep(random() % 40000);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		nr_killed += WIFSIGNALED(status);
	}
	check(nr_killed == nr_rounds, "%d sessions were killed at any moment",
	      nr_killed);
	check(module_refcount() == 0, "then nothing holds the module");
}

static void two_sessions(void)
{
	struct session a, b;
	struct tally tally_a = {}, tally_b = {};
	int round, nr_right = 0;

	open_busy(&a, 1024);
	session_start(&a);
	for (round = 0; round < 5; round++) {
		open_busy(&b, 1024);
		memset(&tally_b, 0, sizeof(tally_b));
		session_start(&b);
		burn_ms(50);
		session_drain(&a, &tally_a, NULL, NULL);
		session_finish(&b, &tally_b);
		nr_right += tally_b.samples[1] && accounts_agree(&b, &tally_b);
		session_close(&b);
	}
	session_finish(&a, &tally_a);
	check(nr_right == round, "a session beside another: accounts agree");
	check(tally_a.samples[1] > tally_b.samples[1] &&
		      accounts_agree(&a, &tally_a),
	      "the other one: accounts agree");
	session_close(&a);
}

static int set_online(int is_online)
{
	int fd = open("/sys/devices/system/cpu/cpu1/online", O_WRONLY);
	int ret = -1;

	if (fd < 0)
		return -1;
	if (write(fd, is_online ? "1" : "0", 1) == 1)
		ret = 0;
	close(fd);
	return ret;
}

static pid_t burner(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (;;)
		burn_ms(1000);
}

/* Till each event counts on so many CPUs: a CPU's counters come by a work item. */
static bool counts_on(struct session *session, unsigned int nr)
{
	struct vprof_stats stats;
	int i;

	for (i = 0; i < 300; i++) {
		stats = session_stats(session, VPROF_STATS_ALL_EVENTS,
				      VPROF_STATS_ALL_CPUS);
		if (stats.nr_counting == nr * session->nr_events)
			return true;
		usleep(10000);
	}
	note("%u counters run", stats.nr_counting);
	return false;
}

static void cpu_comes_and_goes(void)
{
	struct session session;
	struct tally tally = {};
	struct vprof_stats before, after;
	pid_t pids[2] = { burner(), burner() };
	bool is_off_right = true, is_on_right = true;
	int round;

	open_busy(&session, 1024);
	session_start(&session);
	for (round = 0; round < nr_rounds; round++) {
		if (set_online(0)) {
			skip("a CPU comes and goes", "it cannot");
			goto out;
		}
		if (round % 10 == 0)
			is_off_right &= counts_on(&session, 1);
		if (round % 7 == 3) { /* while it is off */
			session_stop(&session);
			session_start(&session);
		}
		usleep(random() % 20000);
		set_online(1);
		if (round % 10 == 0)
			is_on_right &= counts_on(&session, 2);
		if (round % 7 ==
		    5) { /* perhaps before its counters are there */
			session_stop(&session);
			session_start(&session);
		}
		usleep(random() % 20000);
		session_drain(&session, &tally, NULL, NULL);
	}
	check(is_off_right, "a CPU that is off does not count");
	check(is_on_right && counts_on(&session, 2), "one that is back does");
	before = session_stats(&session, 1, 1);
	usleep(200000);
	after = session_stats(&session, 1, 1);
	check(after.taken > before.taken, "it takes samples again");
	session_finish(&session, &tally);
	check(accounts_agree(&session, &tally),
	      "%d times off and on: accounts agree", nr_rounds);
out:
	set_online(1);
	session_close(&session);
	for (round = 0; round < 2; round++) {
		kill(pids[round], SIGKILL);
		waitpid(pids[round], NULL, 0);
	}
}

/* A session begun while the CPU is off gets its lane when it comes. */
static void cpu_comes_later(void)
{
	struct session session;
	struct tally tally = {};

	if (set_online(0)) {
		skip("a CPU that comes later is sampled", "it cannot go");
		return;
	}
	open_busy(&session, 1024);
	session_start(&session);
	set_online(1);
	check(counts_on(&session, 2), "a CPU that comes later is sampled");
	usleep(100000);
	session_finish(&session, &tally);
	check(tally.by_cpu[1][1] > 0 && accounts_agree(&session, &tally),
	      "and its lane is read");
	session_close(&session);
}

/* ---- threads that race for one session --------------------------------- */

static struct session shared;
static volatile bool is_over;

static void *race_requests(void *data)
{
	union {
		struct vprof_event event;
		struct vprof_stats stats;
	} request;
	unsigned int seed = (unsigned long)data;

	while (!is_over) {
		memset(&request, 0, sizeof(request));
		switch (rand_r(&seed) % 4) {
		case 0:
			ioctl(shared.fd, VPROF_IOC_START);
			break;
		case 1:
			ioctl(shared.fd, VPROF_IOC_STOP);
			break;
		case 2:
			request.event.size = sizeof(request.event);
			request.event.type = SOFTWARE;
			request.event.period = 1000000;
			ioctl(shared.fd, VPROF_IOC_ADD_EVENT, &request);
			break;
		default:
			request.stats.size = sizeof(request.stats);
			request.stats.event = VPROF_STATS_ALL_EVENTS;
			request.stats.cpu = VPROF_STATS_ALL_CPUS;
			ioctl(shared.fd, VPROF_IOC_STATS, &request);
		}
	}
	return NULL;
}

static void *race_mappings(void *data)
{
	size_t bytes = shared.domain.mmap_bytes;
	unsigned int seed = (unsigned long)data;
	struct pollfd pollfd = { .fd = shared.fd, .events = POLLIN };
	volatile char sum = 0;
	char *at;

	while (!is_over) {
		at = mmap(NULL, bytes, PROT_READ, MAP_SHARED, shared.fd, 0);
		if (at != MAP_FAILED) {
			sum += at[rand_r(&seed) % 4096];
			munmap(at, bytes);
		}
		poll(&pollfd, 1, rand_r(&seed) % 5);
	}
	return NULL;
}

static void *race_cpus(void *data)
{
	unsigned int seed = (unsigned long)data;

	while (!is_over) {
		set_online(0);
		usleep(rand_r(&seed) % 5000);
		set_online(1);
		usleep(rand_r(&seed) % 20000);
	}
	return NULL;
}

static void races(void)
{
	void *(*const fns[])(void *) = { race_requests, race_requests,
					 race_mappings, race_cpus };
	struct vprof_stats stats;
	pthread_t threads[4];
	unsigned long i;

	open_busy(&shared, 256);
	is_over = false;
	for (i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, fns[i], (void *)i);
	burn_ms(3000);
	is_over = true;
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	set_online(1);
	ioctl(shared.fd, VPROF_IOC_STOP);
	stats = session_stats(&shared, VPROF_STATS_ALL_EVENTS,
			      VPROF_STATS_ALL_CPUS);
	note("taken %llu, delivered %llu", stats.taken, stats.delivered);
	check(stats.taken > 0 &&
		      stats.taken == stats.delivered + stats_lost(&stats),
	      "threads that race: accounts agree");
	session_close(&shared);
	check(module_refcount() == 0, "then nothing holds the module");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		nr_rounds = atoi(argv[1]);
	srandom(getpid());
	killed();
	two_sessions();
	cpu_comes_and_goes();
	cpu_comes_later();
	races();
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* What a session delivers: samples that are right, and exact accounts of them. */
#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
	HARDWARE,
	SOFTWARE,
	RAW = 4,
	CYCLES = 0,
	INSTRUCTIONS = 1,
	PAGE_FAULTS = 2,
	CONTEXT_SWITCHES = 3,
	DTLB_MISSES = 0x746, /* AMD family 10h: all page sizes */
	PAGE = 4096,
};

static bool is_pmu;

/*
 * Virtual time is instructions, so interrupts and timers come when they should;
 * else they may come late by what the emulating machine was busy with.
 */
static bool is_exact;

static void begin(struct session *session, unsigned int nr_slots)
{
	session_add_host(session, nr_slots);
	session_map(session);
	session_start(session);
}

static void flat(void)
{
	struct session session;
	struct tally tally = {};
	struct vprof_stats stats;

	session_open(&session);
	session_add_clock(&session, 0);
	begin(&session, 8192);
	burn_ms(500);
	session_stop(&session);
	session_drain(&session, &tally, NULL, NULL);
	stats = session_stats(&session, VPROF_STATS_ALL_EVENTS,
			      VPROF_STATS_ALL_CPUS);
	note("%llu samples, %llu of this process, throttled %llu times",
	     (unsigned long long)tally.samples[0],
	     (unsigned long long)tally.own_pid,
	     (unsigned long long)stats.throttled);
	check(tally.samples[0] > 20, "samples come");
	check(tally.own_pid > 10, "they name the process");
	check(tally.times >= 1, "the time is told");
	check(accounts_agree(&session, &tally),
	      "nothing is lost: accounts agree");
	check(stats_lost(&stats) == 0, "nothing is lost");
	session_close(&session);
}

static void touch_pages(unsigned int nr)
{
	char *pages = mmap(NULL, nr * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int i;

	madvise(pages, nr * PAGE, MADV_NOHUGEPAGE);
	for (i = 0; i < nr; i++)
		pages[i * PAGE] = 1;
	munmap(pages, nr * PAGE);
}

static void contexts(void)
{
	static const struct {
		const char *name;
		unsigned int flags;
		unsigned int context;
	} rows[] = {
		{ "user alone", VPROF_EVENT_EXCLUDE_KERNEL,
		  VPROF_CONTEXT_USER },
		{ "kernel alone", VPROF_EVENT_EXCLUDE_USER,
		  VPROF_CONTEXT_KERNEL },
	};
	struct session session;
	struct tally tally;
	uint64_t right;
	int i, j;

	for (i = 0; i < 2; i++) {
		memset(&tally, 0, sizeof(tally));
		session_open(&session);
		session_add_clock(&session, rows[i].flags);
		begin(&session, 8192);
		for (j = 0; j < 10; j++) {
			burn_ms(20);
			touch_pages(1000);
			session_drain(&session, &tally, NULL, NULL);
		}
		session_stop(&session);
		session_drain(&session, &tally, NULL, NULL);
		right = tally.context[0][rows[i].context];
		note("%s: %llu of %llu", rows[i].name,
		     (unsigned long long)right,
		     (unsigned long long)tally.samples[0]);
		/*
		 * In real time an emulated interrupt comes late and hits what
		 * came after: the split is held to the truth under -icount.
		 */
		check(tally.samples[0] > 5 &&
			      right * 100 >=
				      tally.samples[0] * (is_exact ? 99 : 25),
		      "%s", rows[i].name);
		check(accounts_agree(&session, &tally), "%s: accounts agree",
		      rows[i].name);
		session_close(&session);
	}
}

static long nr_faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

/* An event that can be counted otherwise: each page fault is a sample. */
static void each_page_fault(unsigned int flags, const char *name)
{
	struct session session;
	struct tally tally = {};
	long before, faults;

	session_open(&session);
	session_add_event(&session, SOFTWARE, PAGE_FAULTS, 1, flags);
	begin(&session, 32768);
	touch_pages(10);
	before = nr_faults();
	touch_pages(2000);
	faults = nr_faults() - before;
	session_stop(&session);
	session_drain(&session, &tally, NULL, NULL);
	note("%s: %llu samples of this process, %ld faults", name,
	     (unsigned long long)tally.own_pid, faults);
	check(faults >= 2000 && tally.own_pid >= (uint64_t)faults &&
		      tally.own_pid <= (uint64_t)faults + 60,
	      "%s: each is a sample", name);
	check(accounts_agree(&session, &tally), "%s: accounts agree", name);
	session_close(&session);
}

struct switches {
	uint64_t nr, nr_deep, nr_twice;
};

static void look_at_switch(const struct record *record, void *data)
{
	const struct vprof_slot *slots = record->slots;
	struct switches *switches = data;

	if (VPROF_HEAD_GET(slots[0].head, TYPE) != VPROF_RECORD_CHAIN ||
	    VPROF_HEAD_GET(slots[0].head, PID) != (uint64_t)getpid())
		return;
	switches->nr++;
	switches->nr_deep += (slots[1].head & VPROF_CHAIN_COUNT_MASK) >= 3;
	switches->nr_twice += slots[1].data == slots[0].data;
}

/* Registers that perf makes up: the chain begins at the caller all the same. */
static void context_switches(void)
{
	struct session session;
	struct tally tally = {};
	struct switches switches = {};
	int i;

	session_open(&session);
	session_add_event(&session, SOFTWARE, CONTEXT_SWITCHES, 1,
			  VPROF_EVENT_KERNEL_CHAIN);
	begin(&session, 16384);
	for (i = 0; i < 50; i++)
		usleep(1000);
	session_stop(&session);
	session_drain(&session, &tally, look_at_switch, &switches);
	note("%llu switches, %llu with callers, %llu with their ip twice",
	     (unsigned long long)switches.nr,
	     (unsigned long long)switches.nr_deep,
	     (unsigned long long)switches.nr_twice);
	/* A sleep whose time is over before it sleeps does not switch. */
	check(switches.nr >= 25 && switches.nr_deep == switches.nr,
	      "context switches have callers");
	check(switches.nr_twice == 0, "and not their own address first");
	check(accounts_agree(&session, &tally),
	      "context switches: accounts agree");
	session_close(&session);
}

static void several_events(void)
{
	struct session session;
	struct tally tally = {};
	int i, round;

	session_open(&session);
	session_add_event(&session, SOFTWARE, 0, 500000, 0);
	session_add_event(&session, SOFTWARE, PAGE_FAULTS, 1, 0);
	if (is_pmu) {
		session_add_event(&session, HARDWARE, CYCLES, 1000000, 0);
		session_add_event(&session, RAW, DTLB_MISSES, 500, 0);
	}
	begin(&session, 4096);
	for (round = 0; round < 5; round++) {
		touch_pages(200);
		burn_ms(60);
		session_drain(&session, &tally, NULL, NULL);
		session_stop(&session);
		session_drain(&session, &tally, NULL, NULL);
		if (!accounts_agree(&session, &tally))
			break;
		session_start(&session);
	}
	check(round == 5,
	      "several events, stopped and started: accounts agree");
	for (i = 0; i < session.nr_events; i++)
		check(tally.samples[i] > 0, "event %d has samples", i);
	session_close(&session);
}

/* Three slots of events into 256, and nobody reads. */
static void tiny_buffer(void)
{
	struct session session;
	struct tally tally = {};
	struct vprof_stats stats;
	int round;

	session_open(&session);
	session_add_event(&session, SOFTWARE, PAGE_FAULTS, 1, 0);
	session_add_event(&session, SOFTWARE, PAGE_FAULTS, 1,
			  VPROF_EVENT_KERNEL_CHAIN | VPROF_EVENT_USER_CHAIN);
	session_add_clock(&session, 0);
	begin(&session, 256);
	for (round = 0; round < 20; round++) {
		touch_pages(round % 4 ? 300 : 20);
		burn_ms(5);
		if (round % 2)
			session_drain(&session, &tally, NULL, NULL);
	}
	session_finish(&session, &tally);
	stats = session_stats(&session, VPROF_STATS_ALL_EVENTS,
			      VPROF_STATS_ALL_CPUS);
	note("taken %llu, delivered %llu, lost %llu", stats.taken,
	     stats.delivered, stats.lost[VPROF_LOST_FULL]);
	check(stats.lost[VPROF_LOST_FULL] > 1000, "a slow reader loses");
	check(accounts_agree(&session, &tally),
	      "a slow reader: accounts agree, per event and CPU");
	session_close(&session);
}

static void hostile_reader(void)
{
	struct session session;
	struct vprof_stats stats;
	unsigned int i, cpu;

	session_open(&session);
	session_add_event(&session, SOFTWARE, PAGE_FAULTS, 1,
			  VPROF_EVENT_KERNEL_CHAIN | VPROF_EVENT_USER_CHAIN);
	begin(&session, 256);
	srandom(1);
	for (i = 0; i < 3000; i++) {
		touch_pages(3);
		for (cpu = 0; cpu < session.domain.nr_lanes; cpu++)
			session.consumers[cpu].tail =
				i % 3 ? session_lane(&session, cpu)->head -
						random() % 300
				      : (uint64_t)random() << (random() % 40);
	}
	session_stop(&session);
	stats = session_stats(&session, 0, VPROF_STATS_ALL_CPUS);
	note("taken %llu, delivered %llu, full %llu, bad tail %llu",
	     stats.taken, stats.delivered, stats.lost[VPROF_LOST_FULL],
	     stats.lost[VPROF_LOST_BAD_TAIL]);
	check(stats.taken == stats.delivered + stats_lost(&stats),
	      "a hostile reader: accounts agree");
	check(stats.lost[VPROF_LOST_BAD_TAIL] > 0, "bad tails are noticed");
	session_close(&session);
}

/* The weight of a process's samples by the periods that the stream tells. */
struct weighing {
	uint64_t period[MAX_CPUS];
	uint64_t weight, nr_unweighed;
};

static void weigh(const struct record *record, void *data)
{
	struct weighing *weighing = data;
	uint64_t head = record->slots[0].head;

	if (VPROF_HEAD_GET(head, TYPE) == VPROF_RECORD_PERIOD)
		weighing->period[record->cpu] = record->slots[0].data;
	if (VPROF_HEAD_GET(head, TYPE) != VPROF_RECORD_SAMPLE)
		return;
	if (!weighing->period[record->cpu])
		weighing->nr_unweighed++;
	if (VPROF_HEAD_GET(head, PID) == (uint64_t)getpid())
		weighing->weight += weighing->period[record->cpu];
}

static uint64_t cpu_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static void frequency(unsigned int type, const char *name)
{
	struct weighing weighing = {};
	struct session session;
	struct tally tally = {};
	uint64_t ns;

	session_open(&session);
	session_add_event(&session, type, 0, 200, VPROF_EVENT_FREQUENCY);
	begin(&session, 8192);
	ns = cpu_ns();
	burn_ms(2000);
	ns = cpu_ns() - ns;
	session_stop(&session);
	session_drain(&session, &tally, weigh, &weighing);
	note("%s: %llu samples, %llu periods, weight %llu of %llu ns", name,
	     (unsigned long long)tally.samples[0],
	     (unsigned long long)tally.periods,
	     (unsigned long long)weighing.weight, (unsigned long long)ns);
	check(tally.periods > 0 && !weighing.nr_unweighed,
	      "%s: a period comes before the samples", name);
	check(weighing.weight > ns / 100 * (is_exact ? 95 : 40) &&
		      weighing.weight < ns / 100 * (is_exact ? 105 : 130),
	      "%s: periods are what samples stand for", name);
	check(accounts_agree(&session, &tally), "%s: accounts agree", name);
	session_close(&session);
}

/* Five cycle counters do not fit in four: START says so, all or nothing. */
static void too_many_events(void)
{
	struct session session;
	struct vprof_stats stats;
	int i;

	session_open(&session);
	for (i = 0; i < 5; i++)
		session_add_event(&session, HARDWARE, CYCLES, 1000000, 0);
	session_add_host(&session, 1024);
	check(ioctl(session.fd, VPROF_IOC_START) < 0 && errno == ENOSPC,
	      "more events than counters: ENOSPC");
	stats = session_stats(&session, VPROF_STATS_ALL_EVENTS,
			      VPROF_STATS_ALL_CPUS);
	check(stats.nr_counting == 0, "then nothing counts");
	session_close(&session);
	session_open(&session);
	session_add_event(&session, HARDWARE, CYCLES, 1000000, 0);
	session_add_host(&session, 1024);
	session_start(&session);
	stats = session_stats(&session, 0, VPROF_STATS_ALL_CPUS);
	check((long)stats.nr_counting == sysconf(_SC_NPROCESSORS_ONLN),
	      "a session after it counts on each CPU");
	session_close(&session);
}

static void set_sysctl(const char *name, const char *value)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/sys/kernel/%s", name);
	file = fopen(path, "w");
	if (!file)
		return;
	fputs(value, file);
	fclose(file);
}

/* perf takes the rate only while it watches the share of time. */
static void set_max_rate(const char *rate)
{
	set_sysctl("perf_cpu_time_max_percent", "25");
	set_sysctl("perf_event_max_sample_rate", rate);
	set_sysctl("perf_cpu_time_max_percent", "0");
}

/* 50,000 samples a second where perf allows 1,000. */
static void throttled(void)
{
	struct session session;
	struct tally tally = {};
	struct vprof_stats stats;

	session_open(&session);
	session_add_event(&session, SOFTWARE, 0, 20000, 0);
	set_max_rate("1000");
	begin(&session, 8192);
	burn_ms(300);
	session_finish(&session, &tally);
	set_max_rate("100000");
	stats = session_stats(&session, 0, VPROF_STATS_ALL_CPUS);
	note("throttled %llu times, %llu samples", stats.throttled,
	     (unsigned long long)tally.samples[0]);
	check(stats.throttled > 10, "throttling by perf is counted");
	check(accounts_agree(&session, &tally), "throttled: accounts agree");
	session_close(&session);
}

static int wait_for(const struct session *session, int ms)
{
	struct pollfd pollfd = { .fd = session->fd, .events = POLLIN };
	int nr = poll(&pollfd, 1, ms);

	return nr > 0 ? pollfd.revents : 0;
}

static void waking(unsigned int watermark, unsigned int wakeup_ms,
		   unsigned int faults, bool does_wake, const char *name)
{
	struct session session;
	struct tally tally = {};
	bool was_quiet;

	session_open(&session);
	session_add_event(&session, SOFTWARE, PAGE_FAULTS, 1000000, 0);
	session_add_event(&session, SOFTWARE, PAGE_FAULTS, 1,
			  VPROF_EVENT_EXCLUDE_KERNEL);
	session.domain = (struct vprof_domain){
		.size = sizeof(session.domain),
		.nr_slots = 4096,
		.watermark = watermark,
		.wakeup_ms = wakeup_ms,
	};
	ioctl(session.fd, VPROF_IOC_ADD_DOMAIN, &session.domain);
	session_map(&session);
	session_start(&session);
	touch_pages(3);
	session_drain(&session, &tally, NULL, NULL);
	was_quiet = !wait_for(&session, 0);
	touch_pages(faults);
	check(was_quiet && wait_for(&session, does_wake ? 3000 : 300) ==
				   (does_wake ? POLLIN : 0),
	      "poll: %s", name);
	session_stop(&session);
	check(wait_for(&session, 0) == POLLIN, "poll after STOP: %s", name);
	session_drain(&session, &tally, NULL, NULL);
	check(!wait_for(&session, 0), "poll after reading: %s", name);
	session_close(&session);
}

static bool is_epolled(int epoll_fd, int ms)
{
	struct epoll_event event;

	return epoll_wait(epoll_fd, &event, 1, ms) == 1;
}

/* epoll asks once, when it is told of the file: before START, here. */
static void waking_since_before(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int round, nr_right = 0, epoll_fd = epoll_create1(0);
	struct session session;
	struct tally tally = {};

	session_open(&session);
	session_add_event(&session, SOFTWARE, PAGE_FAULTS, 1,
			  VPROF_EVENT_EXCLUDE_KERNEL);
	session.domain = (struct vprof_domain){
		.size = sizeof(session.domain),
		.nr_slots = 4096,
		.watermark = 4096,
		.wakeup_ms = 20,
	};
	ioctl(session.fd, VPROF_IOC_ADD_DOMAIN, &session.domain);
	session_map(&session);
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, session.fd, &event);
	for (round = 0; round < 2; round++) {
		nr_right += !is_epolled(epoll_fd, 0);
		session_start(&session);
		touch_pages(5);
		nr_right += is_epolled(epoll_fd, 3000);
		session_stop(&session);
		session_drain(&session, &tally, NULL, NULL);
	}
	check(nr_right == 4,
	      "poll: at the timer, for who has waited since before START");
	session_close(&session);
	close(epoll_fd);
}

int main(int argc, char **argv)
{
	is_exact = argc > 1 && !strcmp(argv[1], "exact");
	is_pmu = has_pmu();
	flat();
	contexts();
	each_page_fault(0, "page faults");
	each_page_fault(VPROF_EVENT_KERNEL_CHAIN | VPROF_EVENT_USER_CHAIN,
			"page faults with chains");
	context_switches();
	several_events();
	tiny_buffer();
	hostile_reader();
	frequency(SOFTWARE, "a frequency of the clock");
	if (is_pmu) {
		frequency(HARDWARE, "a frequency of cycles");
		too_many_events();
	} else {
		skip("a frequency of cycles", "no PMU");
		skip("more events than counters: ENOSPC", "no PMU");
	}
	throttled();
	waking(64, 60000, 2000, true, "at the watermark");
	waking(4096, 20, 5, true, "at the timer, with something to read");
	waking(4096, 60000, 5, false, "not below the watermark");
	waking_since_before();
	return 0;
}

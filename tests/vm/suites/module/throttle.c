// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters that perf throttles: one that interrupts ten times as often as perf
 * allows goes on to, tick by tick, for as long as the session runs.
 */
#define _GNU_SOURCE
#include "session.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PERIOD = 100003,
	ALLOWED = 2000, /* a second */
	STEP_MS = 500,
	NR_STEPS = 24,
};

static const char rate_path[] = "/proc/sys/kernel/perf_event_max_sample_rate";

static int read_rate(void)
{
	FILE *file = fopen(rate_path, "r");
	int rate = -1;

	if (file && fscanf(file, "%d", &rate) != 1)
		rate = -1;
	if (file)
		fclose(file);
	return rate;
}

static bool write_number(const char *path, int number)
{
	char text[16];
	int fd = open(path, O_WRONLY);
	bool is_written;

	snprintf(text, sizeof(text), "%d", number);
	is_written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return is_written;
}

/* Which perf takes only while it bounds its own time; it shall not, here. */
static bool write_rate(int rate)
{
	static const char percent[] =
		"/proc/sys/kernel/perf_cpu_time_max_percent";
	bool is_written;

	write_number(percent, 25);
	is_written = write_number(rate_path, rate);
	write_number(percent, 0);
	return is_written;
}

static pid_t burn_on(int cpu)
{
	cpu_set_t set;
	pid_t pid = fork();

	if (pid)
		return pid;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	burn_ms(STEP_MS * (NR_STEPS + 20));
	_exit(0);
}

/* Steps in which a CPU that was busy all the time had no sample. */
static int silent_steps(struct session *session, struct tally *tally,
			int nr_cpus)
{
	static struct tally before;
	int nr = 0, step, cpu;

	for (step = 0; step < NR_STEPS; step++) {
		before = *tally;
		usleep(STEP_MS * 1000);
		session_drain(session, tally, NULL, NULL);
		for (cpu = 0; cpu < nr_cpus; cpu++)
			nr += tally->by_cpu[0][cpu] == before.by_cpu[0][cpu];
	}
	return nr;
}

int main(void)
{
	int nr_cpus = sysconf(_SC_NPROCESSORS_ONLN), rate = read_rate(), cpu;
	static struct tally tally;
	struct session session;
	uint64_t throttled = 0, taken = 0;
	int nr_silent;
	pid_t pids[MAX_CPUS];

	if (!has_pmu() || nr_cpus > MAX_CPUS) {
		skip("throttled counters go on", "no PMU");
		return 0;
	}
	if (!write_rate(ALLOWED)) {
		check(false, "the rate is set");
		return 1;
	}
	for (cpu = 0; cpu < nr_cpus; cpu++)
		pids[cpu] = burn_on(cpu);
	session_open(&session);
	session_add_event(&session, 0, 0, PERIOD, 0);
	session_add_host(&session, 65536);
	session_map(&session);
	session_start(&session);
	nr_silent = silent_steps(&session, &tally, nr_cpus);
	session_finish(&session, &tally);
	for (cpu = 0; cpu < nr_cpus; cpu++) {
		struct vprof_stats stats = session_stats(&session, 0, cpu);

		throttled += stats.throttled;
		taken += stats.taken;
		kill(pids[cpu], 9);
		waitpid(pids[cpu], NULL, 0);
	}
	note("%llu samples, throttled %llu times, %d of %d steps of %d ms "
	     "without a sample",
	     (unsigned long long)taken, (unsigned long long)throttled,
	     nr_silent, NR_STEPS * nr_cpus, STEP_MS);
	check(throttled > 20, "perf throttles");
	/* An emulated processor may not run for that long. */
	check(nr_silent <= NR_STEPS * nr_cpus / 8, "throttled counters go on");
	check(accounts_agree(&session, &tally), "throttled: accounts agree");
	session_close(&session);
	write_rate(rate);
	return 0;
}

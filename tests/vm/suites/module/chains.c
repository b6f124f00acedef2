// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chains of a program whose call path is known: chains PROGRAM, which is path.c
 * with its functions at the addresses below.
 */
#define _GNU_SOURCE
#include "session.h"

#include <time.h>
#include <stdbool.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum place { INNER, MIDDLE, OUTER, NR_PLACES };
static const uint64_t places[] = { 0x10001000, 0x10002000, 0x10003000 };

enum { MAX_ENTRIES = 64 };

struct survey {
	pid_t pid;
	bool in_kernel;
	uint64_t nr, nr_right_path, nr_right_entry, nr_cut;
	uint64_t strange[6];  /* a chain that was not right */
	uint64_t strange_end; /* an end that is not the entry */
	uint64_t entry_from, entry_to;
};

static bool is_in(enum place place, uint64_t address)
{
	return address >= places[place] && address < places[place] + 0x1000;
}

/* inner's callers, then begin and _start, which are elsewhere. */
static bool is_path(const uint64_t *user, unsigned int nr, bool begins_in_inner)
{
	if (begins_in_inner) {
		if (!nr || !is_in(INNER, *user))
			return false;
		user++;
		nr--;
	}
	return nr == 4 && is_in(MIDDLE, user[0]) && is_in(OUTER, user[1]);
}

static void look(const struct record *record, void *data)
{
	struct survey *survey = data;
	uint64_t words[2 * VPROF_RECORD_MAX_SLOTS];
	uint64_t head = record->slots[0].head, ip = record->slots[0].data;
	unsigned int nr_kernel, nr_user;
	uint64_t last;
	bool is_kernel = VPROF_HEAD_GET(head, CONTEXT) == VPROF_CONTEXT_KERNEL;

	if (VPROF_HEAD_GET(head, TYPE) != VPROF_RECORD_CHAIN ||
	    VPROF_HEAD_GET(head, PID) != (uint64_t)survey->pid ||
	    is_kernel != survey->in_kernel)
		return;
	if (!is_kernel && !is_in(INNER, ip))
		return; /* exec, the way to inner */
	memcpy(words, record->slots + 1,
	       (record->nr_slots - 1) * sizeof(struct vprof_slot));
	nr_kernel = words[0] >> VPROF_CHAIN_KERNEL_SHIFT &
		    VPROF_CHAIN_COUNT_MASK;
	nr_user = words[0] >> VPROF_CHAIN_USER_SHIFT & VPROF_CHAIN_COUNT_MASK;
	survey->nr++;
	survey->nr_cut +=
		!!(words[0] & (VPROF_CHAIN_KERNEL_CUT | VPROF_CHAIN_USER_CUT));
	if (is_path(words + 1 + nr_kernel, nr_user, is_kernel))
		survey->nr_right_path++;
	else
		memcpy(survey->strange, words, sizeof(survey->strange));
	/* The last of the kernel's part is where user space comes in. */
	last = nr_kernel ? words[nr_kernel] : ip;
	if (last >= survey->entry_from && last <= survey->entry_to)
		survey->nr_right_entry++;
	else
		survey->strange_end = last;
}

/* All of the kernel's entry code lies between these two. */
static void find_entry(struct survey *survey)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	unsigned long address;
	char name[256];

	while (file &&
	       fscanf(file, "%lx %*c %255s%*[^\n]", &address, name) == 2) {
		if (!strcmp(name, "__entry_text_start"))
			survey->entry_from = address;
		if (!strcmp(name, "__entry_text_end"))
			survey->entry_to = address;
	}
	if (file)
		fclose(file);
}

static pid_t run(const char *program, bool in_kernel)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	execl(program, program, in_kernel ? "kernel" : NULL, NULL);
	_exit(127);
}

/* Until it runs, and not only is being loaded; false: it has ended. */
static bool wait_until_busy(pid_t pid)
{
	struct timespec used = {};
	clockid_t clock;
	int i, status;

	for (i = 0; i < 1200; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return false;
		if (!clock_getcpuclockid(pid, &clock) &&
		    !clock_gettime(clock, &used) &&
		    (used.tv_sec || used.tv_nsec > 100000000))
			break;
		usleep(50000);
	}
	return true;
}

static void survey_program(const char *program, bool in_kernel)
{
	const char *where = in_kernel ? "kernel" : "user";
	struct survey survey = { .in_kernel = in_kernel };
	struct session session;
	struct tally tally = {};
	int status, i;

	find_entry(&survey);
	survey.pid = run(program, in_kernel);
	if (!wait_until_busy(survey.pid)) {
		skip(program, "this kernel does not run it");
		return;
	}
	session_open(&session);
	session_add_event(&session, has_pmu() ? 0 : 1, 0, 1000000,
			  VPROF_EVENT_KERNEL_CHAIN | VPROF_EVENT_USER_CHAIN);
	session_add_host(&session, 16384);
	session_map(&session);
	session_start(&session);
	for (i = 0; i < 10 || (i < 300 && survey.nr <= 10); i++) {
		usleep(100000);
		session_drain(&session, &tally, look, &survey);
	}
	session_stop(&session);
	session_drain(&session, &tally, look, &survey);
	kill(survey.pid, SIGKILL);
	waitpid(survey.pid, &status, 0);

	note("%s in %s: %llu chains, %llu with the path, %llu from the entry, "
	     "%llu cut; a strange one: %llx %llx %llx %llx %llx %llx, a strange end: %llx",
	     program, where, (unsigned long long)survey.nr,
	     (unsigned long long)survey.nr_right_path,
	     (unsigned long long)survey.nr_right_entry,
	     (unsigned long long)survey.nr_cut,
	     (unsigned long long)survey.strange[0],
	     (unsigned long long)survey.strange[1],
	     (unsigned long long)survey.strange[2],
	     (unsigned long long)survey.strange[3],
	     (unsigned long long)survey.strange[4],
	     (unsigned long long)survey.strange[5],
	     (unsigned long long)survey.strange_end);
	check(survey.nr > 10, "%s in %s: there are chains", program, where);
	/* In the kernel an interrupt's own samples have no such path. */
	check(survey.nr_right_path * 100 >= survey.nr * 95,
	      "%s in %s: the known path", program, where);
	if (in_kernel)
		check(survey.nr_right_entry * 100 >= survey.nr * 80,
		      "%s in %s: chains end at the kernel's entry", program,
		      where);
	check(accounts_agree(&session, &tally), "%s in %s: accounts agree",
	      program, where);
	session_close(&session);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		survey_program(argv[i], false);
		survey_program(argv[i], true);
	}
	return 0;
}

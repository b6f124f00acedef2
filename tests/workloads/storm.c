// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts a program over and over, one process after the other.
 *
 *   storm TIMES PROGRAM
 *
 * Prints "longest NS": the longest life of one of them, fork to exit.
 */
#include <err.h>
#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void start_and_wait(char *program)
{
	char *const argv[] = { program, NULL };
	char *const envp[] = { NULL };
	int status;
	pid_t pid;

	errno = posix_spawn(&pid, program, NULL, NULL, argv, envp);
	if (errno)
		err(1, "%s", program);
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	if (status)
		errx(1, "%s: status %#x", program, status);
}

int main(int argc, char **argv)
{
	long times = argc == 3 ? atol(argv[1]) : 0;
	uint64_t longest = 0;

	if (times <= 0)
		errx(2, "usage: storm TIMES PROGRAM");
	while (times--) {
		uint64_t life, begin = now_ns();

		start_and_wait(argv[2]);
		life = now_ns() - begin;
		if (life > longest)
			longest = life;
	}
	printf("longest %llu\n", (unsigned long long)longest);
	return 0;
}

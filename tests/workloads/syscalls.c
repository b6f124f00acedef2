// SPDX-License-Identifier: GPL-2.0-only
/*
 * Spends nearly all its time in the kernel: short system calls, reads of
 * /dev/zero, bytes through a pipe.
 *
 *   syscalls ROUNDS
 *
 * Rounds are of random length, so that no sampling period keeps step with them.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "burn.h"

enum { MAX_PAUSE_TURNS = 2000 };

BURN(pause_between)

static char buffer[16384];

static __attribute__((noinline)) void short_calls(void)
{
	int i;

	for (i = 0; i < 100; i++)
		syscall(SYS_getppid);
}

static __attribute__((noinline)) void zero_reads(int fd)
{
	int i;

	for (i = 0; i < 4; i++)
		if (read(fd, buffer, sizeof(buffer)) != sizeof(buffer))
			err(1, "read of /dev/zero");
}

static __attribute__((noinline)) void pipe_bytes(const int *fds)
{
	int i;

	for (i = 0; i < 20; i++)
		if (write(fds[1], buffer, 512) != 512 ||
		    read(fds[0], buffer, 512) != 512)
			err(1, "pipe");
}

static unsigned long next_pause(void)
{
	static uint32_t state = 54321;

	state = state * 1664525 + 1013904223;
	return 1 + (state >> 8) % MAX_PAUSE_TURNS;
}

int main(int argc, char **argv)
{
	long rounds = argc == 2 ? atol(argv[1]) : 0;
	int fds[2], zero;

	if (rounds <= 0)
		errx(2, "usage: syscalls ROUNDS");
	zero = open("/dev/zero", O_RDONLY);
	if (zero < 0)
		err(1, "/dev/zero");
	if (pipe(fds))
		err(1, "pipe");
	while (rounds--) {
		short_calls();
		pause_between(next_pause());
		zero_reads(zero);
		pause_between(next_pause());
		pipe_bytes(fds);
	}
	return 0;
}

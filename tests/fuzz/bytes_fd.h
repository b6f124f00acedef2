/* SPDX-License-Identifier: GPL-2.0-only */
/* The fuzzer's bytes as a file. */
#ifndef FUZZ_BYTES_FD_H
#define FUZZ_BYTES_FD_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* At its beginning; the caller closes it. */
static inline int bytes_fd(const uint8_t *bytes, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size ||
	    lseek(fd, 0, SEEK_SET))
		abort();
	return fd;
}

static inline void require(int holds)
{
	if (!holds)
		abort();
}

#endif

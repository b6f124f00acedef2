/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's word that a CPU went offline, however soon it came back. */
#ifndef LIBVPROF_CPU_WATCH_H
#define LIBVPROF_CPU_WATCH_H

#include <stddef.h>

/**
 * vprof_cpu_watch_open - begin to listen
 *
 * Return: a descriptor for close(2), or a negative errno. In a container
 * nothing is heard.
 */
int vprof_cpu_watch_open(void);

/**
 * vprof_cpu_watch_read - hand out the CPUs that went offline since the last call
 *
 * Return: 0, or -ENOBUFS: so much happened that some of it was dropped.
 */
int vprof_cpu_watch_read(int fd, void (*fn)(void *data, unsigned int cpu),
			 void *data);

/** vprof_cpu_watch_parse - the CPU that @message says went offline; -ENOENT none */
int vprof_cpu_watch_parse(const char *message, size_t size);

#endif

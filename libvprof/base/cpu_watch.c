// SPDX-License-Identifier: LGPL-2.1-or-later
/* The kernel's word that a CPU went offline, however soon it came back. */
#include "base/cpu_watch.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cpu_list.h"

enum { UEVENT_GROUP = 1 };

int vprof_cpu_watch_open(void)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = UEVENT_GROUP,
	};
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_KOBJECT_UEVENT);
	int ret;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		ret = -errno;
		close(fd);
		return ret;
	}
	return fd;
}

int vprof_cpu_watch_parse(const char *message, size_t size)
{
	static const char prefix[] = "offline@/devices/system/cpu/cpu";
	size_t length = strlen(prefix);
	unsigned long cpu;
	char *end;

	if (size <= length || memcmp(message, prefix, length) ||
	    !memchr(message, '\0', size) || message[length] < '0' ||
	    message[length] > '9')
		return -ENOENT;
	cpu = strtoul(message + length, &end, 10);
	return *end || cpu >= VPROF_MAX_CPUS ? -ENOENT : (int)cpu;
}

int vprof_cpu_watch_read(int fd, void (*fn)(void *data, unsigned int cpu),
			 void *data)
{
	struct sockaddr_nl from;
	socklen_t from_size = sizeof(from);
	char message[2048];
	ssize_t size;
	int cpu;

	while ((size = recvfrom(fd, message, sizeof(message), 0,
				(struct sockaddr *)&from, &from_size)) >= 0) {
		from_size = sizeof(from);
		if (from.nl_pid) /* not the kernel's */
			continue;
		cpu = vprof_cpu_watch_parse(message, size);
		if (cpu >= 0)
			fn(data, cpu);
	}
	return errno == ENOBUFS ? -ENOBUFS : 0;
}

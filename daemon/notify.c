// SPDX-License-Identifier: GPL-2.0-only
/* What systemd is told: sd_notify(3)'s protocol, a datagram each. */
#include "notify.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Return: the address's size, or -EINVAL. "@name" is in the abstract space. */
static int fill_address(const char *name, struct sockaddr_un *address)
{
	size_t length = strlen(name);

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if ((name[0] != '/' && name[0] != '@') || length < 2 ||
	    length >= sizeof(address->sun_path))
		return -EINVAL;
	memcpy(address->sun_path, name, length);
	if (name[0] == '@')
		address->sun_path[0] = '\0';
	else
		length++;
	return (int)(offsetof(struct sockaddr_un, sun_path) + length);
}

static int send_to(const char *name, const char *text, size_t size)
{
	struct sockaddr_un address;
	int address_size = fill_address(name, &address);
	int fd, r = 1;

	if (address_size < 0)
		return address_size;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (sendto(fd, text, size, MSG_NOSIGNAL, (struct sockaddr *)&address,
		   (socklen_t)address_size) < 0)
		r = -errno;
	close(fd);
	return r;
}

int vprof_notify(const char *format, ...)
{
	const char *name = getenv("NOTIFY_SOCKET");
	char text[1024];
	va_list arguments;
	int size;

	if (!name || !*name)
		return 0;
	va_start(arguments, format);
	size = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (size < 0 || (size_t)size >= sizeof(text))
		return -EMSGSIZE;
	return send_to(name, text, (size_t)size);
}

/* A decimal number that fills the whole variable; 0 where there is none. */
static unsigned long long read_variable(const char *name)
{
	const char *text = getenv(name);
	unsigned long long value;
	char *end;

	if (!text || *text < '0' || *text > '9')
		return 0;
	errno = 0;
	value = strtoull(text, &end, 10);
	return errno || *end ? 0 : value;
}

unsigned int vprof_notify_watchdog_ms(void)
{
	unsigned long long us = read_variable("WATCHDOG_USEC");
	unsigned long long pid = read_variable("WATCHDOG_PID");
	enum { HALF_OF_IT_IN_MS = 2000, LONGEST_MS = 3600 * 1000 };

	if (us == 0 || (pid != 0 && pid != (unsigned long long)getpid()))
		return 0;
	if (us < HALF_OF_IT_IN_MS)
		return 1;
	us /= HALF_OF_IT_IN_MS;
	return us > LONGEST_MS ? LONGEST_MS : (unsigned int)us;
}

// SPDX-License-Identifier: GPL-2.0-only
/* A client of vprofd's socket that does what vprof-status never would. */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { REPLY_MAX = 128 * 1024, PATIENCE_MS = 30000 };

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
		err(1, "socket");
	strcpy(address.sun_path, path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		err(1, "%s", path);
	return fd;
}

/* Prints the reply, or that the daemon hung up; fails when neither comes. */
static void print_reply(int fd)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	static char reply[REPLY_MAX];
	ssize_t n;

	if (poll(&poller, 1, PATIENCE_MS) <= 0)
		errx(1, "no reply");
	n = recv(fd, reply, sizeof(reply), 0);
	if (n <= 0)
		puts("hung up");
	else
		printf("%.*s\n", (int)n, reply);
}

/* send PACKET...: one after another over one connection */
static void send_packets(const char *path, char **packets)
{
	int fd = connect_to(path);

	for (; *packets; packets++) {
		if (send(fd, *packets, strlen(*packets), MSG_NOSIGNAL) < 0)
			err(1, "send");
		print_reply(fd);
	}
}

/* zeros SIZE: a packet of that many zero bytes */
static void send_zeros(const char *path, char **sizes)
{
	size_t size = (size_t)atol(sizes[0]);
	char *packet = calloc(1, size + 1);
	int fd = connect_to(path);

	if (!packet || send(fd, packet, size, MSG_NOSIGNAL) < 0)
		err(1, "send");
	print_reply(fd);
	free(packet);
}

/* silent: say nothing until the daemon hangs up */
static void be_silent(const char *path, char **unused)
{
	(void)unused;
	print_reply(connect_to(path));
}

/* crowd NUMBER: that many connections at once; the last one's fate is printed */
static void be_many(const char *path, char **numbers)
{
	int nr = atoi(numbers[0]), fd = -1;

	while (nr-- > 0)
		fd = connect_to(path);
	print_reply(fd);
}

/* deaf: ask and ask and never listen, until the daemon hangs up */
static void be_deaf(const char *path, char **unused)
{
	static const char request[] = "vprof 1 status";
	int fd = connect_to(path);

	(void)unused;
	while (send(fd, request, strlen(request), MSG_NOSIGNAL) > 0)
		;
	puts(errno == EPIPE || errno == ECONNRESET ? "hung up"
						   : strerror(errno));
}

/* notify: be systemd: print each datagram that comes to PATH, for ever */
static void be_systemd(const char *path, char **unused)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	char text[4096];
	ssize_t n;

	(void)unused;
	strcpy(address.sun_path, path);
	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		err(1, "%s", path);
	setlinebuf(stdout);
	while ((n = recv(fd, text, sizeof(text), 0)) > 0)
		printf("%.*s\n", (int)n, text);
}

static const struct {
	const char *name;
	void (*run)(const char *path, char **arguments);
	int nr_arguments; /* at least */
} modes[] = {
	{ "send", send_packets, 1 }, { "zeros", send_zeros, 1 },
	{ "silent", be_silent, 0 },  { "crowd", be_many, 1 },
	{ "deaf", be_deaf, 0 },      { "notify", be_systemd, 0 },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 2 && i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(argv[2], modes[i].name) != 0 ||
		    argc - 3 < modes[i].nr_arguments)
			continue;
		modes[i].run(argv[1], argv + 3);
		return 0;
	}
	errx(2,
	     "usage: control_client SOCKET send|zeros|silent|crowd|deaf|notify ...");
}

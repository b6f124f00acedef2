// SPDX-License-Identifier: GPL-2.0-only
/* What the xenoprof source refuses, a row each. */
#include "domains.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

enum { HARDWARE = 0, SOFTWARE = 1, RAW = 4 };

static const struct {
	const char *name;
	struct vprof_event event;
	int error;
} events[] = {
	{ "an event of software",
	  { .type = SOFTWARE, .period = 100000 },
	  EOPNOTSUPP },
	{ "an event that no processor has",
	  { .type = HARDWARE, .config = 99, .period = 100000 },
	  ENOENT },
	{ "a call chain that is too long",
	  { .type = RAW,
	    .config = 0x76,
	    .period = 100000,
	    .flags = VPROF_EVENT_KERNEL_CHAIN,
	    .max_chain = VPROF_MAX_CHAIN + 1 },
	  EINVAL },
	{ "a frequency of an event of no known rate",
	  { .type = RAW,
	    .config = 0x746,
	    .period = 100,
	    .flags = VPROF_EVENT_FREQUENCY },
	  EOPNOTSUPP },
	{ "cycles with a period below the shortest",
	  { .type = RAW, .config = 0x76, .period = 9999 },
	  EINVAL },
	{ "a period of 2^31",
	  { .type = RAW, .config = 0x76, .period = 1ull << 31 },
	  EINVAL },
	{ "an event select with the inverting bit",
	  { .type = RAW, .config = 0x76 | 1 << 23, .period = 100000 },
	  EOPNOTSUPP },
	{ "Xen's own mode alone",
	  { .type = RAW,
	    .config = 0x76,
	    .period = 100000,
	    .flags = VPROF_EVENT_EXCLUDE_USER | VPROF_EVENT_EXCLUDE_KERNEL },
	  EINVAL },
};

static const struct {
	const char *name;
	unsigned int kind;
	uint64_t id;
	int error;
} domains[] = {
	{ "dom0 as a guest", VPROF_DOMAIN_XEN, 0, EINVAL },
	{ "a domain that is not there", VPROF_DOMAIN_XEN, 999, ESRCH },
	{ "a domain id that Xen keeps", VPROF_DOMAIN_XEN, 0x7ff0, EINVAL },
	{ "a domain id of 2^32 + 1", VPROF_DOMAIN_XEN, 1ull << 32 | 1, EINVAL },
	{ "a guest of KVM", VPROF_DOMAIN_KVM, 1, EOPNOTSUPP },
};

static void refuse_events(void)
{
	struct session session;
	struct vprof_event event;
	unsigned int i;
	int ret;

	session_open(&session);
	for (i = 0; i < sizeof(events) / sizeof(*events); i++) {
		event = events[i].event;
		event.size = sizeof(event);
		ret = ioctl(session.fd, VPROF_IOC_ADD_EVENT, &event);
		check(ret < 0 && errno == events[i].error, "refused: %s (%s)",
		      events[i].name, ret < 0 ? strerror(errno) : "taken");
	}
	for (i = 0; i < MAX_TEST_EVENTS; i++)
		session_add_event(&session, 0x76, 100000);
	event = (struct vprof_event){ .size = sizeof(event),
				      .type = RAW,
				      .config = 0x76,
				      .period = 100000 };
	ret = ioctl(session.fd, VPROF_IOC_ADD_EVENT, &event);
	check(ret < 0 && errno == ENOSPC, "refused: a fifth event");
	session_close(&session);
}

static void refuse_domains(void)
{
	struct session session;
	struct vprof_domain domain;
	unsigned int i;
	int ret;

	session_open(&session);
	for (i = 0; i < sizeof(domains) / sizeof(*domains); i++) {
		domain = (struct vprof_domain){
			.size = sizeof(domain),
			.kind = domains[i].kind,
			.id = domains[i].id,
			.nr_slots = 256,
		};
		ret = ioctl(session.fd, VPROF_IOC_ADD_DOMAIN, &domain);
		check(ret < 0 && errno == domains[i].error, "refused: %s (%s)",
		      domains[i].name, ret < 0 ? strerror(errno) : "taken");
	}
	session_close(&session);
}

static void refuse_second(void)
{
	struct session first, second;
	int ret;

	session_open(&first);
	session_add_event(&first, 0x76, 200000);
	session_add_domain(&first, VPROF_DOMAIN_HOST, 0, 256);
	session_add_domain(&first, VPROF_DOMAIN_OTHERS, 0, 256);
	session_open(&second);
	session_add_event(&second, 0x76, 200000);
	session_add_domain(&second, VPROF_DOMAIN_HOST, 0, 256);
	session_add_domain(&second, VPROF_DOMAIN_OTHERS, 0, 256);
	session_start(&first);
	ret = ioctl(second.fd, VPROF_IOC_START);
	check(ret < 0 && errno == ENOSPC,
	      "refused: START while another session has Xen's profiler");
	session_stop(&first);
	check(!ioctl(second.fd, VPROF_IOC_START),
	      "START once the other session has stopped");
	session_close(&second);
	session_close(&first);
}

int main(void)
{
	refuse_events();
	refuse_domains();
	refuse_second();
	return 0;
}

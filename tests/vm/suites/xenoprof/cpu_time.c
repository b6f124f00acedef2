// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Xen itself counted as a domain's CPU time: the domctl that xl uses. It is
 * no stable interface; this is Xen 4.17's, and Xen refuses another version.
 */
#include "cpu_time.h"
#include "domains.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	HYPERCALL_DOMCTL = 36,
	DOMCTL_VERSION = 0x15,
	DOMCTL_GETDOMAININFO = 5,
};

struct privcmd_hypercall {
	uint64_t op;
	uint64_t arg[5];
};

#define PRIVCMD_HYPERCALL \
	_IOC(_IOC_NONE, 'P', 0, sizeof(struct privcmd_hypercall))

struct domctl {
	uint32_t cmd;
	uint32_t version;
	uint16_t domain;
	uint16_t pad[3];
	struct {
		uint16_t domain;
		uint16_t pad;
		uint32_t flags;
		uint64_t pages[5]; /* total, most, outstanding, shared, paged */
		uint64_t shared_info_frame;
		uint64_t cpu_time;
		uint64_t rest[16];
	} info;
};

uint64_t cpu_time_of(unsigned int domid)
{
	static struct domctl *domctl;
	static int fd = -1;
	struct privcmd_hypercall call = { .op = HYPERCALL_DOMCTL };

	if (fd < 0) {
		fd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
		must(fd >= 0, "open /dev/xen/privcmd");
		/* Xen does not fault pages in. */
		domctl = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED |
				      MAP_POPULATE,
			      -1, 0);
		must(domctl != MAP_FAILED, "mmap a page for Xen");
	}
	memset(domctl, 0, sizeof(*domctl));
	domctl->cmd = DOMCTL_GETDOMAININFO;
	domctl->version = DOMCTL_VERSION;
	domctl->domain = domid;
	call.arg[0] = (uintptr_t)domctl;
	must(!ioctl(fd, PRIVCMD_HYPERCALL, &call) &&
		     domctl->info.domain == domid,
	     "ask Xen for a domain's CPU time");
	return domctl->info.cpu_time;
}

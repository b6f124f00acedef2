// SPDX-License-Identifier: GPL-2.0-only
/* What /dev/vprof answers to requests that are wrong, and to some that are not. */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { NO_ERROR = 0, SW_CLOCK = 1, PAGE = 4096 };

union request {
	uint32_t size;
	struct vprof_info info;
	struct vprof_event event;
	struct vprof_domain domain;
	struct vprof_stats stats;
	char bytes[256];
};

static const union request good_info = { .info = {
						 sizeof(struct vprof_info) } };
static const union request good_event = {
	.event = { .size = sizeof(struct vprof_event),
		   .type = SW_CLOCK,
		   .period = 1000000 },
};
static const union request good_domain = {
	.domain = { .size = sizeof(struct vprof_domain), .nr_slots = 256 },
};
static const union request good_stats = {
	.stats = { .size = sizeof(struct vprof_stats) },
};

#define AT(name, member) \
	offsetof(struct name, member), sizeof(((struct name *)0)->member)

enum { INFO, EVENT, DOMAIN, STATS, NR_REQUESTS };

static const struct {
	const char *name;
	unsigned int cmd;
	const union request *good;
	size_t reserved[4]; /* u64 each; ended by 0 */
} requests[] = {
	[INFO] = { "INFO", VPROF_IOC_INFO, &good_info, { 84, 92, 100, 104 } },
	[EVENT] = { "ADD_EVENT", VPROF_IOC_ADD_EVENT, &good_event, { 56, 64 } },
	[DOMAIN] = { "ADD_DOMAIN",
		     VPROF_IOC_ADD_DOMAIN,
		     &good_domain,
		     { 76, 80 } },
	[STATS] = { "STATS", VPROF_IOC_STATS, &good_stats, { 176, 184 } },
};

/* One member of a good request changed. */
static const struct {
	const char *name;
	int request;
	size_t offset, bytes;
	uint64_t value;
	int error;
} rows[] = {
	{ "no period", EVENT, AT(vprof_event, period), 0, EINVAL },
	{ "cpu-clock below 10 us", EVENT, AT(vprof_event, period), 9999,
	  EINVAL },
	{ "cpu-clock of 10 us", EVENT, AT(vprof_event, period), 10000, 0 },
	{ "a period of 2^63", EVENT, AT(vprof_event, period), 1ull << 63,
	  EINVAL },
	{ "127 addresses", EVENT, AT(vprof_event, max_chain), 127, EINVAL },
	{ "125 addresses", EVENT, AT(vprof_event, max_chain), 125, 0 },
	{ "user and kernel excluded", EVENT, AT(vprof_event, flags), 3,
	  EINVAL },
	{ "only the hypervisor excluded", EVENT, AT(vprof_event, flags), 4, 0 },
	{ "1,000,000 Hz", EVENT, AT(vprof_event, flags), VPROF_EVENT_FREQUENCY,
	  EINVAL },
	{ "chains of guests, and no guests", EVENT, AT(vprof_event, flags),
	  VPROF_EVENT_GUEST_CHAIN | VPROF_EVENT_KERNEL_CHAIN, EINVAL },
	{ "a tracepoint", EVENT, AT(vprof_event, type), 2, EOPNOTSUPP },
	{ "a breakpoint", EVENT, AT(vprof_event, type), 5, EOPNOTSUPP },
	{ "no such type", EVENT, AT(vprof_event, type), 12345, ENOENT },
	{ "no such software event", EVENT, AT(vprof_event, config), 999,
	  ENOENT },

	{ "no such kind", DOMAIN, AT(vprof_domain, kind), 7, EINVAL },
	{ "a host with an id", DOMAIN, AT(vprof_domain, id), 1, EINVAL },
	{ "no slots", DOMAIN, AT(vprof_domain, nr_slots), 0, EINVAL },
	{ "slots below the least", DOMAIN, AT(vprof_domain, nr_slots), 128,
	  EINVAL },
	{ "slots above the most", DOMAIN, AT(vprof_domain, nr_slots), 1 << 21,
	  EINVAL },
	{ "slots no power of two", DOMAIN, AT(vprof_domain, nr_slots), 1000,
	  EINVAL },
	{ "2^31 slots", DOMAIN, AT(vprof_domain, nr_slots), 1u << 31, EINVAL },
	{ "a watermark past the lane", DOMAIN, AT(vprof_domain, watermark), 257,
	  EINVAL },
	{ "a watermark at the end", DOMAIN, AT(vprof_domain, watermark), 256,
	  0 },
	{ "out members not zero", DOMAIN, AT(vprof_domain, mmap_offset), ~0ull,
	  0 },
	{ "512 slots", DOMAIN, AT(vprof_domain, nr_slots), 512, 0 },
	{ "a host that is active", DOMAIN, AT(vprof_domain, flags),
	  VPROF_DOMAIN_ACTIVE, EOPNOTSUPP },
	{ "an unknown flag", DOMAIN, AT(vprof_domain, flags), 1u << 31,
	  EINVAL },

	{ "all events", STATS, AT(vprof_stats, event), VPROF_STATS_ALL_EVENTS,
	  0 },
	{ "all CPUs", STATS, AT(vprof_stats, cpu), VPROF_STATS_ALL_CPUS, 0 },
	{ "no such event", STATS, AT(vprof_stats, event), 1, ENOENT },
	{ "no such domain", STATS, AT(vprof_stats, domain), 1, ENOENT },
	{ "no such CPU", STATS, AT(vprof_stats, cpu), 100000, ENOENT },
	{ "reserved0", STATS, AT(vprof_stats, reserved0), 1, EINVAL },
};

/* A session in which the request is good. */
static int session_for(int request)
{
	union request event = good_event, domain = good_domain;
	int fd = open(VPROF_DEVICE_PATH, O_RDWR);

	if (request == STATS) {
		ioctl(fd, VPROF_IOC_ADD_EVENT, &event);
		ioctl(fd, VPROF_IOC_ADD_DOMAIN, &domain);
	}
	return fd;
}

static int answer(int request, unsigned int cmd, void *argument)
{
	int fd = session_for(request);
	int error = ioctl(fd, cmd, argument) < 0 ? errno : 0;

	close(fd);
	return error;
}

static void run_rows(void)
{
	union request request;
	size_t i;
	int error;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		request = *requests[rows[i].request].good;
		memcpy(request.bytes + rows[i].offset, &rows[i].value,
		       rows[i].bytes);
		error = answer(rows[i].request, requests[rows[i].request].cmd,
			       &request);
		check(error == rows[i].error, "%s: %s: %s",
		      requests[rows[i].request].name, rows[i].name,
		      strerror(error));
	}
}

static void each_reserved_bit(int r)
{
	union request request;
	unsigned int i, bit, nr = 0, nr_bad = 0;
	uint64_t value;

	for (i = 0; i < 4 && requests[r].reserved[i]; i++) {
		for (bit = 0; bit < 64; bit++) {
			request = *requests[r].good;
			value = 1ull << bit;
			memcpy(request.bytes + requests[r].reserved[i], &value,
			       sizeof(value));
			nr++;
			nr_bad += answer(r, requests[r].cmd, &request) !=
				  EINVAL;
		}
	}
	check(!nr_bad, "%s: each of %u reserved bits gives EINVAL",
	      requests[r].name, nr);
}

static void each_unknown_flag(void)
{
	union request request;
	unsigned int bit, nr_bad = 0;

	for (bit = 0; bit < 32; bit++) {
		if (VPROF_EVENT_FLAGS_ALL & 1u << bit)
			continue;
		request = good_event;
		request.event.flags = 1u << bit;
		nr_bad += answer(EVENT, VPROF_IOC_ADD_EVENT, &request) !=
			  EINVAL;
	}
	check(!nr_bad, "ADD_EVENT: each unknown flag gives EINVAL");
}

static unsigned int with_size(unsigned int cmd, unsigned int size)
{
	return _IOC(_IOC_DIR(cmd), _IOC_TYPE(cmd), _IOC_NR(cmd), size);
}

static int answer_to_size(int r, unsigned int in_cmd, unsigned int in_struct)
{
	union request request = *requests[r].good;

	request.size = in_struct;
	return answer(r, with_size(requests[r].cmd, in_cmd), &request);
}

static void each_size(int r)
{
	unsigned int good = requests[r].good->size, size, nr_bad = 0;

	for (size = 0; size < good; size++)
		nr_bad += answer_to_size(r, size, size) != EINVAL;
	check(!nr_bad, "%s: each smaller size gives EINVAL", requests[r].name);
	for (nr_bad = 0, size = good + 1; size < good + 64; size++)
		nr_bad += answer_to_size(r, size, size) != E2BIG;
	check(!nr_bad, "%s: each larger size gives E2BIG", requests[r].name);
	check(answer_to_size(r, good, good + 8) == EINVAL &&
		      answer_to_size(r, good + 8, good) == EINVAL &&
		      answer_to_size(r, good, ~0u) == EINVAL,
	      "%s: another size in the number than in the struct gives EINVAL",
	      requests[r].name);
	check(answer_to_size(r, good, good) == 0, "%s: its size is right",
	      requests[r].name);
}

/* Memory of two pages, the second not accessible; a request at its edge. */
static char *edge(int protection)
{
	char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(pages + PAGE, PAGE, protection);
	return pages + PAGE;
}

static void each_bad_pointer(int r)
{
	unsigned int cmd = requests[r].cmd, bytes = requests[r].good->size;
	char *end = edge(PROT_NONE), *read_only;

	check(answer(r, cmd, NULL) == EFAULT, "%s: NULL gives EFAULT",
	      requests[r].name);
	check(answer(r, cmd, (void *)0xffffffff81000000) == EFAULT &&
		      answer(r, cmd, (void *)0x7ffffffff000) == EFAULT &&
		      answer(r, cmd, (void *)~0ull) == EFAULT,
	      "%s: an address of the kernel gives EFAULT", requests[r].name);
	memcpy(end - bytes + 8, requests[r].good, bytes - 8);
	check(answer(r, cmd, end - bytes + 8) == EFAULT,
	      "%s: a struct that is half there gives EFAULT", requests[r].name);
	memcpy(end - bytes, requests[r].good, bytes);
	check(answer(r, cmd, end - bytes) == 0,
	      "%s: a struct that is just there is right", requests[r].name);

	read_only = end - PAGE;
	memcpy(read_only, requests[r].good, bytes);
	mprotect(read_only, PAGE, PROT_READ);
	check(answer(r, cmd, read_only) == EFAULT,
	      "%s: memory that can't be written gives EFAULT",
	      requests[r].name);
	munmap(read_only, 2 * PAGE);
}

/* What could not be told to the caller is not there. */
static void nothing_stays_after_efault(void)
{
	char *memory = edge(PROT_NONE) - PAGE;
	union request request;
	int fd = open(VPROF_DEVICE_PATH, O_RDWR);

	memcpy(memory, &good_event, sizeof(good_event));
	memcpy(memory + 512, &good_domain, sizeof(good_domain));
	mprotect(memory, PAGE, PROT_READ);
	ioctl(fd, VPROF_IOC_ADD_EVENT, memory);
	ioctl(fd, VPROF_IOC_ADD_DOMAIN, memory + 512);
	request = good_event;
	check(ioctl(fd, VPROF_IOC_ADD_EVENT, &request) == 0,
	      "an event that gave EFAULT is not there");
	request = good_domain;
	check(ioctl(fd, VPROF_IOC_ADD_DOMAIN, &request) == 0,
	      "a domain that gave EFAULT is not there");
	close(fd);
}

static void unknown_numbers(void)
{
	unsigned int nr, nr_bad = 0;
	union request request = good_event;
	int fd = open(VPROF_DEVICE_PATH, O_RDWR);

	for (nr = 6; nr < 256; nr++) {
		errno = 0;
		ioctl(fd, _IOWR(VPROF_IOC_MAGIC, nr, union request), &request);
		nr_bad += errno != ENOTTY;
	}
	check(!nr_bad, "unknown numbers give ENOTTY");
	check(ioctl(fd, _IOR(VPROF_IOC_MAGIC, 1, struct vprof_event),
		    &request) < 0 &&
		      errno == ENOTTY,
	      "another direction gives ENOTTY");
	check(ioctl(fd, _IOC(_IOC_NONE, VPROF_IOC_MAGIC, 3, 8)) < 0 &&
		      errno == ENOTTY,
	      "START with a size gives ENOTTY");
	check(ioctl(fd, _IOWR('!', 1, struct vprof_event), &request) < 0 &&
		      errno == ENOTTY,
	      "another magic gives ENOTTY");
	close(fd);
}

/* expect(what, result of a call, errno wanted or 0). */
static void expect(const char *what, int result, int error)
{
	int got = result < 0 ? errno : 0;

	check(got == error, "%s: %s", what, strerror(got));
}

static int add(int fd, unsigned int cmd, const union request *good)
{
	union request request = *good;

	return ioctl(fd, cmd, &request);
}

static void order(void)
{
	int i, fd = open(VPROF_DEVICE_PATH, O_RDWR);
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	expect("START of an empty session", ioctl(fd, VPROF_IOC_START), EINVAL);
	expect("STOP of an empty session", ioctl(fd, VPROF_IOC_STOP), EINVAL);
	check(poll(&pollfd, 1, 0) == 1 && pollfd.revents == POLLERR,
	      "poll without a domain gives POLLERR");
	expect("ADD_EVENT", add(fd, VPROF_IOC_ADD_EVENT, &good_event), 0);
	expect("START without a domain", ioctl(fd, VPROF_IOC_START), EINVAL);
	expect("ADD_DOMAIN", add(fd, VPROF_IOC_ADD_DOMAIN, &good_domain), 0);
	expect("ADD_DOMAIN again", add(fd, VPROF_IOC_ADD_DOMAIN, &good_domain),
	       EEXIST);
	for (i = 1; i < VPROF_MAX_EVENTS; i++)
		if (add(fd, VPROF_IOC_ADD_EVENT, &good_event) != i)
			break;
	check(i == VPROF_MAX_EVENTS, "events get their index in order");
	expect("one event too many", add(fd, VPROF_IOC_ADD_EVENT, &good_event),
	       ENOSPC);
	expect("START", ioctl(fd, VPROF_IOC_START), 0);
	expect("START again", ioctl(fd, VPROF_IOC_START), EBUSY);
	expect("ADD_EVENT while running",
	       add(fd, VPROF_IOC_ADD_EVENT, &good_event), EBUSY);
	expect("ADD_DOMAIN while running",
	       add(fd, VPROF_IOC_ADD_DOMAIN, &good_domain), EBUSY);
	expect("STOP", ioctl(fd, VPROF_IOC_STOP), 0);
	expect("STOP again", ioctl(fd, VPROF_IOC_STOP), EINVAL);
	expect("ADD_EVENT after STOP",
	       add(fd, VPROF_IOC_ADD_EVENT, &good_event), EBUSY);
	expect("START after STOP", ioctl(fd, VPROF_IOC_START), 0);
	close(fd);
}

static int remove_domain(int fd, uint32_t index, uint64_t reserved)
{
	struct vprof_domain_ref ref = {
		.size = sizeof(ref),
		.index = index,
		.reserved = { reserved },
	};

	return ioctl(fd, VPROF_IOC_REMOVE_DOMAIN, &ref);
}

static void removing(void)
{
	int fd = open(VPROF_DEVICE_PATH, O_RDWR);

	expect("REMOVE_DOMAIN without one", remove_domain(fd, 0, 0), ENOENT);
	add(fd, VPROF_IOC_ADD_DOMAIN, &good_domain);
	expect("REMOVE_DOMAIN of the host", remove_domain(fd, 0, 0), EINVAL);
	expect("REMOVE_DOMAIN of no such", remove_domain(fd, 1, 0), ENOENT);
	expect("REMOVE_DOMAIN of index 2^32 - 1", remove_domain(fd, ~0u, 0),
	       ENOENT);
	expect("REMOVE_DOMAIN with a reserved bit",
	       remove_domain(fd, 0, 1ull << 63), EINVAL);
	close(fd);
}

static void min_period(void)
{
	union request request = good_event;
	int fd = open(VPROF_DEVICE_PATH, O_RDWR);

	request.event.period = 1;
	ioctl(fd, VPROF_IOC_ADD_EVENT, &request);
	check(request.event.min_period == 10000,
	      "too short a period: the shortest is written back");
	request = good_event;
	request.event.flags = 1u << 31;
	request.event.min_period = 5;
	request.event.period = 1;
	ioctl(fd, VPROF_IOC_ADD_EVENT, &request);
	check(request.event.period == 1 && request.event.flags == 1u << 31,
	      "a refused request is left as it is");
	close(fd);
}

static void info(void)
{
	union request request = good_info;
	int fd = open(VPROF_DEVICE_PATH, O_RDWR);

	ioctl(fd, VPROF_IOC_INFO, &request);
	note("features %#x, source %s, pmu \"%s\", %u CPUs",
	     request.info.features, request.info.source, request.info.pmu,
	     request.info.nr_cpus);
	check(request.info.api_version == VPROF_API_VERSION &&
		      request.info.record_version == VPROF_RECORD_VERSION,
	      "INFO: the versions");
	check((int)request.info.nr_cpus >= sysconf(_SC_NPROCESSORS_CONF),
	      "INFO: CPUs");
	check(!strcmp(request.info.source, "perf") &&
		      request.info.features & VPROF_FEATURE_CHAIN,
	      "INFO: source and features");
	close(fd);
}

static void memory_bound(void)
{
	union request request = good_domain;
	int fd = open(VPROF_DEVICE_PATH, O_RDWR);

	request.domain.nr_slots = VPROF_MAX_LANE_SLOTS;
	/* The suite loads the module with max_buffer_mb=24: one lane of 16. */
	expect("a buffer above max_buffer_mb",
	       ioctl(fd, VPROF_IOC_ADD_DOMAIN, &request),
	       sysconf(_SC_NPROCESSORS_ONLN) > 1 ? ENOMEM : 0);
	close(fd);
}

int main(void)
{
	int r;

	info();
	run_rows();
	for (r = 0; r < NR_REQUESTS; r++) {
		each_reserved_bit(r);
		each_size(r);
		each_bad_pointer(r);
	}
	each_unknown_flag();
	nothing_stays_after_efault();
	unknown_numbers();
	order();
	removing();
	min_period();
	memory_bound();
	return 0;
}

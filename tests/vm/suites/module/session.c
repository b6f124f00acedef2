// SPDX-License-Identifier: GPL-2.0-only
/* A session by raw ioctls, and reading its stream, for the module's tests. */
#include "session.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* Slots for the time, and for each event's losses of one reason. */
enum { ROOM_TO_TELL = 1 + VPROF_MAX_EVENTS };

void session_open(struct session *session)
{
	memset(session, 0, sizeof(*session));
	session->fd = open(VPROF_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	must(session->fd >= 0, "open " VPROF_DEVICE_PATH);
}

int session_add_event(struct session *session, unsigned int type,
		      unsigned long config, unsigned long period,
		      unsigned int flags)
{
	struct vprof_event event = {
		.size = sizeof(event),
		.flags = flags,
		.type = type,
		.config = config,
		.period = period,
	};
	int index = ioctl(session->fd, VPROF_IOC_ADD_EVENT, &event);

	must(index >= 0, "ADD_EVENT");
	session->nr_events = index + 1;
	return index;
}

static void add_domain(struct session *session, unsigned int kind, uint64_t id,
		       unsigned int nr_slots)
{
	session->domain = (struct vprof_domain){
		.size = sizeof(session->domain),
		.kind = kind,
		.id = id,
		.nr_slots = nr_slots,
		.wakeup_ms = 20,
	};
	session->index =
		ioctl(session->fd, VPROF_IOC_ADD_DOMAIN, &session->domain);
	must(session->index >= 0, "ADD_DOMAIN");
	must(session->domain.nr_lanes <= MAX_CPUS, "few enough CPUs");
}

void session_add_host(struct session *session, unsigned int nr_slots)
{
	add_domain(session, VPROF_DOMAIN_HOST, 0, nr_slots);
}

void session_add_domain(const struct session *session, unsigned int kind,
			uint64_t id, unsigned int nr_slots,
			struct session *ret_domain)
{
	*ret_domain = (struct session){
		.fd = session->fd,
		.nr_events = session->nr_events,
	};
	add_domain(ret_domain, kind, id, nr_slots);
}

void session_remove_domain(const struct session *domain)
{
	struct vprof_domain_ref ref = {
		.size = sizeof(ref),
		.index = domain->index,
	};

	must(ioctl(domain->fd, VPROF_IOC_REMOVE_DOMAIN, &ref) == 0,
	     "REMOVE_DOMAIN");
}

void session_map(struct session *session)
{
	const struct vprof_domain *domain = &session->domain;

	session->producers = mmap(NULL, domain->mmap_bytes, PROT_READ,
				  MAP_SHARED, session->fd, domain->mmap_offset);
	must(session->producers != MAP_FAILED, "mmap the producers' piece");
	session->consumers = mmap(NULL, domain->consumer_bytes,
				  PROT_READ | PROT_WRITE, MAP_SHARED,
				  session->fd, domain->consumer_offset);
	must((void *)session->consumers != MAP_FAILED,
	     "mmap the consumer's piece");
}

void session_start(struct session *session)
{
	must(ioctl(session->fd, VPROF_IOC_START) == 0, "START");
}

void session_stop(struct session *session)
{
	must(ioctl(session->fd, VPROF_IOC_STOP) == 0, "STOP");
}

void session_unmap(struct session *session)
{
	if (session->producers)
		munmap(session->producers, session->domain.mmap_bytes);
	if (session->consumers)
		munmap(session->consumers, session->domain.consumer_bytes);
	session->producers = NULL;
	session->consumers = NULL;
}

void session_close(struct session *session)
{
	session_unmap(session);
	close(session->fd);
}

struct vprof_stats session_stats(const struct session *session,
				 unsigned int event, unsigned int cpu)
{
	struct vprof_stats stats = {
		.size = sizeof(stats),
		.domain = session->index,
		.event = event,
		.cpu = cpu,
	};

	must(ioctl(session->fd, VPROF_IOC_STATS, &stats) == 0, "STATS");
	return stats;
}

uint64_t stats_lost(const struct vprof_stats *stats)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < VPROF_MAX_LOST_REASONS; i++)
		sum += stats->lost[i];
	return sum;
}

struct vprof_lane_producer *session_lane(const struct session *session,
					 unsigned int cpu)
{
	return (void *)(session->producers + cpu * session->domain.lane_bytes);
}

static void count(struct tally *tally, const struct record *record)
{
	uint64_t head = record->slots[0].head, data = record->slots[0].data;
	unsigned int event = VPROF_HEAD_GET(head, EVENT);

	event %= VPROF_MAX_EVENTS;
	switch (VPROF_HEAD_GET(head, TYPE)) {
	case VPROF_RECORD_SAMPLE:
	case VPROF_RECORD_CHAIN:
		tally->samples[event]++;
		tally->by_cpu[event][record->cpu]++;
		tally->context[event][VPROF_HEAD_GET(head, CONTEXT) %
				      VPROF_NR_CONTEXTS]++;
		if (VPROF_HEAD_GET(head, PID) == (uint64_t)getpid())
			tally->own_pid++;
		break;
	case VPROF_RECORD_LOST:
		tally->lost[event] += data & VPROF_LOST_COUNT_MASK;
		tally->lost_by_cpu[event][record->cpu] += data &
							  VPROF_LOST_COUNT_MASK;
		break;
	case VPROF_RECORD_TIME:
		tally->times++;
		break;
	case VPROF_RECORD_PERIOD:
		tally->periods++;
		break;
	default:
		tally->corrupt++;
	}
}

static void drain_lane(struct session *session, unsigned int cpu,
		       struct tally *tally, record_fn fn, void *data)
{
	struct vprof_lane_producer *lane = session_lane(session, cpu);
	struct vprof_slot *slots = (void *)((char *)lane + 4096);
	uint64_t head = __atomic_load_n(&lane->head, __ATOMIC_ACQUIRE); /* B */
	uint64_t tail = session->consumers[cpu].tail, i;
	struct record record = { .cpu = cpu };

	tally->was_full[cpu] = head - tail + ROOM_TO_TELL > lane->nr_slots;
	while (tail < head) {
		const struct vprof_slot *first =
			&slots[tail & (lane->nr_slots - 1)];

		record.nr_slots = VPROF_HEAD_GET(first->head, SLOTS);
		if (!record.nr_slots || record.nr_slots > head - tail ||
		    record.nr_slots > VPROF_RECORD_MAX_SLOTS) {
			tally->corrupt++;
			tail = head;
			break;
		}
		for (i = 0; i < record.nr_slots; i++)
			record.slots[i] =
				slots[(tail + i) & (lane->nr_slots - 1)];
		if (VPROF_HEAD_GET(first->head, TYPE) == VPROF_RECORD_TIME)
			tally->last_time = first->data;
		record.time =
			tally->last_time + (VPROF_HEAD_GET(first->head, DELTA)
					    << VPROF_DELTA_SHIFT);
		count(tally, &record);
		if (fn)
			fn(&record, data);
		tail += record.nr_slots;
	}
	__atomic_store_n(&session->consumers[cpu].tail, tail,
			 __ATOMIC_RELEASE); /* C */
}

void session_drain(struct session *session, struct tally *tally, record_fn fn,
		   void *data)
{
	unsigned int cpu;

	for (cpu = 0; cpu < session->domain.nr_lanes; cpu++)
		drain_lane(session, cpu, tally, fn, data);
}

void session_finish(struct session *session, struct tally *tally)
{
	session_stop(session);
	session_drain(session, tally, NULL, NULL);
	session_start(session);
	session_stop(session);
	session_drain(session, tally, NULL, NULL);
}

static bool account_agrees(const struct session *session,
			   const struct tally *tally, unsigned int event,
			   unsigned int cpu)
{
	struct vprof_stats stats = session_stats(session, event, cpu);
	uint64_t lost = stats_lost(&stats);

	if (stats.taken == stats.delivered + lost &&
	    stats.delivered == tally->by_cpu[event][cpu] &&
	    (lost == tally->lost_by_cpu[event][cpu] ||
	     (lost > tally->lost_by_cpu[event][cpu] && tally->was_full[cpu])))
		return true;
	note("event %u cpu %u: taken %llu delivered %llu lost %llu, read %llu "
	     "and %llu lost",
	     event, cpu, stats.taken, stats.delivered, (unsigned long long)lost,
	     (unsigned long long)tally->by_cpu[event][cpu],
	     (unsigned long long)tally->lost_by_cpu[event][cpu]);
	return false;
}

bool accounts_agree(const struct session *session, const struct tally *tally)
{
	bool does_agree = tally->corrupt == 0;
	unsigned int cpu;
	int event;

	for (event = 0; event < session->nr_events; event++)
		for (cpu = 0; cpu < session->domain.nr_lanes; cpu++)
			does_agree &=
				account_agrees(session, tally, event, cpu);
	return does_agree;
}

bool has_pmu(void)
{
	struct vprof_info info = { .size = sizeof(info) };
	struct session session;

	session_open(&session);
	must(ioctl(session.fd, VPROF_IOC_INFO, &info) == 0, "INFO");
	close(session.fd);
	return info.features & VPROF_FEATURE_HW_PMU;
}

int module_refcount(void)
{
	FILE *file = fopen("/sys/module/vprof/refcnt", "r");
	int count = -1;

	if (file) {
		if (fscanf(file, "%d", &count) != 1)
			count = -1;
		fclose(file);
	}
	return count;
}

int session_add_clock(struct session *session, unsigned int flags)
{
	if (has_pmu())
		return session_add_event(session, 0, 0, 100000, flags);
	return session_add_event(session, 1, 0, 100000, flags);
}

void burn_ms(unsigned int ms)
{
	struct timespec start, now;
	volatile unsigned int i;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		for (i = 0; i < 20000; i++)
			;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((now.tv_sec - start.tv_sec) * 1000 +
			 (now.tv_nsec - start.tv_nsec) / 1000000 <
		 (long)ms);
}

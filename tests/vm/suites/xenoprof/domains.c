// SPDX-License-Identifier: GPL-2.0-only
/* A session over several domains by raw ioctls, and what their streams hold. */
#include "domains.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PERF_TYPE_RAW = 4 };

/* Xen's code is in the 512 GiB from ffff82d000000000 on, far below Linux's. */
static const uint64_t xen_begin = 0xffff82d000000000;
static const uint64_t xen_end = 0xffff830000000000;

void session_open(struct session *session)
{
	memset(session, 0, sizeof(*session));
	session->fd = open(VPROF_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	must(session->fd >= 0, "open " VPROF_DEVICE_PATH);
}

void session_add_event(struct session *session, uint64_t code, uint64_t period)
{
	session_add_event_with(session, code, period, 0);
}

void session_add_event_with(struct session *session, uint64_t code,
			    uint64_t period, uint32_t flags)
{
	struct vprof_event event = {
		.size = sizeof(event),
		.type = PERF_TYPE_RAW,
		.config = code,
		.period = period,
		.flags = VPROF_EVENT_GUESTS | flags,
	};

	must(ioctl(session->fd, VPROF_IOC_ADD_EVENT, &event) >= 0, "ADD_EVENT");
	session->nr_events++;
}

static void map(struct session *session, struct domain *domain)
{
	const struct vprof_domain *uapi = &domain->uapi;

	domain->producers = mmap(NULL, uapi->mmap_bytes, PROT_READ, MAP_SHARED,
				 session->fd, uapi->mmap_offset);
	must(domain->producers != MAP_FAILED, "mmap the producers' piece");
	domain->consumers = mmap(NULL, uapi->consumer_bytes,
				 PROT_READ | PROT_WRITE, MAP_SHARED,
				 session->fd, uapi->consumer_offset);
	must((void *)domain->consumers != MAP_FAILED,
	     "mmap the consumer's piece");
}

struct domain *session_add_domain(struct session *session, unsigned int kind,
				  uint64_t id, unsigned int nr_slots)
{
	struct domain *domain = &session->domains[session->nr_domains++];

	domain->uapi = (struct vprof_domain){
		.size = sizeof(domain->uapi),
		.kind = kind,
		.id = id,
		.nr_slots = nr_slots,
		.wakeup_ms = 20,
	};
	domain->index = ioctl(session->fd, VPROF_IOC_ADD_DOMAIN, &domain->uapi);
	must(domain->index >= 0, "ADD_DOMAIN");
	map(session, domain);
	return domain;
}

void session_start(struct session *session)
{
	must(ioctl(session->fd, VPROF_IOC_START) == 0, "START");
}

void session_stop(struct session *session)
{
	must(ioctl(session->fd, VPROF_IOC_STOP) == 0, "STOP");
}

void session_close(struct session *session)
{
	int i;

	for (i = 0; i < session->nr_domains; i++) {
		munmap(session->domains[i].producers,
		       session->domains[i].uapi.mmap_bytes);
		munmap(session->domains[i].consumers,
		       session->domains[i].uapi.consumer_bytes);
	}
	close(session->fd);
}

static bool is_in_loop(uint64_t ip)
{
	return ip >= LOOP_BEGIN && ip < LOOP_END;
}

static void count_sample(const struct session *session, struct domain *domain,
			 uint64_t head, uint64_t ip)
{
	unsigned int context = VPROF_HEAD_GET(head, CONTEXT);
	unsigned int pid = VPROF_HEAD_GET(head, PID);

	domain->samples[VPROF_HEAD_GET(head, EVENT) % MAX_TEST_EVENTS]++;
	domain->context[context % VPROF_NR_CONTEXTS]++;
	if (pid < 8)
		domain->of_pid[pid]++;
	else
		domain->of_large_pid++;
	if (context == VPROF_CONTEXT_USER && is_in_loop(ip)) {
		domain->user_in_loop++;
		domain->cycles_in_loop += !VPROF_HEAD_GET(head, EVENT);
		if (pid == session->loop_pid)
			domain->loop_of_pid++;
		else if (pid == VPROF_PID_UNKNOWN)
			domain->loop_of_unknown++;
		else
			domain->loop_of_others++;
	} else if (context == VPROF_CONTEXT_USER) {
		domain->user_elsewhere++;
	} else if (context == VPROF_CONTEXT_HYPERVISOR) {
		domain->hypervisor_with_pid += pid != VPROF_PID_UNKNOWN;
		domain->hypervisor_low += ip < xen_begin || ip >= xen_end;
	}
}

/* The loop's callers, as return addresses; then begin's and _start's. */
static bool is_path(const uint64_t *user, unsigned int nr)
{
	return nr == 4 && user[0] - INNER_BEGIN < CODE_BYTES &&
	       user[1] - OUTER_BEGIN < CODE_BYTES;
}

static void count_chain(struct domain *domain, const struct vprof_slot *slots)
{
	const uint64_t *words = (const void *)(slots + 1);
	unsigned int nr_kernel = words[0] >> VPROF_CHAIN_KERNEL_SHIFT &
				 VPROF_CHAIN_COUNT_MASK;
	unsigned int nr_user = words[0] >> VPROF_CHAIN_USER_SHIFT &
			       VPROF_CHAIN_COUNT_MASK;

	domain->chains++;
	if (VPROF_HEAD_GET(slots->head, CONTEXT) != VPROF_CONTEXT_USER ||
	    !is_in_loop(slots->data))
		return;
	domain->loop_chains++;
	if (!nr_kernel && is_path(words + 1, nr_user))
		domain->loop_paths++;
	else
		memcpy(domain->strange, words, sizeof(domain->strange));
}

static void count(const struct session *session, struct domain *domain,
		  const struct vprof_slot *slot)
{
	unsigned int event = VPROF_HEAD_GET(slot->head, EVENT);

	switch (VPROF_HEAD_GET(slot->head, TYPE)) {
	case VPROF_RECORD_CHAIN:
		count_chain(domain, slot);
		count_sample(session, domain, slot->head, slot->data);
		break;
	case VPROF_RECORD_SAMPLE:
		count_sample(session, domain, slot->head, slot->data);
		break;
	case VPROF_RECORD_LOST:
		domain->lost[event % MAX_TEST_EVENTS] += slot->data &
							 VPROF_LOST_COUNT_MASK;
		break;
	case VPROF_RECORD_TIME:
	case VPROF_RECORD_PERIOD:
		break;
	default:
		domain->corrupt++;
	}
}

static void drain_lane(const struct session *session, struct domain *domain,
		       unsigned int index)
{
	struct vprof_lane_producer *lane =
		(void *)(domain->producers + index * domain->uapi.lane_bytes);
	const struct vprof_slot *slots = (void *)((char *)lane + 4096);
	struct vprof_slot record[VPROF_RECORD_MAX_SLOTS + 1] = {};
	uint64_t head = __atomic_load_n(&lane->head, __ATOMIC_ACQUIRE); /* B */
	uint64_t tail = domain->consumers[index].tail;
	unsigned int i, nr;

	while (tail < head) {
		record[0] = slots[tail & (domain->uapi.nr_slots - 1)];
		nr = VPROF_HEAD_GET(record[0].head, SLOTS);
		if (!nr || nr > VPROF_RECORD_MAX_SLOTS || nr > head - tail) {
			domain->corrupt++;
			tail = head;
			break;
		}
		for (i = 1; i < nr; i++)
			record[i] =
				slots[(tail + i) & (domain->uapi.nr_slots - 1)];
		count(session, domain, record);
		tail += nr;
	}
	__atomic_store_n(&domain->consumers[index].tail, tail,
			 __ATOMIC_RELEASE); /* C */
}

void session_drain(struct session *session)
{
	struct domain *domain;
	unsigned int lane;
	int i;

	for (i = 0; i < session->nr_domains; i++) {
		domain = &session->domains[i];
		for (lane = 0; lane < domain->uapi.nr_lanes; lane++)
			drain_lane(session, domain, lane);
	}
}

void session_read_for(struct session *session, unsigned int ms)
{
	struct timespec pause = { .tv_nsec = 20000000 };
	unsigned int i;

	for (i = 0; i < ms / 20; i++) {
		nanosleep(&pause, NULL);
		session_drain(session);
	}
}

struct vprof_stats session_stats(const struct session *session,
				 const struct domain *domain,
				 unsigned int event)
{
	struct vprof_stats stats = {
		.size = sizeof(stats),
		.domain = domain->index,
		.event = event,
		.cpu = VPROF_STATS_ALL_CPUS,
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

static bool account_agrees(const struct session *session,
			   const struct domain *domain, unsigned int event)
{
	struct vprof_stats stats = session_stats(session, domain, event);
	uint64_t lost = stats_lost(&stats);

	if (stats.taken == stats.delivered + lost &&
	    stats.delivered == domain->samples[event] &&
	    lost == domain->lost[event])
		return true;
	note("domain %llu event %u: taken %llu delivered %llu lost %llu, "
	     "read %llu and %llu lost",
	     domain->uapi.id, event, stats.taken, stats.delivered,
	     (unsigned long long)lost,
	     (unsigned long long)domain->samples[event],
	     (unsigned long long)domain->lost[event]);
	return false;
}

void session_start_loop(struct session *session)
{
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl("./loop", "loop", NULL);
		_exit(127);
	}
	session->loop_pid = pid;
}

void session_end_loop(const struct session *session)
{
	kill(session->loop_pid, SIGKILL);
	waitpid(session->loop_pid, NULL, 0);
}

bool accounts_agree(const struct session *session)
{
	bool does_agree = true;
	int i, event;

	for (i = 0; i < session->nr_domains; i++) {
		does_agree &= !session->domains[i].corrupt;
		for (event = 0; event < session->nr_events; event++)
			does_agree &= account_agrees(
				session, &session->domains[i], event);
	}
	return does_agree;
}

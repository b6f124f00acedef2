// SPDX-License-Identifier: LGPL-2.1-or-later
/* A domain's buffer in the module: asked for, mapped, read, accounted for. */
#include "capture/kmod_buffer.h"

#include "capture/accounts.h"
#include "capture/lane.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	/* a reader that its own timer wakes need not be woken for a few */
	WAKEUP_MS = 1000,
	ALL = ~0u,
};

struct vprof_kmod_buffer {
	struct vprof_domain domain;
	int fd;
	unsigned int index;
	unsigned int nr_events;
	struct vprof_lane *lanes;
	void *slots;
	struct vprof_lane_consumer *consumers;
};

_Static_assert((unsigned int)VPROF_SAMPLE_PID_UNKNOWN == VPROF_PID_UNKNOWN,
	       "pids are handed out as they come");
_Static_assert((int)VPROF_LOSS_FULL == VPROF_LOST_FULL &&
		       (int)VPROF_LOSS_BAD_TAIL == VPROF_LOST_BAD_TAIL &&
		       (int)VPROF_LOSS_NESTED == VPROF_LOST_NESTED &&
		       (int)VPROF_LOSS_STOPPING == VPROF_LOST_STOPPING &&
		       (int)VPROF_LOSS_HYPERVISOR == VPROF_LOST_HYPERVISOR,
	       "the module's reasons come first, by the same numbers");

enum { NR_KNOWN_REASONS = VPROF_LOST_HYPERVISOR + 1 };

/* ---- making --------------------------------------------------------------- */

static uint32_t choose_nr_slots(size_t bytes)
{
	size_t nr = VPROF_MIN_LANE_SLOTS;

	while (nr * 2 * sizeof(struct vprof_slot) <= bytes &&
	       nr < VPROF_MAX_LANE_SLOTS)
		nr *= 2;
	return (uint32_t)nr;
}

/* What the module says is checked before a byte of it is touched. */
static bool is_layout_sane(const struct vprof_domain *domain)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t slots = (uint64_t)domain->nr_slots * sizeof(struct vprof_slot);

	return domain->nr_lanes && domain->nr_lanes <= UINT16_MAX &&
	       domain->lane_bytes >= page + slots &&
	       domain->lane_bytes <= UINT32_MAX &&
	       domain->mmap_bytes == domain->nr_lanes * domain->lane_bytes &&
	       domain->consumer_bytes >=
		       domain->nr_lanes * sizeof(struct vprof_lane_consumer);
}

static int explain_refusal(int code, const struct vprof_domain *domain,
			   struct vprof_error *err)
{
	unsigned int kb = domain->nr_slots *
			  (unsigned int)sizeof(struct vprof_slot) / 1024;

	switch (code) {
	case -ENOMEM:
		return vprof_error_set(
			err, code,
			"the module has no buffer of %u KB a CPU for us: %s. "
			"Ask for a smaller one, or raise the module's "
			"parameter max_buffer_mb",
			kb, strerror(-code));
	case -ENOSPC:
		return vprof_error_set(
			err, code,
			"the module has no place for one more guest: its "
			"samples are counted together with other such ones");
	case -EOPNOTSUPP:
		return vprof_error_set(err, code,
				       "the module cannot sample guests on "
				       "this machine");
	default:
		return vprof_error_set(err, code,
				       "the module has no buffer for us: %s",
				       strerror(-code));
	}
}

static int add_domain(struct vprof_kmod_buffer *buffer,
		      const struct vprof_kmod_buffer_request *request,
		      struct vprof_error *err)
{
	struct vprof_domain *domain = &buffer->domain;
	int ret;

	domain->size = sizeof(*domain);
	domain->kind = request->kind;
	domain->id = request->id;
	domain->flags = request->flags;
	domain->nr_slots = choose_nr_slots(request->lane_bytes);
	domain->wakeup_ms = WAKEUP_MS;
	ret = ioctl(request->fd, VPROF_IOC_ADD_DOMAIN, domain);
	if (ret < 0)
		return explain_refusal(-errno, domain, err);
	if (ret >= VPROF_MAX_DOMAINS || !is_layout_sane(domain))
		return vprof_error_set(err, -EPROTO,
				       "the module described a buffer that "
				       "can't be");
	buffer->index = (unsigned int)ret;
	return 0;
}

/* The host's at once: a page fault costs as much as reading 100 samples. */
static int map_pieces(struct vprof_kmod_buffer *buffer)
{
	const struct vprof_domain *domain = &buffer->domain;
	int flags = domain->kind == VPROF_DOMAIN_HOST ? MAP_POPULATE : 0;
	void *map;

	map = mmap(NULL, domain->mmap_bytes, PROT_READ, MAP_SHARED | flags,
		   buffer->fd, (off_t)domain->mmap_offset);
	if (map == MAP_FAILED)
		return -errno;
	buffer->slots = map;
	map = mmap(NULL, domain->consumer_bytes, PROT_READ | PROT_WRITE,
		   MAP_SHARED, buffer->fd, (off_t)domain->consumer_offset);
	if (map == MAP_FAILED)
		return -errno;
	buffer->consumers = map;
	return 0;
}

/* The number that samples carry: see struct vprof_sample. */
static uint16_t sample_domain(const struct vprof_kmod_buffer *buffer)
{
	return buffer->domain.kind == VPROF_DOMAIN_OTHERS
		       ? VPROF_SAMPLE_OTHERS
		       : (uint16_t)buffer->index;
}

static int make_lanes(struct vprof_kmod_buffer *buffer)
{
	const struct vprof_domain *domain = &buffer->domain;
	struct vprof_lane *lane;
	const char *piece;

	buffer->lanes = calloc(domain->nr_lanes, sizeof(*buffer->lanes));
	if (!buffer->lanes)
		return -ENOMEM;
	for (unsigned int i = 0; i < domain->nr_lanes; i++) {
		piece = (const char *)buffer->slots + i * domain->lane_bytes;
		lane = &buffer->lanes[i];
		lane->producer = (const void *)piece;
		lane->slots = (const void *)(piece + sysconf(_SC_PAGESIZE));
		lane->consumer = &buffer->consumers[i];
		lane->mask = domain->nr_slots - 1;
		lane->nr_events = buffer->nr_events;
		lane->cpu = (uint16_t)i;
		lane->domain = sample_domain(buffer);
	}
	return 0;
}

int vprof_kmod_buffer_new(const struct vprof_kmod_buffer_request *request,
			  struct vprof_kmod_buffer **ret_buffer,
			  struct vprof_error *err)
{
	struct vprof_kmod_buffer *buffer;
	int ret;

	buffer = calloc(1, sizeof(*buffer));
	if (!buffer)
		return vprof_error_set(err, -ENOMEM, "out of memory");
	buffer->fd = request->fd;
	buffer->nr_events = request->nr_events;
	ret = add_domain(buffer, request, err);
	if (ret)
		goto free_buffer;
	ret = map_pieces(buffer);
	if (!ret)
		ret = make_lanes(buffer);
	if (ret) {
		vprof_error_set(err, ret, "cannot map the module's buffer: %s",
				strerror(-ret));
		goto free_buffer;
	}
	*ret_buffer = buffer;
	return 0;

free_buffer:
	vprof_kmod_buffer_free(buffer);
	return ret;
}

void vprof_kmod_buffer_free(struct vprof_kmod_buffer *buffer)
{
	if (!buffer)
		return;
	free(buffer->lanes);
	if (buffer->consumers)
		munmap(buffer->consumers, buffer->domain.consumer_bytes);
	if (buffer->slots)
		munmap(buffer->slots, buffer->domain.mmap_bytes);
	free(buffer);
}

unsigned int vprof_kmod_buffer_get_index(const struct vprof_kmod_buffer *buffer)
{
	return buffer->index;
}

/* ---- reading -------------------------------------------------------------- */

void vprof_kmod_buffer_mark(struct vprof_kmod_buffer *buffer)
{
	for (unsigned int i = 0; i < buffer->domain.nr_lanes; i++)
		vprof_lane_mark(&buffer->lanes[i]);
}

size_t vprof_kmod_buffer_read(struct vprof_kmod_buffer *buffer,
			      const struct vprof_capture_handler *handler)
{
	size_t nr = 0;

	for (unsigned int i = 0; i < buffer->domain.nr_lanes; i++)
		nr += vprof_lane_read(&buffer->lanes[i], handler);
	return nr;
}

/* ---- accounts ------------------------------------------------------------- */

static void add_lane(const struct vprof_lane *lane, unsigned int event,
		     struct vprof_accounts *accounts)
{
	for (unsigned int i = 0; i < lane->nr_events; i++)
		if (event == ALL || event == i)
			accounts->delivered += lane->delivered[i];
}

static bool is_drained(const struct vprof_kmod_buffer *buffer)
{
	const struct vprof_lane *lane;

	for (unsigned int i = 0; i < buffer->domain.nr_lanes; i++) {
		lane = &buffer->lanes[i];
		if (lane->tail !=
		    __atomic_load_n(&lane->producer->head, __ATOMIC_ACQUIRE))
			return false;
	}
	return true;
}

static void add_reasons(const struct vprof_stats *stats,
			struct vprof_accounts *accounts)
{
	for (size_t i = 0; i < VPROF_MAX_LOST_REASONS; i++)
		accounts->lost[i < NR_KNOWN_REASONS ? i : VPROF_LOSS_OTHER] +=
			stats->lost[i];
}

int vprof_kmod_buffer_get_accounts(const struct vprof_kmod_buffer *buffer,
				   unsigned int event, unsigned int lane,
				   bool is_stopped,
				   struct vprof_accounts *ret_accounts)
{
	struct vprof_stats stats = {
		.size = sizeof(stats),
		.domain = buffer->index,
		.event = event,
		.cpu = lane,
	};
	struct vprof_accounts accounts = { 0 };

	if (lane != ALL && lane >= buffer->domain.nr_lanes)
		return -ENOENT;
	if (ioctl(buffer->fd, VPROF_IOC_STATS, &stats))
		return -errno;
	for (unsigned int i = 0; i < buffer->domain.nr_lanes; i++)
		if (lane == ALL || lane == i)
			add_lane(&buffer->lanes[i], event, &accounts);
	add_reasons(&stats, &accounts);
	accounts.lost[VPROF_LOSS_THROTTLED] = stats.throttled;
	vprof_accounts_settle(&accounts);
	/*
	 * What the module counts as delivered is in a buffer; here it is once it
	 * was handed out. Stopped and drained, a difference can only be records
	 * that made no sense, and taken is the module's own count of overflows.
	 */
	if (is_stopped && is_drained(buffer)) {
		if (stats.delivered > accounts.delivered)
			accounts.lost[VPROF_LOSS_MALFORMED] =
				stats.delivered - accounts.delivered;
		accounts.taken = stats.taken + stats.throttled;
	}
	*ret_accounts = accounts;
	return 0;
}

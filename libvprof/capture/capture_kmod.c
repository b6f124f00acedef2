// SPDX-License-Identifier: LGPL-2.1-or-later
/* The capture that the module makes: a session of /dev/vprof. */
#include "capture/capture.h"
#include "capture/kmod_device.h"
#include "capture/lane.h"
#include "base/log.h"
#include "base/perf_open.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	DEFAULT_LANE_BYTES = 256 * 1024,
	/* a reader that its own timer wakes need not be woken for a few */
	WAKEUP_MS = 1000,
	ALL = ~0u,
};

struct kmod_capture {
	struct vprof_capture base;
	struct vprof_domain domain;
	struct vprof_lane *lanes;
	void *slots;
	struct vprof_lane_consumer *consumers;
	unsigned int nr_events;
	bool is_stopped;
};

_Static_assert((int)VPROF_LOSS_FULL == VPROF_LOST_FULL &&
		       (int)VPROF_LOSS_BAD_TAIL == VPROF_LOST_BAD_TAIL &&
		       (int)VPROF_LOSS_NESTED == VPROF_LOST_NESTED &&
		       (int)VPROF_LOSS_STOPPING == VPROF_LOST_STOPPING,
	       "the module's reasons come first, by the same numbers");

enum { NR_KNOWN_REASONS = VPROF_LOST_STOPPING + 1 };

static struct kmod_capture *to_kmod(struct vprof_capture *capture)
{
	return (struct kmod_capture *)capture;
}

/* ---- setting up ---------------------------------------------------------------- */

static int explain_event(int code, const struct vprof_event_spec *spec,
			 const struct vprof_event *event,
			 struct vprof_error *err)
{
	if (code == -EINVAL && !spec->is_frequency &&
	    event->min_period > spec->period)
		return vprof_error_set(
			err, code,
			"a period of %llu is too short for %s: the module "
			"takes at least %llu",
			(unsigned long long)spec->period, spec->name,
			(unsigned long long)event->min_period);
	return vprof_perf_explain(code, spec->name, true, err);
}

static int add_event(struct kmod_capture *capture,
		     const struct vprof_event_spec *spec,
		     const struct vprof_capture_options *options,
		     struct vprof_error *err)
{
	struct vprof_event event = {
		.size = sizeof(event),
		.type = spec->type,
		.config = spec->config,
		.config1 = spec->config1,
		.config2 = spec->config2,
		.period = spec->period,
	};
	int index;

	event.flags = (spec->exclude_user ? VPROF_EVENT_EXCLUDE_USER : 0) |
		      (spec->exclude_kernel ? VPROF_EVENT_EXCLUDE_KERNEL : 0) |
		      (spec->exclude_hypervisor ? VPROF_EVENT_EXCLUDE_HYPERVISOR
						: 0) |
		      (spec->is_frequency ? VPROF_EVENT_FREQUENCY : 0) |
		      (options->kernel_chain ? VPROF_EVENT_KERNEL_CHAIN : 0) |
		      (options->user_chain ? VPROF_EVENT_USER_CHAIN : 0);
	index = ioctl(capture->base.fd, VPROF_IOC_ADD_EVENT, &event);
	if (index < 0)
		return explain_event(-errno, spec, &event, err);
	if ((unsigned int)index != capture->nr_events)
		return vprof_error_set(err, -EPROTO,
				       "the module gave event %u the number %d",
				       capture->nr_events, index);
	capture->nr_events++;
	return 0;
}

static uint32_t choose_nr_slots(size_t bytes)
{
	size_t nr = VPROF_MIN_LANE_SLOTS;

	if (!bytes)
		bytes = DEFAULT_LANE_BYTES;
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

static int add_host(struct kmod_capture *capture, size_t bytes,
		    struct vprof_error *err)
{
	struct vprof_domain *domain = &capture->domain;

	domain->size = sizeof(*domain);
	domain->kind = VPROF_DOMAIN_HOST;
	domain->nr_slots = choose_nr_slots(bytes);
	domain->wakeup_ms = WAKEUP_MS;
	if (ioctl(capture->base.fd, VPROF_IOC_ADD_DOMAIN, domain) < 0)
		return vprof_error_set(
			err, -errno,
			"the module has no buffer of %u KB a CPU for us: %s. "
			"Ask for a smaller one, or raise the module's "
			"parameter max_buffer_mb",
			(unsigned int)(domain->nr_slots *
				       sizeof(struct vprof_slot) / 1024),
			strerror(errno));
	if (!is_layout_sane(domain))
		return vprof_error_set(err, -EPROTO,
				       "the module described a buffer that "
				       "can't be");
	return 0;
}

static int map_buffer(struct kmod_capture *capture)
{
	const struct vprof_domain *domain = &capture->domain;
	void *map;

	map = mmap(NULL, domain->mmap_bytes, PROT_READ, MAP_SHARED,
		   capture->base.fd, (off_t)domain->mmap_offset);
	if (map == MAP_FAILED)
		return -errno;
	capture->slots = map;
	map = mmap(NULL, domain->consumer_bytes, PROT_READ | PROT_WRITE,
		   MAP_SHARED, capture->base.fd,
		   (off_t)domain->consumer_offset);
	if (map == MAP_FAILED)
		return -errno;
	capture->consumers = map;
	return 0;
}

static int make_lanes(struct kmod_capture *capture)
{
	const struct vprof_domain *domain = &capture->domain;
	struct vprof_lane *lane;
	const char *piece;

	capture->lanes = calloc(domain->nr_lanes, sizeof(*capture->lanes));
	if (!capture->lanes)
		return -ENOMEM;
	for (unsigned int i = 0; i < domain->nr_lanes; i++) {
		piece = (const char *)capture->slots + i * domain->lane_bytes;
		lane = &capture->lanes[i];
		lane->producer = (const void *)piece;
		lane->slots = (const void *)(piece + sysconf(_SC_PAGESIZE));
		lane->consumer = &capture->consumers[i];
		lane->mask = domain->nr_slots - 1;
		lane->nr_events = capture->nr_events;
		lane->cpu = (uint16_t)i;
	}
	return 0;
}

static void free_kmod(struct vprof_capture *base)
{
	struct kmod_capture *capture = to_kmod(base);

	free(capture->lanes);
	if (capture->consumers)
		munmap(capture->consumers, capture->domain.consumer_bytes);
	if (capture->slots)
		munmap(capture->slots, capture->domain.mmap_bytes);
	if (base->fd >= 0)
		close(base->fd);
	free(capture);
}

static int set_up(struct kmod_capture *capture,
		  const struct vprof_capture_options *options,
		  struct vprof_error *err)
{
	int ret;

	for (unsigned int i = 0; i < options->nr_events; i++) {
		ret = add_event(capture, &options->events[i], options, err);
		if (ret)
			return ret;
	}
	ret = add_host(capture, options->buffer_bytes, err);
	if (ret)
		return ret;
	ret = map_buffer(capture);
	if (!ret)
		ret = make_lanes(capture);
	if (ret)
		return vprof_error_set(err, ret,
				       "cannot map the module's buffer: %s",
				       strerror(-ret));
	return 0;
}

static int open_kmod(const struct vprof_capture_options *options,
		     struct vprof_capture **ret_capture,
		     struct vprof_error *err)
{
	struct kmod_capture *capture;
	struct vprof_info info;
	int ret;

	capture = calloc(1, sizeof(*capture));
	if (!capture)
		return vprof_error_set(err, -ENOMEM, "out of memory");
	ret = vprof_kmod_open(&info, err);
	capture->base.fd = ret;
	if (ret >= 0)
		ret = set_up(capture, options, err);
	if (ret < 0) {
		free_kmod(&capture->base);
		return ret;
	}
	capture->base.info.nr_cpus = info.nr_cpus;
	capture->base.info.is_whole_machine = true;
	snprintf(capture->base.source, sizeof(capture->base.source), "%.15s",
		 info.source);
	snprintf(capture->base.pmu, sizeof(capture->base.pmu), "%.31s",
		 info.pmu);
	*ret_capture = &capture->base;
	return 0;
}

/* ---- running --------------------------------------------------------------------- */

static int start_kmod(struct vprof_capture *base, struct vprof_error *err)
{
	to_kmod(base)->is_stopped = false;
	if (!ioctl(base->fd, VPROF_IOC_START))
		return 0;
	if (errno == ENOSPC)
		return vprof_error_set(
			err, -ENOSPC,
			"there are not as many free counters as "
			"events asked for: ask for fewer, or see "
			"who else counts (perf, the NMI "
			"watchdog: sudo sysctl "
			"kernel.nmi_watchdog=0)");
	return vprof_error_set(err, -errno, "the module does not start: %s",
			       strerror(errno));
}

static int stop_kmod(struct vprof_capture *base, struct vprof_error *err)
{
	if (ioctl(base->fd, VPROF_IOC_STOP))
		return vprof_error_set(err, -errno,
				       "the module does not stop: %s",
				       strerror(errno));
	to_kmod(base)->is_stopped = true;
	return 0;
}

static void mark_kmod(struct vprof_capture *base)
{
	struct kmod_capture *capture = to_kmod(base);

	for (unsigned int i = 0; i < capture->domain.nr_lanes; i++)
		vprof_lane_mark(&capture->lanes[i]);
}

static ssize_t read_kmod(struct vprof_capture *base,
			 const struct vprof_capture_handler *handler)
{
	struct kmod_capture *capture = to_kmod(base);
	size_t nr = 0;

	for (unsigned int i = 0; i < capture->domain.nr_lanes; i++)
		nr += vprof_lane_read(&capture->lanes[i], handler);
	return (ssize_t)nr;
}

/* ---- accounts ----------------------------------------------------------------------- */

static void add_lane(const struct vprof_lane *lane, unsigned int event,
		     struct vprof_accounts *accounts)
{
	for (unsigned int i = 0; i < lane->nr_events; i++)
		if (event == ALL || event == i)
			accounts->delivered += lane->delivered[i];
}

static bool is_drained(const struct kmod_capture *capture)
{
	const struct vprof_lane *lane;

	for (unsigned int i = 0; i < capture->domain.nr_lanes; i++) {
		lane = &capture->lanes[i];
		if (lane->tail !=
		    __atomic_load_n(&lane->producer->head, __ATOMIC_ACQUIRE))
			return false;
	}
	return capture->is_stopped;
}

static void add_reasons(const struct vprof_stats *stats,
			struct vprof_accounts *accounts)
{
	for (size_t i = 0; i < VPROF_MAX_LOST_REASONS; i++)
		accounts->lost[i < NR_KNOWN_REASONS ? i : VPROF_LOSS_OTHER] +=
			stats->lost[i];
}

/*
 * What the module counts as delivered is in a buffer; here it is once it was
 * handed out. Stopped and drained, a difference can only be records that made no
 * sense, and taken is the module's own count of overflows.
 */
static void settle(const struct kmod_capture *capture,
		   const struct vprof_stats *stats,
		   struct vprof_accounts *accounts)
{
	if (!is_drained(capture)) {
		vprof_accounts_settle(accounts);
		return;
	}
	if (stats->delivered > accounts->delivered)
		accounts->lost[VPROF_LOSS_MALFORMED] =
			stats->delivered - accounts->delivered;
	accounts->taken = stats->taken + stats->throttled;
}

static int get_accounts_kmod(struct vprof_capture *base, unsigned int event,
			     unsigned int cpu,
			     struct vprof_accounts *ret_accounts)
{
	struct kmod_capture *capture = to_kmod(base);
	struct vprof_stats stats = {
		.size = sizeof(stats),
		.event = event,
		.cpu = cpu,
	};
	struct vprof_accounts accounts = { 0 };

	if (ioctl(base->fd, VPROF_IOC_STATS, &stats))
		return -errno;
	for (unsigned int i = 0; i < capture->domain.nr_lanes; i++)
		if (cpu == ALL || cpu == i)
			add_lane(&capture->lanes[i], event, &accounts);
	add_reasons(&stats, &accounts);
	accounts.lost[VPROF_LOSS_THROTTLED] = stats.throttled;
	settle(capture, &stats, &accounts);
	*ret_accounts = accounts;
	return 0;
}

const struct vprof_capture_ops vprof_capture_kmod_ops = {
	.name = "kmod",
	.open = open_kmod,
	.free = free_kmod,
	.start = start_kmod,
	.stop = stop_kmod,
	.mark = mark_kmod,
	.read = read_kmod,
	.get_accounts = get_accounts_kmod,
};

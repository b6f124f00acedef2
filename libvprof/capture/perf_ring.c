// SPDX-License-Identifier: LGPL-2.1-or-later
/* A perf_event ring buffer: from its records to samples. */
#include "capture/perf_ring.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>

enum {
	/* struct vprof_sample counts return addresses in 8 bits */
	MAX_SIDE = UINT8_MAX,
	NO_PID = UINT32_MAX,
};

/* The words of a record's body that were not taken yet. */
struct cursor {
	const uint64_t *words;
	size_t nr_words;
};

struct chain {
	uint64_t ips[2 * MAX_SIDE];
	unsigned int nr_kernel;
	unsigned int nr_user;
};

static int take_word(struct cursor *cursor, uint64_t *ret_word)
{
	if (!cursor->nr_words)
		return -EBADMSG;
	*ret_word = *cursor->words++;
	cursor->nr_words--;
	return 0;
}

static int find_event(const struct vprof_perf_layout *layout, uint64_t id,
		      unsigned int *ret_event)
{
	const struct vprof_perf_id *slot;

	if (!layout->ids) {
		*ret_event = 0;
		return 0;
	}
	for (size_t i = id;; i++) {
		slot = &layout->ids[i & layout->id_mask];
		if (!slot->id)
			return -ENOENT;
		if (slot->id == id) {
			*ret_event = slot->event;
			return 0;
		}
	}
}

static int context_of(uint16_t misc, uint8_t *ret_context)
{
	switch (misc & PERF_RECORD_MISC_CPUMODE_MASK) {
	case PERF_RECORD_MISC_KERNEL:
	case PERF_RECORD_MISC_GUEST_KERNEL:
		*ret_context = VPROF_SAMPLE_KERNEL;
		return 0;
	case PERF_RECORD_MISC_USER:
	case PERF_RECORD_MISC_GUEST_USER:
		*ret_context = VPROF_SAMPLE_USER;
		return 0;
	case PERF_RECORD_MISC_HYPERVISOR:
		*ret_context = VPROF_SAMPLE_HYPERVISOR;
		return 0;
	default:
		return -EBADMSG;
	}
}

static bool is_in_guest(uint16_t misc)
{
	unsigned int mode = misc & PERF_RECORD_MISC_CPUMODE_MASK;

	return mode == PERF_RECORD_MISC_GUEST_KERNEL ||
	       mode == PERF_RECORD_MISC_GUEST_USER;
}

/*
 * A sample taken in a guest is the guest's, and so is what the kernel does on a
 * thread that runs a vCPU. The guest's id is the thread's process, its VMM.
 */
static void charge_guest(const struct vprof_perf_layout *layout, uint16_t misc,
			 uint64_t thread, struct vprof_sample *sample)
{
	if (!layout->vcpus)
		return;
	if (is_in_guest(misc)) {
		vprof_vcpu_threads_add(layout->vcpus, thread);
		sample->domain = VPROF_SAMPLE_OTHERS;
	} else if (sample->context == VPROF_SAMPLE_KERNEL &&
		   vprof_vcpu_threads_has(layout->vcpus, thread)) {
		sample->domain = VPROF_SAMPLE_OTHERS;
		sample->context = VPROF_SAMPLE_HYPERVISOR;
	}
}

/*
 * A chain is a list of addresses with markers among them that say whose the
 * following are. Its first address is the sample's own. Addresses of a part
 * that vprof does not know are left out.
 */
static int take_chain(struct cursor *cursor, struct chain *chain)
{
	uint64_t user[MAX_SIDE];
	uint64_t part = 0;
	uint64_t nr, ip = 0;
	bool is_first = true;

	chain->nr_kernel = 0;
	chain->nr_user = 0;
	if (take_word(cursor, &nr) || nr > cursor->nr_words)
		return -EBADMSG;
	while (nr--) {
		take_word(cursor, &ip);
		if (ip >= PERF_CONTEXT_MAX) {
			part = ip;
			continue;
		}
		if (is_first)
			is_first = false;
		else if (part == PERF_CONTEXT_KERNEL &&
			 chain->nr_kernel < MAX_SIDE)
			chain->ips[chain->nr_kernel++] = ip;
		else if (part == PERF_CONTEXT_USER && chain->nr_user < MAX_SIDE)
			user[chain->nr_user++] = ip;
	}
	memcpy(chain->ips + chain->nr_kernel, user,
	       chain->nr_user * sizeof(user[0]));
	return 0;
}

/* The order of the fields is that of PERF_RECORD_SAMPLE in perf_event_open(2). */
static int decode_sample(const struct vprof_perf_layout *layout,
			 const struct perf_event_header *header,
			 struct cursor *cursor, struct vprof_sample *sample,
			 struct chain *chain)
{
	uint64_t id = 0, ids, period = 0;
	unsigned int event;

	if (layout->ids && take_word(cursor, &id))
		return -EBADMSG;
	if (take_word(cursor, &sample->ip) || take_word(cursor, &ids) ||
	    take_word(cursor, &sample->time_ns))
		return -EBADMSG;
	if (layout->has_period && take_word(cursor, &period))
		return -EBADMSG;
	if (layout->has_chain && take_chain(cursor, chain))
		return -EBADMSG;
	if (is_in_guest(header->misc) && !layout->vcpus)
		return -EBADMSG;
	if (find_event(layout, id, &event) ||
	    context_of(header->misc, &sample->context))
		return -EBADMSG;
	sample->pid = (uint32_t)ids;
	charge_guest(layout, header->misc, ids, sample);
	sample->weight = period;
	sample->event = event;
	sample->nr_kernel = chain->nr_kernel;
	sample->nr_user = chain->nr_user;
	sample->chain = chain->nr_kernel || chain->nr_user ? chain->ips : NULL;
	return 0;
}

static int read_sample(struct vprof_perf_ring *ring,
		       const struct vprof_perf_layout *layout,
		       const struct perf_event_header *header,
		       struct cursor *cursor,
		       const struct vprof_capture_handler *handler)
{
	struct vprof_sample sample = { .cpu = (uint16_t)ring->cpu };
	struct vprof_perf_throttle *throttle;
	struct chain chain;

	chain.nr_kernel = 0;
	chain.nr_user = 0;
	if (decode_sample(layout, header, cursor, &sample, &chain))
		return -EBADMSG;
	/* A task that is past giving up its pid: most likely it was sampled
	 * just before, on this CPU. */
	if (sample.pid == NO_PID)
		sample.pid = ring->last_pid;
	ring->last_pid = sample.pid;
	ring->delivered[sample.event]++;
	throttle = &ring->throttles[sample.event];
	throttle->samples++;
	if (!throttle->free_ns)
		throttle->free_ns = sample.time_ns;
	handler->sample(handler->data, &sample);
	return 0;
}

static int read_lost(struct vprof_perf_ring *ring,
		     const struct vprof_perf_layout *layout,
		     struct cursor *cursor)
{
	uint64_t id, count;
	unsigned int event;

	if (take_word(cursor, &id) || take_word(cursor, &count) ||
	    find_event(layout, id, &event))
		return -EBADMSG;
	ring->lost[event][VPROF_LOSS_FULL] += count;
	return 0;
}

/*
 * The kernel holds an event back when it came more often than
 * kernel.perf_event_max_sample_rate in a tick. How often it would have come
 * meanwhile is a guess: as often as before.
 */
static uint64_t guess_held_back(const struct vprof_perf_throttle *throttle,
				uint64_t time_ns)
{
	uint64_t free_ns = throttle->held_ns - throttle->free_ns;
	uint64_t held_ns = time_ns - throttle->held_ns;

	if (!throttle->free_ns || throttle->held_ns <= throttle->free_ns ||
	    time_ns <= throttle->held_ns)
		return 0;
	return (uint64_t)((double)throttle->samples * (double)held_ns /
			  (double)free_ns);
}

static int read_throttle(struct vprof_perf_ring *ring,
			 const struct vprof_perf_layout *layout,
			 bool is_throttled, struct cursor *cursor)
{
	struct vprof_perf_throttle *throttle;
	unsigned int event;
	uint64_t time_ns, id;

	if (take_word(cursor, &time_ns) || take_word(cursor, &id) ||
	    find_event(layout, id, &event))
		return -EBADMSG;
	throttle = &ring->throttles[event];
	if (is_throttled) {
		throttle->held_ns = time_ns;
		return 0;
	}
	if (throttle->held_ns)
		ring->lost[event][VPROF_LOSS_THROTTLED] +=
			guess_held_back(throttle, time_ns);
	throttle->held_ns = 0;
	throttle->free_ns = time_ns;
	throttle->samples = 0;
	return 0;
}

static int read_record(struct vprof_perf_ring *ring,
		       const struct vprof_perf_layout *layout,
		       const struct perf_event_header *header,
		       const struct vprof_capture_handler *handler)
{
	struct cursor cursor = {
		.words = (const uint64_t *)(header + 1),
		.nr_words = (header->size - sizeof(*header)) / sizeof(uint64_t),
	};

	switch (header->type) {
	case PERF_RECORD_SAMPLE:
		return read_sample(ring, layout, header, &cursor, handler);
	case PERF_RECORD_LOST:
		return read_lost(ring, layout, &cursor);
	case PERF_RECORD_THROTTLE:
	case PERF_RECORD_UNTHROTTLE:
		return read_throttle(ring, layout,
				     header->type == PERF_RECORD_THROTTLE,
				     &cursor);
	default:
		return 0;
	}
}

/*
 * Records are multiples of 8 bytes at multiples of 8, so that a header never
 * wraps around.
 */
static const struct perf_event_header *
next_record(const struct vprof_perf_ring *ring,
	    const struct vprof_perf_layout *layout)
{
	size_t offset = ring->tail & (ring->data_size - 1);
	size_t before_end = ring->data_size - offset;
	const struct perf_event_header *header;
	size_t size;

	header = (const void *)(ring->data + offset);
	size = header->size;
	if (size < sizeof(*header) || size % sizeof(uint64_t) ||
	    size > ring->mark - ring->tail)
		return NULL;
	if (size <= before_end)
		return header;
	memcpy(layout->scratch, ring->data + offset, before_end);
	memcpy(layout->scratch + before_end, ring->data, size - before_end);
	return (const void *)layout->scratch;
}

void vprof_perf_ring_mark(struct vprof_perf_ring *ring)
{
	struct perf_event_mmap_page *page = ring->map;
	uint64_t head;

	head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
	if (head - ring->tail <= ring->data_size && !(head % sizeof(uint64_t)))
		ring->mark = head;
}

size_t vprof_perf_ring_read(struct vprof_perf_ring *ring,
			    const struct vprof_perf_layout *layout,
			    const struct vprof_capture_handler *handler)
{
	struct perf_event_mmap_page *page = ring->map;
	const struct perf_event_header *header;
	size_t nr_samples = 0;

	if (ring->tail == ring->mark)
		return 0;
	while (ring->tail != ring->mark) {
		header = next_record(ring, layout);
		if (!header) {
			/* no way to find the next one but the mark */
			ring->lost[0][VPROF_LOSS_MALFORMED]++;
			ring->tail = ring->mark;
			break;
		}
		if (read_record(ring, layout, header, handler))
			ring->lost[0][VPROF_LOSS_MALFORMED]++;
		else if (header->type == PERF_RECORD_SAMPLE)
			nr_samples++;
		ring->tail += header->size;
	}
	__atomic_store_n(&page->data_tail, ring->tail, __ATOMIC_RELEASE);
	return nr_samples;
}

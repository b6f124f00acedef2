// SPDX-License-Identifier: GPL-2.0-only
/* Empties Xen's rings of samples into lanes, with Xen's own losses. */
#include "xenoprof_buffer.h"
#include "buffer.h"
#include "domain.h"

#include <linux/slab.h>
#include <asm/barrier.h>

enum { PATIENCE_NS = 250000000 };

static const u8 context_of[XENOPROF_NR_MODES] = {
	[XENOPROF_MODE_USER] = VPROF_CONTEXT_USER,
	[XENOPROF_MODE_KERNEL] = VPROF_CONTEXT_KERNEL,
	[XENOPROF_MODE_XEN] = VPROF_CONTEXT_HYPERVISOR,
};

static void read_totals(const struct vprof_xenoprof_ring *ring, u64 *totals)
{
	totals[XENOPROF_MODE_USER] = READ_ONCE(ring->shared->user_samples);
	totals[XENOPROF_MODE_KERNEL] = READ_ONCE(ring->shared->kernel_samples);
	totals[XENOPROF_MODE_XEN] = READ_ONCE(ring->shared->xen_samples);
}

static bool has_chains(const struct vprof_xenoprof_buffer *buffer)
{
	unsigned int i;

	for (i = 0; i < buffer->nr_events; i++)
		if (buffer->events[i].chain_flags)
			return true;
	return false;
}

static int set_up_outlet(const struct vprof_xenoprof_buffer *buffer,
			 struct vprof_xenoprof_outlet *outlet)
{
	raw_spin_lock_init(&outlet->lock);
	if (!has_chains(buffer))
		return 0;
	outlet->chain = kmalloc(sizeof(*outlet->chain), GFP_KERNEL_ACCOUNT);
	return outlet->chain ? 0 : -ENOMEM;
}

static int set_up_ring(struct vprof_xenoprof_buffer *buffer, unsigned int i,
		       size_t buffer_bytes)
{
	struct vprof_xenoprof_ring *ring = &buffer->rings[i];
	size_t most = (buffer_bytes - sizeof(struct xenoprof_buf)) /
		      sizeof(struct xenoprof_log);

	ring->shared = buffer->map.address + i * buffer_bytes;
	ring->entries = (struct vprof_xenoprof_entries){
		.log = ring->shared->event_log,
		.size = READ_ONCE(ring->shared->event_size),
		.has_chains = has_chains(buffer),
	};
	ring->vcpu = READ_ONCE(ring->shared->vcpu_id);
	ring->outlet = &buffer->outlets[buffer->is_own ? i : 0];
	/* Xen's own struct has one entry more than ours. */
	if (!ring->entries.size || ring->entries.size > most ||
	    (buffer->is_own && ring->vcpu != i))
		return -EIO;
	/* Of a session before. */
	WRITE_ONCE(ring->shared->event_tail,
		   READ_ONCE(ring->shared->event_head));
	ring->lost_before = READ_ONCE(ring->shared->lost_samples);
	ring->lost = ring->lost_before;
	read_totals(ring, ring->counted);
	return 0;
}

static int set_up(struct vprof_xenoprof_buffer *buffer,
		  const struct vprof_xenoprof_frames *frames)
{
	unsigned int i;
	int err;

	buffer->rings = kcalloc(frames->nr_buffers, sizeof(*buffer->rings),
				GFP_KERNEL_ACCOUNT);
	buffer->outlets = kcalloc(buffer->nr_outlets, sizeof(*buffer->outlets),
				  GFP_KERNEL_ACCOUNT);
	if (!buffer->rings || !buffer->outlets)
		return -ENOMEM;
	for (i = 0; i < buffer->nr_outlets; i++) {
		err = set_up_outlet(buffer, &buffer->outlets[i]);
		if (err)
			return err;
	}
	err = vprof_xenoprof_map(&buffer->map, frames->mfn, frames->nr_pages);
	if (err)
		return err;
	for (i = 0; i < frames->nr_buffers; i++) {
		err = set_up_ring(buffer, i, frames->buffer_bytes);
		if (err)
			return err;
	}
	buffer->nr_rings = frames->nr_buffers;
	return 0;
}

/**
 * vprof_xenoprof_buffer_new() - Map a domain's rings; nothing is emptied yet
 * @frames: where Xen has them
 * @domain: where its samples go
 * @events: what the counters are, nr_events of them
 * @nr_events: a sample of another counter is dropped
 * @ret_buffer: the buffer
 *
 * Return: 0, -ENOMEM, -EIO Xen's buffers are not as they should be.
 */
int vprof_xenoprof_buffer_new(const struct vprof_xenoprof_frames *frames,
			      struct vprof_domain_buffer *domain,
			      const struct vprof_xenoprof_event *events,
			      unsigned int nr_events,
			      struct vprof_xenoprof_buffer **ret_buffer)
{
	struct vprof_xenoprof_buffer *buffer;
	int err;

	buffer = kzalloc(sizeof(*buffer), GFP_KERNEL_ACCOUNT);
	if (!buffer)
		return -ENOMEM;
	buffer->domain = domain;
	buffer->domid = domain->uapi.id;
	buffer->is_own = domain->uapi.kind == VPROF_DOMAIN_HOST;
	buffer->events = events;
	buffer->nr_events = nr_events;
	buffer->nr_outlets = buffer->is_own ? frames->nr_buffers : 1;
	err = set_up(buffer, frames);
	if (err) {
		vprof_xenoprof_buffer_free(buffer);
		return err;
	}
	*ret_buffer = buffer;
	return 0;
}

/**
 * vprof_xenoprof_buffer_free() - Unmap and free
 * @buffer: nobody empties it any more; or NULL
 */
void vprof_xenoprof_buffer_free(struct vprof_xenoprof_buffer *buffer)
{
	unsigned int i;

	if (!buffer)
		return;
	vprof_xenoprof_unmap(&buffer->map);
	for (i = 0; buffer->outlets && i < buffer->nr_outlets; i++)
		kfree(buffer->outlets[i].chain);
	kfree(buffer->outlets);
	kfree(buffer->rings);
	kfree(buffer);
}

/**
 * vprof_xenoprof_buffer_open() - Let samples through, to the lanes there are now
 * @buffer: the buffer
 */
void vprof_xenoprof_buffer_open(struct vprof_xenoprof_buffer *buffer)
{
	struct vprof_xenoprof_outlet *outlet;
	unsigned int i;

	for (i = 0; i < buffer->nr_outlets; i++) {
		outlet = &buffer->outlets[i];
		if (outlet->lane || i >= buffer->domain->uapi.nr_lanes)
			continue;
		raw_spin_lock_irq(&outlet->lock);
		outlet->lane = vprof_domain_lane(buffer->domain, i);
		if (outlet->lane)
			vprof_lane_open(&outlet->lane->lane, true);
		raw_spin_unlock_irq(&outlet->lock);
	}
}

/**
 * vprof_xenoprof_buffer_close() - No more samples; say what Xen counted
 * @buffer: emptied, Xen writes no more
 */
void vprof_xenoprof_buffer_close(struct vprof_xenoprof_buffer *buffer)
{
	struct vprof_xenoprof_ring *ring;
	u64 totals[XENOPROF_NR_MODES];
	unsigned int i;

	for (i = 0; i < buffer->nr_outlets; i++)
		if (buffer->outlets[i].lane && buffer->domain)
			vprof_lane_open(&buffer->outlets[i].lane->lane, false);
	for (i = 0; i < buffer->nr_rings; i++) {
		ring = &buffer->rings[i];
		read_totals(ring, totals);
		pr_debug(
			"vprof: Xen counted dom%llu vcpu%u hypervisor %llu kernel %llu user %llu lost %llu\n",
			buffer->domid, ring->vcpu,
			totals[XENOPROF_MODE_XEN] -
				ring->counted[XENOPROF_MODE_XEN],
			totals[XENOPROF_MODE_KERNEL] -
				ring->counted[XENOPROF_MODE_KERNEL],
			totals[XENOPROF_MODE_USER] -
				ring->counted[XENOPROF_MODE_USER],
			READ_ONCE(ring->shared->lost_samples) -
				ring->lost_before);
	}
}

/**
 * vprof_xenoprof_buffer_divert() - What still comes of a guest goes elsewhere
 * @buffer: a guest's
 * @lane: OTHERS', or NULL to drop it
 *
 * When it returns, the guest's own lane is not written to, nor its domain used.
 */
void vprof_xenoprof_buffer_divert(struct vprof_xenoprof_buffer *buffer,
				  struct vprof_domain_lane *lane)
{
	struct vprof_xenoprof_outlet *outlet = buffer->outlets;

	raw_spin_lock_irq(&outlet->lock);
	if (outlet->lane)
		vprof_lane_open(&outlet->lane->lane, false);
	outlet->lane = lane;
	if (lane)
		vprof_lane_open(&lane->lane, true);
	buffer->domain = NULL;
	raw_spin_unlock_irq(&outlet->lock);
}

static u32 pid_of(const struct vprof_xenoprof_buffer *buffer,
		  const struct vprof_xenoprof_ring *ring, unsigned int mode,
		  u32 pid)
{
	if (!buffer->domain)
		return buffer->domid;
	if (!buffer->is_own)
		return ring->vcpu;
	return mode == XENOPROF_MODE_XEN ? VPROF_PID_UNKNOWN : pid;
}

/* Returns whether the reader is to be invited. */
static bool put(const struct vprof_xenoprof_buffer *buffer,
		const struct vprof_xenoprof_ring *ring,
		const struct vprof_xenoprof_record *record, u32 pid, u64 ticks)
{
	const struct xenoprof_log *sample = record->sample;
	unsigned int index = sample->event, mode = sample->mode;
	struct vprof_lane *lane = &ring->outlet->lane->lane;
	struct vprof_chain *chain = ring->outlet->chain;
	const struct vprof_xenoprof_event *event;
	u64 head;

	if (index >= buffer->nr_events || mode >= XENOPROF_NR_MODES)
		return false;
	event = &buffer->events[index];
	if (!(event->contexts & BIT(context_of[mode])))
		return false;
	lane->accounts[index].taken++;
	ticks = vprof_lane_ticks(lane, ticks);
	if (event->has_frequency &&
	    !vprof_lane_tell_period(lane, index, event->period, ticks))
		return false;
	head = VPROF_HEAD_PUT(EVENT, index) |
	       VPROF_HEAD_PUT(CONTEXT, context_of[mode]) |
	       VPROF_HEAD_PUT(PID, pid_of(buffer, ring, mode, pid));
	if (!event->chain_flags)
		return vprof_lane_put_sample(
			       lane, &lane->accounts[index],
			       head |
				       VPROF_HEAD_PUT(TYPE,
						      VPROF_RECORD_SAMPLE) |
				       VPROF_HEAD_PUT(SLOTS, 1),
			       sample->eip, ticks) == VPROF_PUT_WAKE;
	vprof_xenoprof_record_chain(&ring->entries, record, event->chain_flags,
				    event->max_chain, chain);
	return vprof_lane_put_chain(
		       lane, &lane->accounts[index],
		       head | VPROF_HEAD_PUT(TYPE, VPROF_RECORD_CHAIN),
		       sample->eip, ticks, chain) == VPROF_PUT_WAKE;
}

/*
 * Xen does not say of which events the samples were that it lost. They are
 * divided as those are that are in the full ring beside them.
 */
static void lose(const struct vprof_xenoprof_buffer *buffer,
		 struct vprof_xenoprof_ring *ring, const u32 *nr_by_event,
		 u32 nr)
{
	struct vprof_lane *lane = &ring->outlet->lane->lane;
	u64 lost = READ_ONCE(ring->shared->lost_samples) - ring->lost;
	u64 rest = lost, part;
	unsigned int i;

	if (!lost)
		return;
	ring->lost += lost;
	for (i = buffer->nr_events; i-- > 0;) {
		part = rest;
		if (i)
			part = nr ? lost * nr_by_event[i] / nr : 0;
		rest -= part;
		if (!part)
			continue;
		lane->accounts[i].taken += part;
		vprof_lane_lose_many(lane, &lane->accounts[i], part,
				     VPROF_LOST_HYPERVISOR);
	}
}

/* Up to the end of a record; the caller has the outlet's lock. */
static void empty_to(struct vprof_xenoprof_buffer *buffer,
		     struct vprof_xenoprof_ring *ring, u32 head, u32 pid)
{
	struct vprof_xenoprof_outlet *outlet = ring->outlet;
	u32 nr_by_event[XENOPROF_MAX_COUNTERS] = {}, nr = 0;
	u32 first = READ_ONCE(ring->shared->event_tail), tail = first;
	struct vprof_xenoprof_record record;
	u64 ticks = vprof_clock_ticks(); /* once: reading it may trap to Xen */
	bool is_invited = false;

	if (head >= ring->entries.size || tail >= ring->entries.size)
		return;
	while (tail != head) {
		tail = vprof_xenoprof_record_read(&ring->entries, tail, head,
						  &record);
		if (!record.sample)
			continue;
		if (outlet->lane)
			is_invited |= put(buffer, ring, &record, pid, ticks);
		nr_by_event[record.sample->event % XENOPROF_MAX_COUNTERS]++;
		nr++;
	}
	ring->nr_emptied += nr;
	/* Xen reuses what is before tail, and may set an empty ring back now. */
	if (tail != first)
		smp_store_release(&ring->shared->event_tail, tail);
	if (!outlet->lane)
		return;
	lose(buffer, ring, nr_by_event, nr);
	if (is_invited)
		vprof_domain_invite(outlet->lane);
}

/**
 * vprof_xenoprof_ring_empty() - Deliver what is in a ring
 * @buffer: its domain's
 * @ring: the ring; Xen does not write to it just now
 * @pid: the process that samples of dom0's own mode belong to
 */
void vprof_xenoprof_ring_empty(struct vprof_xenoprof_buffer *buffer,
			       struct vprof_xenoprof_ring *ring, u32 pid)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&ring->outlet->lock, flags);
	empty_to(buffer, ring, smp_load_acquire(&ring->shared->event_head),
		 pid);
	raw_spin_unlock_irqrestore(&ring->outlet->lock, flags);
}

static u32 nr_in(const struct vprof_xenoprof_ring *ring, u32 head)
{
	u32 tail = READ_ONCE(ring->shared->event_tail);

	return head >= tail ? head - tail : head + ring->entries.size - tail;
}

/* Where what was seen of a ring at @head ends; it was the end then. */
static u32 whole_until(const struct vprof_xenoprof_ring *ring, u32 head)
{
	return vprof_xenoprof_last_record(
		&ring->entries, READ_ONCE(ring->shared->event_tail), head);
}

/**
 * vprof_xenoprof_ring_empty_now() - Deliver what is in a ring as a whole
 * @buffer: a guest's
 * @ring: one of its rings; Xen may be writing to it
 *
 * A record at its end is whole if nothing followed since the last look.
 *
 * Return: how many entries the ring held.
 */
unsigned int vprof_xenoprof_ring_empty_now(struct vprof_xenoprof_buffer *buffer,
					   struct vprof_xenoprof_ring *ring)
{
	unsigned long flags;
	unsigned int nr;
	u32 head;

	raw_spin_lock_irqsave(&ring->outlet->lock, flags);
	head = smp_load_acquire(&ring->shared->event_head);
	nr = nr_in(ring, head);
	empty_to(buffer, ring,
		 head == ring->since_head ? head : whole_until(ring, head), 0);
	ring->since_head = head;
	raw_spin_unlock_irqrestore(&ring->outlet->lock, flags);
	return nr;
}

/*
 * Where what was there at the last look ends; @head: the ring's now. Xen may have
 * set it back since, and a ring that a session before had does not begin at 0:
 * then nothing of what is there is known to be old.
 */
static u32 old_until(const struct vprof_xenoprof_ring *ring, u32 head)
{
	u32 old = ring->since_head;

	if (nr_in(ring, old) > nr_in(ring, head))
		return READ_ONCE(ring->shared->event_tail);
	if (old == head || vprof_xenoprof_is_record(&ring->entries, old))
		return old;
	return whole_until(ring, old);
}

/**
 * vprof_xenoprof_ring_empty_old() - Deliver what no interrupt came for
 * @buffer: dom0's
 * @ring: one of its rings
 * @now_ns: of any clock
 *
 * What was there PATIENCE_NS ago and nobody has touched the ring since, or what
 * was there last time if the ring gets full. The samples of dom0's own mode are
 * for the virtual interrupt, which knows the process; Xen's scheduler may make it
 * wait. Xen-mode samples alone bring no interrupt.
 *
 * Return: how many entries the ring held.
 */
unsigned int vprof_xenoprof_ring_empty_old(struct vprof_xenoprof_buffer *buffer,
					   struct vprof_xenoprof_ring *ring,
					   u64 now_ns)
{
	unsigned long flags;
	unsigned int nr;
	u32 head;

	raw_spin_lock_irqsave(&ring->outlet->lock, flags);
	head = smp_load_acquire(&ring->shared->event_head);
	nr = nr_in(ring, head);
	if (ring->nr_emptied == ring->since_emptied &&
	    nr * 2 <= ring->entries.size &&
	    now_ns - ring->since_ns < PATIENCE_NS)
		goto out;
	if (ring->nr_emptied == ring->since_emptied)
		empty_to(buffer, ring, old_until(ring, head),
			 VPROF_PID_UNKNOWN);
	ring->since_ns = now_ns;
	ring->since_emptied = ring->nr_emptied;
	ring->since_head = head;
out:
	raw_spin_unlock_irqrestore(&ring->outlet->lock, flags);
	return nr;
}

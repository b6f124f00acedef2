// SPDX-License-Identifier: GPL-2.0-only
/* Holds a domain's buffer: its memory, its mapping, and inviting its reader. */
#include "domain.h"
#include "compat.h"

#include <linux/anon_inodes.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

static_assert(VPROF_MIN_LANE_SLOTS * sizeof(struct vprof_slot) >= PAGE_SIZE);

static size_t slots_bytes(const struct vprof_domain_buffer *domain)
{
	return domain->uapi.nr_slots * sizeof(struct vprof_slot);
}

static struct vprof_lane_producer *
producer_of(const struct vprof_domain_buffer *domain, unsigned int cpu)
{
	return domain->producers + cpu * PAGE_SIZE;
}

static void free_lane(struct vprof_domain_lane *lane)
{
	if (!lane)
		return;
	vfree(lane->lane.slots);
	kfree(lane);
}

static void free_domain(struct vprof_domain_buffer *domain)
{
	unsigned int cpu;

	if (domain->lanes)
		for (cpu = 0; cpu < domain->uapi.nr_lanes; cpu++)
			free_lane(domain->lanes[cpu]);
	kvfree(domain->lanes);
	vfree(domain->consumers);
	vfree(domain->producers);
	kfree(domain);
}

static int release_file(struct inode *inode, struct file *file)
{
	free_domain(file->private_data);
	return 0;
}

static const struct file_operations domain_fops = {
	.owner = THIS_MODULE,
	.release = release_file,
};

/* Fill in what ADD_DOMAIN returns. */
static void lay_out(struct vprof_domain *uapi, unsigned int index)
{
	u64 offset = (u64)index << VPROF_DOMAIN_SPAN_SHIFT;

	if (!uapi->watermark)
		uapi->watermark = uapi->nr_slots / 2;
	if (!uapi->wakeup_ms)
		uapi->wakeup_ms = 100;
	uapi->lane_bytes =
		PAGE_SIZE + uapi->nr_slots * sizeof(struct vprof_slot);
	uapi->mmap_offset = offset;
	uapi->mmap_bytes = uapi->nr_lanes * uapi->lane_bytes;
	uapi->consumer_offset = offset + (1ull << VPROF_DOMAIN_CONSUMER_SHIFT);
	uapi->consumer_bytes =
		PAGE_ALIGN(uapi->nr_lanes * sizeof(struct vprof_lane_consumer));
}

static int alloc_shared(struct vprof_domain_buffer *domain)
{
	size_t producers = domain->uapi.nr_lanes * PAGE_SIZE;
	unsigned int cpu;

	domain->lanes = kvcalloc(domain->uapi.nr_lanes, sizeof(*domain->lanes),
				 GFP_KERNEL_ACCOUNT);
	domain->consumers = __vmalloc(domain->uapi.consumer_bytes,
				      GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	domain->producers =
		__vmalloc(producers, GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!domain->lanes || !domain->consumers || !domain->producers)
		return -ENOMEM;
	domain->bytes = producers + domain->uapi.consumer_bytes;
	for (cpu = 0; cpu < domain->uapi.nr_lanes; cpu++)
		producer_of(domain, cpu)->nr_slots = domain->uapi.nr_slots;
	return 0;
}

/**
 * vprof_domain_new() - Make a buffer without lanes yet
 * @request: a checked request, with nr_lanes
 * @index: in the session
 * @wait: whom to wake; must be there until vprof_domain_quiesce()
 * @ret_domain: the buffer, with all "out" members in its uapi
 *
 * Return: 0, -ENOMEM, -ENFILE.
 */
int vprof_domain_new(const struct vprof_domain *request, unsigned int index,
		     wait_queue_head_t *wait,
		     struct vprof_domain_buffer **ret_domain)
{
	struct vprof_domain_buffer *domain;
	int err;

	domain = kzalloc(sizeof(*domain), GFP_KERNEL_ACCOUNT);
	if (!domain)
		return -ENOMEM;
	domain->uapi = *request;
	domain->wait = wait;
	domain->index = index;
	lay_out(&domain->uapi, index);
	err = -ENOMEM;
	if (domain->uapi.mmap_bytes > 1ull << VPROF_DOMAIN_CONSUMER_SHIFT)
		goto err_free;
	err = alloc_shared(domain);
	if (err)
		goto err_free;
	domain->file = anon_inode_getfile("[vprof]", &domain_fops, domain,
					  O_RDWR | O_CLOEXEC);
	if (IS_ERR(domain->file)) {
		err = PTR_ERR(domain->file);
		goto err_free;
	}
	*ret_domain = domain;
	return 0;

err_free:
	free_domain(domain);
	return err;
}

/**
 * vprof_domain_put() - Give up the session's hold; mappings may go on
 * @domain: quiescent, see vprof_domain_quiesce(); or NULL
 */
void vprof_domain_put(struct vprof_domain_buffer *domain)
{
	if (domain)
		fput(domain->file);
}

/**
 * vprof_domain_lane() - The lane of a CPU
 * @domain: the buffer
 * @cpu: below nr_lanes
 *
 * Return: the lane, or NULL while it has none.
 */
struct vprof_domain_lane *vprof_domain_lane(struct vprof_domain_buffer *domain,
					    unsigned int cpu)
{
	return smp_load_acquire(&domain->lanes[cpu]); /* open_lane */
}

static void run_invitation(struct irq_work *work)
{
	struct vprof_domain_lane *lane =
		container_of(work, struct vprof_domain_lane, invite);

	WRITE_ONCE(lane->invited, READ_ONCE(lane->lane.producer->head));
	wake_up_interruptible_all(lane->domain->wait);
}

/**
 * vprof_domain_open_lane() - See to it that a CPU has a lane
 * @domain: the buffer; the caller holds the session's lock
 * @cpu: whose
 * @max_bytes: what this lane may take
 *
 * Return: 0 or -ENOMEM.
 */
int vprof_domain_open_lane(struct vprof_domain_buffer *domain, unsigned int cpu,
			   size_t max_bytes)
{
	struct vprof_domain_lane *lane;
	struct vprof_slot *slots;
	int node = cpu_to_node(cpu);

	if (domain->lanes[cpu])
		return 0;
	if (slots_bytes(domain) > max_bytes)
		return -ENOMEM;
	lane = kzalloc_node(sizeof(*lane), GFP_KERNEL_ACCOUNT, node);
	slots = vzalloc_node(slots_bytes(domain), node);
	if (!lane || !slots) {
		vfree(slots);
		kfree(lane);
		return -ENOMEM;
	}
	lane->domain = domain;
	init_irq_work(&lane->invite, run_invitation);
	vprof_lane_init(&lane->lane, vprof_clock(), producer_of(domain, cpu),
			&domain->consumers[cpu], slots, domain->uapi.nr_slots,
			domain->uapi.watermark);
	domain->bytes += slots_bytes(domain);
	/* Pairs with vprof_domain_lane(): who sees the lane sees it whole. */
	smp_store_release(&domain->lanes[cpu], lane);
	return 0;
}

static bool has_unread(const struct vprof_domain_buffer *domain,
		       unsigned int cpu)
{
	return READ_ONCE(producer_of(domain, cpu)->head) !=
	       READ_ONCE(domain->consumers[cpu].tail);
}

/**
 * vprof_domain_invite_all() - Invite the reader to all that is unread
 * @domain: the buffer
 *
 * Return: whether there is something. The caller wakes.
 */
bool vprof_domain_invite_all(struct vprof_domain_buffer *domain)
{
	struct vprof_domain_lane *lane;
	bool has_any = false;
	unsigned int cpu;

	for (cpu = 0; cpu < domain->uapi.nr_lanes; cpu++) {
		lane = vprof_domain_lane(domain, cpu);
		if (!lane || !has_unread(domain, cpu))
			continue;
		WRITE_ONCE(lane->invited, READ_ONCE(lane->lane.producer->head));
		has_any = true;
	}
	return has_any;
}

/**
 * vprof_domain_is_readable() - Has the reader not read what it is invited to?
 * @domain: the buffer
 *
 * A hostile tail fools nobody but its writer.
 */
bool vprof_domain_is_readable(struct vprof_domain_buffer *domain)
{
	struct vprof_domain_lane *lane;
	unsigned int cpu;

	for (cpu = 0; cpu < domain->uapi.nr_lanes; cpu++) {
		lane = vprof_domain_lane(domain, cpu);
		if (lane && READ_ONCE(domain->consumers[cpu].tail) <
				    READ_ONCE(lane->invited))
			return true;
	}
	return false;
}

/**
 * vprof_domain_tell_lost() - LOST records for what is not told yet
 * @domain: a buffer whose producers are stopped
 */
void vprof_domain_tell_lost(struct vprof_domain_buffer *domain)
{
	unsigned int cpu;

	for (cpu = 0; cpu < domain->uapi.nr_lanes; cpu++)
		if (domain->lanes[cpu])
			vprof_lane_tell_lost(&domain->lanes[cpu]->lane,
					     vprof_clock_ticks());
}

/**
 * vprof_domain_quiesce() - Wait for the last invitation on its way
 * @domain: a buffer that has no producer any more
 */
void vprof_domain_quiesce(struct vprof_domain_buffer *domain)
{
	unsigned int cpu;

	for (cpu = 0; cpu < domain->uapi.nr_lanes; cpu++)
		if (domain->lanes[cpu])
			irq_work_sync(&domain->lanes[cpu]->invite);
}

/**
 * vprof_domain_add_stats() - Add one event's accounts on one lane
 * @domain: the buffer
 * @cpu: below nr_lanes
 * @event: its index
 * @stats: added to
 */
void vprof_domain_add_stats(struct vprof_domain_buffer *domain,
			    unsigned int cpu, unsigned int event,
			    struct vprof_stats *stats)
{
	struct vprof_domain_lane *lane = vprof_domain_lane(domain, cpu);
	const struct vprof_account *account;
	unsigned int reason;

	if (!lane)
		return;
	account = &lane->lane.accounts[event];
	stats->taken += READ_ONCE(account->taken);
	stats->delivered += READ_ONCE(account->delivered);
	for (reason = 0; reason < VPROF_NR_LOST_REASONS; reason++)
		stats->lost[reason] += READ_ONCE(account->lost[reason]);
	stats->throttled += READ_ONCE(account->throttled);
}

/* The address that a byte of the mapping shows, or NULL. */
static void *address_at(struct vprof_domain_buffer *domain, u64 offset)
{
	u64 consumer_at = 1ull << VPROF_DOMAIN_CONSUMER_SHIFT;
	struct vprof_domain_lane *lane;
	u64 cpu, within;

	if (offset >= consumer_at) {
		offset -= consumer_at;
		return offset < domain->uapi.consumer_bytes
			       ? (void *)domain->consumers + offset
			       : NULL;
	}
	if (offset >= domain->uapi.mmap_bytes)
		return NULL;
	cpu = offset / domain->uapi.lane_bytes;
	within = offset % domain->uapi.lane_bytes;
	if (within < PAGE_SIZE)
		return (void *)producer_of(domain, cpu) + within;
	lane = vprof_domain_lane(domain, cpu);
	return lane ? (void *)lane->lane.slots + within - PAGE_SIZE : NULL;
}

static vm_fault_t fault(struct vm_fault *vmf)
{
	struct vprof_domain_buffer *domain = vmf->vma->vm_private_data;
	u64 span = 1ull << VPROF_DOMAIN_SPAN_SHIFT;
	void *address;

	address = address_at(domain,
			     ((u64)vmf->pgoff << PAGE_SHIFT) & (span - 1));
	if (!address)
		return VM_FAULT_SIGBUS;
	vmf->page = vmalloc_to_page(address);
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct domain_vm_ops = {
	.fault = fault,
};

/**
 * vprof_domain_mmap() - Map one piece of the buffer
 * @domain: the one whose span the mapping's offset is in
 * @vma: the mapping
 *
 * Return: 0, -EINVAL not a whole piece or private, -EPERM forbidden access.
 */
int vprof_domain_mmap(struct vprof_domain_buffer *domain,
		      struct vm_area_struct *vma)
{
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	u64 bytes = vma->vm_end - vma->vm_start;
	unsigned long forbidden = VM_EXEC;

	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (offset == domain->uapi.mmap_offset &&
	    bytes == domain->uapi.mmap_bytes)
		forbidden |= VM_WRITE;
	else if (offset != domain->uapi.consumer_offset ||
		 bytes != domain->uapi.consumer_bytes)
		return -EINVAL;
	if (vma->vm_flags & forbidden)
		return -EPERM;
	vm_flags_mod(vma, VM_DONTEXPAND | VM_DONTDUMP | VM_DONTCOPY,
		     forbidden & VM_WRITE ? VM_MAYEXEC | VM_MAYWRITE
					  : VM_MAYEXEC);
	vma->vm_ops = &domain_vm_ops;
	vma->vm_private_data = domain;
	/* The mapping holds the buffer, not the session. */
	vma_set_file(vma, domain->file);
	return 0;
}

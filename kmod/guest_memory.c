// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the physical memory of KVM's virtual machines, and never writes it.
 *
 * KVM tells where in its VMM's memory a machine's page lies; the page itself is
 * taken as a debugger would take it, but for faults: what is not in memory now
 * is not read, so nothing is allocated for it and nobody can make us wait, and
 * neither is what a device has mapped there.
 */
#include "guest_memory.h"

#include <linux/errno.h>
#include <linux/kconfig.h>
#include <uapi/vprof.h>

#if IS_ENABLED(CONFIG_KVM) && defined(CONFIG_X86_64)

#include "compat.h"
#include "request.h"

#include <linux/anon_inodes.h>
#include <linux/capability.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/kvm_host.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rbtree.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/uaccess.h>

/* An open descriptor. */
struct memory {
	struct file *vm; /* keeps the machine, and KVM */
	struct kvm *kvm;
	unsigned long (*gfn_to_hva)(struct kvm *kvm, gfn_t gfn);
};

/* ---- pieces -------------------------------------------------------------- */

/* Of one page. The caller holds the machine's SRCU and its mm's mmap lock. */
static bool copy_part(const struct memory *memory, u64 address, void *to,
		      size_t bytes)
{
	unsigned long at = memory->gfn_to_hva(memory->kvm, gpa_to_gfn(address));
	struct page *page;
	char *mapped;

	if (kvm_is_error_hva(at) ||
	    vprof_get_page(memory->kvm->mm, at, &page) != 1)
		return false;
	mapped = kmap_local_page(page);
	memcpy(to, mapped + offset_in_page(address), bytes);
	kunmap_local(mapped);
	put_page(page);
	return true;
}

static bool copy_piece(const struct memory *memory, u64 address, void *to,
		       size_t bytes)
{
	size_t part, done;

	if (address > U64_MAX - bytes)
		return false;
	for (done = 0; done < bytes; done += part) {
		part = min_t(size_t, bytes - done,
			     PAGE_SIZE - offset_in_page(address + done));
		if (!copy_part(memory, address + done, to + done, part)) {
			memset(to, 0, bytes);
			return false;
		}
	}
	return true;
}

/* An address that has come around is that of nothing. */
static long copy_pieces(const struct memory *memory,
			const struct vprof_memory_read *request, void *buffer)
{
	struct kvm *kvm = memory->kvm;
	u64 address = request->address;
	long nr_read = 0;
	unsigned int i;
	int idx;

	idx = srcu_read_lock(&kvm->srcu);
	if (mmap_read_lock_killable(kvm->mm)) {
		srcu_read_unlock(&kvm->srcu, idx);
		return -EINTR;
	}
	for (i = 0; i < request->nr_pieces; i++) {
		nr_read += copy_piece(memory, address,
				      buffer + i * request->piece_bytes,
				      request->piece_bytes);
		if (check_add_overflow(address, request->stride, &address))
			break;
	}
	mmap_read_unlock(kvm->mm);
	srcu_read_unlock(&kvm->srcu, idx);
	return nr_read;
}

static bool is_in_bounds(const struct vprof_memory_read *request)
{
	return request->nr_pieces && request->piece_bytes &&
	       request->nr_pieces <= VPROF_MAX_MEMORY_PIECES &&
	       (u64)request->nr_pieces * request->piece_bytes <=
		       VPROF_MAX_MEMORY_BYTES;
}

static long read_pieces(struct memory *memory, unsigned int cmd,
			void __user *user)
{
	struct vprof_memory_read request;
	long ret = vprof_request_fetch(&request, sizeof(request), cmd, user);
	size_t bytes;
	void *buffer;

	if (ret)
		return ret;
	if (request.reserved0 || request.reserved[0] || request.reserved[1] ||
	    !is_in_bounds(&request))
		return -EINVAL;
	bytes = (size_t)request.nr_pieces * request.piece_bytes;
	buffer = kvzalloc(bytes, GFP_KERNEL_ACCOUNT);
	if (!buffer)
		return -ENOMEM;
	ret = -ESRCH;
	if (mmget_not_zero(memory->kvm->mm)) {
		ret = copy_pieces(memory, &request, buffer);
		mmput(memory->kvm->mm);
	}
	if (ret >= 0 &&
	    copy_to_user(u64_to_user_ptr(request.buffer), buffer, bytes))
		ret = -EFAULT;
	kvfree(buffer);
	return ret;
}

/* ---- ranges --------------------------------------------------------------- */

struct listing {
	struct vprof_memory_range *ranges;
	unsigned int most;
	unsigned int nr; /* more than most: there was no room */
};

static void take_range(struct listing *listing, u64 address, u64 bytes)
{
	struct vprof_memory_range *last = listing->ranges + listing->nr - 1;

	if (listing->nr && listing->nr <= listing->most &&
	    last->address + last->bytes == address) {
		last->bytes += bytes;
		return;
	}
	if (listing->nr < listing->most)
		last[1] = (struct vprof_memory_range){ address, bytes };
	listing->nr++;
}

/* Of the whole slot: a VMM maps a device's registers in one piece. */
static bool is_device(struct mm_struct *mm, const struct kvm_memory_slot *slot)
{
	const struct vm_area_struct *vma = vma_lookup(mm, slot->userspace_addr);

	return !vma || vma->vm_flags & (VM_IO | VM_PFNMAP);
}

static void list_ranges(struct kvm *kvm, struct listing *listing)
{
	const u32 left_out = KVM_MEM_READONLY | KVM_MEMSLOT_INVALID;
	const struct kvm_memslots *slots = kvm_memslots(kvm);
	const struct kvm_memory_slot *slot;
	struct rb_node *node;

	for (node = rb_first(&slots->gfn_tree); node; node = rb_next(node)) {
		slot = container_of(node, struct kvm_memory_slot,
				    gfn_node[slots->node_idx]);
		if (slot->id < KVM_USER_MEM_SLOTS &&
		    !(slot->flags & left_out) && !is_device(kvm->mm, slot))
			take_range(listing, gfn_to_gpa(slot->base_gfn),
				   (u64)slot->npages << PAGE_SHIFT);
	}
}

static long find_ranges(struct kvm *kvm, struct listing *listing)
{
	int idx;

	if (!mmget_not_zero(kvm->mm))
		return -ESRCH;
	idx = srcu_read_lock(&kvm->srcu);
	mmap_read_lock(kvm->mm);
	list_ranges(kvm, listing);
	mmap_read_unlock(kvm->mm);
	srcu_read_unlock(&kvm->srcu, idx);
	mmput(kvm->mm);
	return 0;
}

static long get_ranges(struct memory *memory, unsigned int cmd,
		       void __user *user)
{
	struct vprof_memory_ranges request;
	struct listing listing = {};
	long ret = vprof_request_fetch(&request, sizeof(request), cmd, user);

	if (ret)
		return ret;
	if (request.reserved[0] || request.reserved[1])
		return -EINVAL;
	listing.most = min_t(u32, request.nr, KVM_USER_MEM_SLOTS);
	listing.ranges = kvcalloc(max(listing.most, 1u),
				  sizeof(*listing.ranges), GFP_KERNEL_ACCOUNT);
	if (!listing.ranges)
		return -ENOMEM;
	ret = find_ranges(memory->kvm, &listing);
	request.nr = listing.nr;
	if (!ret &&
	    copy_to_user(u64_to_user_ptr(request.ranges), listing.ranges,
			 min(listing.nr, listing.most) *
				 sizeof(*listing.ranges)))
		ret = -EFAULT;
	kvfree(listing.ranges);
	return ret ? ret
		   : vprof_request_give_back(user, &request, sizeof(request));
}

/* ---- the descriptor ---------------------------------------------------------- */

static long ioctl_file(struct file *file, unsigned int cmd, unsigned long arg)
{
	unsigned int asked = vprof_request_without_size(cmd);

	if (asked == vprof_request_without_size(VPROF_IOC_MEMORY_READ))
		return read_pieces(file->private_data, cmd, (void __user *)arg);
	if (asked == vprof_request_without_size(VPROF_IOC_MEMORY_RANGES))
		return get_ranges(file->private_data, cmd, (void __user *)arg);
	return -ENOTTY;
}

static void free_memory(struct memory *memory)
{
	fput(memory->vm);
	symbol_put(gfn_to_hva);
	kfree(memory);
}

static int release_file(struct inode *inode, struct file *file)
{
	free_memory(file->private_data);
	return 0;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = ioctl_file,
	.compat_ioctl = compat_ptr_ioctl,
	.release = release_file,
};

/* ---- opening ------------------------------------------------------------------ */

struct search {
	bool (*is_vm)(struct file *file);
	struct file *vm;
};

static int look_at_file(const void *data, struct file *file, unsigned int fd)
{
	struct search *search = (void *)data;

	if (!search->is_vm(file))
		return 0;
	if (!search->vm)
		search->vm = get_file(file);
	return search->vm->private_data == file->private_data ? 0 : -ENOTUNIQ;
}

static int search_files(struct task_struct *task, struct search *search)
{
	int ret = 0;

	task_lock(task);
	if (task->files)
		ret = iterate_fd(task->files, 0, look_at_file, search);
	task_unlock(task);
	if (!ret && !search->vm)
		ret = -ENOENT;
	if (ret && search->vm)
		fput(search->vm);
	return ret;
}

/* Held by its file: the process may go, and another have its id. */
static int hold_vm(u64 id, struct file **ret_vm)
{
	struct search search = { .is_vm = symbol_get(file_is_kvm) };
	struct task_struct *task = NULL;
	int ret = -ESRCH;

	if (!search.is_vm)
		return -EOPNOTSUPP;
	rcu_read_lock();
	if (id && id <= PID_MAX_LIMIT)
		task = pid_task(find_pid_ns(id, &init_pid_ns), PIDTYPE_TGID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	if (task) {
		ret = search_files(task, &search);
		put_task_struct(task);
	}
	symbol_put(file_is_kvm);
	if (!ret)
		*ret_vm = search.vm;
	return ret;
}

static int make_memory(struct file *vm, struct memory **ret_memory)
{
	struct memory *memory = kzalloc(sizeof(*memory), GFP_KERNEL_ACCOUNT);

	if (!memory)
		return -ENOMEM;
	memory->gfn_to_hva = symbol_get(gfn_to_hva);
	if (!memory->gfn_to_hva) {
		kfree(memory);
		return -EOPNOTSUPP;
	}
	memory->vm = vm;
	memory->kvm = vm->private_data;
	*ret_memory = memory;
	return 0;
}

/**
 * vprof_guest_memory_open() - A descriptor to read a virtual machine's memory by
 * @id: its VMM's tgid
 *
 * Return: it, or -EPERM, -EOPNOTSUPP, -ESRCH, -ENOENT, -ENOTUNIQ, -ENOMEM,
 * -EMFILE, -ENFILE.
 */
int vprof_guest_memory_open(u64 id)
{
	struct memory *memory;
	struct file *vm;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	ret = hold_vm(id, &vm);
	if (ret)
		return ret;
	ret = make_memory(vm, &memory);
	if (ret) {
		fput(vm);
		return ret;
	}
	ret = anon_inode_getfd("[vprof-memory]", &fops, memory,
			       O_RDONLY | O_CLOEXEC);
	if (ret < 0)
		free_memory(memory);
	return ret;
}

#else /* no KVM, or another architecture's */

int vprof_guest_memory_open(u64 id)
{
	return -EOPNOTSUPP;
}

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes the call chain of the interrupted task: the kernel's part as its own
 * unwinder finds it, the user's along frame pointers.
 */
#include "chain.h"

#include <linux/compat.h>
#include <linux/perf_event.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>
#include <asm/unwind.h>

struct frame64 {
	u64 next;
	u64 return_address;
};

struct frame32 {
	u32 next;
	u32 return_address;
};

/* Addresses as they are found; nr of them in, at most most. */
struct walk {
	u64 *addresses;
	unsigned int nr;
	unsigned int most;
	bool is_cut;
};

static bool keep(struct walk *walk, u64 address)
{
	if (walk->nr == walk->most) {
		walk->is_cut = true;
		return false;
	}
	walk->addresses[walk->nr++] = address;
	return true;
}

/*
 * From an interrupt's registers the unwinder gives the callers alone. Software
 * events of the scheduler bring registers that are no frame of the stack (perf
 * leaves out of their flags the bit that is always set): there it starts at
 * their stack pointer, and the first address is their ip itself.
 */
static void walk_kernel(struct walk *walk, struct pt_regs *regs)
{
	bool is_frame = regs->flags & X86_EFLAGS_FIXED;
	struct unwind_state state;
	unsigned long address;

	if (is_frame)
		unwind_start(&state, current, regs, NULL);
	else
		unwind_start(&state, current, NULL, (void *)regs->sp);
	for (; !unwind_done(&state); unwind_next_frame(&state)) {
		address = unwind_get_return_address(&state);
		if (!address)
			return;
		if (!is_frame && !walk->nr && address == regs->ip)
			continue;
		if (!keep(walk, address))
			return;
	}
}

/*
 * Code built without frame pointers leaves other things in that register,
 * mostly small numbers: the outermost frames of nearly every program. They are
 * told from addresses here, because a fault in an NMI costs as much as the whole
 * sample.
 */
static bool can_be_frame(u64 at, size_t alignment)
{
	return at >= PAGE_SIZE && !(at & (alignment - 1));
}

static void walk_user64(struct walk *walk, u64 at)
{
	struct frame64 frame;

	while (can_be_frame(at, sizeof(u64))) {
		if (copy_from_user_nofault(&frame, (void __user *)at,
					   sizeof(frame))) {
			walk->is_cut = true;
			return;
		}
		if (!frame.return_address ||
		    !keep(walk, frame.return_address) || frame.next == at)
			return;
		at = frame.next;
	}
}

static void walk_user32(struct walk *walk, u32 at)
{
	struct frame32 frame;

	while (can_be_frame(at, sizeof(u32))) {
		if (copy_from_user_nofault(&frame, compat_ptr(at),
					   sizeof(frame))) {
			walk->is_cut = true;
			return;
		}
		if (!frame.return_address ||
		    !keep(walk, frame.return_address) || frame.next == at)
			return;
		at = frame.next;
	}
}

/* The registers that user space has or will get back; NULL: there is none. */
static struct pt_regs *user_regs(struct pt_regs *regs)
{
	if (user_mode(regs))
		return regs;
	if (!current->mm || current->flags & PF_KTHREAD)
		return NULL;
	return task_pt_regs(current);
}

static void walk_user(struct walk *walk, struct pt_regs *regs)
{
	struct pt_regs *user = user_regs(regs);

	if (!user)
		return;
	if (user != regs && !keep(walk, user->ip))
		return;
	if (user_64bit_mode(user))
		walk_user64(walk, user->bp);
	else
		walk_user32(walk, user->bp);
}

/**
 * vprof_chain_take() - Take a chain
 * @chain: the words of a VPROF_RECORD_CHAIN
 * @regs: of the interrupt
 * @flags: VPROF_EVENT_KERNEL_CHAIN, VPROF_EVENT_USER_CHAIN
 * @most: addresses, at most VPROF_MAX_CHAIN
 */
void vprof_chain_take(struct vprof_chain *chain, struct pt_regs *regs,
		      u32 flags, unsigned int most)
{
	struct walk kernel = { .addresses = &chain->words[1], .most = most };
	struct walk user = {};

	if (flags & VPROF_EVENT_KERNEL_CHAIN && !user_mode(regs))
		walk_kernel(&kernel, regs);
	user.addresses = kernel.addresses + kernel.nr;
	user.most = most - kernel.nr;
	if (flags & VPROF_EVENT_USER_CHAIN)
		walk_user(&user, regs);
	chain->nr_words = 1 + kernel.nr + user.nr;
	chain->words[0] = (u64)kernel.nr << VPROF_CHAIN_KERNEL_SHIFT |
			  (u64)user.nr << VPROF_CHAIN_USER_SHIFT |
			  (kernel.is_cut ? VPROF_CHAIN_KERNEL_CUT : 0) |
			  (user.is_cut ? VPROF_CHAIN_USER_CUT : 0);
}

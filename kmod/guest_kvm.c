// SPDX-License-Identifier: GPL-2.0-only
/* Tells what the interrupted CPU was doing for a virtual machine of KVM. */
#include "guest_kvm.h"
#include "guest_walk.h"

#include <linux/errno.h>
#include <linux/kconfig.h>
#include <uapi/vprof.h>

#if IS_ENABLED(CONFIG_KVM) && defined(CONFIG_X86_64)

#include <linux/hardirq.h>
#include <linux/kvm_host.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/srcu.h>
#include <linux/string.h>

/* Where 32-bit Linux begins, as it is usually built. */
static const u64 kernel_of_32_bit = 0xc0000000;

struct kvm_functions {
	struct kvm_vcpu *(*get_running_vcpu)(void);
	unsigned long (*get_linear_rip)(struct kvm_vcpu *vcpu);
	int (*read_guest_atomic)(struct kvm_vcpu *vcpu, gpa_t gpa, void *data,
				 unsigned long len); /* may be NULL */
};

/* Protects functions_memory, which is not written while it is published. */
static DEFINE_MUTEX(functions_lock);
static struct kvm_functions functions_memory;
static struct kvm_functions __rcu *functions;

/*
 * NMI context: all down to vprof_guest_kvm_find(). Preemption is off in overflow
 * handlers, so forget_functions() waits for them.
 */

/*
 * KVM says so from the exit until it has let the interrupt in that ended the
 * guest's run. An interrupt of a device or timer is then handled for long: what
 * comes within that is the host's.
 */
static bool came_from_guest(const struct kvm_vcpu *vcpu)
{
	return READ_ONCE(vcpu->arch.handling_intr_from_guest) &&
	       hardirq_count() <= HARDIRQ_OFFSET && !in_serving_softirq();
}

/*
 * No exported function tells a guest's privilege level. Half of the address
 * space does, where the guest runs in long mode; without paging (firmware, boot
 * loaders) there is no user.
 */
static bool is_guest_kernel(const struct kvm_vcpu *vcpu, u64 ip)
{
	if (vcpu->arch.efer & EFER_LMA)
		return ip >> 63;
	return !(vcpu->arch.cr0 & X86_CR0_PG) || ip >= kernel_of_32_bit;
}

/* What a guest's guest runs is no code of the guest's kernel: to that it is the
 * time of a program, and its addresses are another kernel's. */
static bool runs_own_guest(const struct kvm_vcpu *vcpu)
{
	return vcpu->arch.hflags & HF_GUEST_MASK;
}

/**
 * vprof_guest_kvm_is_running() - Does this CPU run a virtual machine?
 *
 * The machine is the current process's: a vCPU is loaded only while a thread of
 * its VMM runs it, in the guest or in our kernel.
 *
 * Return: whether a vCPU is loaded.
 */
bool vprof_guest_kvm_is_running(void)
{
	const struct kvm_functions *kvm = rcu_dereference_sched(functions);

	return kvm && kvm->get_running_vcpu();
}

/**
 * vprof_guest_kvm_find() - What was this CPU doing for its virtual machine?
 * @host_ip: where it was interrupted, in kernel mode
 * @ret_spot: the place; an encrypted guest does not tell its ip: 0
 *
 * In the overflow handler for which vprof_guest_kvm_is_running() was true: a
 * machine that runs keeps kvm.ko from leaving, so its functions are still known.
 */
void vprof_guest_kvm_find(u64 host_ip, struct vprof_guest_spot *ret_spot)
{
	const struct kvm_functions *kvm = rcu_dereference_sched(functions);
	struct kvm_vcpu *vcpu = kvm->get_running_vcpu();

	ret_spot->vcpu = vcpu->vcpu_id;
	ret_spot->machine = vcpu;
	ret_spot->frame = vcpu->arch.regs[VCPU_REGS_RBP];
	if (!came_from_guest(vcpu)) {
		ret_spot->ip = host_ip;
		ret_spot->context = VPROF_CONTEXT_HYPERVISOR;
		return;
	}
	ret_spot->context = VPROF_CONTEXT_USER;
	ret_spot->ip = 0;
	if (vcpu->arch.guest_state_protected)
		return;
	ret_spot->ip = kvm->get_linear_rip(vcpu);
	if (!runs_own_guest(vcpu) && is_guest_kernel(vcpu, ret_spot->ip))
		ret_spot->context = VPROF_CONTEXT_KERNEL;
}

/* ---- call chains: in task context, preemption off ------------------------ */

struct reading {
	const struct kvm_functions *kvm;
	struct kvm_vcpu *vcpu;
};

/* Never faults: what is not in memory now is not read. */
static bool read_physical(void *data, u64 physical, u64 *ret_word)
{
	const struct reading *reading = data;

	return !reading->kvm->read_guest_atomic(reading->vcpu, physical,
						ret_word, sizeof(*ret_word));
}

/*
 * KVM has not run it since, nor changed its registers, and can tell them. A
 * guest's own guest has page tables in the addresses of the outer one: left out.
 */
static bool is_still_at(const struct reading *reading,
			const struct vprof_guest_spot *spot)
{
	const struct kvm_vcpu *vcpu = reading->vcpu;

	return vcpu == spot->machine && reading->kvm->read_guest_atomic &&
	       !vcpu->arch.guest_state_protected && !runs_own_guest(vcpu) &&
	       vcpu->arch.efer & EFER_LMA &&
	       vcpu->arch.regs[VCPU_REGS_RBP] == spot->frame &&
	       reading->kvm->get_linear_rip(reading->vcpu) == spot->ip;
}

static unsigned int walk(struct reading *reading,
			 const struct vprof_guest_spot *spot, u64 *addresses,
			 unsigned int most, bool *ret_is_cut)
{
	struct kvm_vcpu *vcpu = reading->vcpu;
	struct vprof_guest_stop stop = {
		.frame = spot->frame,
		.root = vcpu->arch.walk_mmu->get_guest_pgd(vcpu),
		.has_5_levels = vcpu->arch.cr4 & X86_CR4_LA57,
		.read = read_physical,
		.data = reading,
	};
	unsigned int nr;
	int idx;

	idx = srcu_read_lock(&vcpu->kvm->srcu);
	nr = vprof_guest_walk(&stop, addresses, most, ret_is_cut);
	srcu_read_unlock(&vcpu->kvm->srcu, idx);
	return nr;
}

/**
 * vprof_guest_kvm_walk() - The callers of where a guest's kernel was sampled
 * @spot: where, as vprof_guest_kvm_find() said
 * @addresses: room for @most
 * @most: addresses
 * @ret_is_cut: they are not all
 *
 * On the vCPU's thread, before it runs the guest again, with preemption off. It
 * may have left KVM meanwhile: then there are none, cut short.
 *
 * Return: how many.
 */
unsigned int vprof_guest_kvm_walk(const struct vprof_guest_spot *spot,
				  u64 *addresses, unsigned int most,
				  bool *ret_is_cut)
{
	struct reading reading = { .kvm = rcu_dereference_sched(functions) };

	if (reading.kvm)
		reading.vcpu = reading.kvm->get_running_vcpu();
	if (reading.vcpu && is_still_at(&reading, spot))
		return walk(&reading, spot, addresses, most, ret_is_cut);
	*ret_is_cut = true;
	return 0;
}

/* ---- kvm.ko --------------------------------------------------------------- */

/*
 * The references keep kvm.ko from leaving until all is published; from then on
 * forget_functions() is told before its memory goes.
 */
static void find_functions(void)
{
	struct kvm_functions found = {
		.get_running_vcpu = symbol_get(kvm_get_running_vcpu),
		.get_linear_rip = symbol_get(kvm_get_linear_rip),
		.read_guest_atomic = symbol_get(kvm_vcpu_read_guest_atomic),
	};

	mutex_lock(&functions_lock);
	if (found.get_running_vcpu && found.get_linear_rip &&
	    !rcu_access_pointer(functions)) {
		functions_memory = found;
		rcu_assign_pointer(functions, &functions_memory);
	}
	mutex_unlock(&functions_lock);
	if (found.get_running_vcpu)
		symbol_put(kvm_get_running_vcpu);
	if (found.get_linear_rip)
		symbol_put(kvm_get_linear_rip);
	if (found.read_guest_atomic)
		symbol_put(kvm_vcpu_read_guest_atomic);
}

static void forget_functions(void)
{
	mutex_lock(&functions_lock);
	RCU_INIT_POINTER(functions, NULL);
	synchronize_rcu();
	mutex_unlock(&functions_lock);
}

static int notice_module(struct notifier_block *nb, unsigned long state,
			 void *data)
{
	const struct module *module = data;

	if (strcmp(module->name, "kvm"))
		return NOTIFY_DONE;
	if (state == MODULE_STATE_LIVE)
		find_functions();
	else if (state == MODULE_STATE_GOING)
		forget_functions();
	return NOTIFY_OK;
}

static struct notifier_block module_notifier = {
	.notifier_call = notice_module,
};

/**
 * vprof_guest_kvm_init() - Find KVM, now or when it comes
 *
 * Return: 0 or a negative errno.
 */
int vprof_guest_kvm_init(void)
{
	int err = register_module_notifier(&module_notifier);

	if (err)
		return err;
	find_functions();
	return 0;
}

/**
 * vprof_guest_kvm_exit() - Look for it no more
 */
void vprof_guest_kvm_exit(void)
{
	unregister_module_notifier(&module_notifier);
	forget_functions();
}

/**
 * vprof_guest_kvm_can_sample() - Does this kernel have KVM, loaded or not?
 *
 * Return: whether it does.
 */
bool vprof_guest_kvm_can_sample(void)
{
	return true;
}

#else /* no KVM, or another architecture's */

int vprof_guest_kvm_init(void)
{
	return 0;
}

void vprof_guest_kvm_exit(void)
{
}

bool vprof_guest_kvm_can_sample(void)
{
	return false;
}

bool vprof_guest_kvm_is_running(void)
{
	return false;
}

void vprof_guest_kvm_find(u64 host_ip, struct vprof_guest_spot *ret_spot)
{
	*ret_spot = (struct vprof_guest_spot){};
}

unsigned int vprof_guest_kvm_walk(const struct vprof_guest_spot *spot,
				  u64 *addresses, unsigned int most,
				  bool *ret_is_cut)
{
	*ret_is_cut = true;
	return 0;
}

#endif

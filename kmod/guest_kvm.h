/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests of KVM, as the interrupted CPU has them.
 *
 * kvm.ko is optional, and may come and go while sessions run: no reference on it
 * is kept. Its functions are forgotten while it is on its way out, before its
 * memory goes.
 */
#ifndef VPROF_GUEST_KVM_H
#define VPROF_GUEST_KVM_H

#include <linux/types.h>

/* Where an overflow hit, of a virtual machine that this CPU was running. */
struct vprof_guest_spot {
	u64 ip;
	u64 frame; /* the guest's frame pointer, where ip is its own */
	const void *machine; /* to know its vCPU again by */
	u32 vcpu;
	u8 context; /* enum vprof_context */
};

int vprof_guest_kvm_init(void);
void vprof_guest_kvm_exit(void);
bool vprof_guest_kvm_can_sample(void);

/* NMI context: vprof_guest_kvm_is_running, vprof_guest_kvm_find. */
bool vprof_guest_kvm_is_running(void);
void vprof_guest_kvm_find(u64 host_ip, struct vprof_guest_spot *ret_spot);

unsigned int vprof_guest_kvm_walk(const struct vprof_guest_spot *spot,
				  u64 *addresses, unsigned int most,
				  bool *ret_is_cut);

#endif /* VPROF_GUEST_KVM_H */

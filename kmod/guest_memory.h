/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of KVM's virtual machines, for reading. */
#ifndef VPROF_GUEST_MEMORY_H
#define VPROF_GUEST_MEMORY_H

#include <linux/types.h>

int vprof_guest_memory_open(u64 id);

#endif /* VPROF_GUEST_MEMORY_H */

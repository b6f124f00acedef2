/* SPDX-License-Identifier: GPL-2.0-only */
/* Call chains of the interrupted task. */
#ifndef VPROF_CHAIN_H
#define VPROF_CHAIN_H

#include "buffer.h"

struct pt_regs;

/* NMI context: vprof_chain_take. */
void vprof_chain_take(struct vprof_chain *chain, struct pt_regs *regs,
		      u32 flags, unsigned int most);

#endif /* VPROF_CHAIN_H */

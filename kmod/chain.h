/* SPDX-License-Identifier: GPL-2.0-only */
/* Call chains of the interrupted task. */
#ifndef VPROF_CHAIN_H
#define VPROF_CHAIN_H

#include "buffer.h"

struct pt_regs;

/* NMI context: vprof_chain_take, vprof_chain_clear. */
void vprof_chain_take(struct vprof_chain *chain, struct pt_regs *regs,
		      u32 flags, unsigned int most);

/* The chain of a sample whose registers are not known: no address. */
static inline void vprof_chain_clear(struct vprof_chain *chain, bool is_cut)
{
	chain->nr_words = 1;
	chain->words[0] = is_cut ? VPROF_CHAIN_KERNEL_CUT : 0;
}

#endif /* VPROF_CHAIN_H */
